import type pg from 'pg';
import type { Prisma } from '@/generated/prisma/client';
import type { AddressPolicy } from '@/lib/apps/addresses';
import { shownAddress } from '@/lib/apps/addresses';
import { isNewDevice, type SignInPlace } from '@/lib/apps/devices';
import type { Mail, Notice } from '@/lib/apps/mails';
import { runtime } from '@/lib/runtime/runtime';
import { queueMails } from './mails';
import { inTransaction } from './transaction';

/** Who is told what by mail. Where nobody is told anything, nothing is asked of the database. */

const silent = () => runtime().mails.kind === 'none';

/** More people than these manage no app; a mail to everybody would be one to nobody. */
const MOST_MANAGERS = 20;

/** Those who manage the application `a`, the one to turn to first, then admins. */
const MANAGERS = `SELECT u.id FROM users u
   WHERE u.tenant_id = a.tenant_id AND u.status = 'ACTIVE' AND u.role <> 'MEMBER'
   ORDER BY u.id = coalesce(a.owner_id, a.created_by_id) DESC, u.role DESC, u.username LIMIT ${MOST_MANAGERS}`;

/** Tells those who manage an application, in the transaction of what is told. */
export async function tellManagers(db: Prisma.TransactionClient, appId: number, notice: Notice): Promise<void> {
  if (silent()) return;
  const managers = await db.$queryRawUnsafe<{ id: string }[]>(
    `SELECT m.id FROM apps a CROSS JOIN LATERAL (${MANAGERS}) m WHERE a.id = $1`,
    appId,
  );
  await queueMails(
    db,
    managers.map(({ id }): Mail => ({ ...notice, to: { userId: id } })),
  );
}

/** Tells a user who signed in where no session of theirs that is known has been; one that is the first of all is no news. */
export async function tellOfNewDevice(
  db: pg.PoolClient,
  userId: string,
  session: SignInPlace & { id: string; at: Date },
): Promise<void> {
  if (silent()) return;
  const { rows } = await db.query<{ policy: AddressPolicy; known: SignInPlace[] | null }>(
    `SELECT t.connection_addresses AS policy,
            (SELECT json_agg(DISTINCT jsonb_build_object('userAgent', s.user_agent, 'ip', s.ip))
               FROM sessions s WHERE s.user_id = u.id AND s.id <> $2) AS known
       FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1`,
    [userId, session.id],
  );
  const { policy, known } = rows[0] ?? { policy: 'HIDDEN', known: null };
  if (!isNewDevice(known ?? [], session)) return;
  const { userAgent, ip, at } = session;
  const data = { userAgent, address: shownAddress(ip, policy), at: at.toISOString() };
  await queueMails(db, [{ kind: 'new_device', to: { userId }, data }]);
}

/** Minutes in which further connections of an app are not told again. */
const QUIET_MINUTES = 10;

type ToldConnection = {
  userId: string;
  appId: number;
  appName: string;
  userAgent: string;
  ip: string;
  connectedAt: Date;
  policy: AddressPolicy;
};

/**
 * Tells users of new connections, after the answers that made them. Of several of one app within some minutes, whoever
 * made them, the first is told; who wants no such mails gets none.
 */
export async function tellOfConnections(pool: pg.Pool, connectionIds: readonly string[]): Promise<void> {
  if (silent()) return;
  await inTransaction(async (db) => {
    // Locked in order of their ids, as by everybody who takes several.
    const { rows } = await db.query<ToldConnection>(
      `WITH made AS MATERIALIZED (
         SELECT DISTINCT ON (grant_id) grant_id, user_agent, ip, connected_at
           FROM connections WHERE id = ANY ($1::uuid[]) AND NOT playground ORDER BY grant_id, connected_at),
       held AS MATERIALIZED (SELECT id FROM grants WHERE id IN (SELECT grant_id FROM made) ORDER BY id FOR NO KEY UPDATE)
       UPDATE grants g SET mailed_at = db_now()
         FROM made, held, users u, tenants t, apps a
        WHERE held.id = made.grant_id AND g.id = made.grant_id AND u.id = g.user_id AND t.id = u.tenant_id AND a.id = g.app_id
          AND u.mail_about_apps AND a.deleted_at IS NULL
          AND (g.mailed_at IS NULL OR g.mailed_at < now() - interval '${QUIET_MINUTES} minutes')
       RETURNING g.user_id AS "userId", a.id AS "appId", a.name AS "appName", made.user_agent AS "userAgent", made.ip,
                 made.connected_at AS "connectedAt", t.connection_addresses AS policy`,
      [connectionIds],
    );
    await queueMails(
      db,
      rows.map(({ userId, policy, ip, connectedAt, ...data }) => ({
        kind: 'new_connection',
        to: { userId },
        data: { ...data, address: shownAddress(ip, policy), at: connectedAt.toISOString() },
      })),
    );
  }, pool);
}

/** Of how many days before its end a secret's developers are told. */
const FIRST_DAYS = 14;
const LAST_DAYS = 1;
const BATCH = 50;

type ToldSecret = {
  appId: number;
  appName: string;
  lastFour: string;
  expiresAt: Date;
  lastUsedAt: Date | null;
  days: number;
  managers: string[] | null;
};

/**
 * Tells developers of secrets that expire, two weeks and a day before, each once: whoever writes down that it was told
 * tells it.
 * @returns whether there may be more
 */
export async function tellOfExpiringSecrets(pool: pg.Pool): Promise<boolean> {
  if (silent()) return false;
  return inTransaction(async (db) => {
    const { rows } = await db.query<ToldSecret>(
      `WITH due AS MATERIALIZED (
         SELECT s.id FROM app_secrets s JOIN apps a ON a.id = s.app_id
          WHERE s.expires_at > now() AND s.expires_at <= now() + interval '${FIRST_DAYS} days' AND a.deleted_at IS NULL
            AND (s.told_days IS NULL OR s.told_days > ${LAST_DAYS} AND s.expires_at <= now() + interval '${LAST_DAYS} days')
          ORDER BY s.expires_at LIMIT ${BATCH} FOR UPDATE OF s SKIP LOCKED)
       UPDATE app_secrets s
          SET told_days = CASE WHEN s.expires_at <= now() + interval '${LAST_DAYS} days' THEN ${LAST_DAYS} ELSE ${FIRST_DAYS} END
         FROM due, apps a WHERE s.id = due.id AND a.id = s.app_id
       RETURNING a.id AS "appId", a.name AS "appName", s.last_four AS "lastFour", s.expires_at AS "expiresAt",
                 s.last_used_at AS "lastUsedAt", ceil(extract(epoch FROM s.expires_at - now()) / 86400)::int AS days,
                 ARRAY(${MANAGERS}) AS managers`,
    );
    await queueMails(
      db,
      rows.flatMap(({ managers, expiresAt, lastUsedAt, ...secret }) => {
        const data = { ...secret, expiresAt: expiresAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
        return (managers ?? []).map((userId): Mail => ({ kind: 'secret_expiring', to: { userId }, data }));
      }),
    );
    return rows.length === BATCH;
  }, pool);
}
