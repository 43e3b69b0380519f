import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { confirmation } from '@/components/applications/form-state';
import type { Log } from '@/lib/runtime/log';
import { workOffEndings } from '@/lib/store/endings';
import {
  claimsOf,
  connectApp,
  eventually,
  exchange,
  isActive,
  refresh,
  type Site,
  signedIn,
} from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { readForm, sendForm } from '../fixtures/portal-form';
import { NOW, RuleDatabase, seconds, uuid } from '../fixtures/rule-database';
import {
  APP,
  GRANT,
  HEALTHY,
  insertConnection,
  insertFamily,
  insertStanding,
  OTHER_APP,
} from '../fixtures/rule-standing';
import { expectRefusal } from '../fixtures/verdicts';
import { type TestApp, type TestUser, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];

/** Another thousand and a half users with a connection each: more than one batch. */
async function addConnections(world: World, appId: number): Promise<void> {
  await world.db.query(
    `WITH u AS (INSERT INTO users (tenant_id, username, email, password_hash, first_name, last_name)
                SELECT tenant_id, 'bulk' || id || '-' || n, '', '', '', '' FROM apps, generate_series(1, 1500) n WHERE id = $1 RETURNING id),
          g AS (INSERT INTO grants (user_id, app_id, scopes) SELECT id, $1, 'profile' FROM u RETURNING id),
          k AS (INSERT INTO connections (id, grant_id, app_id, scopes) SELECT gen_random_uuid(), id, $1, 'profile' FROM g RETURNING id, grant_id)
     INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret)
     SELECT id, grant_id, $1, sha256(id::text::bytea), true FROM k`,
    [appId],
  );
}

describe('a developer ends what an app with many connections has', () => {
  let world: World;
  let developer: TestUser;
  beforeAll(async () => {
    world = await World.open(ours('installation').databaseUrl);
    developer = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
  });
  afterAll(() => world.close());

  const SECTIONS = { typedName: 'danger', proof: 'credentials' } as const;

  async function send(app: TestApp, form: keyof typeof SECTIONS, values: Record<string, string>): Promise<Response> {
    const browser = await signedIn(first, developer);
    const path = `/applications/${app.id}/${SECTIONS[form]}`;
    const fields = readForm(await (await browser.get(path)).text(), `name="${form}"`);
    expect(fields).not.toBeNull();
    for (const [name, value] of Object.entries(values)) fields?.set(name, value);
    fields?.delete('requirePkce');
    return sendForm(browser, path, fields as FormData);
  }

  test('a deleted app is gone for everybody with the answer, and its rows follow', async () => {
    const app = await world.newApp({ tenant: developer.tenant });
    const connected = await connectApp(world, first, { app });
    const { browser, tokens } = connected;
    const code = await browser.obtainCode(app);
    await addConnections(world, app.id);
    expect((await send(app, 'typedName', { typedName: app.name })).status).toBe(303);
    for (const site of [second, first]) {
      expect((await refresh(site, app, tokens.refresh_token)).status).toBe(401);
      expect((await exchange(site, app, code)).status).toBe(401);
      await eventually(async () => !(await isActive(site, tokens.access_token)), 15_000);
    }
    expect(await (await browser.get('/connections')).text()).not.toContain(app.name);
    const manager = await signedIn(first, developer);
    expect(await (await manager.get('/applications')).text()).not.toContain(app.name);
    expect((await manager.get(`/applications/${app.id}`)).status).toBe(404);
    for (let more = true; more; )
      more = (await world.db.query('SELECT purge_app($1, 200) AS more', [app.id])).rows[0].more;
    const { rows } = await world.db.query(
      `SELECT (SELECT count(*)::int FROM apps WHERE id = $1) + (SELECT count(*)::int FROM grants WHERE app_id = $1)
            + (SELECT count(*)::int FROM connections WHERE app_id = $1) + (SELECT count(*)::int FROM refresh_tokens WHERE app_id = $1) AS left`,
      [app.id],
    );
    expect(rows[0].left).toBe(0);
  });

  test('a way of proof that is excluded ends its families and all codes with the answer, the others live', async () => {
    const app = await world.newApp({ tenant: developer.tenant });
    const withSecret = await connectApp(world, first, { app });
    const withPkce = await connectApp(world, first, { app: { ...app, secret: '' } });
    const code = await withSecret.browser.obtainCode(app);
    await addConnections(world, app.id);
    const values = { proof: 'PKCE_ONLY', requirePkce: false } as const;
    await send(app, 'proof', { proof: 'PKCE_ONLY', confirmed: confirmation({ values, ends: 1_501 }) });
    const refused = await refresh(second, app, withSecret.tokens.refresh_token, 'rfc', { client_id: app.clientId });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await refresh(second, { ...app, secret: '' }, withPkce.tokens.refresh_token)).status).toBe(200);
    expect((await exchange(second, { ...app, secret: '' }, code)).status).toBe(401);
    const { rows } = await world.db.query(
      "SELECT id FROM app_endings WHERE app_id = $1 AND with_secret AND reason = 'proof_changed'",
      [app.id],
    );
    for (let more = true; more; )
      more = (await world.db.query('SELECT write_ending($1, 200) AS more', [rows[0].id])).rows[0].more;
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  test('access tokens of before stay inactive, those of a new consent work', async () => {
    const { app, browser, tokens } = await connectApp(world, first);
    await world.db.query('BEGIN');
    await world.db.query('SELECT end_app_tokens($1)', [app.id]);
    await world.db.query("INSERT INTO app_endings (app_id, at, reason) VALUES ($1, db_now(), 'revoked_by_developer')", [
      app.id,
    ]);
    await world.db.query('SELECT set_not_before($1)', [`app:${app.id}`]);
    await world.db.query('COMMIT');
    await expectRefusal(await refresh(second, app, tokens.refresh_token), 'native', 'IG');
    await eventually(async () => !(await isActive(second, tokens.access_token)), 15_000);
    // A token's time has seconds only, and the one in which tokens ended is over first.
    await eventually(async () => Date.now() / 1000 > Number(claimsOf(tokens.access_token).iat) + 2);
    const again = await exchange(first, app, await browser.obtainCode(app));
    const fresh = (await again.json()) as { access_token: string; refresh_token: string };
    expect(await isActive(first, fresh.access_token)).toBe(true);
    expect((await refresh(first, app, fresh.refresh_token)).status).toBe(200);
  });
});

describe('in the database', () => {
  const bytes = (n: number) => Buffer.alloc(32, n);
  const FAMILIES = 12;
  let rules: RuleDatabase;
  let one: pg.Client;
  let two: pg.Client;
  beforeAll(async () => {
    rules = await RuleDatabase.open();
    [one, two] = [await rules.connect(), await rules.connect()];
  });
  afterAll(async () => {
    await Promise.all([one.end(), two.end()]);
    await rules.close();
  });

  /** Families with and without a secret, the last one issued after everything that ends here. */
  beforeEach(async () => {
    await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
    insertStanding(rules, HEALTHY);
    for (let n = 0; n < FAMILIES; n++) {
      insertConnection(rules, { id: uuid(100 + n) });
      const issuedAt = seconds(n === FAMILIES - 1 ? 1 : -100);
      const more = { with_secret: n % 3 !== 0 };
      insertFamily(rules, { id: uuid(200 + n), connectionId: uuid(100 + n), digest: bytes(50 + n), issuedAt, more });
    }
    await rules.snapshot();
  });

  const end = async (withSecret: boolean | null): Promise<number> => {
    const sql = "INSERT INTO app_endings (app_id, at, with_secret, reason) VALUES ($1, $2, $3, 'ended') RETURNING id";
    return (await rules.db.query(sql, [APP, NOW, withSecret])).rows[0].id;
  };
  const write = async (id: number, rows: number): Promise<boolean> =>
    (await rules.db.query('SELECT write_ending($1, $2) AS more', [id, rows])).rows[0].more;
  const ended = async (): Promise<number[]> => {
    const { rows } = await rules.db.query(
      `SELECT right(r.id::text, 3)::int - 200 AS n FROM refresh_tokens r JOIN connections k ON k.id = r.connection_id
        WHERE r.revoked_reason = 'ended' AND r.revoked_at = $1 AND k.ended_at = $1 AND k.ended_reason = 'ended' ORDER BY 1`,
      [NOW],
    );
    return rows.map(({ n }) => n);
  };
  const all = Array.from({ length: FAMILIES - 1 }, (_, n) => n);

  test.each([
    [null, all],
    [true, all.filter((n) => n % 3 !== 0)],
    [false, all.filter((n) => n % 3 === 0)],
  ])(
    'batches write an ending (with secret: %j) on every family that it meets and on no other',
    async (withSecret, met) => {
      const id = await end(withSecret);
      for (let more = true; more; ) more = await write(id, 5);
      expect(await ended()).toEqual(met);
    },
  );

  test('a batch that a crash undid is done again, and none is done twice', async () => {
    const id = await end(null);
    await write(id, 5);
    await rules.db.query('BEGIN');
    await write(id, 5);
    await rules.db.query('ROLLBACK');
    expect(await ended()).toEqual(all.slice(0, 5));
    await write(id, 5);
    expect(await ended()).toEqual(all.slice(0, 10));
  });

  test('an app is not purged before it is deleted, and nothing of another app with it', async () => {
    expect((await rules.db.query('SELECT purge_app($1, 100) AS more', [APP])).rows[0].more).toBe(false);
    expect((await rules.db.query('SELECT 1 FROM apps')).rowCount).toBe(2);
    await rules.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now() WHERE id = $1", [APP]);
    await rules.db.query(
      'INSERT INTO grants (user_id, app_id, scopes) SELECT user_id, $1, scopes FROM grants WHERE id = $2',
      [OTHER_APP, GRANT],
    );
    for (let more = true; more; ) more = (await rules.db.query('SELECT purge_app($1, 5) AS more', [APP])).rows[0].more;
    const { rows } = await rules.db.query(
      'SELECT (SELECT array_agg(id) FROM apps) AS apps, (SELECT count(*)::int FROM grants) AS grants',
    );
    expect(rows[0]).toEqual({ apps: [OTHER_APP], grants: 1 });
  });

  describe('of several deleted apps', () => {
    const warn = vi.fn();
    const log = { warn } as unknown as Log;
    const left = async () => (await rules.db.query('SELECT id FROM apps ORDER BY id')).rows.map(({ id }) => id);
    const times = (n: number) => () => n-- > 0;

    beforeEach(async () => {
      warn.mockClear();
      await rules.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now()");
    });

    test('one whose rows can’t be deleted keeps nobody waiting, and is tried again', async () => {
      await rules.db.query(
        `CREATE OR REPLACE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014'; END $$`,
      );
      await rules.db.query(
        'CREATE TRIGGER refusing BEFORE DELETE ON connections FOR EACH ROW EXECUTE FUNCTION refuse_deletion()',
      );
      await workOffEndings(rules.db, () => true, log);
      expect(await left()).toEqual([APP]);
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ work: { call: 'purge_app', id: APP } }),
        expect.any(String),
      );
      await rules.db.query('DROP TRIGGER refusing ON connections');
      await workOffEndings(rules.db, () => true, log);
      expect(await left()).toEqual([]);
    });

    test('one that is not done with in a round leaves the others their turn', async () => {
      await workOffEndings(rules.db, times(2), log);
      expect(await left()).toEqual([APP]);
      expect(warn).not.toHaveBeenCalled();
    });

    test.each([
      new Error('Connection terminated unexpectedly'),
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    ])('where the connection to the database ends, the round does: %s', async (end) => {
      const query = vi.fn().mockResolvedValueOnce({ rows: [1, 2].map((id) => ({ call: 'purge_app', id })) });
      query.mockRejectedValue(end);
      await expect(workOffEndings({ query }, () => true, log)).rejects.toThrow(end);
      expect(query).toHaveBeenCalledTimes(2);
    });
  });

  test('a deleted app can’t be reinstated', async () => {
    await rules.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now() WHERE id = $1", [APP]);
    await expect(rules.db.query("UPDATE apps SET status = 'ACTIVE' WHERE id = $1", [APP])).rejects.toThrow(
      'deleted_app_is_suspended',
    );
  });

  const refreshing = (client: pg.Client) =>
    client.query<{ outcome: string }>(
      `SELECT outcome FROM refresh_access($1, ${APP}, true, ARRAY[$2::bytea], $3, 'kid', 300)`,
      [bytes(51), bytes(9), uuid(9)],
    );
  const ending = (client: pg.Client) => client.query('SELECT end_app_tokens($1)', [APP]);

  /** Whether the second waits for the first to commit. */
  async function waits(before: Promise<unknown>, after: () => Promise<unknown>): Promise<boolean> {
    await before;
    let finished = false;
    const rest = after().finally(() => {
      finished = true;
    });
    const pid = (two as pg.Client & { processID: number }).processID;
    const isWaiting = async () =>
      (await rules.db.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'", [pid]))
        .rowCount === 1;
    let waited = false;
    while (!finished && !waited) waited = await isWaiting();
    await one.query('COMMIT');
    await rest;
    return waited;
  }

  test('what ends an app’s tokens waits for a refresh that is on its way, and so does the not-before time', async () => {
    await one.query('BEGIN');
    expect(await waits(refreshing(one), () => ending(two))).toBe(true);
    await one.query('BEGIN');
    const suspend = () => two.query("UPDATE apps SET status = 'SUSPENDED' WHERE id = $1", [APP]);
    expect(await waits(refreshing(one), suspend)).toBe(true);
  });

  test('a refresh waits for what ends the app’s tokens, and is refused', async () => {
    await one.query('BEGIN');
    await ending(one);
    await one.query("INSERT INTO app_endings (app_id, at, reason) VALUES ($1, $2, 'ended')", [APP, NOW]);
    let outcome: string | undefined;
    const asked = async () => {
      outcome = (await refreshing(two)).rows[0]?.outcome;
    };
    expect(await waits(Promise.resolve(), asked)).toBe(true);
    expect(outcome).toBe('refresh_revoked');
  });
});
