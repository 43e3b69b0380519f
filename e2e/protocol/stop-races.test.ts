import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NOW, RuleDatabase, seconds, uuid } from '@/e2e/fixtures/rule-database';
import {
  APP,
  GRANT,
  HEALTHY,
  insertConnection,
  insertFamily,
  insertStanding,
  OTHER_APP,
  USER,
} from '@/e2e/fixtures/rule-standing';

const bytes = (n: number) => Buffer.alloc(32, n);
const [CODE, TOKEN, BARE_CODE, OTHER_CODE] = [1, 2, 3, 4].map(bytes) as [Buffer, Buffer, Buffer, Buffer];
const SESSION = uuid(70);
const BARE = uuid(101);

let rules: RuleDatabase;
let one: pg.Client;
let two: pg.Client;
let three: pg.Client;
beforeAll(async () => {
  rules = await RuleDatabase.open();
  [one, two, three] = [await rules.connect(), await rules.connect(), await rules.connect()];
});
afterAll(async () => {
  await Promise.all([one, two, three].map((client) => client.end()));
  await rules.close();
});

// A test that fails leaves nobody waiting.
afterEach(async () => {
  for (const client of [one, two, three]) await client.query('ROLLBACK');
});

const codeOf = (digest: Buffer, grantId: string, appId: number) => ({
  digest,
  grant_id: grantId,
  app_id: appId,
  redirect_uri: 'https://client.example/cb',
  scopes: 'profile',
  user_agent: 'UA',
  offline_access: false,
  issued_at: seconds(-60),
  expires_at: seconds(60),
});

/** A user of the one organisation, an app of the other; a code of each kind, a refresh token, a connection without one. */
beforeEach(async () => {
  await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
  insertStanding(rules, { ...HEALTHY, sameTenant: false });
  insertConnection(rules, { id: uuid(100) });
  insertFamily(rules, { connectionId: uuid(100), digest: TOKEN });
  insertConnection(rules, { id: BARE, bare: true });
  rules.insert('authorization_codes', codeOf(CODE, GRANT, APP));
  rules.insert('authorization_codes', { ...codeOf(BARE_CODE, GRANT, APP), code_challenge: 'c'.repeat(43) });
  rules.insert('sessions', { id: SESSION, user_id: USER, user_agent: 'UA', ip: '192.0.2.1', expires_at: seconds(999) });
  await rules.snapshot();
});

type Asked = (client: pg.Client) => Promise<string | undefined>;

const redeemed =
  (digest: Buffer, appId = APP, challenge: string | null = null): Asked =>
  async (client) => {
    const { rows } = await client.query(`SELECT outcome FROM redeem_code($1, $2, NULL, $3, $4, $5, $6, 1000, 10, 10)`, [
      digest,
      appId,
      challenge,
      challenge === null,
      uuid(21),
      bytes(9),
    ]);
    return rows[0]?.outcome;
  };
const refreshed: Asked = async (client) => {
  const { rows } = await client.query(
    `SELECT outcome FROM refresh_access($1, ${APP}, true, ARRAY[$2::bytea], $3, 'kid', 300)`,
    [TOKEN, bytes(9), uuid(9)],
  );
  return rows[0]?.outcome;
};

/** The driver knows its process, its declarations don't. */
const pidOf = (client: pg.Client) => (client as pg.Client & { processID: number }).processID;

/** Begins something that has to wait for another connection. @returns its result, which comes when that one is done */
async function held<Result>(
  waiting: pg.Client,
  by: pg.Client,
  work: () => Promise<Result>,
): Promise<() => Promise<Result>> {
  let finished = false;
  const result = work().finally(() => {
    finished = true;
  });
  const sql = 'SELECT $1::int = ANY (pg_blocking_pids($2)) AS blocked';
  const isHeld = async () => (await rules.db.query(sql, [pidOf(by), pidOf(waiting)])).rows[0].blocked;
  await expect.poll(async () => finished || (await isHeld()), { timeout: 15_000, interval: 5 }).toBe(true);
  expect(finished, 'it did not wait').toBe(false);
  return () => result;
}

const notBefore = async (): Promise<string[]> =>
  (await rules.db.query('SELECT subject FROM token_not_before ORDER BY subject')).rows.map(({ subject }) => subject);

const disable = (client: pg.Client) => client.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [USER]);
const suspend =
  (...ids: number[]) =>
  (client: pg.Client) =>
    client.query("UPDATE tenants SET status = 'SUSPENDED' WHERE id = ANY ($1)", [ids]);

describe.each([
  ['the user is disabled', disable, 'user_inactive', [`user:${USER}`]],
  ['the user’s organisation is suspended', suspend(2), 'tenant_inactive', ['tenant:elsewhere']],
  [
    'the app’s organisation is suspended',
    suspend(1),
    'app_inactive',
    [`app:${APP}`, `app:${OTHER_APP}`, 'tenant:owner'],
  ],
] as const)('no access token slips through while %s', { retry: 0 }, (_, stop, refusal, subjects) => {
  const ways: [string, Asked][] = [
    ['a redemption', redeemed(CODE)],
    ['a refresh', refreshed],
  ];

  test.each(ways)('%s that comes before the commit waits for it, and is refused', async (_, asked) => {
    await one.query('BEGIN');
    await stop(one);
    const outcome = await held(two, one, () => asked(two));
    await one.query('COMMIT');
    expect(await outcome()).toBe(refusal);
    expect(await notBefore()).toEqual(subjects);
    const { rows } = await rules.db.query(
      'SELECT (SELECT count(*)::int FROM connections) AS connections, (SELECT count(*)::int FROM refresh_tokens WHERE last_refresh_at IS NOT NULL) AS refreshed',
    );
    expect(rows).toEqual([{ connections: 2, refreshed: 0 }]);
  });

  test.each(ways)('%s that is on its way comes before the not-before time', async (_, asked) => {
    await one.query('BEGIN');
    expect(await asked(one)).toBe('ok');
    const stopped = await held(two, one, () => stop(two));
    expect(await notBefore()).toEqual([]);
    await one.query('COMMIT');
    await stopped();
    expect(await notBefore()).toEqual(subjects);
  });
});

describe('what stops people and organisations', { retry: 0 }, () => {
  test('a grant that a consent makes while its user is disabled gives no token', async () => {
    const grant = uuid(13);
    await one.query('BEGIN');
    await one.query('SELECT 1 FROM sessions WHERE id = $1 FOR SHARE', [SESSION]);
    await one.query('INSERT INTO grants (id, user_id, app_id, scopes) VALUES ($1, $2, $3, $4)', [
      grant,
      USER,
      OTHER_APP,
      'profile',
    ]);
    await two.query('BEGIN');
    const disabled = await held(two, one, () => disable(two));
    await one.query(
      `INSERT INTO authorization_codes (digest, grant_id, app_id, redirect_uri, scopes, user_agent, ip, offline_access, issued_at, expires_at)
       VALUES ($1, $2, $3, 'https://client.example/cb', 'profile', 'UA', '', false, $4, $5)`,
      [OTHER_CODE, grant, OTHER_APP, NOW, seconds(60)],
    );
    await one.query('COMMIT');
    await disabled();
    const outcome = await held(three, two, () => redeemed(OTHER_CODE, OTHER_APP)(three));
    await two.query('COMMIT');
    expect(await outcome()).toBe('user_inactive');
  });

  test('one statement that suspends both organisations waits for who uses both, and stops all of both', async () => {
    await one.query('BEGIN');
    expect(await refreshed(one)).toBe('ok');
    const stopped = await held(two, one, () => suspend(2, 1)(two));
    expect(
      await held(three, two, () => redeemed(CODE)(three)).then((outcome) => one.query('COMMIT').then(outcome)),
    ).toBe('app_inactive');
    await stopped();
    expect(await notBefore()).toEqual([`app:${APP}`, `app:${OTHER_APP}`, 'tenant:elsewhere', 'tenant:owner']);
  });

  test('an organisation that is renamed, or suspended already, stops nothing', async () => {
    await rules.db.query("UPDATE tenants SET display_name = 'Renamed' WHERE id = 1");
    expect(await notBefore()).toEqual([]);
    await suspend(1)(rules.db);
    await rules.db.query('TRUNCATE token_not_before');
    await suspend(1)(rules.db);
    expect(await notBefore()).toEqual([]);
  });
});

describe('a connection without a refresh token that housekeeping is ending', { retry: 0 }, () => {
  test('carries no new access token: the redemption makes another one', async () => {
    await one.query('BEGIN');
    await one.query("UPDATE connections SET ended_at = now(), ended_reason = 'expired' WHERE id = $1", [BARE]);
    const outcome = await held(two, one, () => redeemed(BARE_CODE, APP, 'c'.repeat(43))(two));
    await one.query('COMMIT');
    expect(await outcome()).toBe('ok');
    const { rows } = await rules.db.query(
      'SELECT k.id, k.ended_at FROM connections k JOIN authorization_codes c ON c.connection_id = k.id WHERE c.digest = $1',
      [BARE_CODE],
    );
    expect(rows).toEqual([{ id: uuid(21), ended_at: null }]);
  });
});
