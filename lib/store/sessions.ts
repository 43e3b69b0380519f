import type { AddressPolicy } from '@/lib/apps/addresses';
import { prisma } from './prisma';
import { tellOfNewDevice } from './told';
import { inTransaction } from './transaction';

/** Who is signed in, as every guard sees it. */
export type SessionUser = {
  sessionId: string;
  id: string;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  emailVerified: boolean;
  role: 'MEMBER' | 'DEVELOPER' | 'ADMIN';
  platformAdmin: boolean;
  timezone: string;
  /** null: as the browser asks. */
  language: string | null;
  /** There may be new connections to tell of: found here, so that pages without any ask nothing more. */
  mayHaveNews: boolean;
  /** Apps that members have asked for and nobody has decided about; 0 for who does not decide. */
  waitingRequests: number;
  tenant: {
    id: number;
    name: string;
    displayName: string;
    /** What its people see of addresses. */
    connectionAddresses: AddressPolicy;
  };
};

/** Hours a session lives; using it does not prolong it. */
const SESSION_LIFETIME_HOURS = 12;

/**
 * Makes the row that the session cookie names; who signs in with a new device is told. Waits for a change of the password that is under way, which ends sessions.
 * @param user and the hash of the password that was judged
 * @returns its id and when it ends; null when that is the user's password no longer
 */
export async function createSession(
  user: { id: string; passwordHash: string },
  userAgent: string,
  ip: string,
): Promise<{ id: string; expiresAt: Date } | null> {
  return inTransaction(async (db) => {
    const { rows } = await db.query<{ id: string; expiresAt: Date; at: Date }>(
      `INSERT INTO sessions (user_id, user_agent, ip, expires_at)
       SELECT u.id, $3, $4, db_now() + make_interval(hours => $5::int)
         FROM users u WHERE u.id = $1 AND u.password_hash = $2 FOR SHARE
       RETURNING id, expires_at AS "expiresAt", created_at AS at`,
      [user.id, user.passwordHash, userAgent.slice(0, 512), ip, SESSION_LIFETIME_HOURS],
    );
    const session = rows[0];
    if (!session) return null;
    await tellOfNewDevice(db, user.id, { id: session.id, userAgent, ip, at: session.at });
    return { id: session.id, expiresAt: session.expiresAt };
  });
}

/** The user of a session that lives by the database's clock, of an active user and tenant; else null. */
export async function findSessionUser(sessionId: string): Promise<SessionUser | null> {
  const rows = await prisma().$queryRaw<SessionUser[]>`
    SELECT s.id AS "sessionId", u.id, u.username, u.first_name AS "firstName", u.last_name AS "lastName", u.email,
           u.verified_email IS NOT NULL AS "emailVerified", u.role::text AS role, u.platform_admin AS "platformAdmin",
           u.timezone, u.language,
           EXISTS (SELECT FROM grants g JOIN connections k ON k.grant_id = g.id
                    WHERE g.user_id = u.id AND k.seen_at IS NULL AND k.ended_at IS NULL) AS "mayHaveNews",
           CASE WHEN u.role = 'ADMIN' THEN (
             SELECT count(DISTINCT q.app_id)::int FROM access_requests q JOIN users m ON m.id = q.user_id JOIN apps a ON a.id = q.app_id
              WHERE q.tenant_id = t.id AND q.status = 'PENDING' AND m.status = 'ACTIVE' AND a.deleted_at IS NULL) ELSE 0 END AS "waitingRequests",
           json_build_object('id', t.id, 'name', t.name, 'displayName', t.display_name, 'connectionAddresses', t.connection_addresses) AS tenant
      FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = u.tenant_id
     WHERE s.id = ${sessionId}::uuid AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
       AND u.status = 'ACTIVE' AND t.status = 'ACTIVE'`;
  return rows[0] ?? null;
}

/** Ends a session. */
export async function revokeSession(sessionId: string): Promise<void> {
  await prisma()
    .$executeRaw`UPDATE sessions SET revoked_at = db_now() WHERE id = ${sessionId}::uuid AND revoked_at IS NULL`;
}

/**
 * A user signs other browsers out: one of them, or all but the one that asks.
 * @param which a session, or null for all others
 * @returns how many were signed in until now
 */
export async function endOtherSessions(
  user: Pick<SessionUser, 'id' | 'sessionId' | 'tenant'>,
  which: string | null,
): Promise<number> {
  return inTransaction(async (db) => {
    const { rowCount } = await db.query(
      `UPDATE sessions SET revoked_at = db_now()
        WHERE user_id = $1 AND id <> $2 AND ($3::uuid IS NULL OR id = $3) AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
      [user.id, user.sessionId, which],
    );
    const count = rowCount ?? 0;
    if (count > 0)
      await db.query(
        `INSERT INTO audit_events (tenant_id, actor_id, user_id, kind, subject, data)
         VALUES ($1, $2::uuid, $2::uuid, 'sessions_ended', 'user:' || $2::uuid, $3)`,
        [user.tenant.id, user.id, { count }],
      );
    return count;
  });
}
