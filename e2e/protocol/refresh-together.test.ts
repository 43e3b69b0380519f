import net from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  claimsOf,
  connectApp,
  credentials,
  eventually,
  exchange,
  refresh,
  refreshed,
  type Site,
  signedIn,
} from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { expectRefusal } from '../fixtures/verdicts';
import { newAddress, newPkce, PATHS, type TestApp, type Tokens, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const { databaseUrl } = ours('installation');
const sites = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
const [first] = sites;
const siteOf = (n: number) => sites[n % 2] as Site;
const dialectOf = (n: number) => (n % 4 < 2 ? 'native' : 'rfc');
let world: World;
beforeAll(async () => {
  world = await World.open(databaseUrl);
});
afterAll(() => world.close());

const many = <Result>(count: number, make: (n: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

test.each(['SECRET_REQUIRED', 'PKCE_ONLY'] as const)(
  'case 45: of 50 refreshes at once on two servers and both dialects one succeeds, 49 meet the limit, the token lives (%s)',
  async (proof) => {
    const app = await world.newApp({ proof });
    const { tokens } = await connectApp(world, first, { app });
    const answers = await many(50, (n) => refresh(siteOf(n), app, tokens.refresh_token, dialectOf(n)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const [n, answer] of answers.entries())
      if (answer.status !== 200) await expectRefusal(answer, dialectOf(n), 'limit');
    const { access_token, refresh_token } = (await (won[0] as Response).json()) as Tokens;
    const { rows } = await world.db.query('SELECT last_jti, generation FROM refresh_tokens WHERE app_id = $1', [
      app.id,
    ]);
    expect(rows).toEqual([{ last_jti: claimsOf(access_token).jti, generation: 0 }]);
    await world.openRefreshWindow(app.id);
    expect((await refresh(siteOf(1), app, refresh_token)).status).toBe(200);
  },
);

test('replay: 20 refreshes at once on two servers answer one access token', { retry: 0 }, async () => {
  const app = await world.newApp({ refreshReplay: true });
  const { tokens } = await connectApp(world, first, { app });
  const answers = await many(20, (n) => refreshed(siteOf(n), app, tokens.refresh_token, dialectOf(n)));
  expect(new Set(answers.map(({ access_token }) => access_token)).size).toBe(1);
});

test.each(['native', 'rfc'] as const)(
  'case 46: an answer that gets lost after the commit costs nothing but the window (%s dialect)',
  async (dialect) => {
    for (const proof of ['SECRET_REQUIRED', 'PKCE_ONLY'] as const) {
      const app = await world.newApp({ proof });
      const { tokens } = await connectApp(world, first, { app });
      const lock = new pg.Client({ connectionString: databaseUrl });
      await lock.connect();
      await lock.query('BEGIN');
      await lock.query('SELECT 1 FROM grants WHERE app_id = $1 FOR UPDATE', [app.id]);
      const [socket, pid] = [
        net.connect(first.port, '127.0.0.1'),
        (await lock.query('SELECT pg_backend_pid() AS pid')).rows[0].pid,
      ];
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        ...credentials(app),
        refresh_token: tokens.refresh_token as string,
      }).toString();
      socket.write(
        `POST ${PATHS[dialect].token} HTTP/1.1\r\nHost: ${new URL(publicUrl).host}\r\nX-Forwarded-For: ${newAddress()}\r\n` +
          `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      await eventually(async () => {
        const { rows } = await world.db.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [
          pid,
        ]);
        return rows.length === 1;
      });
      socket.destroy();
      await lock.query('COMMIT');
      await lock.end();
      await eventually(async () => {
        const { rows } = await world.db.query('SELECT last_refresh_at FROM refresh_tokens WHERE app_id = $1', [app.id]);
        return rows[0].last_refresh_at !== null;
      });
      await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect), dialect, 'limit');
      await world.openRefreshWindow(app.id);
      expect((await refresh(first, app, tokens.refresh_token, dialect)).status).toBe(200);
      expect(await world.liveFamilies(app.id)).toBe(1);
    }
  },
);

describe('the ten', { retry: 0 }, () => {
  const eleven = async (app: TestApp) => {
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const connected = [];
    for (let n = 0; n < 11; n++) connected.push(await connectApp(world, siteOf(n), { app, user, browser }));
    return connected;
  };

  test('case 54: the eleventh connection of an app and user ends the oldest, 2 to 11 live', async () => {
    const app = await world.newApp();
    const connected = await eleven(app);
    expect(await world.liveFamilies(app.id)).toBe(10);
    const [oldest, ...rest] = connected;
    for (const dialect of ['native', 'rfc'] as const)
      await expectRefusal(await refresh(first, app, oldest?.tokens.refresh_token, dialect), dialect, 'IG');
    for (const [n, { tokens }] of rest.entries())
      expect((await refresh(siteOf(n), app, tokens.refresh_token)).status).toBe(200);
  });

  test('case 54: the order is the time of issue, not of use; equal times go by id', async () => {
    const app = await world.newApp();
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const connected = [];
    for (let n = 0; n < 10; n++) connected.push(await connectApp(world, first, { app, user, browser }));
    await refreshed(first, app, connected[0]?.tokens.refresh_token);
    await world.db.query("UPDATE refresh_tokens SET issued_at = '2020-01-01' WHERE app_id = $1", [app.id]);
    const ids = async () =>
      (
        await world.db.query('SELECT id FROM refresh_tokens WHERE app_id = $1 AND revoked_at IS NULL ORDER BY id', [
          app.id,
        ])
      ).rows.map(({ id }) => id);
    const before = await ids();
    await connectApp(world, first, { app, user, browser });
    expect((await ids()).filter((id) => before.includes(id))).toEqual(before.slice(1));
  });

  test('case 56: the cap is per app and user; expired families hold no place; a successor keeps the place', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const bystander = await connectApp(world, first, { app });
    const elsewhere = await connectApp(world, first, { user, browser });
    const oldest = await connectApp(world, first, { app, user, browser });
    const successor = await refreshed(first, app, oldest.tokens.refresh_token);
    await world.openRefreshWindow(app.id);
    const current = await refreshed(first, app, successor.refresh_token);
    for (let n = 0; n < 9; n++) await connectApp(world, first, { app, user, browser });
    expect(await world.liveFamilies(app.id)).toBe(11);
    await connectApp(world, first, { app, user, browser });
    expect(await world.liveFamilies(app.id)).toBe(11);
    await world.openRefreshWindow(app.id);
    await expectRefusal(await refresh(first, app, current.refresh_token), 'native', 'IG');
    expect((await refresh(first, app, bystander.tokens.refresh_token)).status).toBe(200);
    expect((await refresh(first, elsewhere.app, elsewhere.tokens.refresh_token)).status).toBe(200);

    await world.db.query('UPDATE refresh_tokens SET expires_at = now() WHERE app_id = $1 AND revoked_at IS NULL', [
      app.id,
    ]);
    await connectApp(world, first, { app, user, browser });
    const { rows } = await world.db.query(
      "SELECT count(*)::int AS n FROM refresh_tokens WHERE app_id = $1 AND revoked_reason = 'evicted'",
      [app.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('a connection without a refresh token holds no place', async () => {
    const app = await world.newApp();
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const kept = await connectApp(world, first, { app, user, browser });
    for (let n = 0; n < 9; n++) await connectApp(world, first, { app, user, browser });
    const { challenge, verifier } = newPkce();
    const code = await browser.obtainCode(app, { code_challenge: challenge, code_challenge_method: 'S256' });
    const answer = await exchange(first, { ...app, secret: '' }, code, 'native', verifier);
    expect(await answer.json()).not.toHaveProperty('refresh_token');
    expect(await world.liveFamilies(app.id)).toBe(10);
    expect((await refresh(first, app, kept.tokens.refresh_token)).status).toBe(200);
  });

  test('case 55: of 30 codes exchanged at once all are answered, and exactly ten families live', async () => {
    const app = await world.newApp();
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const codes: string[] = [];
    for (let n = 0; n < 30; n++) codes.push(await browser.obtainCode(app, {}, dialectOf(n)));
    const answers = await many(30, (n) => exchange(siteOf(n), app, codes[n] as string, dialectOf(n + 1)));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(await world.liveFamilies(app.id)).toBe(10);
    const { rows } = await world.db.query(
      'SELECT count(*)::int AS n FROM connections WHERE app_id = $1 AND ended_at IS NULL',
      [app.id],
    );
    expect(rows).toEqual([{ n: 10 }]);
  });
});
