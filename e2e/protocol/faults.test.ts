import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, eventually, exchange, isActive, refresh, type Site, signedIn } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { type Server, startServer } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const { databaseUrl } = ours('installation');
const dialectOf = (n: number) => (n % 2 ? 'native' : 'rfc');
// Servers of their own, so that nobody else meets the faults; their connections are told by this name.
const CONNECTIONS = 'gatehouse-faulty';
let world: World;
let servers: Server[] = [];
let first: Site;
let second: Site;
beforeAll(async () => {
  world = await World.open(databaseUrl);
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', CONNECTIONS);
  const options = { ...ours('installation'), databaseUrl: url.href, env: { PUBLIC_URL: publicUrl } };
  servers = await Promise.all([startServer(options), startServer(options)]);
  [first, second] = servers.map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await world.close();
}, 60_000);

/** Holds locks while a story runs, as a stuck migration or a paused disk would. */
async function whileLocked<Result>(
  statements: [string, unknown[]][],
  story: (pid: number) => Promise<Result>,
): Promise<Result> {
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    await db.query('BEGIN');
    for (const [text, values] of statements) await db.query(text, values);
    return await story((await db.query('SELECT pg_backend_pid() AS pid')).rows[0].pid);
  } finally {
    await db.query('ROLLBACK');
    await db.end();
  }
}

describe('case 96: faults of the database', () => {
  test('a row that does not come free: refresh and exchange answer an error in their dialect in time, and issue nothing', async () => {
    const { app, browser, tokens } = await connectApp(world, first);
    const codes = [await browser.obtainCode(app), await browser.obtainCode(app)] as const;
    const answers = await whileLocked([['SELECT 1 FROM grants WHERE app_id = $1 FOR UPDATE', [app.id]]], () =>
      Promise.all([
        refresh(first, app, tokens.refresh_token, 'native'),
        refresh(second, app, tokens.refresh_token, 'rfc'),
        exchange(first, app, codes[0], 'native'),
        exchange(second, app, codes[1], 'rfc'),
      ]),
    );
    for (const [n, answer] of answers.entries()) {
      await expectRefusal(answer, n % 2 ? 'rfc' : 'native', 'SE');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await world.liveFamilies(app.id)).toBe(1);
    const { rows } = await world.db.query(
      'SELECT (SELECT count(*)::int FROM authorization_codes WHERE app_id = $1 AND redeemed_at IS NOT NULL AND failures = 0) AS redeemed, (SELECT max(last_refresh_at) FROM refresh_tokens WHERE app_id = $1) AS refreshed',
      [app.id],
    );
    expect(rows).toEqual([{ redeemed: 1, refreshed: null }]);
    // Nothing was burnt: what a retry can cure is cured by a retry.
    for (const [n, code] of codes.entries()) expect((await exchange(second, app, code, dialectOf(n))).status).toBe(200);
    expect((await refresh(first, app, tokens.refresh_token)).status).toBe(200);
  });

  test('300 requests on a stuck row exhaust the pool: every one is answered within 5 seconds, and the server recovers', {
    timeout: 60_000,
  }, async () => {
    const { app, tokens } = await connectApp(world, first);
    const bystander = await connectApp(world, first);
    await whileLocked([['SELECT 1 FROM grants WHERE app_id = $1 FOR UPDATE', [app.id]]], async (pid) => {
      const sent = Array.from({ length: 300 }, async (_, n) => {
        const begin = performance.now();
        const answer = await refresh(first, app, tokens.refresh_token, dialectOf(n));
        return { answer, took: performance.now() - begin };
      });
      await eventually(async () => {
        const { rows } = await world.db.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [
          pid,
        ]);
        return rows.length > 0;
      });
      // What needs no database goes on meanwhile.
      expect(await isActive(first, bystander.tokens.access_token)).toBe(true);
      const answers = await Promise.all(sent);
      for (const [n, { answer }] of answers.entries()) await expectRefusal(answer, dialectOf(n), 'SE');
      expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(5_000);
    });
    expect((await refresh(first, bystander.app, bystander.tokens.refresh_token)).status).toBe(200);
    expect((await refresh(first, app, tokens.refresh_token)).status).toBe(200);
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  test('a stuck table: the grant screen answers an error and no code, and afterwards approves', {
    timeout: 60_000,
  }, async () => {
    const [app, user] = [await world.newApp(), await world.newUser()];
    const browser = await signedIn(first, user);
    const asked = {
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'profile',
      state: 's',
    };
    const at = (await browser.authorize(asked)).headers.get('location') as string;
    const answer = await whileLocked(
      [['SELECT 1 FROM consent_transactions WHERE client_id = $1 FOR UPDATE', [app.clientId]]],
      () => browser.decide(at, 'allow'),
    );
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.headers.has('location')).toBe(false);
    const { rows } = await world.db.query(
      'SELECT (SELECT count(*)::int FROM authorization_codes WHERE app_id = $1) AS codes, (SELECT count(*)::int FROM grants WHERE app_id = $1) AS grants',
      [app.id],
    );
    expect(rows).toEqual([{ codes: 0, grants: 0 }]);
    expect((await browser.decide(at, 'allow')).headers.get('location')).toMatch(
      /^https:\/\/client\.example\/cb\?code=/,
    );
  });

  test('connections that the database cuts are replaced: no restart is needed', async () => {
    const { app, tokens } = await connectApp(world, first);
    await world.db.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
      [CONNECTIONS],
    );
    for (const site of [first, second]) {
      await eventually(async () => {
        const answer = await refresh(site, app, tokens.refresh_token, 'rfc');
        if (answer.status >= 500) await expectRefusal(answer, 'rfc', 'SE');
        await world.openRefreshWindow(app.id);
        return answer.status === 200;
      });
      expect(await isActive(site, tokens.access_token)).toBe(true);
    }
  });

  test('what was missed while the connection that hears of changes was cut is read when it is back', async () => {
    const { user, tokens } = await connectApp(world, first);
    const hearing = "datname = current_database() AND application_name = $1 AND query LIKE '%pg_notify%'";
    await eventually(async () => {
      const { rowCount } = await world.db.query(`SELECT 1 FROM pg_stat_activity WHERE ${hearing}`, [CONNECTIONS]);
      return rowCount === 2;
    });
    await world.db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${hearing}`, [CONNECTIONS]);
    await world.db.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [user.id]);
    for (const site of [first, second]) await eventually(async () => !(await isActive(site, tokens.access_token)));
  });
});
