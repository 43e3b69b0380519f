import { describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectTokens,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { eventually } from '@/e2e/fixtures/connected';
import { browser, site, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newPkce, PATHS, postForm, type TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const EVICTION = 'This ends your oldest connection of this app';
const FIREFOX = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0';
withSignedInPerson();

/** Silent codes of an app are older than the hour in which five are free. */
const ageSilentCodes = (app: TestApp) =>
  world.db.query("UPDATE authorization_codes SET issued_at = issued_at - interval '61 minutes' WHERE app_id = $1", [
    app.id,
  ]);

describe.each(DIALECTS)('when a request of the %s dialect is asked again', (dialect) => {
  const { challenge, verifier } = newPkce();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const authorize = (app: TestApp, params: Record<string, string> = {}) =>
    browser.authorize(authorizationRequest(app, params), dialect);
  const allow = async (app: TestApp, params: Record<string, string> = {}) =>
    browser.decide(readConsentPath(await authorize(app, params)), 'allow');
  const expectSilent = async (app: TestApp, params: Record<string, string> = {}) => {
    const carried = readRedirect(await authorize(app, params), app.redirectUri);
    expect(carried).toEqual({ code: expect.any(String), state: 'xyz', iss: publicUrl });
    return carried.code as string;
  };
  const pageOf = async (path: string) => (await browser.get(path)).text();

  it('an app with a secret is let in silently by a grant that covers the request, and by a narrower one', async () => {
    const app = await world.newApp();
    await allow(app, { scope: 'profile source:w' });
    for (const scope of ['profile source:w', 'source', 'source:r profile']) await expectSilent(app, { scope });
  });

  it('case 40: a silent code carries what was asked for, not all that was ever granted', async () => {
    const app = await world.newApp();
    await allow(app, { scope: 'profile source:d team' });
    const tokens = await expectTokens(
      await exchange(site, dialect, app, await expectSilent(app, { scope: 'source:w' })),
    );
    expect(tokens.scope).toBe('source:w');
  });

  it('case 11: an app without a secret is always asked (RFC 8252 §8.6, CVE-2023-34246)', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    await allow(app, pkce);
    readConsentPath(await authorize(app, pkce));
  });

  it.each([
    'http://127.0.0.1/cb',
    'http://localhost:8123/cb',
    'http://[::1]/cb',
    'https://localhost:8443/cb',
    'com.example.app:/cb',
  ])('case 11: a redirect to %s is always asked, although the app has a secret', async (redirectUri) => {
    const app = await world.newApp({ redirectUris: [redirectUri] });
    await allow(app);
    readConsentPath(await authorize(app));
  });

  it('case 12: more scopes, or a wider one, are asked, and only what is new is shown', async () => {
    const app = await world.newApp();
    await allow(app, { scope: 'profile source' });
    const page = await pageOf(readConsentPath(await authorize(app, { scope: 'profile source:w team' })));
    expect(page).toContain('additionally');
    expect(page).toContain('Alert sources');
    expect(page).toContain('Teams');
    expect(page).not.toContain('your profile');
    for (const scope of ['source:w', 'source:d', 'profile team']) readConsentPath(await authorize(app, { scope }));
    await expectSilent(app, { scope: 'profile source' });
  });

  it('case 12: one app never profits from the consent of another, nor one user from another’s', async () => {
    const [app, other] = [await world.newApp(), await world.newApp()];
    await allow(app);
    readConsentPath(await authorize(other));
    const someone = new HttpBrowser(site);
    await someone.signIn(await world.newUser());
    readConsentPath(await someone.authorize(authorizationRequest(app), dialect));
  });

  it('prompt=consent is asked although the grant covers it, and all of it is shown', async () => {
    const app = await world.newApp();
    await allow(app, { scope: 'profile team' });
    const page = await pageOf(readConsentPath(await authorize(app, { scope: 'profile team', prompt: 'consent' })));
    expect(page).toContain('your profile');
    expect(page).toContain('Teams');
    readConsentPath(await authorize(app, { scope: 'profile', prompt: 'login consent' }));
  });

  it('prompt=none is refused: access is decided on a page', async () => {
    const app = await world.newApp();
    await allow(app);
    expect(readRedirect(await authorize(app, { prompt: 'none' }), app.redirectUri)).toMatchObject({
      error: 'invalid_request',
      state: 'xyz',
    });
  });

  it('a no leaves the grant: the next request that it covers is let in', async () => {
    const app = await world.newApp();
    await allow(app);
    await browser.decide(readConsentPath(await authorize(app, { prompt: 'consent' })), 'deny');
    await expectSilent(app);
  });

  it('an ended grant is asked anew, with everything in it', async () => {
    const app = await world.newApp();
    await allow(app, { scope: 'profile team' });
    await world.db.query('UPDATE grants SET revoked_at = db_now() WHERE app_id = $1', [app.id]);
    const page = await pageOf(readConsentPath(await authorize(app, { scope: 'team' })));
    expect(page).not.toContain('additionally');
    await allow(app, { scope: 'team' });
    readConsentPath(await authorize(app, { scope: 'profile' }));
  });

  it('an app without a secret is a public client: it is asked for again (case 11)', async () => {
    const app = await world.newApp({ withSecret: false });
    await allow(app, { scope: 'profile', ...pkce });
    const page = await pageOf(readConsentPath(await authorize(app, { scope: 'profile', ...pkce })));
    expect(page).toContain('up to 1 hour');
  });

  it('an app that got a secret after a screen that said an hour is asked for again, and has no year before', async () => {
    const app = await world.newApp({ withSecret: false });
    const early = await browser.obtainCode(app, { scope: 'profile', ...pkce }, dialect);
    const secret = await world.newSecret(app.id);
    const armed = { ...app, secret };
    // The server hears of the secret within a second; until then it is one that it doesn't know, and the code stays good.
    const answers: Response[] = [];
    await eventually(async () => {
      const answer = await exchange(site, dialect, armed, early, { code_verifier: verifier });
      answers.push(answer);
      return answer.status === 200;
    });
    const tokens = await expectTokens(answers.at(-1) as Response);
    expect(tokens.refresh_token).toBeUndefined();
    const page = await pageOf(readConsentPath(await authorize(armed, { scope: 'profile', ...pkce })));
    expect(page).toContain('up to 1 year');
    await allow(armed, { scope: 'profile', ...pkce });
    await expectSilent(armed, { scope: 'profile', ...pkce });
  });

  it('an app that owns a secret says that it stays connected, without asking for offline_access', async () => {
    const [secret, none] = [await world.newApp(), await world.newApp({ proof: 'PKCE_ONLY' })];
    expect(await pageOf(readConsentPath(await authorize(secret)))).toContain('up to 1 year');
    expect(await pageOf(readConsentPath(await authorize(none, pkce)))).toContain('up to 1 hour');
  });

  it('a standing grant that refused a scope lets in without it, until prompt=consent (granted decides)', async () => {
    const app = await world.newApp({ scopes: ['profile', 'source:w?'] });
    await allow(app, { scope: 'profile' });
    await world.db.query("UPDATE grants SET refused_scopes = 'source:w' WHERE app_id = $1", [app.id]);
    const tokens = await expectTokens(
      await exchange(site, dialect, app, await expectSilent(app, { scope: 'profile source:w' })),
    );
    expect(tokens.scope).toBe('profile');
    const asked = { scope: 'profile source:w', prompt: 'consent' };
    expect(await pageOf(readConsentPath(await authorize(app, asked)))).toContain('Alert sources');
  });

  it('case 98: five silent grants in an hour are free, the sixth is asked, an hour later it is free again', async () => {
    const app = await world.newApp();
    await allow(app);
    for (let n = 0; n < 5; n++) await expectSilent(app);
    const path = readConsentPath(await authorize(app));
    readConsentPath(await authorize(app));
    expect(await pageOf(path)).not.toContain(EVICTION);
    readRedirect(await browser.decide(path, 'allow'), app.redirectUri);
    readConsentPath(await authorize(app));
    await ageSilentCodes(app);
    await expectSilent(app);
  });

  it('case 98: parallel requests get no more than five silent grants', async () => {
    const app = await world.newApp();
    await allow(app);
    const answers = await Promise.all(Array.from({ length: 12 }, () => authorize(app)));
    const silent = answers.filter((answer) => answer.headers.get('location')?.startsWith(app.redirectUri));
    expect(silent.length).toBeLessThanOrEqual(5);
  });

  it('case 98: at the cap the user is asked and told which connection ends; a no ends none, a yes that one', async () => {
    const app = await world.newApp();
    const connect = async () =>
      expectTokens(await exchange(site, dialect, app, await browser.obtainCode(app, { prompt: 'consent' }, dialect)));
    const path = readConsentPath(await authorize(app));
    const form = { decision: 'allow', rendered: '1' };
    const oldest = await browser.post(`${path}/decision`, form, { 'User-Agent': FIREFOX });
    const code = readRedirect(oldest, app.redirectUri).code as string;
    const first = await expectTokens(await exchange(site, dialect, app, code));
    await world.ageFamilies(app.id, 3600);
    for (let n = 0; n < 8; n++) await connect();
    expect(await pageOf(readConsentPath(await authorize(app, { prompt: 'consent' })))).not.toContain(EVICTION);
    await connect();

    const asked = readConsentPath(await authorize(app));
    const page = await pageOf(asked);
    expect(page).toContain(EVICTION);
    expect(page).toContain('Firefox, Mac');
    await browser.decide(asked, 'deny');
    expect(await tracesOf(world, app.id)).toMatchObject({ families: 10, connections: 10 });

    const last = await expectTokens(
      await exchange(site, dialect, app, readRedirect(await allow(app), app.redirectUri).code as string),
    );
    expect(await tracesOf(world, app.id)).toMatchObject({ families: 10, connections: 10 });
    const refresh = (token: string) =>
      postForm(site, PATHS[dialect].token, {
        grant_type: 'refresh_token',
        client_id: app.clientId,
        client_secret: app.secret,
        refresh_token: token,
      });
    expect((await refresh(first.refresh_token as string)).status).toBe(dialect === 'native' ? 401 : 400);
    await expectTokens(await refresh(last.refresh_token as string));
  });

  it('case 98: codes that are not redeemed yet take places too, so no silent grant evicts later', async () => {
    const app = await world.newApp();
    for (let n = 0; n < 10; n++) await browser.obtainCode(app, { prompt: 'consent' }, dialect);
    readConsentPath(await authorize(app));
    await world.db.query('UPDATE authorization_codes SET expires_at = db_now() WHERE app_id = $1', [app.id]);
    await expectSilent(app);
  });
});
