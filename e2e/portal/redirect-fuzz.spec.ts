import http from 'node:http';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import fc from 'fast-check';
import { chromiumLaunch } from '@/e2e/fixtures/browser';
import { REGISTERED, redirectUris } from '@/e2e/fixtures/redirect-grammar';
import { PASSWORD, type TestUser, World } from '@/e2e/fixtures/world';
import { matchesRegistered, redirectUriProblem } from '@/lib/oauth/redirect-uri';

/** Accepted spellings of each kind that are followed in the browser. */
const FOLLOWED = 25;

const origin = process.env.GATEHOUSE_ORIGIN ?? '';

/** Every host but this machine's leads here: it takes the name that the browser asks for in its TLS greeting, and hangs up. */
async function secureWorld(names: string[]) {
  const server = tls.createServer({
    SNICallback(name, done) {
      // Chromium asks its maker about forms.
      if (!/\.google(apis)?\.com$/.test(name)) names.push(name);
      done(new Error('nobody is here'));
    },
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A program on the user's own machine that waits for its redirect. */
async function program(asked: string[]) {
  const server = http.createServer((request, response) => {
    if (!request.url?.startsWith('/favicon')) asked.push(`http://${request.headers.host}${request.url}`);
    response.end('thank you');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: { address(): AddressInfo | string | null }) => (server.address() as AddressInfo).port;

/** URIs that may be registered, as many as asked, each once. */
function registrable(wanted: (uri: string) => boolean, seed: number): string[] {
  const sample = fc.sample(redirectUris, { numRuns: 20_000, seed });
  const fit = sample.filter((uri) => redirectUriProblem(uri, { ownHosts: [] }) === null && wanted(uri));
  return [...new Set(fit)].slice(0, FOLLOWED);
}

test.describe('fuzz 4: where Chromium really goes', () => {
  const names: string[] = [];
  const asked: string[] = [];
  const servers: (http.Server | tls.Server)[] = [];
  let browser: Browser;
  let world: World;
  let user: TestUser;
  let listening: number;

  test.beforeAll(async () => {
    const [secure, local] = [await secureWorld(names), await program(asked)];
    servers.push(secure, local);
    listening = portOf(local);
    const rules = `--host-resolver-rules=MAP * 127.0.0.1:${portOf(secure)}, EXCLUDE localhost, EXCLUDE 127.0.0.1`;
    browser = await chromium.launch({ ...chromiumLaunch, args: [...(chromiumLaunch.args ?? []), rules] });
    world = await World.open(process.env.GATEHOUSE_DATABASE_URL ?? '');
    user = await world.newUser();
  });

  test.afterAll(async () => {
    await browser.close();
    await world.close();
    for (const server of servers) server.close();
  });

  async function signedIn(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${origin}/signin`);
    await page.locator('input[name=username]').fill(user.username);
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${origin}/connections`);
    return page;
  }

  /** The refused scope leads on at once, so that the redirect is followed without a click. */
  const authorizeUrl = (clientId: string, redirectUri: string) =>
    `${origin}/oauth2/authorize?${new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'no such scope',
      state: 's',
    })}`;

  test('an accepted https URI makes it greet the registered host, and no other', async () => {
    test.setTimeout(120_000);
    const uris = registrable((uri) => uri.startsWith('https:') && /[a-z]$/.test(new URL(uri).hostname), 4);
    expect(uris.length).toBe(FOLLOWED);
    const app = await world.newApp({ redirectUris: uris });
    const page = await signedIn();
    for (const uri of uris) {
      names.length = 0;
      const visited: string[] = [];
      page.on('request', (request) => visited.push(request.url()));
      await page.goto(authorizeUrl(app.clientId, uri)).catch(() => undefined);
      page.removeAllListeners('request');
      // What stands between the slashes, without asking a parser.
      const host = uri.split('/')[2]?.replace(/:\d+$/, '');
      expect(visited.filter((url) => !url.startsWith(`${origin}/`)).length, uri).toBeGreaterThan(0);
      for (const url of visited)
        expect(url.startsWith(`${origin}/`) || url.startsWith(uri), `${uri} → ${url}`).toBe(true);
      expect(new Set(names), uri).toEqual(new Set([host]));
    }
    await page.close();
  });

  test('an accepted loopback URI reaches the program on this machine, on the port that was sent', async () => {
    const app = await world.newApp({ redirectUris: ['http://127.0.0.1/cb', 'http://localhost/cb?x=1'] });
    const page = await signedIn();
    for (const uri of [`http://127.0.0.1:${listening}/cb`, `http://localhost:${listening}/cb?x=1`]) {
      asked.length = 0;
      await page.goto(authorizeUrl(app.clientId, uri));
      expect(asked.length).toBe(1);
      expect(asked[0]?.startsWith(uri)).toBe(true);
      expect(new URL(page.url()).searchParams.get('error')).toBe('invalid_scope');
    }
    await page.close();
  });

  test('a refused spelling leads nowhere: Chromium stays on our page', async () => {
    test.setTimeout(120_000);
    const app = await world.newApp({ redirectUris: [...REGISTERED] });
    const refused = fc
      .sample(redirectUris, { numRuns: 2_000, seed: 5 })
      .filter((uri) => !matchesRegistered(uri, REGISTERED))
      .slice(0, FOLLOWED);
    expect(refused.length).toBe(FOLLOWED);
    const page = await signedIn();
    names.length = 0;
    asked.length = 0;
    for (const uri of refused) {
      const answer = await page.goto(authorizeUrl(app.clientId, uri));
      expect(answer?.status(), uri).toBe(400);
      expect(page.url().startsWith(`${origin}/oauth2/authorize?`)).toBe(true);
    }
    expect([...names, ...asked]).toEqual([]);
    await page.close();
  });
});
