import type pg from 'pg';
import { ENDED_WITH_APP } from './endings';
import { inTransaction } from './transaction';

// Over `connections k LEFT JOIN refresh_tokens r`.

/** When the last access token of a connection ends: an hour after the code exchange or the last refresh. */
export const ACCESS_ENDS = `greatest(k.issued_at, r.last_refresh_at) + interval '1 hour'`;
/** It still lives; a security event ends access tokens at once. */
export const ACCESS_LIVES = `${ACCESS_ENDS} > clock_timestamp() AND NOT EXISTS (
  SELECT FROM token_not_before n
   WHERE n.subject IN ('connection:' || k.id, 'app:' || k.app_id, 'user:' || (SELECT gr.user_id FROM grants gr WHERE gr.id = k.grant_id))
     AND n.not_before >= greatest(k.issued_at, r.last_refresh_at))`;
/** Its refresh token lives. */
export const FAMILY_LIVES = `(r.id IS NOT NULL AND r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > clock_timestamp())
  AND NOT ${ENDED_WITH_APP})`;
/** When it was last used. */
export const ACTIVE_AT = 'greatest(k.last_activity_at, r.last_refresh_at, k.issued_at)';
/** It can still be used. */
export const CONNECTION_LIVES = `k.ended_at IS NULL AND (${FAMILY_LIVES} OR (r.id IS NULL AND ${ACCESS_LIVES}))`;

const LIVING = (which: string) =>
  `EXISTS (SELECT FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
            WHERE k.grant_id = g.id AND ${which} AND ${CONNECTION_LIVES})`;

/** What a revoke ended. */
export type Revoked = { appId: number; appName: string; accessEndsAt: Date | null; grantEnded: boolean };

/**
 * The user ends one connection: its family, the grant's unredeemed codes and open consent transactions at once; the last
 * connection ends the grant. Access tokens live on until they expire.
 * @returns null when the user has no such live connection
 */
export async function revokeConnection(userId: string, connectionId: string): Promise<Revoked | null> {
  return inTransaction(async (db) => {
    const found = await db.query(
      `SELECT g.id FROM grants g WHERE g.user_id = $1 AND g.id = (SELECT grant_id FROM connections WHERE id = $2) FOR UPDATE`,
      [userId, connectionId],
    );
    const grantId = found.rows[0]?.id;
    if (!grantId) return null;
    const ended = await db.query("SELECT end_connection($1, 'revoked_by_user', db_now()) AS ended", [connectionId]);
    if (!ended.rows[0].ended) return null;
    await endPending(db, userId, grantId);
    const grantEnded = await endGrantWithoutConnections(db, grantId);
    return record(db, userId, grantId, 'connection_revoked', `connection:${connectionId}`, connectionId, grantEnded);
  });
}

/**
 * "This wasn't me": a security event. The connection ends as by a revoke, its access tokens with it, on every instance; a
 * connection that has ended already loses the access tokens that it still has.
 * @returns null when the user has no such connection
 */
export async function reportConnection(userId: string, connectionId: string): Promise<{ appName: string } | null> {
  return inTransaction(async (db) => {
    const found = await db.query(
      `SELECT g.id FROM grants g WHERE g.user_id = $1 AND g.id = (SELECT grant_id FROM connections WHERE id = $2) FOR UPDATE`,
      [userId, connectionId],
    );
    const grantId = found.rows[0]?.id;
    if (!grantId) return null;
    await db.query("SELECT end_connection($1, 'reported', db_now())", [connectionId]);
    await db.query("SELECT set_not_before('connection:' || $1)", [connectionId]);
    await db.query('UPDATE connections SET seen_at = db_now() WHERE id = $1 AND seen_at IS NULL', [connectionId]);
    await endPending(db, userId, grantId);
    const grantEnded = await endGrantWithoutConnections(db, grantId);
    const subject = `connection:${connectionId}`;
    return record(db, userId, grantId, 'connection_reported', subject, connectionId, grantEnded);
  });
}

/** The user ends everything an app has: all connections and the grant. @returns null when the user has no such live grant */
export async function revokeGrant(userId: string, grantId: string): Promise<Revoked | null> {
  return inTransaction(async (db) => {
    const found = await db.query(
      'SELECT id FROM grants WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL FOR UPDATE',
      [grantId, userId],
    );
    if (found.rowCount === 0) return null;
    await db.query(
      `SELECT end_connection(k.id, 'revoked_by_user', db_now()) FROM connections k WHERE k.grant_id = $1 AND k.ended_at IS NULL`,
      [grantId],
    );
    await endPending(db, userId, grantId);
    await db.query('UPDATE grants SET revoked_at = db_now() WHERE id = $1', [grantId]);
    return record(db, userId, grantId, 'grant_revoked', `grant:${grantId}`, null, true);
  });
}

type Db = pg.PoolClient;

/**
 * The last connection ends the grant; where the playground's is left, the grant is its alone from now on, and nothing that
 * the app may connect by. The caller holds the lock on its row.
 * @returns whether the consent ended now
 */
export async function endGrantWithoutConnections(db: Db, grantId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE grants g SET playground = ${LIVING('k.playground')}, revoked_at = CASE WHEN NOT ${LIVING('k.playground')} THEN db_now() END
      WHERE g.id = $1 AND g.revoked_at IS NULL AND NOT (g.playground AND ${LIVING('k.playground')}) AND NOT ${LIVING('NOT k.playground')}`,
    [grantId],
  );
  return rowCount === 1;
}

/** Codes and decisions on their way must not bring back what the user has just ended. */
export async function endPending(db: Db, userId: string, grantId: string): Promise<void> {
  await db.query('DELETE FROM authorization_codes WHERE grant_id = $1 AND redeemed_at IS NULL', [grantId]);
  await db.query(
    `UPDATE consent_transactions SET decided_at = db_now()
      WHERE user_id = $1 AND decided_at IS NULL
        AND client_id = (SELECT a.client_id FROM grants g JOIN apps a ON a.id = g.app_id WHERE g.id = $2)`,
    [userId, grantId],
  );
}

async function record(
  db: Db,
  userId: string,
  grantId: string,
  kind: string,
  subject: string,
  connectionId: string | null,
  grantEnded: boolean,
): Promise<Revoked> {
  const { rows } = await db.query(
    `SELECT a.id AS "appId", a.name AS "appName", u.tenant_id AS "tenantId",
            (SELECT max(${ACCESS_ENDS}) FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
              WHERE k.grant_id = g.id AND ($2::uuid IS NULL OR k.id = $2) AND ${ACCESS_LIVES}) AS "accessEndsAt"
       FROM grants g JOIN apps a ON a.id = g.app_id JOIN users u ON u.id = g.user_id WHERE g.id = $1`,
    [grantId, connectionId],
  );
  const { appId, appName, tenantId, accessEndsAt } = rows[0];
  await db.query(
    'INSERT INTO audit_events (tenant_id, actor_id, user_id, kind, subject, data) VALUES ($1, $2, $2, $3, $4, $5)',
    [tenantId, userId, kind, subject, { appId, appName }],
  );
  return { appId, appName, accessEndsAt, grantEnded };
}
