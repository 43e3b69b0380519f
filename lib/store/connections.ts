import { runtime } from '@/lib/runtime/runtime';
import { ENDED_WITH_APP } from './endings';
import { inTransaction } from './transaction';

/** An app that a user has granted access to the user's account. */
export type ConnectedApp = {
  grantId: string;
  /** The consent stands; without it only access tokens are left that have not expired. */
  standing: boolean;
  app: { id: number; name: string; verified: boolean; publisher: string };
  scopes: string;
  grantedAt: Date;
  connections: ConnectedClient[];
};

export type ConnectedClient = {
  id: string;
  userAgent: string;
  scopes: string;
  connectedAt: Date;
  lastActivityAt: Date | null;
  hasRefreshToken: boolean;
  /** When the last access token ends; null when none lives. */
  accessEndsAt: Date | null;
  endedAt: Date | null;
};

// When the last access token of a connection ends, if it is still alive: by the code exchange or the last refresh.
const ACCESS_ENDS = `greatest(k.issued_at, r.last_refresh_at) + interval '1 hour'`;
// A security event ends access tokens at once.
const ACCESS_LIVES = `${ACCESS_ENDS} > clock_timestamp() AND NOT EXISTS (
  SELECT 1 FROM token_not_before n
   WHERE n.subject IN ('connection:' || k.id, 'app:' || k.app_id) AND n.not_before >= greatest(k.issued_at, r.last_refresh_at))`;
const FAMILY_LIVES = `r.revoked_at IS NULL AND (r.expires_at IS NULL OR r.expires_at > clock_timestamp()) AND NOT ${ENDED_WITH_APP}`;

/** A user's standing grants with their live connections, and the ended connections whose last access token still lives. */
export async function listConnectedApps(userId: string): Promise<ConnectedApp[]> {
  const { rows } = await runtime().pool.query({
    name: 'list-connected-apps',
    text: `SELECT g.id AS "grantId", g.scopes AS "grantScopes", g.granted_at AS "grantedAt", g.revoked_at AS "revokedAt",
                  a.id AS "appId", a.name, a.state = 'VERIFIED' AS verified, t.display_name AS publisher,
                  k.id, k.user_agent AS "userAgent", k.scopes, k.connected_at AS "connectedAt",
                  greatest(k.last_activity_at, r.last_refresh_at, k.issued_at) AS "lastActivityAt", k.ended_at AS "endedAt",
                  r.id IS NOT NULL AND ${FAMILY_LIVES} AS "hasRefreshToken",
                  CASE WHEN ${ACCESS_LIVES} THEN ${ACCESS_ENDS} END AS "accessEndsAt"
             FROM grants g JOIN apps a ON a.id = g.app_id JOIN tenants t ON t.id = a.tenant_id
             LEFT JOIN connections k ON k.grant_id = g.id
             LEFT JOIN refresh_tokens r ON r.connection_id = k.id
            WHERE g.user_id = $1 AND a.deleted_at IS NULL AND (g.revoked_at IS NULL OR (k.ended_at IS NOT NULL AND ${ACCESS_LIVES}))
            ORDER BY a.name, g.id, k.connected_at DESC, k.id`,
    values: [userId],
  });
  const apps = new Map<string, ConnectedApp>();
  for (const row of rows) {
    const app: ConnectedApp = apps.get(row.grantId) ?? {
      grantId: row.grantId,
      standing: row.revokedAt === null,
      app: { id: row.appId, name: row.name, verified: row.verified, publisher: row.publisher },
      scopes: row.grantScopes,
      grantedAt: row.grantedAt,
      connections: [],
    };
    apps.set(row.grantId, app);
    const { id, userAgent, scopes, connectedAt, lastActivityAt, hasRefreshToken, accessEndsAt, endedAt } = row;
    const live = endedAt === null && (hasRefreshToken || accessEndsAt !== null);
    if (id !== null && (live || accessEndsAt !== null)) {
      app.connections.push({
        id,
        userAgent,
        scopes,
        connectedAt,
        lastActivityAt,
        hasRefreshToken,
        accessEndsAt,
        endedAt,
      });
    }
  }
  return [...apps.values()];
}

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
    const left = await db.query(
      `SELECT 1 FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
        WHERE k.grant_id = $1 AND k.ended_at IS NULL
          AND CASE WHEN r.id IS NULL THEN ${ACCESS_LIVES}
                   ELSE ${FAMILY_LIVES} END LIMIT 1`,
      [grantId],
    );
    const grantEnded = left.rowCount === 0;
    if (grantEnded)
      await db.query('UPDATE grants SET revoked_at = db_now() WHERE id = $1 AND revoked_at IS NULL', [grantId]);
    return record(db, userId, grantId, 'connection_revoked', `connection:${connectionId}`, connectionId, grantEnded);
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

type Db = Parameters<Parameters<typeof inTransaction>[0]>[0];

/** Codes and decisions on their way must not bring back what the user has just ended. */
async function endPending(db: Db, userId: string, grantId: string): Promise<void> {
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
