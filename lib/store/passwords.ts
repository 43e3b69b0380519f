import type pg from 'pg';
import { runtime } from '@/lib/runtime/runtime';
import { queueMail } from './mails';
import { inTransaction } from './transaction';

/** The hash of an active user's password, or null. */
export async function findPasswordHash(userId: string): Promise<string | null> {
  const { rows } = await runtime().pool.query<{ passwordHash: string }>(
    `SELECT password_hash AS "passwordHash" FROM users WHERE id = $1 AND status = 'ACTIVE'`,
    [userId],
  );
  return rows[0]?.passwordHash ?? null;
}

export type Replacement = {
  userId: string;
  tenantId: number;
  /** The session that goes on. */
  sessionId: string;
  /** The hash that was judged. */
  before: string;
  after: string;
  disconnectApps: boolean;
};

/**
 * Replaces a password: every other session ends, and, where that is asked for, everything that apps hold of the user.
 * Locks go from the user over sessions to grants, as everywhere.
 * @returns null when the password is no longer the one that was judged
 */
export async function replacePassword(r: Replacement): Promise<{ sessionsEnded: number } | null> {
  return inTransaction(async (db) => {
    const replaced = await db.query(
      `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 AND status = 'ACTIVE'`,
      [r.userId, r.before, r.after],
    );
    if (replaced.rowCount !== 1) return null;
    const { rowCount } = await db.query(
      `UPDATE sessions SET revoked_at = db_now()
        WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
      [r.userId, r.sessionId],
    );
    const sessionsEnded = rowCount ?? 0;
    const connectionsEnded = r.disconnectApps ? await endAllConnections(db, r.userId) : 0;
    await db.query(
      `INSERT INTO audit_events (tenant_id, actor_id, user_id, kind, subject, data)
       VALUES ($1, $2, $2, 'password_changed', $3, $4)`,
      [
        r.tenantId,
        r.userId,
        `user:${r.userId}`,
        { sessionsEnded, appsDisconnected: r.disconnectApps, connectionsEnded },
      ],
    );
    await queueMail(db, {
      kind: 'password_changed',
      to: { userId: r.userId },
      data: {
        at: new Date(runtime().clock.now()).toISOString(),
        sessionsEnded,
        appsDisconnected: r.disconnectApps,
      },
    });
    return { sessionsEnded };
  });
}

/**
 * A security event: all that apps were granted by the user ends, with refresh tokens, codes and decisions on their way,
 * and access tokens are inactive at once.
 */
async function endAllConnections(db: pg.PoolClient, userId: string): Promise<number> {
  await db.query('SELECT id FROM grants WHERE user_id = $1 ORDER BY id FOR UPDATE', [userId]);
  const ended = await db.query(
    `SELECT count(*) FILTER (WHERE end_connection(k.id, 'password_changed', db_now()))::int AS n
       FROM connections k JOIN grants g ON g.id = k.grant_id WHERE g.user_id = $1 AND k.ended_at IS NULL`,
    [userId],
  );
  await db.query(
    'DELETE FROM authorization_codes WHERE grant_id IN (SELECT id FROM grants WHERE user_id = $1) AND redeemed_at IS NULL',
    [userId],
  );
  await db.query('UPDATE consent_transactions SET decided_at = db_now() WHERE user_id = $1 AND decided_at IS NULL', [
    userId,
  ]);
  await db.query('UPDATE grants SET revoked_at = db_now() WHERE user_id = $1 AND revoked_at IS NULL', [userId]);
  await db.query("SELECT set_not_before('user:' || $1)", [userId]);
  return ended.rows[0].n;
}
