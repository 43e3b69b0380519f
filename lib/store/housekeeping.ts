import type pg from 'pg';
import { DECLINED_DAYS } from '@/lib/apps/transfers';
import type { Runtime } from '@/lib/runtime/runtime';
import type { Settings } from '@/lib/runtime/settings';
import { ConnectionCounts } from './connection-counts';
import { BATCH, gently, workOffEndings } from './endings';
import { END_NEVER_EXPIRING, NEVER_EXPIRING_DONE } from './never-expiring';
import { settleLetIn } from './policy-changes';
import { rotateSigningKeys } from './signing-keys';
import { tellOfExpiringSecrets } from './told';

/** How long one round may take: the next one comes in a minute. */
const ROUND_MS = 45_000;
/** And how much of that endings of apps: the rows of a very big one take hours, and everything else is kept house of meanwhile. */
const ENDINGS_MS = 20_000;

/** Connections without a refresh token end with their last access token. */
const OVER = `UPDATE connections SET ended_at = now(), ended_reason = 'expired' WHERE id = ANY (ARRAY(
  SELECT id FROM connections WHERE ended_at IS NULL AND NOT has_refresh_token AND issued_at < now() - interval '1 hour'
   LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)) AND ended_at IS NULL AND issued_at < now() - interval '1 hour'`;

/** Days that mails are read in the outbox. */
const OUTBOX_DAYS = 14;

/** Nobody waits so long for an app. */
const REQUESTS_KEPT_DAYS = 90;

/** Days that the pictures of a decided or withdrawn request are kept; what was said and decided is kept with the app. */
const PICTURES_KEPT_DAYS = 365;
/** Requests whose pictures go at once: five pictures each, of up to some megabytes. */
const PICTURES_BATCH = 20;

const before = (days: number) => `now() - make_interval(days => ${days})`;

/** What is over is forgotten after a while, oldest first; a row that somebody holds waits for another round. */
const deletion = (table: string, time: string, limit: string) =>
  `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM ${table} WHERE ${time} < ${limit} ORDER BY ${time} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`;

/** Replaced keys that one statement deletes: a family that is refreshed every hour has 8,760 in its year. */
const KEYS_AT_ONCE = 1_000;

/**
 * With a connection goes its family, and with that its replaced keys, which are known for as long as it is: one that comes
 * back to a living family is theft. The keys go first, where they are many in several rounds. The grants are locked before
 * that, as by everybody who ends one of both.
 */
const deletionOfConnections = (due: string) =>
  `WITH due AS MATERIALIZED (${due} LIMIT ${BATCH}),
        held AS MATERIALIZED (SELECT g.id FROM grants g WHERE g.id IN (SELECT grant_id FROM due) ORDER BY g.id FOR UPDATE SKIP LOCKED),
        keys AS (DELETE FROM retired_refresh_tokens WHERE digest = ANY (ARRAY(
          SELECT o.digest FROM due JOIN held ON held.id = due.grant_id JOIN refresh_tokens r ON r.connection_id = due.id
            JOIN retired_refresh_tokens o ON o.refresh_token_id = r.id LIMIT ${KEYS_AT_ONCE})) RETURNING 1),
        gone AS (DELETE FROM connections k USING due, held WHERE k.id = due.id AND held.id = due.grant_id
          AND (SELECT count(*) FROM keys) < ${KEYS_AT_ONCE} RETURNING 1)
   SELECT FROM keys UNION ALL SELECT FROM gone`;

/** An icon that an app has, or wants to have, or that a reviewer saw, as long as what the request showed is kept. */
const ICON_IN_USE = `(EXISTS (SELECT FROM apps a WHERE a.icon_digest = i.digest)
     OR EXISTS (SELECT FROM apps a WHERE a.pending_changes->>'icon' = i.digest)
     OR EXISTS (SELECT FROM verification_requests v WHERE v.asked->>'icon' = i.digest AND v.forgotten_at IS NULL)
     OR EXISTS (SELECT FROM verification_requests v WHERE v.before->>'icon' = i.digest AND v.forgotten_at IS NULL))`;

/** Icons that have been looked at for a day since their upload, or since somebody dropped them. */
const iconsDue = (which: string) => `ARRAY(
  SELECT i.digest FROM app_icons i WHERE i.unused_since < now() - interval '1 day' AND ${which}
   ORDER BY i.unused_since LIMIT ${BATCH} FOR UPDATE OF i SKIP LOCKED)`;

/** Those in use are not looked at again before somebody drops them; the others go. */
const USED_ICONS = `UPDATE app_icons SET unused_since = NULL WHERE digest = ANY (${iconsDue(ICON_IN_USE)})`;
const UNUSED_ICONS = `DELETE FROM app_icons WHERE digest = ANY (${iconsDue(`NOT ${ICON_IN_USE}`)})`;

/** What requests showed. Where pictures were deleted they say so themselves: the history of reviewers stays true. */
const OLD_PICTURES = `WITH due AS MATERIALIZED (
    SELECT id FROM verification_requests WHERE forgotten_at IS NULL AND decided_at < ${before(PICTURES_KEPT_DAYS)}
     ORDER BY decided_at LIMIT ${PICTURES_BATCH} FOR NO KEY UPDATE SKIP LOCKED),
  gone AS (DELETE FROM verification_screenshots s USING due WHERE s.request_id = due.id RETURNING s.request_id)
  UPDATE verification_requests v SET forgotten_at = db_now(),
         pictures_deleted_at = CASE WHEN v.id IN (SELECT request_id FROM gone) THEN db_now() ELSE v.pictures_deleted_at END
    FROM due WHERE v.id = due.id`;

/** What a round does beside keys, endings and counts. */
export const houseworkOf = (retention: Settings['retention']): string[] => [
  OVER,
  END_NEVER_EXPIRING,
  NEVER_EXPIRING_DONE,
  OLD_PICTURES,
  USED_ICONS,
  UNUSED_ICONS,
  ...deletions(retention),
];

/** Everything that grows, and how long it is kept. Codes: a day after their redemption, so that a replay is recognised. */
function deletions(retention: Settings['retention']): string[] {
  const ended = before(retention.endedDays);
  return [
    deletion('consent_transactions', 'expires_at', "now() - interval '1 hour'"),
    deletion('authorization_codes', 'expires_at', "now() - interval '25 hours'"),
    deletion('token_not_before', 'not_before', "now() - interval '2 hours'"),
    deletion('rate_limits', 'expire', '(extract(epoch FROM now()) * 1000)::bigint'),
    deletion('app_transfers', 'expires_at', ended),
    deletion('app_transfer_declines', 'declined_at', before(DECLINED_DAYS)),
    deletion('outbox_mails', 'created_at', before(OUTBOX_DAYS)),
    deletion('sessions', 'expires_at', ended),
    deletion('invitations', 'expires_at', ended),
    deletion('access_requests', 'created_at', before(REQUESTS_KEPT_DAYS)),
    deletionOfConnections(`SELECT id, grant_id FROM connections WHERE ended_at < ${ended} ORDER BY ended_at`),
    deletionOfConnections(
      `SELECT connection_id AS id, grant_id FROM refresh_tokens WHERE expires_at < ${ended} ORDER BY expires_at`,
    ),
    ...(retention.eventsDays > 0
      ? [
          deletion('oauth_events', 'at', before(retention.eventsDays)),
          deletion('app_event_counts', 'hour', before(retention.eventsDays)),
          deletion('app_connection_counts', 'hour', before(retention.eventsDays)),
        ]
      : []),
    ...(retention.auditDays > 0 ? [deletion('audit_events', 'at', before(retention.auditDays))] : []),
  ];
}

// Any number that nothing else uses: one instance cleans at a time.
const HOUSEKEEPING_LOCK = 1_195_461_703;

/**
 * Ends and deletes what has expired, in batches, and rotates signing keys when that is due. One instance at a time does it.
 * @param stopped asked between two batches
 * @param counts where the count of connections has got to
 */
export async function keepHouse(
  made: Runtime,
  stopped: () => boolean = () => false,
  counts = new ConnectionCounts(),
): Promise<void> {
  const db = await made.pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await db.query('SELECT pg_try_advisory_lock($1) AS mine', [HOUSEKEEPING_LOCK]);
    if (!rows[0].mine) return;
    await rotate(made);
    const began = performance.now();
    const within = (ms: number) => () => performance.now() < began + ms && !stopped();
    const inTime = within(ROUND_MS);
    await attempt('endings of apps', made, () => workOffEndings(db, within(ENDINGS_MS), made.log));
    await attempt('secrets that expire', made, async () => {
      while ((await tellOfExpiringSecrets(made.pool)) && inTime());
    });
    await attempt('requests that are settled', made, () => settleLetIn(null, made.pool));
    await attempt('counts of connections', made, () => counts.goOn(db, inTime, made.log));
    for (const sql of houseworkOf(made.settings.retention)) await attempt(sql, made, () => inBatches(db, sql, inTime));
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

/** What fails keeps nobody from the rest. */
async function attempt(what: string, { log }: Runtime, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ err: error, what }, 'housekeeping could not finish a part');
  }
}

async function inBatches(db: pg.PoolClient, sql: string, inTime: () => boolean): Promise<void> {
  let full = true;
  while (full && inTime()) full = ((await gently(() => db.query(sql))).rowCount ?? 0) > 0;
}

const EVERY_MS = 60_000;

/**
 * Keeps house every minute until it is told to stop.
 * @param own only what this process has in memory: another one of the instance sees to the database
 * @returns what stops it, once a batch that is under way is over
 */
export function startHousekeeping(made: Runtime, own = false): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  let stopped = false;
  const counts = new ConnectionCounts();
  const timer = setInterval(() => {
    made.notBefore.forgetOld(made.clock.now());
    if (own) return;
    round = keepHouse(made, () => stopped, counts).catch((error) =>
      made.log.warn({ err: error }, 'housekeeping failed, it tries again in a minute'),
    );
  }, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    stopped = true;
    await round;
  };
}
