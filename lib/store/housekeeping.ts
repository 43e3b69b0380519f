import type pg from 'pg';
import type { Runtime } from '@/lib/runtime/runtime';
import { END_NEVER_EXPIRING, NEVER_EXPIRING_DONE } from './never-expiring';
import { rotateSigningKeys } from './signing-keys';

/** Rows of one statement: small enough to hurt nobody who is waiting for a lock or for the disk. */
const BATCH = 1_000;
const MOST_BATCHES = 50;

/** Connections without a refresh token end with their last access token. */
const OVER = `UPDATE connections SET ended_at = now(), ended_reason = 'expired' WHERE id = ANY (ARRAY(
  SELECT id FROM connections WHERE ended_at IS NULL AND NOT has_refresh_token AND issued_at < now() - interval '1 hour'
   LIMIT ${BATCH})) AND ended_at IS NULL AND issued_at < now() - interval '1 hour'`;

/** What nothing depends on any more. Codes are kept for a day after their redemption, so that a replay is recognised. */
const EXPIRED: readonly { table: string; where: string }[] = [
  { table: 'consent_transactions', where: "expires_at < now() - interval '1 hour'" },
  { table: 'authorization_codes', where: "expires_at < now() - interval '25 hours'" },
  { table: 'sessions', where: "expires_at < now() - interval '30 days'" },
  // With the connection go its refresh tokens; their reason of death is told for a month.
  { table: 'connections', where: "ended_at < now() - interval '30 days'" },
  {
    table: 'connections',
    where: "id IN (SELECT connection_id FROM refresh_tokens WHERE expires_at < now() - interval '30 days')",
  },
  { table: 'token_not_before', where: "not_before < now() - interval '2 hours'" },
  { table: 'rate_limits', where: 'expire < extract(epoch FROM now()) * 1000' },
  { table: 'oauth_events', where: "at < now() - interval '90 days'" },
];

// Any number that nothing else uses: one instance cleans at a time.
const HOUSEKEEPING_LOCK = 1_195_461_703;

const deletion = ({ table, where }: { table: string; where: string }) =>
  `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT ${BATCH}))`;

/** Ends and deletes what has expired, in batches, and rotates signing keys when that is due. One instance at a time does it. */
export async function keepHouse(made: Runtime): Promise<void> {
  const db = await made.pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await db.query('SELECT pg_try_advisory_lock($1) AS mine', [HOUSEKEEPING_LOCK]);
    if (!rows[0].mine) return;
    await rotate(made);
    for (const sql of [OVER, END_NEVER_EXPIRING, NEVER_EXPIRING_DONE, ...EXPIRED.map(deletion)])
      await inBatches(db, sql, made);
    await db.query('SELECT pg_advisory_unlock($1)', [HOUSEKEEPING_LOCK]);
  } catch (error) {
    // The lock is the connection's: it goes with it.
    broken = error as Error;
    throw error;
  } finally {
    db.release(broken);
  }
}

async function rotate({ pool, derivedKeys, settings, log }: Runtime): Promise<void> {
  const steps = await rotateSigningKeys(pool, derivedKeys.sealing[0] as Buffer, settings.keyRotationDays);
  for (const step of steps) log.info({ step }, 'signing keys rotated');
}

/** One table that fails keeps nobody from the others. */
async function inBatches(db: pg.PoolClient, sql: string, { log }: Runtime): Promise<void> {
  try {
    for (let batch = 0, full = true; full && batch < MOST_BATCHES; batch++) {
      full = (await db.query(sql)).rowCount === BATCH;
    }
  } catch (error) {
    log.warn({ err: error, sql }, 'housekeeping could not finish a table');
  }
}

const EVERY_MS = 60_000;

/**
 * Keeps house every minute until it is told to stop.
 * @param own only what this process has in memory: another one of the instance sees to the database
 * @returns what stops it, once a round that is under way is over
 */
export function startHousekeeping(made: Runtime, own = false): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    made.notBefore.forgetOld(made.clock.now());
    if (own) return;
    round = keepHouse(made).catch((error) =>
      made.log.warn({ err: error }, 'housekeeping failed, it tries again in a minute'),
    );
  }, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
