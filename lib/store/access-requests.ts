import type pg from 'pg';
import { ASK_AGAIN_HOURS, judgeApp, MAX_REQUESTS_A_DAY, WAIT_MINUTES } from '@/lib/apps/app-policy';
import type { RiskSign } from '@/lib/apps/risk';
import { runtime } from '@/lib/runtime/runtime';
import { findStanding } from './app-policy';
import { auditPlain } from './audit';
import { queueMails } from './mails';
import { type Cursor, type Page, signsOfApps } from './review-views';
import { inTransaction } from './transaction';

/** A member asks for an app. */
export type NewRequest = {
  userId: string;
  tenantId: number;
  appId: number;
  reason: string;
  /** What the app asked for. */
  scopes: string;
  offlineAccess: boolean;
  /** The authorization that waits for it. */
  transactionDigest: Buffer;
  sessionId: string;
};

export type AskOutcome = 'asked' | 'too_many' | 'denied_lately' | 'transaction_gone' | 'nothing_to_ask';

/**
 * Stores a request and lets its authorization wait for an hour. A request that waits already stays as it is, and this
 * authorization waits with it.
 */
export async function askForApp(asked: NewRequest): Promise<AskOutcome> {
  return inTransaction(async (db) => {
    // Two tabs of one member come one after the other.
    await db.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [asked.userId]);
    if (!(await mayStillAsk(db, asked.tenantId, asked.appId))) return 'nothing_to_ask';
    const { rows } = await db.query<{ open: boolean; denied: boolean; today: number }>(
      `SELECT coalesce(bool_or(app_id = $2 AND status = 'PENDING'), false) AS open,
              coalesce(bool_or(app_id = $2 AND status = 'DENIED' AND decided_at > db_now() - make_interval(hours => $3)), false) AS denied,
              count(*) FILTER (WHERE created_at > db_now() - interval '1 day')::int AS today
         FROM access_requests WHERE user_id = $1`,
      [asked.userId, asked.appId, ASK_AGAIN_HOURS],
    );
    const before = rows[0] as { open: boolean; denied: boolean; today: number };
    if (!before.open && before.denied) return 'denied_lately';
    if (!before.open && before.today >= MAX_REQUESTS_A_DAY) return 'too_many';
    if (!(await waitWith(db, asked.transactionDigest, asked.sessionId))) return 'transaction_gone';
    if (before.open) await attach(db, asked.userId, asked.appId, asked.transactionDigest);
    else {
      await insert(db, asked);
      await tellAdmins(db, asked);
    }
    return 'asked';
  });
}

/**
 * Judged under the policy's lock, which whoever decides holds alone: a request comes before a decision and is answered with it,
 * or after it and sees it. It also keeps their locks on requests and authorizations apart.
 */
async function mayStillAsk(db: pg.PoolClient, tenantId: number, appId: number): Promise<boolean> {
  await db.query('SELECT use_app_policy($1)', [tenantId]);
  const standing = await findStanding(db, tenantId, appId);
  return standing !== null && !['allowed', 'blocked'].includes(judgeApp(standing));
}

async function insert(db: pg.PoolClient, asked: NewRequest): Promise<void> {
  await db.query(
    `INSERT INTO access_requests (tenant_id, app_id, user_id, reason, scopes, offline_access, transaction_digest, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, db_now())`,
    [
      asked.tenantId,
      asked.appId,
      asked.userId,
      asked.reason,
      asked.scopes,
      asked.offlineAccess,
      asked.transactionDigest,
    ],
  );
  const actor = { userId: asked.userId, tenantId: asked.tenantId };
  await auditPlain(db, actor, 'app_requested', `app:${asked.appId}`, {}, asked.userId);
}

/** Admins of an organisation who are told by mail. */
const MOST_TOLD = 10;

/**
 * The first who asks for an app tells the admins; who joins in stands beside it in the inbox. The request of somebody who is
 * disabled stands in no inbox: whoever asks after it is the first.
 */
async function tellAdmins(db: pg.PoolClient, asked: NewRequest): Promise<void> {
  const { rows } = await db.query<{ adminId: string; appName: string; requester: string }>(
    `SELECT admin.id AS "adminId", a.name AS "appName", trim(u.first_name || ' ' || u.last_name) AS requester
       FROM users admin JOIN users u ON u.id = $2 JOIN apps a ON a.id = $3
      WHERE admin.tenant_id = $1 AND admin.role = 'ADMIN' AND admin.status = 'ACTIVE'
        AND NOT EXISTS (SELECT FROM access_requests q JOIN users m ON m.id = q.user_id
              WHERE q.tenant_id = $1 AND q.app_id = $3 AND q.status = 'PENDING' AND q.user_id <> $2 AND m.status = 'ACTIVE')
      ORDER BY admin.created_at, admin.id LIMIT ${MOST_TOLD}`,
    [asked.tenantId, asked.userId, asked.appId],
  );
  await queueMails(
    db,
    rows.map(({ adminId, appName, requester }) => ({
      kind: 'approval_asked' as const,
      to: { userId: adminId },
      data: { appName, requester, reason: asked.reason, path: `/organisation/requests?app=${asked.appId}` },
    })),
  );
}

/** @returns false when it is over, or waits for somebody else */
async function waitWith(db: pg.PoolClient, digest: Buffer, sessionId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE consent_transactions SET expires_at = db_now() + make_interval(mins => $3)
      WHERE digest = $1 AND session_id = $2 AND decided_at IS NULL AND expires_at > clock_timestamp()`,
    [digest, sessionId, WAIT_MINUTES],
  );
  return rowCount === 1;
}

async function attach(db: pg.PoolClient, userId: string, appId: number, digest: Buffer): Promise<void> {
  await db.query(
    `UPDATE access_requests SET transaction_digest = $3 WHERE user_id = $1 AND app_id = $2 AND status = 'PENDING'`,
    [userId, appId, digest],
  );
}

/** Somebody who has asked comes again from the app: this authorization waits with the request, too. */
export async function waitAgain(
  who: { userId: string; tenantId: number; sessionId: string },
  appId: number,
  digest: Buffer,
): Promise<void> {
  await inTransaction(async (db) => {
    if (!(await mayStillAsk(db, who.tenantId, appId))) return;
    if (await waitWith(db, digest, who.sessionId)) await attach(db, who.userId, appId, digest);
  });
}

/** The request that an authorization waited for, after that is over. */
export type WaitedFor = {
  appName: string;
  website: string | null;
  status: 'PENDING' | 'APPROVED' | 'DENIED';
  note: string;
};

/** Of the member who wrote it; null: it waited for none. */
export async function findWaitedFor(userId: string, digest: Buffer): Promise<WaitedFor | null> {
  const { rows } = await runtime().pool.query<WaitedFor>(
    `SELECT a.name AS "appName", a.website, q.status::text AS status, q.note FROM access_requests q JOIN apps a ON a.id = q.app_id
      WHERE q.user_id = $1 AND q.transaction_digest = $2 AND a.deleted_at IS NULL ORDER BY q.id DESC LIMIT 1`,
    [userId, digest],
  );
  return rows[0] ?? null;
}

/** An app that members have asked for, with those who did. */
export type AskedApp = {
  id: number;
  name: string;
  iconDigest: string | null;
  publisher: string;
  publisherDomain: string | null;
  verified: boolean;
  website: string | null;
  since: Date;
  /** How many have asked; the first of them are listed. */
  count: number;
  requesters: { username: string; name: string; reason: string; scopes: string; offlineAccess: boolean; at: Date }[];
  signs: RiskSign[];
};

export const ASKED_PER_PAGE = 10;
/** Requesters of an app that are listed. */
const MOST_LISTED = 20;

type AskedRow = Omit<AskedApp, 'signs' | 'requesters'> & {
  organisationSince: Date;
  rejections: number;
  requesters: (Omit<AskedApp['requesters'][number], 'at'> & { at: string })[];
};

/**
 * Apps that members wait for, the one that waits longest first.
 * @param asked `appId`: this one only; `after`: where the page begins
 */
export async function listAskedApps(
  tenantId: number,
  asked: { appId: number | null; after: Cursor | null },
  now: Date,
): Promise<Page<AskedApp>> {
  const { rows } = await runtime().pool.query<AskedRow>(
    `WITH waiting AS (
       SELECT q.app_id, min(q.created_at) AS since, count(*)::int AS count
         FROM access_requests q JOIN users u ON u.id = q.user_id
        WHERE q.tenant_id = $1 AND q.status = 'PENDING' AND u.status = 'ACTIVE' AND ($2::int IS NULL OR q.app_id = $2)
        GROUP BY q.app_id)
     SELECT a.id, a.name, a.icon_digest AS "iconDigest", t.display_name AS publisher, a.state = 'VERIFIED' AS verified, a.website,
            w.since, w.count, t.created_at AS "organisationSince",
            (SELECT d.domain FROM publisher_domains d
              WHERE d.tenant_id = a.tenant_id AND d.domain = a.publisher_domain AND d.proven_at IS NOT NULL) AS "publisherDomain",
            (SELECT count(*)::int FROM verification_requests v WHERE v.app_id = a.id AND v.status = 'REJECTED') AS rejections,
            (SELECT json_agg(r) FROM (
               SELECT u.username, trim(u.first_name || ' ' || u.last_name) AS name, q.reason, q.scopes,
                      q.offline_access AS "offlineAccess", q.created_at AS at
                 FROM access_requests q JOIN users u ON u.id = q.user_id
                WHERE q.tenant_id = $1 AND q.app_id = a.id AND q.status = 'PENDING' AND u.status = 'ACTIVE'
                ORDER BY q.id LIMIT ${MOST_LISTED}) r) AS requesters
       FROM waiting w JOIN apps a ON a.id = w.app_id JOIN tenants t ON t.id = a.tenant_id
      WHERE a.deleted_at IS NULL AND ($3::timestamptz IS NULL OR (w.since, a.id) > ($3, $4::int))
      ORDER BY w.since, a.id LIMIT ${ASKED_PER_PAGE + 1}`,
    [tenantId, asked.appId, asked.after?.at ?? null, asked.after?.id ?? null],
  );
  const shown = rows.slice(0, ASKED_PER_PAGE);
  const signs = await signsOfApps(shown, now);
  const last = shown.at(-1);
  return {
    entries: shown.map(({ organisationSince: _since, rejections: _rejections, ...row }) => ({
      ...row,
      requesters: row.requesters.map((requester) => ({ ...requester, at: new Date(requester.at) })),
      signs: signs.get(row.id) ?? [],
    })),
    next: rows.length > ASKED_PER_PAGE && last ? { at: last.since, id: last.id } : null,
  };
}
