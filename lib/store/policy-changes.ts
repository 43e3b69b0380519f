import type pg from 'pg';
import { type AppPolicy, type AppStanding, judgeApp, type PolicyChange } from '@/lib/apps/app-policy';
import { runtime } from '@/lib/runtime/runtime';
import { findStanding, findStopped, holdPolicy, STANDING, STANDING_FROM, USABLE } from './app-policy';
import { type Actor, auditPlain } from './audit';
import { queueMails } from './mails';
import { actsAsAdmin } from './members';
import { endAppFor } from './tenant-endings';
import { inTransaction } from './transaction';

export type PolicyOutcome =
  | { ok: true; changed: boolean; endedConnections: number }
  /** No such app, or one of the organisation's own; or who acts is an admin no longer. */
  | { ok: false };

/**
 * Changes what an organisation lets in. From the commit on no code is issued or redeemed and no token refreshed of an app that
 * is kept out: its connections are suspended. Those are ended for good, access tokens included, where the admin says so.
 * Requests that wait for an app which is let in now are answered, and so are those for one that is blocked. Where the policy lets
 * in what nobody can use just now, the answer waits until that is over.
 */
export async function changePolicy(
  actor: Actor,
  change: PolicyChange,
  { endConnections }: { endConnections: boolean },
): Promise<PolicyOutcome> {
  const outcome = await inTransaction(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return null;
    await holdPolicy(db, actor.tenantId);
    // Read before it is written: an app that has been resting for longer rests on.
    const stopped = endConnections ? await stoppedBy(db, actor, change) : [];
    const written =
      change.kind === 'policy' ? await writePolicy(db, actor, change.policy) : await writeRule(db, actor, change);
    if (written === null) return null;
    const decidedApp = change.kind === 'rule' ? change.appId : null;
    await settleRequests(db, { tenantId: actor.tenantId, decidedBy: actor.userId }, decidedApp);
    if (written) await auditChange(db, actor, change);
    return { changed: written, stopped };
  });
  if (!outcome) return { ok: false };
  let endedConnections = 0;
  for (const appId of outcome.stopped) endedConnections += await endAppFor(actor, appId, 'kept_out');
  return { ok: true, changed: outcome.changed, endedConnections };
}

/** Apps whose connections a change ends, where it ends any. A rule that is written again ends what is left of its app. */
async function stoppedBy(db: pg.PoolClient, actor: Actor, change: PolicyChange): Promise<number[]> {
  if (change.kind === 'rule') return [change.appId];
  return (await findStopped(actor.tenantId, change, db)).map(({ id }) => id);
}

async function writePolicy(db: pg.PoolClient, { tenantId }: Actor, policy: AppPolicy): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE tenants SET app_policy = $2::app_policy WHERE id = $1 AND app_policy <> $2::app_policy',
    [tenantId, policy],
  );
  return rowCount === 1;
}

/** @returns whether that is new; null when there is no such app of another organisation */
async function writeRule(
  db: pg.PoolClient,
  actor: Actor,
  { appId, verdict, note }: Extract<PolicyChange, { kind: 'rule' }>,
): Promise<boolean | null> {
  const found = await db.query(
    'SELECT 1 FROM apps WHERE id = $1 AND tenant_id <> $2 AND deleted_at IS NULL FOR KEY SHARE',
    [appId, actor.tenantId],
  );
  if (found.rowCount === 0) return null;
  const { rowCount } =
    verdict === null
      ? await db.query('DELETE FROM app_rules WHERE tenant_id = $1 AND app_id = $2', [actor.tenantId, appId])
      : await db.query(
          `INSERT INTO app_rules (tenant_id, app_id, verdict, note, decided_by_id, decided_at) VALUES ($1, $2, $3::app_verdict, $4, $5, db_now())
           ON CONFLICT (tenant_id, app_id) DO UPDATE SET verdict = excluded.verdict, note = excluded.note,
             decided_by_id = excluded.decided_by_id, decided_at = excluded.decided_at
           WHERE (app_rules.verdict, app_rules.note) <> (excluded.verdict, excluded.note)`,
          [actor.tenantId, appId, verdict, verdict === 'BLOCKED' ? note : '', actor.userId],
        );
  return rowCount === 1;
}

/** What ends with it is told batch by batch. */
async function auditChange(db: pg.PoolClient, actor: Actor, change: PolicyChange): Promise<void> {
  if (change.kind === 'policy')
    return auditPlain(db, actor, 'app_policy_set', `tenant:${actor.tenantId}`, { policy: change.policy });
  const kind = { ALLOWED: 'app_allowed', BLOCKED: 'app_blocked', none: 'app_rule_removed' }[change.verdict ?? 'none'];
  const { rows } = await db.query('SELECT name FROM apps WHERE id = $1', [change.appId]);
  await auditPlain(db, actor, kind, `app:${change.appId}`, { name: rows[0]?.name });
}

export type RequestDecision = { kind: 'approve' } | { kind: 'deny'; note: string; block: boolean };
export type DecideOutcome =
  | { ok: true; requesters: number; endedConnections: number }
  /** `allowed_already`: the badge or another owner has let the app in meanwhile; who asked is told so once it can be used. */
  | { ok: false; reason: 'decided_already' | 'allowed_already' | 'app_gone' | 'not_admin' };

/**
 * Decides, once, about all requests that wait for an app. An approval lets the app in for every member; a denial may block it,
 * which ends what members have of it.
 */
export async function decideRequests(actor: Actor, appId: number, decision: RequestDecision): Promise<DecideOutcome> {
  const outcome = await inTransaction<DecideOutcome>(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return { ok: false, reason: 'not_admin' };
    await holdPolicy(db, actor.tenantId);
    const approved = decision.kind === 'approve';
    const note = approved ? '' : decision.note;
    const verdict = approved ? 'ALLOWED' : decision.block ? 'BLOCKED' : null;
    const standing = await findStanding(db, actor.tenantId, appId);
    const allowed = standing !== null && judgeApp(standing) === 'allowed';
    if (!(await isAskedFor(db, actor.tenantId, appId))) {
      const undecided = allowed && (standing.ownApp || standing.verdict === null);
      const letIn = undecided && (await wasLetIn(db, actor.tenantId, appId));
      return { ok: false, reason: letIn ? 'allowed_already' : 'decided_already' };
    }
    if (allowed) {
      if (standing.usable) await answer(db, { tenantId: actor.tenantId, decidedBy: null }, appId, 'APPROVED', '');
      return { ok: false, reason: 'allowed_already' };
    }
    // Nobody is told of a yes that could not be written.
    if (verdict && (await writeRule(db, actor, { kind: 'rule', appId, verdict, note })) === null)
      return { ok: false, reason: 'app_gone' };
    const decider = { tenantId: actor.tenantId, decidedBy: actor.userId };
    const requesters = await answer(db, decider, appId, approved ? 'APPROVED' : 'DENIED', note);
    const { rows } = await db.query('SELECT name FROM apps WHERE id = $1', [appId]);
    const data = {
      name: rows[0]?.name,
      requesters,
      ...(approved ? {} : { note, blocked: decision.block }),
    };
    await auditPlain(db, actor, approved ? 'app_request_approved' : 'app_request_denied', `app:${appId}`, data);
    return { ok: true, requesters, endedConnections: 0 };
  });
  if (!outcome.ok || decision.kind === 'approve' || !decision.block) return outcome;
  return { ...outcome, endedConnections: await endAppFor(actor, appId, 'kept_out') };
}

async function isAskedFor(db: pg.PoolClient, tenantId: number, appId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    "SELECT 1 FROM access_requests WHERE tenant_id = $1 AND app_id = $2 AND status = 'PENDING' LIMIT 1",
    [tenantId, appId],
  );
  return rowCount === 1;
}

/** Whether the last who asked for an app were answered by what happened to the app, and by no admin. */
async function wasLetIn(db: pg.PoolClient, tenantId: number, appId: number): Promise<boolean> {
  const { rows } = await db.query<{ letIn: boolean }>(
    `SELECT status = 'APPROVED' AND decided_by_id IS NULL AS "letIn" FROM access_requests
      WHERE tenant_id = $1 AND app_id = $2 AND decided_at IS NOT NULL ORDER BY decided_at DESC, id DESC LIMIT 1`,
    [tenantId, appId],
  );
  return rows[0]?.letIn === true;
}

/** The organisation whose requests are answered, and the admin who does it; null: what happened to the app did. */
type Decider = { tenantId: number; decidedBy: string | null };

/**
 * Answers the requests that wait for an app, tells who wrote them, and lets an authorization that waits live on for as long as a
 * new one would.
 * @returns how many there were
 */
async function answer(
  db: pg.PoolClient,
  { tenantId, decidedBy }: Decider,
  appId: number,
  status: 'APPROVED' | 'DENIED',
  note: string,
): Promise<number> {
  const { rows } = await db.query<{ userId: string; wentOn: boolean; appName: string; website: string | null }>(
    `WITH answered AS (
       UPDATE access_requests SET status = $3::access_request_status, note = $4, decided_at = db_now(), decided_by_id = $5
        WHERE tenant_id = $1 AND app_id = $2 AND status = 'PENDING' RETURNING user_id, transaction_digest)
     SELECT d.user_id AS "userId", a.name AS "appName", a.website,
            EXISTS (SELECT FROM consent_transactions t
              WHERE t.digest = d.transaction_digest AND t.decided_at IS NULL AND t.expires_at > clock_timestamp()) AS "wentOn"
       FROM answered d JOIN apps a ON a.id = $2`,
    [tenantId, appId, status, note, decidedBy],
  );
  await db.query(
    `UPDATE consent_transactions SET expires_at = greatest(expires_at, db_now() + interval '10 minutes')
      WHERE user_id = ANY ($1::uuid[]) AND client_id = (SELECT client_id FROM apps WHERE id = $2)
        AND decided_at IS NULL AND expires_at > clock_timestamp()`,
    [rows.map(({ userId }) => userId), appId],
  );
  const outcome = status === 'DENIED' ? 'rejected' : decidedBy === null ? 'let_in' : 'approved';
  await queueMails(
    db,
    rows.map(({ userId, ...told }) => ({
      kind: 'approval_decided' as const,
      to: { userId },
      data: { ...told, outcome, note: note === '' ? null : note },
    })),
  );
  return rows.length;
}

/**
 * Answers what waits and is settled: by what the policy says of the app alone, for whether this requester is locked out just now
 * is another question. Nobody is told to go on with an app that can't be used: that answer waits for `settleLetIn`, unless an
 * admin has decided about this very app. The caller holds the policy.
 * @param decidedApp the app that an admin has decided about; null: about none
 */
async function settleRequests(db: pg.PoolClient, decider: Decider, decidedApp: number | null): Promise<void> {
  const { rows } = await db.query<AppStanding & { appId: number; note: string; usable: boolean }>(
    `SELECT a.id AS "appId", coalesce(r.note, '') AS note, ${STANDING}, ${USABLE} AS usable FROM ${STANDING_FROM}
      WHERE t.id = $1 AND a.deleted_at IS NULL
        AND a.id IN (SELECT q.app_id FROM access_requests q WHERE q.tenant_id = t.id AND q.status = 'PENDING')
      ORDER BY a.id`,
    [decider.tenantId],
  );
  for (const { appId, note, usable, ...standing } of rows) {
    const judged = judgeApp(standing);
    if (judged === 'blocked') await answer(db, decider, appId, 'DENIED', note);
    else if (judged === 'allowed' && (usable || appId === decidedApp)) await answer(db, decider, appId, 'APPROVED', '');
  }
}

/**
 * Answers requests that no admin needs to decide any more: the app got the badge, belongs to the organisation now, or can be used
 * again after the policy had let it in. Organisation by organisation, each in a transaction of its own: the policy's lock comes
 * before the app's. One that fails is logged, and keeps no other one waiting.
 * @param appId of this app; null: of all
 */
export async function settleLetIn(appId: number | null, pool: pg.Pool = runtime().pool): Promise<void> {
  const { rows } = await pool.query<AppStanding & { tenantId: number }>(
    `SELECT DISTINCT t.id AS "tenantId", ${STANDING}
       FROM access_requests q JOIN tenants t ON t.id = q.tenant_id JOIN apps a ON a.id = q.app_id
       LEFT JOIN app_rules r ON r.tenant_id = t.id AND r.app_id = a.id
      WHERE q.status = 'PENDING' AND a.deleted_at IS NULL AND ($1::int IS NULL OR a.id = $1)
        AND ${USABLE}`,
    [appId],
  );
  const due = new Set(rows.filter((row) => judgeApp(row) === 'allowed').map(({ tenantId }) => tenantId));
  for (const tenantId of [...due].sort((a, b) => a - b))
    await settleOrganisation(tenantId, pool).catch((error) =>
      runtime().log.warn(
        { err: error, tenantId },
        'requests of an organisation that are settled wait for housekeeping',
      ),
    );
}

async function settleOrganisation(tenantId: number, pool: pg.Pool): Promise<void> {
  await inTransaction(async (db) => {
    await holdPolicy(db, tenantId);
    await settleRequests(db, { tenantId, decidedBy: null }, null);
  }, pool);
}

/** The same after something was committed that must not look as if it had failed: what is left, housekeeping settles. */
export async function settleLetInNow(appId: number): Promise<void> {
  await settleLetIn(appId).catch((error) =>
    runtime().log.warn({ err: error, appId }, 'requests for an app that is let in wait for housekeeping'),
  );
}
