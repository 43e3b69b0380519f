import { describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectTokens,
  moved,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { browser, other, site, user, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { ageTransaction, isDecided, NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, type TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
withSignedInPerson();

/** The page of a transaction that can't be decided here or any more. */
async function expectGone(answer: Response, consentPath: string, title: string, who = browser): Promise<void> {
  expect({ status: answer.status, location: answer.headers.get('location') }).toEqual({
    status: 303,
    location: consentPath,
  });
  expect(await (await who.get(consentPath)).text()).toContain(title);
}

const USED = 'This request was answered already';
const EXPIRED = 'This request has expired';
const NOT_YOURS = 'This request does not belong here';

describe.each(DIALECTS)('a decision about a request of the %s dialect', (dialect) => {
  const ask = async (app: TestApp, params: Record<string, string> = {}) =>
    readConsentPath(await browser.authorize(authorizationRequest(app, params), dialect));

  it('case 19: no goes back as access_denied with the state, and leaves nothing', async () => {
    const app = await world.newApp();
    const answer = await browser.decide(await ask(app), 'deny');
    expect(readRedirect(answer, app.redirectUri)).toEqual({
      error: 'access_denied',
      error_description: 'The user did not allow the access',
      state: 'xyz',
      iss: publicUrl,
    });
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('whatever is no yes is a no', async () => {
    const noes: Record<string, string>[] = [{}, { decision: '' }, { decision: 'Allow' }, { decision: 'allow ' }];
    for (const form of noes) {
      const app = await world.newApp();
      const path = await ask(app);
      const answer = await browser.post(`${path}/decision`, { rendered: '1', ...form });
      expect(readRedirect(answer, app.redirectUri)).toMatchObject({ error: 'access_denied' });
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    }
  });

  it('case 12: no to more scopes leaves the standing grant as it was', async () => {
    const app = await world.newApp();
    await exchange(site, dialect, app, await browser.obtainCode(app, { scope: 'profile source' }, dialect));
    const before = await tracesOf(world, app.id);
    const grantRow = () => world.db.query('SELECT * FROM grants WHERE app_id = $1', [app.id]).then(({ rows }) => rows);
    const standing = await grantRow();
    const answer = await browser.decide(await ask(app, { scope: 'profile source:w team' }), 'deny');
    expect(readRedirect(answer, app.redirectUri)).toMatchObject({ error: 'access_denied' });
    expect(await tracesOf(world, app.id)).toEqual(before);
    expect(await grantRow()).toEqual(standing);
  });

  it('case 86: back, reload or a second click decides nothing: one answer, once', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    readRedirect(await browser.decide(path, 'allow'), app.redirectUri);
    const after = await tracesOf(world, app.id);
    expect(after).toMatchObject({ grants: 1, codes: 1 });
    for (const decision of ['allow', 'deny'] as const) {
      await expectGone(await browser.decide(path, decision), path, USED);
    }
    expect(await tracesOf(world, app.id)).toEqual(after);
  });

  it('a yes after a no is too late', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    readRedirect(await browser.decide(path, 'deny'), app.redirectUri);
    await expectGone(await browser.decide(path, 'allow'), path, USED);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('a double submit, over two servers at once, yields one code', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const there = new HttpBrowser(other);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    const answers = await Promise.all([...Array(6)].map((_, n) => (n % 2 ? browser : there).decide(path, 'allow')));
    const codes = answers.filter((answer) => answer.headers.get('location')?.startsWith(app.redirectUri));
    expect(codes).toHaveLength(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(303));
    expect(await tracesOf(world, app.id)).toMatchObject({ grants: 1, codes: 1 });
  });

  it('a yes and a no at once: one of them counts', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const answers = await Promise.all([browser.decide(path, 'allow'), browser.decide(path, 'deny')]);
    const told = answers.filter((answer) => answer.headers.get('location')?.startsWith(app.redirectUri));
    expect(told).toHaveLength(1);
    const allowed = told[0]?.headers.get('location')?.includes('code=');
    expect(await tracesOf(world, app.id)).toMatchObject({ grants: allowed ? 1 : 0, codes: allowed ? 1 : 0 });
  });

  it('two tabs ask and answer independently, each with its own state', async () => {
    const app = await world.newApp();
    const tabs = [await ask(app, { state: 'one' }), await ask(app, { state: 'two' })] as const;
    const two = readRedirect(await browser.decide(tabs[1], 'allow'), app.redirectUri);
    const one = readRedirect(await browser.decide(tabs[0], 'allow'), app.redirectUri);
    expect([one.state, two.state]).toEqual(['one', 'two']);
    expect(one.code).not.toBe(two.code);
    for (const code of [one.code, two.code]) await expectTokens(await exchange(site, dialect, app, code as string));
  });

  it('two tabs of two apps: the yes of one is not the yes of the other', async () => {
    const [app, other] = [await world.newApp(), await world.newApp()];
    const [path] = [await ask(app), await ask(other)];
    readRedirect(await browser.decide(path, 'allow'), app.redirectUri);
    expect(await tracesOf(world, other.id)).toEqual(NO_TRACES);
  });

  it('another browser of the same user can’t decide it', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const elsewhere = new HttpBrowser(site);
    await elsewhere.signIn(user);
    await expectGone(await elsewhere.decide(path, 'allow'), path, NOT_YOURS, elsewhere);
    expect(await isDecided(world, path)).toBe(false);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('the session of another browser can’t be used beside this browser’s name', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const victim = new HttpBrowser(site);
    await victim.signIn(await world.newUser());
    // The attacker's transaction and browser cookie, the victim's session.
    const mixed = moved(victim);
    mixed.cookies.set('gatehouse.browser', browser.cookies.get('gatehouse.browser') as string);
    await expectGone(await mixed.decide(path, 'allow'), path, NOT_YOURS, mixed);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('another session of the same user in the same browser must be asked anew', async () => {
    const app = await world.newApp();
    const own = new HttpBrowser(site);
    await own.signIn(user);
    const path = readConsentPath(await own.authorize(authorizationRequest(app), dialect));
    await own.signIn(user);
    await expectGone(await own.decide(path, 'allow'), path, NOT_YOURS, own);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('signed out meanwhile: sign-in comes first, and nothing is decided', async () => {
    const app = await world.newApp();
    const stranger = new HttpBrowser(site);
    await stranger.signIn(user);
    const path = readConsentPath(await stranger.authorize(authorizationRequest(app), dialect));
    await world.db.query('UPDATE sessions SET revoked_at = db_now() WHERE user_id = $1 AND ip = $2', [
      user.id,
      stranger.address,
    ]);
    const answer = await stranger.decide(path, 'allow');
    expect(answer.headers.get('location')).toBe(`/signin?transaction=${path.slice('/consent/'.length)}`);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('“not you?”: another account of this browser signs in, is asked and decides', async () => {
    const app = await world.newApp();
    const shared = new HttpBrowser(site);
    await shared.signIn(user);
    const path = readConsentPath(await shared.authorize(authorizationRequest(app), dialect));
    const out = await shared.post('/signout/submit', { transaction: path.slice('/consent/'.length) });
    const someone = await world.newUser();
    const asked = readConsentPath(await shared.continueSignIn(someone, out));
    readRedirect(await shared.decide(asked, 'allow'), app.redirectUri);
    const { rows } = await world.db.query('SELECT user_id FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ user_id: someone.id }]);
  });

  it('a transaction id that nobody was given is gone, and damaged ones do no harm', async () => {
    for (const id of ['A'.repeat(43), 'x', '%00', '..%2f..', `${'A'.repeat(42)}%ff`]) {
      const answer = await browser.decide(`/consent/${id}`, 'allow');
      expect({ id, status: answer.status }).toEqual({ id, status: expect.toSatisfy((status) => status < 500) });
      expect(answer.headers.get('location') ?? '/consent/').toMatch(/^\/consent\//);
    }
  });

  it('it waits ten minutes: at 9:59 a yes counts, at 10:01 it does not', async () => {
    const app = await world.newApp();
    const [early, late] = [await ask(app), await ask(app)];
    await ageTransaction(world, early, 595);
    await ageTransaction(world, late, 601);
    await expectGone(await browser.decide(late, 'allow'), late, EXPIRED);
    await expectGone(await browser.decide(late, 'deny'), late, EXPIRED);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    readRedirect(await browser.decide(early, 'allow'), app.redirectUri);
  });

  it('a yes less than 700 ms after the page is asked again and changes nothing; a no always counts', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const yes = (rendered: string) => browser.post(`${path}/decision`, { decision: 'allow', rendered });
    const soon = String(Date.now() + 60_000);
    for (const rendered of [soon, '', 'x', '-1', '1e3', '9'.repeat(20), String(Date.now())]) {
      const answer = await yes(rendered);
      expect(answer.headers.get('location')).toBe(`${path}?again=too_fast`);
    }
    expect(await (await browser.get(`${path}?again=too_fast`)).text()).toContain('That was very quick');
    expect(await isDecided(world, path)).toBe(false);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    const no = await browser.post(`${path}/decision`, { decision: 'deny', rendered: soon });
    expect(readRedirect(no, app.redirectUri)).toMatchObject({ error: 'access_denied' });
  });

  it('the page carries when it was rendered, so an honest answer counts', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const page = await (await browser.get(path)).text();
    const rendered = Number(/name="rendered" value="(\d+)"/.exec(page)?.[1]);
    expect(Math.abs(Date.now() - rendered)).toBeLessThan(60_000);
    const answer = await browser.post(`${path}/decision`, { decision: 'allow', rendered: String(rendered - 700) });
    readRedirect(answer, app.redirectUri);
  });

  it.each(['GET', 'HEAD', 'PUT', 'OPTIONS', 'PATCH', 'DELETE'])(
    'case 13: %s on the decision decides nothing',
    async (method) => {
      const app = await world.newApp();
      const path = await ask(app);
      const answer = await browser.send(`${path}/decision?decision=allow&rendered=1`, {
        method,
        headers: { Origin: browser.origin, 'X-HTTP-Method-Override': 'POST' },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(await isDecided(world, path)).toBe(false);
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    },
  );

  it.each([
    'https://evil.example',
    'null',
    `http://evil.${new URL(publicUrl).host}`,
    publicUrl.replace('http:', 'https:'),
    publicUrl.replace(/\d+$/, '1'),
    '',
  ])('case 79: a yes from the origin %j is refused', async (origin) => {
    const app = await world.newApp();
    const path = await ask(app);
    const form = { decision: 'allow', rendered: '1' };
    const answer = await browser.post(`${path}/decision`, form, { Origin: origin });
    expect(answer.status).toBe(403);
    expect(await isDecided(world, path)).toBe(false);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('case 79: a yes without any origin, or as text/plain, is refused', async () => {
    const app = await world.newApp();
    const path = await ask(app);
    const body = 'decision=allow&rendered=1';
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const bare = await browser.send(`${path}/decision`, { method: 'POST', body, headers: type });
    expect(bare.status).toBe(403);
    const plain = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
    const text = await browser.send(`${path}/decision`, { method: 'POST', body, headers: plain });
    expect(text.status).toBe(403);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('case 15: the answers to sign-in and consent are 303, so that no POST goes on', async () => {
    const app = await world.newApp();
    const fresh = new HttpBrowser(site);
    const waiting = await fresh.authorize(authorizationRequest(app), dialect);
    expect(waiting.status).toBe(303);
    const signedIn = await fresh.continueSignIn(user, waiting);
    expect(signedIn.status).toBe(303);
    expect((await fresh.decide(readConsentPath(signedIn), 'allow')).status).toBe(303);
  });
});
