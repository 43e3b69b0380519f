import type pg from 'pg';
import type { Prisma } from '@/generated/prisma/client';
import type { AddressPolicy } from '@/lib/apps/addresses';
import { shownAddress } from '@/lib/apps/addresses';
import { isNewDevice, type SignInPlace } from '@/lib/apps/devices';
import type { Mail, MailData, Notice } from '@/lib/apps/mails';
import { DAY_MS } from '@/lib/apps/time-zones';
import { runtime } from '@/lib/runtime/runtime';
import type { Actor } from './audit';
import { type MailDb, queueMails } from './mails';
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

/** Tells them of a new secret. One of several in a short time, or of very many in a day, is in the audit log only. */
export async function tellOfNewSecret(
  db: Prisma.TransactionClient,
  { tenantId }: Actor,
  appId: number,
  data: MailData['secret_created'],
): Promise<void> {
  if (silent() || !(await mayTell(db, 'new_secret', appId))) return;
  if (!(await mayTell(db, 'new_secret_there', tenantId))) return;
  await tellManagers(db, appId, { kind: 'secret_created', data });
}

/** Places that a user signed in from, the latest ones, that a new one is compared with. */
const KNOWN_PLACES = 50;

/** Tells a user who signed in where no session of theirs that is known has been; one that is the first of all is no news. */
export async function tellOfNewDevice(
  db: pg.PoolClient,
  userId: string,
  session: SignInPlace & { id: string; at: Date },
): Promise<void> {
  if (silent()) return;
  const { rows } = await db.query<{ policy: AddressPolicy; young: boolean; known: SignInPlace[] | null }>(
    `SELECT t.connection_addresses AS policy, u.created_at > now() - make_interval(days => $3::int) AS young,
            (SELECT json_agg(json_build_object('userAgent', place.user_agent, 'ip', place.ip))
               FROM (SELECT s.user_agent, s.ip FROM sessions s WHERE s.user_id = u.id AND s.id <> $2
                      GROUP BY s.user_agent, s.ip ORDER BY max(s.created_at) DESC LIMIT ${KNOWN_PLACES}) place) AS known
       FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1`,
    [userId, session.id, runtime().settings.retention.endedDays],
  );
  const { policy, young, known } = rows[0] ?? { policy: 'HIDDEN', young: true, known: null };
  if (!isNewDevice(known ?? [], session, young) || !(await mayTell(db, 'new_device', userId))) return;
  const { userAgent, ip, at } = session;
  const data = { userAgent, address: shownAddress(ip, policy), at: at.toISOString() };
  await queueMails(db, [{ kind: 'new_device', to: { userId }, data }]);
}

/**
 * What somebody can cause as often as they like is told now and then: who knows a password signs in with made-up devices,
 * a developer makes and deletes secrets, and apps to have secrets, in a loop. After a mail there is none for some minutes,
 * and there are so many in a day.
 */
const LOOPS = {
  new_device: { quietMinutes: 10, mostADay: 5 },
  new_secret: { quietMinutes: 10, mostADay: 5 },
  new_secret_there: { quietMinutes: 0, mostADay: 50 },
};

/**
 * Counts a story that is told by mail, unless there have been enough. Those about one subject that come together wait here.
 * @param db the story's own transaction: what does not happen counts nothing
 * @param subject id of the user, app or organisation that it is about
 */
async function mayTell(db: MailDb, kind: keyof typeof LOOPS, subject: string | number): Promise<boolean> {
  const { quietMinutes, mostADay } = LOOPS[kind];
  const [quiet, day] = [quietMinutes * 60_000, DAY_MS];
  const sql = `WITH clock AS (SELECT (extract(epoch FROM db_now()) * 1000)::bigint AS ms),
          free AS (
            INSERT INTO rate_limits AS held (key, points, expire) SELECT '${kind}:' || $1::text, 1, ms + ${quiet} FROM clock
            ON CONFLICT (key) DO UPDATE SET expire = excluded.expire WHERE held.expire <= excluded.expire - ${quiet}
            RETURNING expire - ${quiet} AS ms)
     INSERT INTO rate_limits AS today (key, points, expire) SELECT '${kind}_day:' || $1::text, 1, ms + ${day} FROM free
     ON CONFLICT (key) DO UPDATE
        SET points = CASE WHEN today.expire <= excluded.expire - ${day} THEN 1 ELSE today.points + 1 END,
            expire = CASE WHEN today.expire <= excluded.expire - ${day} THEN excluded.expire ELSE today.expire END
      WHERE today.points < ${mostADay} OR today.expire <= excluded.expire - ${day}`;
  const counted =
    'query' in db ? (await db.query(sql, [subject])).rowCount : await db.$executeRawUnsafe(sql, `${subject}`);
  return counted === 1;
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
