import type pg from 'pg';

/** Rows of one statement. */
const BATCH = 1_000;
/** A year, as other refresh tokens have (seconds). */
const LIFETIME = 31_536_000;

/**
 * Gives an end to refresh tokens without one, of apps that may have such tokens no longer: a year from now, so that
 * nobody is cut off. Housekeeping goes on with what is left, and with what a server issued in the second before it knew.
 * It takes families without their grants, in no order: one that somebody holds waits for another round, for whoever ends
 * several must never meet it head on.
 */
export const END_NEVER_EXPIRING = `UPDATE refresh_tokens SET expires_at = db_now() + make_interval(secs => ${LIFETIME})
  WHERE id = ANY (ARRAY(
    SELECT r.id FROM apps a JOIN refresh_tokens r ON r.app_id = a.id
     WHERE a.never_expires_ended_at IS NOT NULL AND r.expires_at IS NULL AND r.revoked_at IS NULL LIMIT ${BATCH}
       FOR NO KEY UPDATE OF r SKIP LOCKED))`;

/** Apps whose tokens all have an end by now are looked at no more. */
export const NEVER_EXPIRING_DONE = `UPDATE apps SET never_expires_ended_at = NULL
  WHERE never_expires_ended_at < db_now() - interval '10 minutes'
    AND NOT EXISTS (SELECT FROM refresh_tokens r WHERE r.app_id = apps.id AND r.expires_at IS NULL AND r.revoked_at IS NULL)`;

/** The first batches at once, for whoever waits to see it. */
export async function endNeverExpiring(pool: pg.Pool, mostBatches = 20): Promise<void> {
  for (let batch = 0, full = true; full && batch < mostBatches; batch++) {
    full = (await pool.query(END_NEVER_EXPIRING)).rowCount === BATCH;
  }
}
