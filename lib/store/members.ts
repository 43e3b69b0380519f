import type pg from 'pg';
import type { Role } from '@/lib/apps/roles';
import { runtime } from '@/lib/runtime/runtime';
import { type Actor, auditPlain } from './audit';
import { inTransaction } from './transaction';

/** Somebody of an organisation. */
export type Member = {
  id: string;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  emailVerified: boolean;
  role: Role;
  active: boolean;
  createdAt: Date;
  /** The last time that the person signed in; null: not within the days for which ended sessions are kept. */
  lastSeenAt: Date | null;
  /** Apps that the person has connected. */
  apps: number;
};

export const MEMBERS_PER_PAGE = 25;

/**
 * One page of an organisation's people, by username.
 * @param asked `search`: part of a name or address; `after`: the last username of the page before
 */
export async function listMembers(
  tenantId: number,
  asked: { search: string; after: string | null },
): Promise<{ members: Member[]; next: string | null }> {
  const { rows } = await runtime().pool.query<Member>(
    `SELECT u.id, u.username, u.first_name AS "firstName", u.last_name AS "lastName", u.email,
            u.verified_email IS NOT NULL AS "emailVerified", u.role::text AS role, u.status = 'ACTIVE' AS active, u.created_at AS "createdAt",
            (SELECT max(s.created_at) FROM sessions s WHERE s.user_id = u.id) AS "lastSeenAt",
            (SELECT count(*)::int FROM grants g JOIN apps a ON a.id = g.app_id
              WHERE g.user_id = u.id AND g.revoked_at IS NULL AND a.deleted_at IS NULL) AS apps
       FROM users u
      WHERE u.tenant_id = $1 AND ($2::text IS NULL OR u.username > $2)
        AND ($3 = '' OR strpos(lower(u.username || ' ' || u.first_name || ' ' || u.last_name || ' ' || u.email), lower($3)) > 0)
      ORDER BY u.username LIMIT ${MEMBERS_PER_PAGE + 1}`,
    [tenantId, asked.after, asked.search],
  );
  const members = rows.slice(0, MEMBERS_PER_PAGE);
  return { members, next: rows.length > MEMBERS_PER_PAGE ? (members.at(-1)?.username ?? null) : null };
}

export type MemberChange = { kind: 'role'; from: Role; to: Role } | { kind: 'disable' } | { kind: 'enable' };

export type MemberProblem =
  | 'not_found'
  /** Somebody else has changed the same meanwhile. */
  | 'changed_meanwhile'
  /** The organisation would have no active admin. */
  | 'last_admin'
  /** Platform admins are locked out by nobody but their own. */
  | 'platform_admin'
  /** Who acts is an admin no longer. */
  | 'not_admin';

export type MemberOutcome =
  /** `changed` false: the member has that role already. */
  { ok: true; username: string; changed: boolean } | { ok: false; reason: MemberProblem };

type Locked = { id: string; username: string; role: Role; active: boolean; platformAdmin: boolean };

/**
 * Changes a member of the actor's organisation. Changes come one after the other, and who acts must still be an admin when it
 * is their turn: so two admins who take the role from each other leave one. Whoever loses the role loses the invitations
 * that they have written, too.
 */
export async function changeMember(actor: Actor, memberId: string, change: MemberChange): Promise<MemberOutcome> {
  return inTransaction(async (db) => {
    const { self, member } = await lockBoth(db, actor, memberId);
    if (!self?.active || self.role !== 'ADMIN') return { ok: false, reason: 'not_admin' };
    if (!member) return { ok: false, reason: 'not_found' };
    if (change.kind === 'role' && member.role === change.to)
      return { ok: true, username: member.username, changed: false };
    const after = afterwards(member, change);
    if (!after) return { ok: false, reason: 'changed_meanwhile' };
    if (member.platformAdmin && !after.active) return { ok: false, reason: 'platform_admin' };
    const wasAdmin = member.active && member.role === 'ADMIN';
    const isAdmin = after.active && after.role === 'ADMIN';
    if (wasAdmin && !isAdmin) {
      if (!(await hasOtherAdmin(db, actor.tenantId, member.id))) return { ok: false, reason: 'last_admin' };
      await withdrawInvitationsOf(db, actor, member.id);
    }
    // What ends with it, sessions and access tokens, a trigger ends.
    await db.query('UPDATE users SET role = $2::role, status = $3::user_status WHERE id = $1', [
      member.id,
      after.role,
      after.active ? 'ACTIVE' : 'DISABLED',
    ]);
    const kind = { role: 'member_role_changed', disable: 'member_disabled', enable: 'member_enabled' }[change.kind];
    const data = { username: member.username, ...(change.kind === 'role' ? { from: change.from, to: change.to } : {}) };
    await auditPlain(db, actor, kind, `user:${member.id}`, data, member.id);
    return { ok: true, username: member.username, changed: true };
  });
}

/**
 * Whether who acts is an active admin of the organisation still, and remains one until the commit. Asked before other locks but
 * that of the organisation's people are taken: an account's comes before the policy's.
 */
export async function actsAsAdmin(db: pg.PoolClient, { userId, tenantId }: Actor): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM users WHERE id = $1 AND tenant_id = $2 AND role = 'ADMIN' AND status = 'ACTIVE' FOR SHARE`,
    [userId, tenantId],
  );
  return rowCount === 1;
}

/** Changes of an organisation's people come one after the other from here on. */
export async function holdMembers(db: pg.PoolClient, tenantId: number): Promise<void> {
  await db.query('SELECT change_members($1)', [tenantId]);
}

async function lockBoth(
  db: pg.PoolClient,
  actor: Actor,
  memberId: string,
): Promise<{ self?: Locked; member?: Locked }> {
  await holdMembers(db, actor.tenantId);
  const { rows } = await db.query<Locked>(
    `SELECT id, username, role::text AS role, status = 'ACTIVE' AS active, platform_admin AS "platformAdmin" FROM users
      WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [actor.tenantId, [actor.userId, memberId]],
  );
  const find = (id: string) => rows.find((row) => row.id === id);
  const [self, member] = [find(actor.userId), find(memberId)];
  return { ...(self ? { self } : {}), ...(member ? { member } : {}) };
}

/** null: it is no longer as who acts has seen it. */
function afterwards({ role, active }: Locked, change: MemberChange): { role: Role; active: boolean } | null {
  if (change.kind === 'role') return role === change.from ? { role: change.to, active } : null;
  if (change.kind === 'disable') return active ? { role, active: false } : null;
  return active ? null : { role, active: true };
}

async function hasOtherAdmin(db: pg.PoolClient, tenantId: number, memberId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT 1 FROM users WHERE tenant_id = $1 AND id <> $2 AND role = 'ADMIN' AND status = 'ACTIVE' LIMIT 1`,
    [tenantId, memberId],
  );
  return rowCount === 1;
}

async function withdrawInvitationsOf(db: pg.PoolClient, actor: Actor, userId: string): Promise<void> {
  const { rows } = await db.query<WithdrawnInvitation>(
    `UPDATE invitations SET withdrawn_at = db_now()
      WHERE tenant_id = $1 AND created_by_id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL
        AND expires_at > clock_timestamp() RETURNING id, email`,
    [actor.tenantId, userId],
  );
  await auditWithdrawn(db, actor, rows, 'inviter_lost_role');
}

export type WithdrawnInvitation = { id: string; email: string | null };

/** Puts on record which invitations stopped working, and why; null: an admin took them back. */
export async function auditWithdrawn(
  db: pg.PoolClient,
  actor: Actor,
  withdrawn: readonly WithdrawnInvitation[],
  reason: 'replaced' | 'inviter_lost_role' | null,
): Promise<void> {
  for (const { id, email } of withdrawn)
    await auditPlain(db, actor, 'invitation_withdrawn', `invitation:${id}`, {
      email: email ?? '',
      ...(reason ? { reason } : {}),
    });
}
