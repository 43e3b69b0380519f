import type pg from 'pg';
import {
  type AppPolicy,
  type AppStanding,
  type AppVerdict,
  judgeAfter,
  judgeApp,
  type PolicyChange,
} from '@/lib/apps/app-policy';
import { runtime } from '@/lib/runtime/runtime';
import { ACCESS_LIVES, CONNECTION_LIVES } from './connections';

/** What an organisation has decided about an app, and what one of its members asked and was told about it. */
export type PolicyView = {
  policy: AppPolicy;
  verdict: AppVerdict | null;
  /** What the organisation's people are told about a blocked app. */
  note: string;
  request: {
    id: number;
    status: 'PENDING' | 'APPROVED' | 'DENIED';
    reason: string;
    note: string;
    createdAt: Date;
    decidedAt: Date | null;
    /** Hex. */
    transactionDigest: string;
  } | null;
};

export type PolicyViewRow = Omit<PolicyView, 'request'> & {
  request:
    | (Omit<NonNullable<PolicyView['request']>, 'createdAt' | 'decidedAt'> & {
        createdAt: string;
        decidedAt: string | null;
      })
    | null;
};

/** What a statement selects of it as JSON, for the user `$1` and the app `$2`. */
export const POLICY_VIEW = `(SELECT json_build_object('policy', pt.app_policy, 'verdict', pr.verdict, 'note', coalesce(pr.note, ''), 'request',
    (SELECT json_build_object('id', q.id, 'status', q.status, 'reason', q.reason, 'note', q.note, 'createdAt', q.created_at,
            'decidedAt', q.decided_at, 'transactionDigest', encode(q.transaction_digest, 'hex'))
       FROM access_requests q WHERE q.user_id = $1 AND q.app_id = $2 ORDER BY q.id DESC LIMIT 1))
  FROM users pu JOIN tenants pt ON pt.id = pu.tenant_id LEFT JOIN app_rules pr ON pr.tenant_id = pt.id AND pr.app_id = $2 WHERE pu.id = $1)`;

/** What such a statement answered. */
export function policyViewOf(row: PolicyViewRow): PolicyView {
  const { request } = row;
  return {
    ...row,
    request: request && {
      ...request,
      createdAt: new Date(request.createdAt),
      decidedAt: request.decidedAt === null ? null : new Date(request.decidedAt),
    },
  };
}

/** Reads it, in one statement. */
export async function findPolicyView(userId: string, appId: number): Promise<PolicyView> {
  const { rows } = await runtime().pool.query<{ policy: PolicyViewRow }>({
    name: 'policy-view',
    text: `SELECT ${POLICY_VIEW} AS policy`,
    values: [userId, appId],
  });
  return policyViewOf((rows[0] as { policy: PolicyViewRow }).policy);
}

/** Waits for authorizations that are on their way, and keeps others and other changes waiting until the commit. */
export async function holdPolicy(db: pg.PoolClient, tenantId: number): Promise<void> {
  await db.query('SELECT change_app_policy($1)', [tenantId]);
}

/** How apps `a` stand with the organisation `t`: an `AppStanding`. */
export const STANDING = `t.app_policy::text AS policy, r.verdict::text AS verdict, a.state = 'VERIFIED' AS verified, a.tenant_id = t.id AS "ownApp"`;
export const STANDING_FROM =
  'tenants t CROSS JOIN apps a LEFT JOIN app_rules r ON r.tenant_id = t.id AND r.app_id = a.id';

/**
 * Whether the people of `t` can use what is let in: neither the app `a` nor its publisher is suspended, and it is not limited to
 * another organisation. `grant_problem` asks the same.
 */
export const USABLE = `(a.status = 'ACTIVE' AND (NOT a.limit_to_account OR a.tenant_id = t.id)
  AND EXISTS (SELECT FROM tenants p WHERE p.id = a.tenant_id AND p.status = 'ACTIVE'))`;

/** How an app stands with an organisation, and whether it can be used where it is let in; null: there is no such app any more. */
export async function findStanding(
  db: pg.PoolClient,
  tenantId: number,
  appId: number,
): Promise<(AppStanding & { usable: boolean }) | null> {
  const { rows } = await db.query<AppStanding & { usable: boolean }>(
    `SELECT ${STANDING}, ${USABLE} AS usable FROM ${STANDING_FROM} WHERE t.id = $1 AND a.id = $2 AND a.deleted_at IS NULL`,
    [tenantId, appId],
  );
  return rows[0] ?? null;
}

/** The policy of an organisation. */
export async function findAppPolicy(tenantId: number): Promise<AppPolicy> {
  const { rows } = await runtime().pool.query<{ policy: AppPolicy }>(
    'SELECT app_policy::text AS policy FROM tenants WHERE id = $1',
    [tenantId],
  );
  return rows[0]?.policy ?? 'ALL';
}

/** An app about which the organisation has decided. */
export type RuledApp = {
  id: number;
  name: string;
  iconDigest: string | null;
  publisher: string;
  verified: boolean;
  verdict: AppVerdict;
  note: string;
  decidedAt: Date;
  /** Username. */
  decidedBy: string | null;
  /** Members with a live connection. */
  members: number;
};

export const RULES_PER_PAGE = 25;

/** Apps about which the organisation has decided, by name. @param after the last of the page before */
export async function listRules(
  tenantId: number,
  after: { key: string; id: number } | null,
): Promise<{ apps: RuledApp[]; next: { key: string; id: number } | null }> {
  const { rows } = await runtime().pool.query<RuledApp & { key: string }>(
    `SELECT a.id, a.name, a.icon_digest AS "iconDigest", p.display_name AS publisher, a.state = 'VERIFIED' AS verified,
            r.verdict::text AS verdict, r.note, r.decided_at AS "decidedAt", u.username AS "decidedBy", lower(a.name) AS key,
            (SELECT count(*)::int FROM grants g JOIN users m ON m.id = g.user_id
              WHERE g.app_id = a.id AND m.tenant_id = $1 AND g.revoked_at IS NULL) AS members
       FROM app_rules r JOIN apps a ON a.id = r.app_id JOIN tenants p ON p.id = a.tenant_id LEFT JOIN users u ON u.id = r.decided_by_id
      WHERE r.tenant_id = $1 AND a.deleted_at IS NULL AND a.tenant_id <> $1
        AND ($2::text IS NULL OR (lower(a.name), a.id) > ($2, $3::int))
      ORDER BY lower(a.name), a.id LIMIT ${RULES_PER_PAGE + 1}`,
    [tenantId, after?.key ?? null, after?.id ?? null],
  );
  const apps = rows.slice(0, RULES_PER_PAGE);
  const last = apps.at(-1);
  return { apps, next: rows.length > RULES_PER_PAGE && last ? { key: last.key, id: last.id } : null };
}

/** An app of another organisation that members have connected. */
export type ConnectedThirdParty = {
  id: number;
  name: string;
  verified: boolean;
  verdict: AppVerdict | null;
  policy: AppPolicy;
  members: number;
};

const CONNECTED = `SELECT a.id, a.name, a.state = 'VERIFIED' AS verified, r.verdict::text AS verdict, t.app_policy::text AS policy,
    count(DISTINCT g.user_id)::int AS members
  FROM grants g JOIN users u ON u.id = g.user_id JOIN tenants t ON t.id = u.tenant_id
  JOIN apps a ON a.id = g.app_id LEFT JOIN app_rules r ON r.tenant_id = u.tenant_id AND r.app_id = a.id
 WHERE u.tenant_id = $1 AND a.tenant_id <> $1 AND a.deleted_at IS NULL
   AND (g.revoked_at IS NULL OR EXISTS (SELECT FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
     WHERE k.grant_id = g.id AND (${CONNECTION_LIVES} OR ${ACCESS_LIVES})))
 GROUP BY a.id, r.verdict, t.app_policy ORDER BY a.id`;

/** Those with a standing consent, or with an access token that lives. */
async function connectedThirdParties(db: pg.Pool | pg.PoolClient, tenantId: number): Promise<ConnectedThirdParty[]> {
  const { rows } = await db.query<ConnectedThirdParty>(CONNECTED, [tenantId]);
  return rows;
}

/** Apps that members have connected, and that a change would no longer let in. Those that are kept out already do not count. */
export async function findStopped(
  tenantId: number,
  change: PolicyChange,
  db: pg.Pool | pg.PoolClient = runtime().pool,
): Promise<ConnectedThirdParty[]> {
  const apps = await connectedThirdParties(db, tenantId);
  return apps.filter((app) => {
    const standing = { ...app, ownApp: false };
    return judgeApp(standing) === 'allowed' && judgeAfter(standing, change) !== 'allowed';
  });
}

/**
 * An app of another organisation by its name, whatever its case, or its client id; one that is limited to its own organisation
 * is nothing to others. @param key skeleton of the name
 */
export async function findThirdParty(
  tenantId: number,
  typed: string,
  key: string,
): Promise<{ id: number; name: string } | null> {
  const { rows } = await runtime().pool.query<{ id: number; name: string }>(
    `SELECT id, name FROM apps WHERE (name_key = $2 OR client_id = $3) AND tenant_id <> $1 AND deleted_at IS NULL AND NOT limit_to_account
      ORDER BY id LIMIT 1`,
    [tenantId, key, typed.slice(0, 20)],
  );
  return rows[0] ?? null;
}
