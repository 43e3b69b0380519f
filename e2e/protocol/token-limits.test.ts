import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, exchange, expectRefusal, expectTokens } from '@/e2e/fixtures/answers';
import { connectApp, eventually } from '@/e2e/fixtures/connected';
import { codeRow } from '@/e2e/fixtures/traces';
import { HttpBrowser, newAddress, PATHS, postForm, type TestApp, type TestUser, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const [site, other] = ours('servers').map(({ port }) => ({ publicUrl, port })) as [
  { publicUrl: string; port: number },
  { publicUrl: string; port: number },
];
/** Wrong codes, secrets and refresh tokens in a quarter of an hour, from one network: of one app, and of all. */
const APP_FAILURES = 100;
const FAILURES = 300;
let world: World;
let user: TestUser;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
});
afterAll(() => world.close());

/** Does something so many times, a few at once. */
async function inTurns<Result>(times: number, work: (n: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let n = 0; n < times; n += 20) {
    const size = Math.min(20, times - n);
    results.push(...(await Promise.all(Array.from({ length: size }, (_, at) => work(n + at)))));
  }
  return results;
}

/** Who has failed once has failed so often: what is counted stands in the database. @param key a network, or `client|network` */
async function haveFailed(times: number, key: string): Promise<void> {
  const { rowCount } = await world.db.query(
    "UPDATE rate_limits SET points = $1 WHERE key IN ('credential:' || $2, 'client_credential:' || $2)",
    [times, key],
  );
  expect(rowCount).toBe(1);
}

const refusedByLimit = (answers: Response[]) => answers.filter(({ status }) => status === 429).length;

describe.each(DIALECTS)('limits of the %s token endpoint', (dialect) => {
  const guess = (app: TestApp, params: Record<string, string>, address: string, server = site) =>
    postForm(server, PATHS[dialect].token, { client_id: app.clientId, ...params }, { address });
  const GUESSES: [string, (n: number) => Record<string, string>][] = [
    ['secrets', (n) => ({ grant_type: 'authorization_code', code: 'x', client_secret: `guess ${n}` })],
    ['codes', (n) => ({ grant_type: 'authorization_code', code: `guess ${n}` })],
    ['refresh tokens', (n) => ({ grant_type: 'refresh_token', refresh_token: `guess ${n}` })],
  ];

  async function expectLimited(answer: Response): Promise<void> {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectRefusal(answer, dialect, 'invalid_request', 429);
  }

  it.each(GUESSES)(
    'case 97: guessing %s ends in 429, never in invalid_grant, and other networks are unaffected',
    async (_, form) => {
      const app = await world.newApp();
      const browser = new HttpBrowser(site);
      await browser.signIn(user);
      const code = await browser.obtainCode(app, {}, dialect);
      const address = newAddress();
      const answers = await inTurns(APP_FAILURES, (n) => guess(app, form(n), address, n % 2 ? site : other));
      expect(refusedByLimit(answers)).toBe(0);
      // Counted in the database: the other server knows at once.
      for (const server of [site, other]) await expectLimited(await guess(app, form(APP_FAILURES), address, server));
      const honest = { grant_type: 'authorization_code', client_secret: app.secret, code };
      await expectLimited(await guess(app, honest, address));
      expect(await codeRow(world, code)).toEqual({ failures: 0, redeemed: false });
      await expectTokens(await guess(app, honest, newAddress()));
    },
  );

  it('case 97: tokens of ours that nobody remembers are no guesses: the app goes on', async () => {
    const { app, browser, tokens } = await connectApp(world, site, { dialect });
    await world.db.query('DELETE FROM connections WHERE app_id = $1', [app.id]);
    const address = newAddress();
    const form = { grant_type: 'refresh_token', client_secret: app.secret, refresh_token: tokens.refresh_token ?? '' };
    const answers = await inTurns(APP_FAILURES + 10, (n) => guess(app, form, address, n % 2 ? site : other));
    for (const answer of answers) await expectRefusal(answer, dialect, 'invalid_grant');
    const code = await browser.obtainCode(app, {}, dialect);
    const honest = { grant_type: 'authorization_code', client_secret: app.secret, code };
    await expectTokens(await guess(app, honest, address));
  });

  it('case 97: a secret that has expired is no guess: its successor is heard at once', async () => {
    const app = await world.newApp();
    const address = newAddress();
    const form = (client_secret: string) => ({ grant_type: 'refresh_token', refresh_token: 'x', client_secret });
    // In this dialect a wrong client and a wrong token have statuses of their own.
    const isHeard = async (secret: string, from: string) =>
      (await postForm(site, PATHS.rfc.token, { client_id: app.clientId, ...form(secret) }, { address: from }))
        .status === 400;
    expect(await isHeard(app.secret, newAddress())).toBe(true);
    await world.db.query("UPDATE app_secrets SET expires_at = db_now() - interval '1 second' WHERE app_id = $1", [
      app.id,
    ]);
    await eventually(async () => !(await isHeard(app.secret, newAddress())));
    const answers = await inTurns(APP_FAILURES + 10, (n) =>
      guess(app, form(app.secret), address, n % 2 ? site : other),
    );
    for (const answer of answers) await expectRefusal(answer, dialect, 'client_authentication');
    const successor = await world.newSecret(app.id);
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const code = await browser.obtainCode(app, {}, dialect);
    const honest = { grant_type: 'authorization_code', client_secret: successor, code };
    await eventually(() => isHeard(successor, newAddress()));
    await expectTokens(await guess(app, honest, address));
  });

  it('case 97: the limit of an app is 100 in a quarter of an hour, for all kinds of guesses and both servers together', async () => {
    const app = await world.newApp();
    const address = newAddress();
    const form = (n: number) => (GUESSES[n % 3] as (typeof GUESSES)[number])[1](n);
    const answers = await inTurns(APP_FAILURES + 20, (n) => guess(app, form(n), address, n % 2 ? site : other));
    expect(refusedByLimit(answers)).toBe(20);
  });

  it('an app that fails again and again silences itself, not the other apps of its network', async () => {
    const [broken, sound] = [await world.newApp(), await world.newApp()];
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const code = await browser.obtainCode(sound, {}, dialect);
    const address = newAddress();
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_secret: 'of another app' };
    // More than the address has requests: what the app's own limit refuses is not counted there.
    const answers = await inTurns(800, () => guess(broken, form, address));
    expect(refusedByLimit(answers)).toBe(800 - APP_FAILURES);
    const honest = { grant_type: 'authorization_code', client_secret: sound.secret, code };
    await expectTokens(await guess(sound, honest, address));
  });

  it('case 97: the limit of a network is 300, whichever apps are guessed at and whether they exist', async () => {
    const apps = [await world.newApp(), await world.newApp(), { clientId: 'made up' } as TestApp];
    const address = newAddress();
    const form = { grant_type: 'authorization_code', code: 'x', client_secret: 'wrong' };
    await guess(apps[0] as TestApp, form, address);
    await haveFailed(FAILURES - 30, address);
    const answers = await inTurns(60, (n) => guess(apps[n % 3] as TestApp, form, address, n % 2 ? site : other));
    // Never more than the limit are heard. A request that a client sends anew over a fresh connection counts as two.
    expect(refusedByLimit(answers)).toBeGreaterThanOrEqual(30);
    expect(refusedByLimit(answers)).toBeLessThanOrEqual(33);
    await expectLimited(await guess(await world.newApp(), form, address));
    const { rows } = await world.db.query("SELECT count(*)::int AS n FROM rate_limits WHERE key LIKE '%made up%'");
    expect(rows).toEqual([{ n: 0 }]);
  });

  it.each([
    ['an app', APP_FAILURES, (app: TestApp, address: string) => `${app.clientId}|${address}`],
    ['a network', FAILURES, (_: TestApp, address: string) => address],
  ])(
    'case 97: a block of %s that one server meets is known to the other, which has seen no failure',
    async (_, times, keyOf) => {
      const app = await world.newApp();
      const address = newAddress();
      const wrong = { grant_type: 'authorization_code', code: 'x', client_secret: 'wrong' };
      await guess(app, wrong, address);
      await haveFailed(times, keyOf(app, address));
      await expectLimited(await guess(app, wrong, address));
      const introspect = (from: string) =>
        postForm(
          other,
          PATHS.rfc.info,
          { client_id: app.clientId, client_secret: app.secret, token: 'x' },
          { address: from },
        );
      await eventually(async () => (await introspect(address)).status === 429);
      await expectRefusal(await introspect(address), 'rfc', 'invalid_request', 429);
      expect((await introspect(newAddress())).status).toBe(200);
    },
  );

  it('case 97: all addresses of an IPv6 /64 are one network, another /64 is another', async () => {
    const app = await world.newApp();
    const net = `2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}:${dialect === 'native' ? '1' : '2'}`;
    const form = { grant_type: 'authorization_code', code: 'x', client_secret: 'wrong' };
    await guess(app, form, `${net}::1`);
    await haveFailed(FAILURES - 20, `${net}::/64`);
    await inTurns(20, (n) => guess(app, form, `${net}:${n.toString(16)}::${n.toString(16)}`));
    await expectLimited(await guess(app, form, `${net}:ffff:ffff:ffff:ffff`));
    await expectRefusal(await guess(app, form, `${net}f::1`), dialect, 'client_authentication');
  });

  it('case 97: what a client writes into X-Forwarded-For itself makes it nobody else', async () => {
    const app = await world.newApp();
    const address = newAddress();
    const form = { grant_type: 'authorization_code', code: 'x', client_secret: 'wrong' };
    await guess(app, form, address);
    await haveFailed(FAILURES - 20, address);
    await inTurns(20, () => guess(app, form, `${newAddress()}, ${newAddress()}, ${address}`));
    await expectLimited(await guess(app, form, `127.0.0.1, ${address}`));
  });

  it('refusals that an honest client meets by itself are not counted as guesses', async () => {
    const app = await world.newApp();
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const code = await browser.obtainCode(app, {}, dialect);
    await world.ageCode(code, 121);
    const address = newAddress();
    const form = { grant_type: 'authorization_code', client_secret: app.secret, code };
    const answers = await inTurns(FAILURES + 5, () => guess(app, form, address));
    expect(refusedByLimit(answers)).toBe(0);
    const { rowCount } = await world.db.query("SELECT 1 FROM rate_limits WHERE key LIKE '%' || $1", [address]);
    expect(rowCount).toBe(0);
  });

  it('an app that asks on in vain may use half of its address’s requests for it, the other half is for the others', async () => {
    const [wild, calm] = [await world.newApp(), await world.newApp()];
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const [dead, code] = [await browser.obtainCode(wild, {}, dialect), await browser.obtainCode(calm, {}, dialect)];
    await world.ageCode(dead, 121);
    const address = newAddress();
    const form = { grant_type: 'authorization_code', client_secret: wild.secret, code: dead };
    const answers = await inTurns(800, () => guess(wild, form, address));
    // A window that ends meanwhile opens another half.
    expect(refusedByLimit(answers)).toBeGreaterThanOrEqual(100);
    await expectLimited(answers.find(({ status }) => status === 429) as Response);
    await expectTokens(
      await guess(calm, { grant_type: 'authorization_code', client_secret: calm.secret, code }, address),
    );
  });

  it('requests of one network beyond 700 a minute get 429 with Retry-After; other networks don’t', async () => {
    const app = await world.newApp();
    const address = newAddress();
    // Processes tell each other every second: the more there are, the more have been answered by then.
    const answers = await inTurns(760, () => guess(app, {}, address));
    while (refusedByLimit(answers) === 0 && answers.length < 4_000)
      answers.push(...(await inTurns(190, () => guess(app, {}, address))));
    expect(refusedByLimit(answers)).toBeGreaterThan(0);
    await expectLimited(answers.find(({ status }) => status === 429) as Response);
    expect((await guess(app, {}, newAddress())).status).toBe(400);
    await expectRefusal(await exchange(site, dialect, app, 'x'), dialect, 'invalid_grant');
  });
});
