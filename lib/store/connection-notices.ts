import { runtime } from '@/lib/runtime/runtime';
import { CONNECTION_LIVES } from './connections';

/** A connection that the user has not said anything about yet. */
export type ConnectionNotice = {
  connectionId: string;
  app: { id: number; name: string; iconDigest: string | null; verified: boolean };
  userAgent: string;
  ip: string;
  connectedAt: Date;
};

/** Notices that are told one by one. */
export const MOST_NOTICES = 3;

/** A user's new connections, the newest first, and how many there are in all. */
export async function listConnectionNotices(userId: string): Promise<{ notices: ConnectionNotice[]; count: number }> {
  const { rows } = await runtime().pool.query<ConnectionNotice & { count: number }>({
    name: 'list-connection-notices',
    text: `SELECT k.id AS "connectionId", k.user_agent AS "userAgent", k.ip, k.connected_at AS "connectedAt",
                  json_build_object('id', a.id, 'name', a.name, 'iconDigest', a.icon_digest, 'verified', a.state = 'VERIFIED') AS app,
                  count(*) OVER ()::int AS count
             FROM grants g JOIN connections k ON k.grant_id = g.id JOIN apps a ON a.id = g.app_id
             LEFT JOIN refresh_tokens r ON r.connection_id = k.id
            WHERE g.user_id = $1 AND k.seen_at IS NULL AND a.deleted_at IS NULL AND ${CONNECTION_LIVES}
            ORDER BY k.connected_at DESC, k.id LIMIT ${MOST_NOTICES}`,
    values: [userId],
  });
  return { notices: rows.map(({ count: _count, ...notice }) => notice), count: rows[0]?.count ?? 0 };
}

/** "This was me": these notices of the user are not told again. Grants are locked first, as by whoever ends connections. */
export async function dismissConnectionNotices(userId: string, connectionIds: readonly string[]): Promise<void> {
  await runtime().pool.query(
    `WITH held AS MATERIALIZED (
       SELECT id FROM grants WHERE user_id = $1 AND id IN (SELECT grant_id FROM connections WHERE id = ANY ($2::uuid[]))
        ORDER BY id FOR NO KEY UPDATE)
     UPDATE connections k SET seen_at = db_now() FROM held
      WHERE k.id = ANY ($2::uuid[]) AND k.seen_at IS NULL AND held.id = k.grant_id`,
    [userId, connectionIds],
  );
}

/** A connection that the user has reported: what the page after it names. */
export async function findReportedConnection(userId: string, connectionId: string): Promise<ConnectionNotice | null> {
  const { rows } = await runtime().pool.query<ConnectionNotice>(
    `SELECT k.id AS "connectionId", k.user_agent AS "userAgent", k.ip, k.connected_at AS "connectedAt",
            json_build_object('id', a.id, 'name', a.name, 'iconDigest', a.icon_digest, 'verified', a.state = 'VERIFIED') AS app
       FROM connections k JOIN grants g ON g.id = k.grant_id JOIN apps a ON a.id = g.app_id
      WHERE k.id = $2 AND g.user_id = $1 AND EXISTS (
        SELECT FROM audit_events e WHERE e.user_id = $1 AND e.kind = 'connection_reported' AND e.subject = 'connection:' || k.id)`,
    [userId, connectionId],
  );
  return rows[0] ?? null;
}
