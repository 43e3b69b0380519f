import type pg from 'pg';
import { runtime } from '@/lib/runtime/runtime';
import { ACTIVE_AT, CONNECTION_LIVES, endGrantWithoutConnections, endPending } from './connections';
import { inTransaction } from './transaction';

/** A connection, or a consent without one, that was not used for a long time. */
export type IdleConnection = {
  grantId: string;
  /** null: nothing is connected, but the app may connect without asking. */
  connectionId: string | null;
  appName: string;
  iconDigest: string | null;
  userAgent: string;
  /** When it was last used; for a consent, when it was given. */
  idleSince: Date;
};

/** More than this are named by their number. */
export const MOST_IDLE_NAMED = 100;

// By the database's clock, when it is looked at and again when it ends.
const IDLE = `SELECT g.id AS grant_id, k.id AS connection_id, a.name, a.icon_digest, k.user_agent, ${ACTIVE_AT} AS since
    FROM grants g JOIN apps a ON a.id = g.app_id JOIN connections k ON k.grant_id = g.id
    LEFT JOIN refresh_tokens r ON r.connection_id = k.id
   WHERE g.user_id = $1 AND g.revoked_at IS NULL AND a.deleted_at IS NULL AND ${CONNECTION_LIVES}
     AND ${ACTIVE_AT} < clock_timestamp() - make_interval(days => $2)
  UNION ALL
  SELECT g.id, NULL, a.name, a.icon_digest, '', g.granted_at FROM grants g JOIN apps a ON a.id = g.app_id
   WHERE g.user_id = $1 AND g.revoked_at IS NULL AND NOT g.playground AND a.deleted_at IS NULL AND g.granted_at < clock_timestamp() - make_interval(days => $2)
     AND NOT EXISTS (SELECT FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
                      WHERE k.grant_id = g.id AND ((${CONNECTION_LIVES}) OR ${ACTIVE_AT} > clock_timestamp() - make_interval(days => $2)))`;

/** What a user has not used for so many days, the longest first, and how many there are in all. */
export async function listIdleConnections(
  userId: string,
  days: number,
): Promise<{ idle: IdleConnection[]; count: number }> {
  const { rows } = await runtime().pool.query<IdleConnection & { count: number }>({
    name: 'list-idle-connections',
    text: `SELECT grant_id AS "grantId", connection_id AS "connectionId", name AS "appName", icon_digest AS "iconDigest",
                  user_agent AS "userAgent", since AS "idleSince", count(*) OVER ()::int AS count
             FROM (${IDLE}) i ORDER BY since, connection_id LIMIT ${MOST_IDLE_NAMED}`,
    values: [userId, days],
  });
  return { idle: rows.map(({ count: _count, ...idle }) => idle), count: rows[0]?.count ?? 0 };
}

/** Ends what has not been used for so many days, as a revoke of each would. @returns how many ended */
export async function revokeIdleConnections(userId: string, days: number): Promise<number> {
  return inTransaction(async (db) => {
    // Held before it is judged: a refresh that is under way makes a connection used, and then it stays.
    await db.query('SELECT FROM grants WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id FOR UPDATE', [userId]);
    const { rows } = await db.query<{ grant_id: string; connection_id: string | null; name: string }>(IDLE, [
      userId,
      days,
    ]);
    if (rows.length === 0) return 0;
    for (const { connection_id } of rows) if (connection_id) await endOne(db, connection_id);
    for (const grantId of new Set(rows.map(({ grant_id }) => grant_id))) {
      await endPending(db, userId, grantId);
      await endGrantWithoutConnections(db, grantId);
    }
    await db.query(
      `INSERT INTO audit_events (tenant_id, actor_id, user_id, kind, subject, data)
       SELECT tenant_id, id, id, 'idle_connections_revoked', 'user:' || id, $2 FROM users WHERE id = $1`,
      [userId, { days, count: rows.length, apps: [...new Set(rows.map(({ name }) => name))].slice(0, 20) }],
    );
    return rows.length;
  });
}

async function endOne(db: pg.PoolClient, connectionId: string): Promise<void> {
  await db.query("SELECT end_connection($1, 'revoked_by_user', db_now())", [connectionId]);
}
