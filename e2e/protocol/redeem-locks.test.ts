import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RuleDatabase, seconds, uuid } from '@/e2e/fixtures/rule-database';
import { APP, GRANT, HEALTHY, insertConnection, insertFamily, insertStanding } from '@/e2e/fixtures/rule-standing';

/** Smaller than the real one. */
const MAX_TOKENS = 3;
const bytes = (n: number) => Buffer.alloc(32, n);

let rules: RuleDatabase;
let first: pg.Client;
let second: pg.Client;
beforeAll(async () => {
  rules = await RuleDatabase.open();
  [first, second] = [await rules.connect(), await rules.connect()];
});
afterAll(async () => {
  await Promise.all([first.end(), second.end()]);
  await rules.close();
});

/** A user at the cap, with two codes. */
beforeEach(async () => {
  await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
  insertStanding(rules, HEALTHY);
  for (let n = 0; n < MAX_TOKENS; n++) {
    insertConnection(rules, { id: uuid(100 + n) });
    insertFamily(rules, { connectionId: uuid(100 + n), digest: bytes(50 + n), issuedAt: seconds(-100 + n) });
  }
  for (const code of [1, 2]) {
    rules.insert('authorization_codes', {
      digest: bytes(code),
      grant_id: GRANT,
      app_id: APP,
      redirect_uri: 'https://client.example/cb',
      scopes: 'profile',
      offline_access: false,
      expires_at: seconds(60),
    });
  }
  await rules.snapshot();
});

const redeem = (client: pg.Client, code: number, n: number) =>
  client.query<{ outcome: string }>(
    `SELECT outcome FROM redeem_code($1, ${APP}, NULL, NULL, true, $2, $3, 1000, ${MAX_TOKENS}, 10)`,
    [bytes(code), uuid(n), bytes(n)],
  );
const refresh = (client: pg.Client) =>
  client.query<{ outcome: string }>(
    `SELECT outcome FROM refresh_access($1, ${APP}, true, ARRAY[$2::bytea], $3, 'kid', 300)`,
    [bytes(50), bytes(9), uuid(9)],
  );

/** The driver knows its process, its declarations don't. */
type Backend = pg.Client & { processID: number };

type Call = (client: pg.Client) => Promise<pg.QueryResult<{ outcome: string }>>;

/** The second call comes while the first has done its work and not committed yet. @returns the outcomes of both */
async function overlapping(one: Call, two: Call): Promise<(string | undefined)[]> {
  await first.query('BEGIN');
  const before = await one(first);
  let finished = false;
  const after = two(second).finally(() => {
    finished = true;
  });
  const isWaiting = async () => {
    const sql = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'";
    return finished || (await rules.db.query(sql, [(second as Backend).processID])).rowCount === 1;
  };
  await expect.poll(isWaiting, { timeout: 15_000, interval: 5 }).toBe(true);
  await first.query('COMMIT');
  return [before.rows[0]?.outcome, (await after).rows[0]?.outcome];
}

async function liveFamilies(): Promise<number> {
  const { rows } = await rules.db.query(
    'SELECT count(*)::int AS n FROM refresh_tokens WHERE grant_id = $1 AND revoked_at IS NULL',
    [GRANT],
  );
  return rows[0].n;
}

const twoCodes = async () => {
  const outcomes = await overlapping(
    (client) => redeem(client, 1, 21),
    (client) => redeem(client, 2, 22),
  );
  return { outcomes, live: await liveFamilies() };
};
const oneCode = async () => {
  const outcomes = await overlapping(
    (client) => redeem(client, 1, 21),
    (client) => redeem(client, 1, 22),
  );
  return { outcomes, live: await liveFamilies() };
};
const oneFamily = async () => ({ outcomes: await overlapping(refresh, refresh) });

describe('redemptions and refreshes that overlap in the database', { retry: 0 }, () => {
  it('case 55: two codes of a user at the cap: both succeed, and the cap holds', async () => {
    expect(await twoCodes()).toEqual({ outcomes: ['ok', 'ok'], live: MAX_TOKENS });
  });

  it('case 29: one code: the second is a replay and ends what the first issued', async () => {
    expect(await oneCode()).toEqual({ outcomes: ['ok', 'code_replayed'], live: MAX_TOKENS - 1 });
  });

  it('case 45: one family: the second is too soon', async () => {
    expect(await oneFamily()).toEqual({ outcomes: ['ok', 'refresh_too_soon'] });
  });

  const GRANT_LOCK = 'FROM grants gr WHERE gr.id = v_grant FOR UPDATE;\n  SELECT * INTO c';
  const CODE_LOCK = 'WHERE ac.digest = p_digest FOR UPDATE';
  const FAMILY_LOCKS =
    'WHERE gr.id = v_grant FOR UPDATE;\n  SELECT * INTO f FROM refresh_tokens rt WHERE rt.id = v_family FOR UPDATE;\n  IF NOT FOUND';

  it('without the lock on the grant’s row the cap would not hold', async () => {
    const restore = await rules.mutate(GRANT_LOCK, GRANT_LOCK.replace(' FOR UPDATE', ''));
    const { live } = await twoCodes().finally(restore);
    expect(live).toBeGreaterThan(MAX_TOKENS);
  });

  it('without any lock a code would be redeemed twice', async () => {
    const unlockCode = await rules.mutate(CODE_LOCK, CODE_LOCK.replace(' FOR UPDATE', ''));
    const unlockGrant = await rules.mutate(GRANT_LOCK, GRANT_LOCK.replace(' FOR UPDATE', ''));
    const { outcomes } = await oneCode().finally(() => unlockGrant().then(unlockCode));
    expect(outcomes).toEqual(['ok', 'ok']);
  });

  it('without any lock a family would be refreshed twice', async () => {
    const restore = await rules.mutate(FAMILY_LOCKS, FAMILY_LOCKS.replaceAll(' FOR UPDATE', ''));
    expect((await oneFamily().finally(restore)).outcomes).toEqual(['ok', 'ok']);
  });
});
