import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RuleDatabase, uuid } from '@/e2e/fixtures/rule-database';
import { APP, HEALTHY, insertConnection, insertFamily, insertStanding, USER } from '@/e2e/fixtures/rule-standing';
import { houseworkOf } from '@/lib/store/housekeeping';

const bytes = (n: number) => Buffer.alloc(32, n);
const ENDED_DAYS = 30;
/** A few: more than one statement deletes. */
const MANY = 2_500;
const [LIVING, ENDED, EXPIRED, FRESH] = [100, 101, 102, 103].map(uuid) as [string, string, string, string];

let rules: RuleDatabase;
beforeAll(async () => {
  rules = await RuleDatabase.open();
});
afterAll(() => rules.close());

/** Families that rotate: one lives, one ended and one expired long ago, one ended lately; each with replaced keys of last year. */
beforeEach(async () => {
  await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
  insertStanding(rules, HEALTHY);
  for (const [n, id] of [LIVING, ENDED, EXPIRED, FRESH].entries()) {
    insertConnection(rules, { id });
    insertFamily(rules, { id, connectionId: id, digest: bytes(n + 1), more: { with_secret: false } });
  }
  await rules.snapshot();
  const daysAgo = (days: number) => `now() - interval '${days} days'`;
  for (const [id, days] of [
    [ENDED, ENDED_DAYS + 1],
    [FRESH, ENDED_DAYS - 1],
  ] as const) {
    await rules.db.query(`UPDATE connections SET ended_at = ${daysAgo(days)}, ended_reason = 'evicted' WHERE id = $1`, [
      id,
    ]);
    await rules.db.query(
      `UPDATE refresh_tokens SET revoked_at = ${daysAgo(days)}, revoked_reason = 'evicted' WHERE id = $1`,
      [id],
    );
  }
  await rules.db.query(`UPDATE refresh_tokens SET expires_at = ${daysAgo(ENDED_DAYS + 1)} WHERE id = $1`, [EXPIRED]);
  await rules.db.query(
    `INSERT INTO retired_refresh_tokens (digest, refresh_token_id, retired_at)
     SELECT sha256((f.id::text || n)::bytea), f.id, ${daysAgo(400)} FROM refresh_tokens f, generate_series(1, $1::int) n`,
    [MANY],
  );
});

/** Deletes until nothing is left to delete. @returns how many replaced keys the largest statement deleted */
async function keepHouse(): Promise<number> {
  let most = 0;
  for (const sql of houseworkOf({ endedDays: ENDED_DAYS, eventsDays: 90, auditDays: 400 })) {
    for (let more = true; more; ) {
      const before = await retired();
      more = (await rules.db.query(sql)).rowCount !== 0;
      most = Math.max(most, before - (await retired()));
    }
  }
  return most;
}

const retired = async (): Promise<number> =>
  (await rules.db.query('SELECT count(*)::int AS n FROM retired_refresh_tokens')).rows[0].n;

describe('housekeeping and replaced refresh tokens', () => {
  test('they go with their family, and not all at once', async () => {
    expect(await keepHouse()).toBeLessThanOrEqual(1_000);
    const { rows } = await rules.db.query(
      `SELECT f.id, (SELECT count(*)::int FROM retired_refresh_tokens o WHERE o.refresh_token_id = f.id) AS keys
         FROM refresh_tokens f JOIN connections k ON k.id = f.connection_id ORDER BY f.id`,
    );
    expect(rows).toEqual([LIVING, FRESH].map((id) => ({ id, keys: MANY })));
    expect(await retired()).toBe(2 * MANY);
  });

  test('a deleted app’s go before their families, and not all at once', async () => {
    await rules.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now() WHERE id = $1", [APP]);
    const steps: number[] = [];
    for (let more = true; more; ) {
      const before = await retired();
      more = (await rules.db.query('SELECT purge_app($1, 100) AS more', [APP])).rows[0].more;
      steps.push(before - (await retired()));
    }
    expect(steps.filter((deleted) => deleted > 0)).toEqual(Array(10).fill(1_000));
    expect((await rules.db.query('SELECT FROM apps WHERE id = $1', [APP])).rowCount).toBe(0);
    expect(await retired()).toBe(0);
  });

  test('case 47: one that comes back to a living family is theft, however old it is', async () => {
    await keepHouse();
    const { rows } = await rules.db.query(
      `SELECT outcome FROM refresh_access(sha256($1::text::bytea), ${APP}, false, ARRAY[$2::bytea], $3, 'kid', 300)`,
      [`${LIVING}1`, bytes(9), uuid(9)],
    );
    expect(rows).toEqual([{ outcome: 'refresh_retired' }]);
    const family = await rules.db.query('SELECT revoked_reason FROM refresh_tokens WHERE id = $1', [LIVING]);
    expect(family.rows).toEqual([{ revoked_reason: 'stolen' }]);
    const told = await rules.db.query('SELECT user_id, kind FROM audit_events');
    expect(told.rows).toEqual([{ user_id: USER, kind: 'refresh_token_stolen' }]);
  });
});
