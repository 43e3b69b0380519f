import { runtime } from '@/lib/runtime/runtime';
import { holdPolicy } from './app-policy';
import { type Actor, auditPlain } from './audit';
import { ACCESS_LIVES, ACTIVE_AT, CONNECTION_LIVES, endGrantWithoutConnections, endPending } from './connections';
import { actsAsAdmin } from './members';
import { endAppFor } from './tenant-endings';
import { inTransaction } from './transaction';

/** A live connection of somebody of an organisation, as its admins see it. */
export type MemberConnection = {
  id: string;
  username: string;
  app: { id: number; name: string; iconDigest: string | null; verified: boolean; publisher: string; own: boolean };
  scopes: string;
  userAgent: string;
  /** As it is stored. */
  ip: string;
  connectedAt: Date;
  lastActivityAt: Date;
  /** The policy keeps the app out: the connection does nothing until that changes. */
  suspended: boolean;
};

export type ConnectionFilter = {
  /** Username; empty: everybody. */
  member: string;
  /** Part of an app's name; empty: all. */
  app: string;
  /** One app only. */
  appId: number | null;
  /** Not used for so many days; null: whenever. */
  idleDays: number | null;
  verified: boolean | null;
};

export type ConnectionCursor = { at: Date; id: string };

export const CONNECTIONS_PER_PAGE = 25;

/** One page of the live connections of an organisation's people, the newest first. */
export async function listMemberConnections(
  tenantId: number,
  filter: ConnectionFilter,
  after: ConnectionCursor | null,
): Promise<{ connections: MemberConnection[]; next: ConnectionCursor | null }> {
  const { rows } = await runtime().pool.query<MemberConnection>(
    `SELECT k.id, u.username, k.scopes, k.user_agent AS "userAgent", k.ip, k.connected_at AS "connectedAt", ${ACTIVE_AT} AS "lastActivityAt",
            coalesce(grant_problem(a.id, u.id) = 'app_not_allowed', false) AS suspended,
            json_build_object('id', a.id, 'name', a.name, 'iconDigest', a.icon_digest, 'verified', a.state = 'VERIFIED',
                              'publisher', p.display_name, 'own', a.tenant_id = u.tenant_id) AS app
       FROM users u JOIN grants g ON g.user_id = u.id JOIN connections k ON k.grant_id = g.id
       JOIN apps a ON a.id = k.app_id JOIN tenants p ON p.id = a.tenant_id LEFT JOIN refresh_tokens r ON r.connection_id = k.id
      WHERE u.tenant_id = $1 AND a.deleted_at IS NULL AND (${CONNECTION_LIVES})
        AND ($2 = '' OR u.username = lower($2)) AND ($3 = '' OR strpos(lower(a.name), lower($3)) > 0) AND ($4::int IS NULL OR a.id = $4)
        AND ($5::int IS NULL OR ${ACTIVE_AT} < now() - make_interval(days => $5))
        AND ($6::boolean IS NULL OR (a.state = 'VERIFIED') = $6)
        AND ($7::timestamptz IS NULL OR (k.connected_at, k.id) < ($7, $8::uuid))
      ORDER BY k.connected_at DESC, k.id DESC LIMIT ${CONNECTIONS_PER_PAGE + 1}`,
    [
      tenantId,
      filter.member,
      filter.app,
      filter.appId,
      filter.idleDays,
      filter.verified,
      after?.at ?? null,
      after?.id ?? null,
    ],
  );
  const connections = rows.slice(0, CONNECTIONS_PER_PAGE);
  const last = connections.at(-1);
  return {
    connections,
    next: rows.length > CONNECTIONS_PER_PAGE && last ? { at: last.connectedAt, id: last.id } : null,
  };
}

/**
 * An admin ends a connection of somebody of the organisation: as the user's own revoke does, and its access tokens at once.
 * @returns null when the organisation has no such live connection, or who acts is an admin no longer
 */
export async function revokeForMember(
  actor: Actor,
  connectionId: string,
): Promise<{ appName: string; username: string } | null> {
  return inTransaction(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return null;
    const { rows } = await db.query<{
      grantId: string;
      userId: string;
      username: string;
      appId: number;
      appName: string;
    }>(
      `SELECT g.id AS "grantId", u.id AS "userId", u.username, a.id AS "appId", a.name AS "appName"
         FROM grants g JOIN users u ON u.id = g.user_id JOIN apps a ON a.id = g.app_id
        WHERE u.tenant_id = $1 AND g.id = (SELECT grant_id FROM connections WHERE id = $2) FOR UPDATE OF g`,
      [actor.tenantId, connectionId],
    );
    const found = rows[0];
    if (!found) return null;
    const { grantId, userId, username, appId, appName } = found;
    const ended = await db.query("SELECT end_connection($1, 'revoked_by_admin', db_now()) AS ended", [connectionId]);
    if (!ended.rows[0].ended) return null;
    await db.query("SELECT set_not_before('connection:' || $1)", [connectionId]);
    await endPending(db, userId, grantId);
    await endGrantWithoutConnections(db, grantId);
    const data = { username, appId, appName };
    await auditPlain(db, actor, 'member_connection_revoked', `connection:${connectionId}`, data, userId);
    return { appName, username };
  });
}

/** An admin ends everything that an app has of the organisation's people. @returns null when it has nothing, or who acts is an admin no longer */
export async function revokeAppForMembers(
  actor: Actor,
  appId: number,
): Promise<{ appName: string; count: number } | null> {
  const appName = await inTransaction(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return null;
    await holdPolicy(db, actor.tenantId);
    const { rows } = await db.query<{ name: string }>(
      `SELECT a.name FROM apps a WHERE a.id = $2 AND EXISTS (
         SELECT FROM grants g JOIN users u ON u.id = g.user_id LEFT JOIN connections k ON k.grant_id = g.id
           LEFT JOIN refresh_tokens r ON r.connection_id = k.id
          WHERE g.app_id = a.id AND u.tenant_id = $1 AND (g.revoked_at IS NULL OR ${ACCESS_LIVES}))`,
      [actor.tenantId, appId],
    );
    if (!rows[0]) return null;
    await db.query(
      `UPDATE consent_transactions SET decided_at = db_now() WHERE decided_at IS NULL
          AND user_id IN (SELECT id FROM users WHERE tenant_id = $1) AND client_id = (SELECT client_id FROM apps WHERE id = $2)`,
      [actor.tenantId, appId],
    );
    return rows[0].name;
  });
  return appName === null ? null : { appName, count: await endAppFor(actor, appId, 'always') };
}
