import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RuleDatabase } from '@/e2e/fixtures/rule-database';
import { HEALTHY, insertStanding, USER } from '@/e2e/fixtures/rule-standing';
import type { Log } from '@/lib/runtime/log';
import { ConnectionCounts } from '@/lib/store/connection-counts';

/** More than two steps of a walk. */
const APPS = 450;
/** An app in the middle of the first one. */
const LARGE = 1_100;
/** A walk of this many apps takes fewer rounds, whatever fails. */
const ROUNDS = 5;

let rules: RuleDatabase;
beforeAll(async () => {
  rules = await RuleDatabase.open();
});
afterAll(() => rules.close());

/** Apps with a connection each. */
beforeEach(async () => {
  await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
  insertStanding(rules, HEALTHY);
  await rules.snapshot();
  await rules.db.query(
    `WITH a AS (INSERT INTO apps (id, tenant_id, created_by_id, name, name_key, client_id)
                SELECT n, 1, $1, 'App ' || n, 'app ' || n, lpad(n::text, 20, 'c') FROM generate_series(1001, 1000 + $2::int) n RETURNING id),
          g AS (INSERT INTO grants (user_id, app_id, scopes) SELECT $1, id, 'profile' FROM a RETURNING id, app_id)
     INSERT INTO connections (id, grant_id, app_id, scopes) SELECT gen_random_uuid(), id, app_id, 'profile' FROM g`,
    [USER, APPS],
  );
});
afterEach(() => rules.db.query('DROP TRIGGER IF EXISTS too_long ON app_connection_counts'));

/** Cancels a statement that counts what a condition over its rows (`counted`) says, as its time limit would. */
async function takesTooLong(condition: string): Promise<void> {
  await rules.db.query(
    `CREATE OR REPLACE FUNCTION too_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF ${condition} THEN
         RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014';
       END IF;
       RETURN NULL;
     END $$`,
  );
  await rules.db.query(
    `CREATE TRIGGER too_long AFTER INSERT ON app_connection_counts REFERENCING NEW TABLE AS counted
       FOR EACH STATEMENT EXECUTE FUNCTION too_long()`,
  );
}

/** Walks past all apps, once. @returns what was warned of, and how many statements it took */
async function walk() {
  const warn = vi.fn();
  const query = vi.spyOn(rules.db, 'query');
  const counts = new ConnectionCounts();
  for (let round = 0; round < ROUNDS; round++) await counts.goOn(rules.db, () => true, { warn } as unknown as Log);
  const statements = query.mock.calls.length;
  query.mockRestore();
  return { warned: warn.mock.calls.map(([{ appId }]) => appId), statements };
}

const uncounted = async (): Promise<number[]> => {
  const { rows } = await rules.db.query(
    `SELECT id FROM apps a WHERE id > 1000 AND NOT EXISTS (
       SELECT FROM app_connection_counts c WHERE c.app_id = a.id AND c.live = 1) ORDER BY id`,
  );
  return rows.map(({ id }) => id);
};

describe('the walk that counts connections', () => {
  test('takes fewer apps at once where the time of a statement is not enough for many', async () => {
    await takesTooLong('(SELECT count(*) FROM counted) > 30');
    expect((await walk()).warned).toEqual([]);
    expect(await uncounted()).toEqual([]);
  });

  test('passes over an app that it is not even enough for alone, says so, and takes many at once again after it', async () => {
    await takesTooLong(`EXISTS (SELECT FROM counted WHERE app_id = ${LARGE})`);
    const { warned, statements } = await walk();
    expect(warned).toEqual([LARGE]);
    expect(await uncounted()).toEqual([LARGE]);
    expect(statements).toBeLessThan(50);
  });

  test('goes on where it was when the connection to the database ends', async () => {
    const counts = new ConnectionCounts();
    const query = vi.fn().mockRejectedValue(new Error('Connection terminated unexpectedly'));
    const log = { warn: vi.fn() } as unknown as Log;
    await expect(counts.goOn({ query }, () => true, log)).rejects.toThrow('terminated');
    expect(query).toHaveBeenCalledTimes(1);
    await counts.goOn(rules.db, () => true, log);
    expect(await uncounted()).toEqual([]);
  });
});
