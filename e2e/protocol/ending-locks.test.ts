import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { NOW, RuleDatabase, seconds, uuid } from '@/e2e/fixtures/rule-database';
import {
  APP,
  GRANT,
  HEALTHY,
  insertConnection,
  insertFamily,
  insertStanding,
  USER,
} from '@/e2e/fixtures/rule-standing';
import type { Activity } from '@/lib/runtime/runtime';
import { dismissConnectionNotices } from '@/lib/store/connection-notices';
import { revokeGrant } from '@/lib/store/connections';
import { writeActivity } from '@/lib/store/events';
import { END_NEVER_EXPIRING } from '@/lib/store/never-expiring';
import { replacePassword } from '@/lib/store/passwords';
import { endAppFor } from '@/lib/store/tenant-endings';

/** The one that ids put first; and the one that was there first, which is where enders begin. */
const [LOW, EARLY] = [uuid(100), uuid(101)];
const [FAMILY_OF_LOW, FAMILY_OF_EARLY] = [uuid(200), uuid(201)];

let rules: RuleDatabase;
let closeRuntime: () => Promise<void>;
let holder: pg.Client;
let other: pg.Client;
beforeAll(async () => {
  rules = await RuleDatabase.open();
  closeRuntime = await openOwnRuntime(rules.installation);
  [holder, other] = [await rules.connect(), await rules.connect()];
});
afterAll(async () => {
  await Promise.all([holder.end(), other.end()]);
  await closeRuntime();
  await rules.close();
});
afterEach(async () => {
  await holder.query('ROLLBACK');
});

/** Two connections of a grant, in the table in the order of their age, and their families in the other one. */
beforeEach(async () => {
  await rules.db.query('TRUNCATE tenants, token_not_before, audit_events, retired_refresh_tokens CASCADE');
  insertStanding(rules, HEALTHY);
  insertConnection(rules, { id: EARLY });
  insertConnection(rules, { id: LOW });
  insertFamily(rules, { id: FAMILY_OF_LOW, connectionId: LOW, digest: Buffer.alloc(32, 1), expiresAt: null });
  insertFamily(rules, { id: FAMILY_OF_EARLY, connectionId: EARLY, digest: Buffer.alloc(32, 2), expiresAt: null });
  await rules.snapshot();
  await rules.db.query('UPDATE apps SET never_expires_ended_at = $2 WHERE id = $1', [APP, NOW]);
});

/** Begins something. @returns when it is done, or waits for a lock, beside so many others that wait already */
async function begin<Result>(work: () => Promise<Result>, waitingBefore = 0) {
  let finished = false;
  const result = work().finally(() => {
    finished = true;
  });
  const settled = Promise.allSettled([result]);
  const waiting = async () => {
    const { rows } = await rules.db.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows[0].n;
  };
  await expect
    .poll(async () => finished || (await waiting()) > waitingBefore, { timeout: 15_000, interval: 5 })
    .toBe(true);
  return { waits: !finished, done: async () => (await settled)[0] };
}

/**
 * The first wants a row that is held, and others after it; the second begins with one of these and comes to the held one.
 * Where both wait, the database cancels one of them as soon as the row is free.
 * @returns what became of both
 */
async function headOn<First, Second>(
  held: 'connections' | 'refresh_tokens',
  id: string,
  first: () => Promise<First>,
  second: () => Promise<Second>,
) {
  await holder.query('BEGIN');
  await holder.query(`SELECT FROM ${held} WHERE id = $1 FOR UPDATE`, [id]);
  const one = await begin(first);
  const two = await begin(second, one.waits ? 1 : 0);
  expect(two.waits, 'the second did not come to the held row').toBe(true);
  await holder.query('COMMIT');
  return [await one.done(), await two.done()] as const;
}

const at = seconds(5);
const signs: Activity[] = [LOW, EARLY].map((id) => ({ kind: 'connection', id, at }));
const admin = { userId: USER, tenantId: 1 };

const ENDERS: [string, string, () => Promise<unknown>][] = [
  ['a user who ends all of an app', 'revoked_by_user', () => revokeGrant(USER, GRANT)],
  [
    'a change of password that disconnects apps',
    'password_changed',
    () =>
      replacePassword({
        userId: USER,
        tenantId: 1,
        sessionId: uuid(70),
        before: 'x',
        after: 'y',
        disconnectApps: true,
      }),
  ],
  ['an admin who ends an app for everybody', 'revoked_by_admin', () => endAppFor(admin, APP, 'always')],
];

const connections = async () =>
  (
    await rules.db.query(
      'SELECT ended_reason AS reason, last_activity_at AS active, seen_at AS seen FROM connections ORDER BY id',
    )
  ).rows;

describe.each(ENDERS)('%s', { retry: 0 }, (_, reason, end) => {
  test('is not cancelled for last activity that is being written, nor is that lost', async () => {
    const [written, ended] = await headOn('connections', LOW, () => writeActivity(other, signs), end);
    expect(written).toEqual({ status: 'fulfilled', value: [signs[0]] });
    expect(ended.status).toBe('fulfilled');
    const active = async () => (await connections()).map((row) => [row.reason, row.active]);
    expect(await active()).toEqual([
      [reason, null],
      [reason, at],
    ]);
    expect(await writeActivity(other, [signs[0] as Activity])).toEqual([]);
    expect(await active()).toEqual([
      [reason, at],
      [reason, at],
    ]);
  });

  test('is not cancelled while families without an end get one', async () => {
    const endNever = async () => (await other.query(END_NEVER_EXPIRING)).rowCount;
    const [given, ended] = await headOn('refresh_tokens', FAMILY_OF_LOW, endNever, end);
    expect(given).toEqual({ status: 'fulfilled', value: 1 });
    expect(ended.status).toBe('fulfilled');
    const { rows } = await rules.db.query(
      'SELECT revoked_reason AS reason, expires_at IS NOT NULL AS ends FROM refresh_tokens ORDER BY id',
    );
    expect(rows).toEqual([
      { reason, ends: false },
      { reason, ends: true },
    ]);
  });
});

test('what was ended or deleted is not kept for another turn', async () => {
  await rules.db.query('DELETE FROM connections WHERE id = $1', [LOW]);
  await rules.db.query("SELECT end_connection($1, 'revoked_by_user', db_now())", [EARLY]);
  expect(await writeActivity(other, signs)).toEqual([]);
  expect(await connections()).toEqual([{ reason: 'revoked_by_user', active: at, seen: null }]);
});

test('“this was me” waits for who ends connections of the same grant, and holds none of them meanwhile', {
  retry: 0,
}, async () => {
  await holder.query('BEGIN');
  await holder.query('SELECT FROM grants WHERE id = $1 FOR UPDATE', [GRANT]);
  const dismissed = await begin(() => dismissConnectionNotices(USER, [LOW, EARLY]));
  expect(dismissed.waits).toBe(true);
  const locked = 'SELECT id FROM connections ORDER BY id FOR UPDATE NOWAIT';
  expect((await holder.query(locked)).rows).toEqual([{ id: LOW }, { id: EARLY }]);
  await holder.query('COMMIT');
  expect((await dismissed.done()).status).toBe('fulfilled');
  expect((await connections()).map(({ seen }) => seen)).toEqual([NOW, NOW]);
});
