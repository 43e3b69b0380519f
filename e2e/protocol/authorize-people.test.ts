import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectRefusal,
  expectTokens,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { fetchVia } from '@/e2e/fixtures/http';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newAddress, PATHS, postForm, type TestTenant, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const site = { publicUrl, port: ours('servers')[0]?.port ?? 0 };
let world: World;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

async function someone(tenant?: TestTenant): Promise<HttpBrowser> {
  const browser = new HttpBrowser(site);
  await browser.signIn(await world.newUser({ tenant }));
  return browser;
}

describe.each(DIALECTS)('who may be sent where by the %s authorization endpoint', (dialect) => {
  const faulty = { scope: 'nope' };

  describe('case 10: an error of an app that the user has no reason to trust (RFC 9700 §4.11.2)', () => {
    it('signed out: sign-in comes first, then a page that names the host, and no redirect', async () => {
      const app = await world.newApp({ tenant: await world.newTenant() });
      const browser = new HttpBrowser(site);
      const first = await browser.authorize(authorizationRequest(app, faulty), dialect);
      expect(first.headers.get('location')).toMatch(/^\/signin\?transaction=/);
      const answer = await browser.continueSignIn(await world.newUser(), first);
      expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
        status: 400,
        location: null,
      });
      const page = await answer.text();
      expect(page).toContain('Continue to client.example');
      expect(page).not.toMatch(/http-equiv|<script/i);
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    });

    it('signed in: the page names the host; the link carries the error, the state and the issuer', async () => {
      const app = await world.newApp({ tenant: await world.newTenant() });
      const answer = await (await someone()).authorize(authorizationRequest(app, faulty), dialect);
      expect(answer.status).toBe(400);
      const page = await answer.text();
      const href = /href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(href.startsWith(`${app.redirectUri}?error=invalid_scope&`)).toBe(true);
      expect(Object.fromEntries(new URL(href).searchParams)).toMatchObject({ state: 'xyz', iss: publicUrl });
    });

    it.each(['the user’s own organisation’s', 'verified', 'granted before'])('%s: told at once', async (why) => {
      const tenant = why === 'the user’s own organisation’s' ? undefined : await world.newTenant();
      const app = await world.newApp({ tenant, verified: why === 'verified' });
      const browser = await someone();
      if (why === 'granted before') await browser.obtainCode(app, {}, dialect);
      const answer = await browser.authorize(authorizationRequest(app, faulty), dialect);
      expect(readRedirect(answer, app.redirectUri)).toMatchObject({ error: 'invalid_scope', state: 'xyz' });
    });

    it('an ended grant is no reason for trust', async () => {
      const app = await world.newApp({ tenant: await world.newTenant() });
      const browser = await someone();
      await browser.obtainCode(app, {}, dialect);
      await world.db.query('UPDATE grants SET revoked_at = db_now() WHERE app_id = $1', [app.id]);
      expect((await browser.authorize(authorizationRequest(app, faulty), dialect)).status).toBe(400);
    });
  });

  describe('case 20: an app that is limited to its account', () => {
    it('answers others with access_denied at once and shows itself to nobody of them', async () => {
      const app = await world.newApp({ tenant: await world.newTenant(), limitToAccount: true });
      const answer = await (await someone()).authorize(authorizationRequest(app), dialect);
      expect(readRedirect(answer, app.redirectUri)).toMatchObject({ error: 'access_denied', state: 'xyz' });
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    });

    it('says nothing before sign-in, names no app there, and answers after it', async () => {
      const app = await world.newApp({ tenant: await world.newTenant(), limitToAccount: true });
      const browser = new HttpBrowser(site);
      const first = await browser.authorize(authorizationRequest(app), dialect);
      const page = await (await browser.get(first.headers.get('location') ?? '')).text();
      expect(page).not.toContain(app.name);
      const answer = await browser.continueSignIn(await world.newUser(), first);
      expect(readRedirect(answer, app.redirectUri)).toMatchObject({ error: 'access_denied' });
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    });

    it('an earlier grant of somebody else’s account doesn’t let in silently', async () => {
      const app = await world.newApp({ tenant: await world.newTenant() });
      const browser = await someone();
      await browser.obtainCode(app, {}, dialect);
      await world.db.query('UPDATE apps SET limit_to_account = true WHERE id = $1', [app.id]);
      await expect
        .poll(async () => (await browser.authorize(authorizationRequest(app), dialect)).headers.get('location'), {
          timeout: 15_000,
        })
        .toContain('error=access_denied');
    });

    it('lets its own account in', async () => {
      const tenant = await world.newTenant();
      const app = await world.newApp({ tenant, limitToAccount: true });
      await (await someone(tenant)).obtainCode(app, {}, dialect);
    });
  });
});

describe.each(DIALECTS)('hosts and the %s dialect', (dialect) => {
  const url = new URL(publicUrl);
  const at = (name: string) => `${url.protocol}//${name}.${url.host}`;

  it('an organisation’s own host leads its user from sign-in to a code; the issuer stays the installation’s', async () => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant });
    const browser = new HttpBrowser(site, newAddress(), tenant.name);
    const waiting = await browser.authorize(authorizationRequest(app), dialect);
    expect(waiting.headers.get('location')).toMatch(/^\/signin\?transaction=/);
    const asked = readConsentPath(await browser.continueSignIn(await world.newUser({ tenant }), waiting));
    const carried = readRedirect(await browser.decide(asked, 'allow'), app.redirectUri);
    expect(carried.iss).toBe(publicUrl);
    await expectTokens(await exchange(site, dialect, app, carried.code as string));
  });

  it('a user of another organisation can’t sign in there, nor be there with a session from elsewhere', async () => {
    const [tenant, app] = [await world.newTenant(), await world.newApp()];
    const outsider = await world.newUser({ tenant: await world.newTenant() });
    const there = new HttpBrowser(site, newAddress(), tenant.name);
    const waiting = await there.authorize(authorizationRequest(app), dialect);
    const refused = await there.continueSignIn(outsider, waiting);
    expect(refused.headers.get('location')).toMatch(/^\/signin\?transaction=/);
    const elsewhere = new HttpBrowser(site);
    await elsewhere.signIn(outsider);
    for (const [name, value] of elsewhere.cookies) there.cookies.set(name, value);
    const again = await there.authorize(authorizationRequest(app), dialect);
    expect(again.headers.get('location')).toMatch(/^\/signin\?transaction=/);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('a decision on another host of ours than the page’s is refused', async () => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant });
    const browser = new HttpBrowser(site, newAddress(), tenant.name);
    await browser.signIn(await world.newUser({ tenant }));
    const path = readConsentPath(await browser.authorize(authorizationRequest(app), dialect));
    for (const origin of [publicUrl, at('app'), at('evil'), at(`x.${tenant.name}`)]) {
      const answer = await browser.post(`${path}/decision`, { decision: 'allow', rendered: '1' }, { Origin: origin });
      expect(answer.status).toBe(403);
    }
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('machines are served on the api, app and plain hosts; a tenant’s host is for people', async () => {
    const [tenant, app] = [await world.newTenant(), await world.newApp()];
    const browser = await someone();
    for (const origin of [publicUrl, at('api'), at('app')]) {
      const code = await browser.obtainCode(app, { prompt: 'consent' }, dialect);
      await expectTokens(await exchange({ ...site, publicUrl: origin }, dialect, app, code));
    }
    const there = { ...site, publicUrl: at(tenant.name) };
    const answer = await postForm(there, PATHS[dialect].token, {});
    expect(answer.ok).toBe(false);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await expectRefusal(await postForm(site, PATHS[dialect].token, {}), dialect, 'invalid_request');
  });

  it('the api host has no pages: nobody is authorized there', async () => {
    const app = await world.newApp();
    const api = new HttpBrowser({ ...site, publicUrl: at('api') });
    const answer = await api.authorize(authorizationRequest(app), dialect);
    expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
      status: 404,
      location: null,
    });
  });

  it('hosts that are not ours get 421, whatever they are called', async () => {
    const suspended = await world.newTenant();
    await world.db.query("UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1", [suspended.id]);
    const app = await world.newApp();
    const query = new URLSearchParams(authorizationRequest(app));
    const authorizePath = dialect === 'native' ? '/api/developers/oauth2/authorize' : '/oauth2/authorize';
    const hosts = [
      'evil.example',
      `nobody.${url.host}`,
      `a.b.${url.host}`,
      `${suspended.name}.${url.host}`,
      `${url.hostname}:1`,
      `${url.hostname}.evil.example`,
    ];
    for (const host of hosts) {
      for (const path of [`${authorizePath}?${query}`, PATHS[dialect].token]) {
        const answer = await fetchVia(site.port)(`http://${host}${path}`, {
          headers: { 'X-Forwarded-Host': url.host, 'X-Forwarded-For': newAddress() },
        });
        expect({ host, path, status: answer.status }).toEqual({ host, path, status: 421 });
        expect(answer.headers.get('location')).toBeNull();
      }
    }
  });
});
