import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, signedIn } from '@/e2e/fixtures/connected';
import { shownPrograms } from '@/e2e/fixtures/guide-pages';
import { HttpBrowser, type TestApp, type TestTenant, type TestUser, World } from '@/e2e/fixtures/world';
import { GUIDES, guideAddress } from '@/lib/apps/guide-links';
import { GUIDE_SNIPPETS } from '@/lib/apps/guide-snippets';
import { SNIPPET_LANGUAGES } from '@/lib/apps/snippets';
import { REASONS } from '@/lib/oauth/errors';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const site: Site = { publicUrl, port: ours('servers')[0]?.port as number };
let world: World;
let tenant: TestTenant;
let developer: TestUser;
let app: TestApp;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  tenant = await world.newTenant();
  developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  app = await world.newApp({ tenant, scopes: ['profile', 'alert:w'] });
});
afterAll(() => world.close());

const NOTHING_CHOSEN = { app: null, language: null };
const pageOf = async (browser: HttpBrowser, path: string) => {
  const answer = await browser.get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
};

describe('whose values stand in a guide', () => {
  const path = () => `/guides/backend-app?app=${app.id}&lang=node`;

  test('those of an app of one’s own organisation, and never a secret', async () => {
    const html = await pageOf(await signedIn(site, developer), path());
    expect(html.includes(app.clientId)).toBe(true);
    expect(html.includes(app.name)).toBe(true);
    expect(html.includes('profile alert:w')).toBe(true);
    expect(html.includes(app.secret)).toBe(false);
    expect(html.includes('YOUR_CLIENT_ID')).toBe(false);
  });

  test('an app behind the newest fifty is there when it is asked for', async () => {
    const many = await world.newTenant();
    const first = await world.newApp({ tenant: many });
    for (let n = 0; n < 51; n++) await world.newApp({ tenant: many });
    const browser = await signedIn(site, await world.newUser({ tenant: many, role: 'ADMIN' }));
    expect((await pageOf(browser, '/guides/backend-app')).includes(first.name)).toBe(false);
    expect((await pageOf(browser, `/guides/backend-app?app=${first.id}`)).includes(first.clientId)).toBe(true);
  });

  test.each(['another organisation’s developer', 'a member', 'a platform admin', 'nobody'])(
    'for %s there is no such app',
    async (who) => {
      const browser = new HttpBrowser(site);
      const others = {
        'another organisation’s developer': () => world.newUser({ role: 'DEVELOPER' }),
        'a member': () => world.newUser({ tenant }),
        'a platform admin': () => world.newUser({ tenant, platformAdmin: true }),
      } as const;
      if (who in others) await browser.signIn(await others[who as keyof typeof others]());
      const html = await pageOf(browser, path());
      for (const text of [app.clientId, app.name, app.secret]) expect(html.includes(text), text).toBe(false);
      // What was asked for is not remembered either.
      expect(html.match(/href="[^"]*[?&]app=/g)).toBeNull();
      expect(html.includes('YOUR_CLIENT_ID')).toBe(true);
    },
  );

  test('a deleted app is none, and whatever else stands in the address is no app and no language', async () => {
    const gone = await world.newApp({ tenant });
    await world.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = now() WHERE id = $1", [gone.id]);
    const browser = await signedIn(site, developer);
    expect((await pageOf(browser, `/guides/backend-app?app=${gone.id}`)).includes(gone.clientId)).toBe(false);
    const html = await pageOf(browser, '/guides/backend-app?app=%27%3Cb%3E&lang=%3Cscript%3E&lang=cobol');
    expect(html.includes('YOUR_CLIENT_ID')).toBe(true);
    expect(html.includes('<script>&')).toBe(false);
  });
});

test('every snippet is shown in a guide, in every language that it has', async () => {
  const browser = new HttpBrowser(site);
  for (const lang of SNIPPET_LANGUAGES) {
    const shown = new Set([
      ...(await shownPrograms(browser, 'backend-app', { lang })).keys(),
      ...(await shownPrograms(browser, 'web-or-native-app', { lang })).keys(),
    ]);
    const missing = GUIDE_SNIPPETS.filter((name) => !shown.has(name));
    expect(missing).toEqual(lang === 'curl' ? ['callback', 'verify'] : []);
  }
});

test('the reference has an anchor for every error', async () => {
  const html = await pageOf(new HttpBrowser(site), '/guides/reference');
  for (const reason of REASONS) expect(html.includes(`id="${reason}"`), reason).toBe(true);
  for (const code of ['invalid_grant', 'invalid_client', 'server_error'])
    expect(html.includes(`id="${code}"`)).toBe(true);
});

describe('every link of the guides leads somewhere', () => {
  /** Follows links inside the guides from page to page, and looks at where the others lead. */
  async function crawl(browser: HttpBrowser): Promise<{ pages: Map<string, string>; links: Set<string> }> {
    const pages = new Map<string, string>();
    const links = new Set<string>();
    const waiting = GUIDES.map((guide) => guideAddress(guide, NOTHING_CHOSEN));
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (pages.has(path)) continue;
      const html = await pageOf(browser, path);
      pages.set(path, html);
      for (const [, href = ''] of html.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
        const url = new URL(href.replaceAll('&amp;', '&'), `${publicUrl}${path}`);
        expect(url.origin, href).toBe(publicUrl);
        links.add(`${url.pathname}${url.search}${url.hash}`);
        if (url.pathname.startsWith('/guides')) waiting.push(`${url.pathname}${url.search}`);
      }
    }
    return { pages, links };
  }

  test.each([
    ['signed out', false],
    ['as a developer', true],
  ])('%s', { timeout: 60_000 }, async (_name, known) => {
    const browser = known ? await signedIn(site, developer) : new HttpBrowser(site);
    const { pages, links } = await crawl(browser);
    // A language that was chosen is kept in the links from guide to guide.
    expect(pages.size).toBe(GUIDES.length * (1 + SNIPPET_LANGUAGES.length));
    for (const link of links) {
      const url = new URL(link, publicUrl);
      const html = pages.get(`${url.pathname}${url.search}`);
      if (html === undefined) expect((await browser.get(link)).status, link).toBeOneOf([200, 303, 307]);
      else if (url.hash) expect(html.includes(`id="${url.hash.slice(1)}"`), link).toBe(true);
    }
  });
});
