import type pg from 'pg';
import { INVITATION_DAYS, MAX_OPEN_INVITATIONS, type NewPerson } from '@/lib/apps/members';
import type { Role } from '@/lib/apps/roles';
import { runtime } from '@/lib/runtime/runtime';
import { type Actor, auditPlain } from './audit';
import { queueMail } from './mails';
import { actsAsAdmin, auditWithdrawn, holdMembers, type WithdrawnInvitation } from './members';
import { inTransaction } from './transaction';

/** An invitation that nobody has accepted yet. */
export type OpenInvitation = {
  id: string;
  email: string | null;
  role: Role;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
};

const OPEN = 'i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > clock_timestamp()';

/** An organisation's open invitations, newest first: as many as there can be. */
export async function listInvitations(tenantId: number): Promise<OpenInvitation[]> {
  const { rows } = await runtime().pool.query<OpenInvitation>(
    `SELECT i.id, i.email, i.role::text AS role, u.username AS "createdBy", i.created_at AS "createdAt", i.expires_at AS "expiresAt"
       FROM invitations i JOIN users u ON u.id = i.created_by_id WHERE i.tenant_id = $1 AND ${OPEN} ORDER BY i.created_at DESC, i.id`,
    [tenantId],
  );
  return rows;
}

export type InviteOutcome = { ok: true } | { ok: false; reason: 'member_already' | 'too_many' | 'not_admin' };

/**
 * Stores an invitation under the digest of its token.
 * @param invitation `email`: where it goes, with `path` in it; an earlier one to the same address ends. null: a link that the
 *   admin hands over. `language` of the mail
 */
export async function createInvitation(
  actor: Actor,
  invitation: { digest: Buffer; path: string; email: string | null; role: Role; language: string | null },
): Promise<InviteOutcome> {
  return inTransaction(async (db) => {
    await holdMembers(db, actor.tenantId);
    if (!(await actsAsAdmin(db, actor))) return { ok: false, reason: 'not_admin' };
    const { email, digest, role } = invitation;
    const { rows } = await db.query<{ member: boolean; open: number }>(
      `SELECT EXISTS (SELECT FROM users WHERE tenant_id = $1 AND verified_email = lower($2)) AS member,
              (SELECT count(*)::int FROM invitations i WHERE i.tenant_id = $1 AND i.created_at > db_now() - interval '1 day') AS open`,
      [actor.tenantId, email],
    );
    const found = rows[0] as { member: boolean; open: number };
    if (found.member) return { ok: false, reason: 'member_already' };
    if (found.open >= MAX_OPEN_INVITATIONS || (await countOpen(db, actor.tenantId)) >= MAX_OPEN_INVITATIONS)
      return { ok: false, reason: 'too_many' };
    if (email !== null) await replaceEarlier(db, actor, email);
    const made = await db.query<{ id: string; expiresAt: Date }>(
      `INSERT INTO invitations (tenant_id, digest, email, role, created_by_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4::role, $5, db_now(), db_now() + make_interval(days => $6)) RETURNING id, expires_at AS "expiresAt"`,
      [actor.tenantId, digest, email, role, actor.userId, INVITATION_DAYS],
    );
    const { id, expiresAt } = made.rows[0] as { id: string; expiresAt: Date };
    if (email !== null) await mailInvitation(db, actor, { ...invitation, email, expiresAt: expiresAt.toISOString() });
    await auditPlain(db, actor, 'member_invited', `invitation:${id}`, { role, email: email ?? '' });
    return { ok: true };
  });
}

/** Of two links in one inbox the newer one works. */
async function replaceEarlier(db: pg.PoolClient, actor: Actor, email: string): Promise<void> {
  const { rows } = await db.query<WithdrawnInvitation>(
    `UPDATE invitations i SET withdrawn_at = db_now() WHERE i.tenant_id = $1 AND lower(i.email) = lower($2) AND ${OPEN}
     RETURNING i.id, i.email`,
    [actor.tenantId, email],
  );
  await auditWithdrawn(db, actor, rows, 'replaced');
}

async function mailInvitation(
  db: pg.PoolClient,
  actor: Actor,
  invitation: { email: string; language: string | null; role: Role; path: string; expiresAt: string },
): Promise<void> {
  const { rows } = await db.query<{ inviter: string; organisation: string }>(
    `SELECT trim(u.first_name || ' ' || u.last_name) AS inviter, t.display_name AS organisation
       FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1`,
    [actor.userId],
  );
  const { email, language, role, path, expiresAt } = invitation;
  const names = rows[0] as { inviter: string; organisation: string };
  await queueMail(db, {
    kind: 'invitation',
    to: { address: email, language, causedBy: actor.userId },
    data: { ...names, role, path, expiresAt },
  });
}

async function countOpen(db: pg.PoolClient, tenantId: number): Promise<number> {
  const { rows } = await db.query(`SELECT count(*)::int AS n FROM invitations i WHERE i.tenant_id = $1 AND ${OPEN}`, [
    tenantId,
  ]);
  return rows[0].n;
}

/** Takes an invitation of the actor's organisation back. @returns false when there is none that is open, or who acts is an admin no longer */
export async function withdrawInvitation(actor: Actor, id: string): Promise<boolean> {
  return inTransaction(async (db) => {
    if (!(await actsAsAdmin(db, actor))) return false;
    const { rows } = await db.query<WithdrawnInvitation>(
      `UPDATE invitations i SET withdrawn_at = db_now() WHERE i.tenant_id = $1 AND i.id = $2 AND ${OPEN} RETURNING i.id, i.email`,
      [actor.tenantId, id],
    );
    await auditWithdrawn(db, actor, rows, null);
    return rows.length > 0;
  });
}

/** What somebody is told who comes with an invitation. */
export type Invitation = {
  organisation: string;
  tenantName: string;
  role: Role;
  email: string | null;
  expiresAt: Date;
};

/** An open invitation of an active organisation, or null. */
export async function findInvitation(digest: Buffer): Promise<Invitation | null> {
  const { rows } = await runtime().pool.query<Invitation>(
    `SELECT t.display_name AS organisation, t.name AS "tenantName", i.role::text AS role, i.email, i.expires_at AS "expiresAt"
       FROM invitations i JOIN tenants t ON t.id = i.tenant_id WHERE i.digest = $1 AND t.status = 'ACTIVE' AND ${OPEN}`,
    [digest],
  );
  return rows[0] ?? null;
}

export type AcceptOutcome = 'accepted' | 'gone' | 'username_taken' | 'email_taken';

/**
 * Accepts an invitation, once: makes the account. An address that the invitation was sent to is proven by that, one that was
 * typed is not.
 */
export async function acceptInvitation(
  digest: Buffer,
  person: NewPerson & { passwordHash: string },
): Promise<AcceptOutcome> {
  try {
    return await inTransaction((db) => accept(db, digest, person));
  } catch (error) {
    // Everything is undone: the invitation can be accepted under another name.
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== '23505') throw error;
    return constraint === 'users_verified_email_key' ? 'email_taken' : 'username_taken';
  }
}

async function accept(
  db: pg.PoolClient,
  digest: Buffer,
  { username, firstName, lastName, email, passwordHash }: NewPerson & { passwordHash: string },
): Promise<AcceptOutcome> {
  const taken = await db.query<{
    id: string;
    tenantId: number;
    role: Role;
    email: string | null;
    invitedBy: string;
  }>(
    `UPDATE invitations i SET accepted_at = db_now() FROM tenants t
      WHERE i.digest = $1 AND t.id = i.tenant_id AND t.status = 'ACTIVE' AND ${OPEN}
      RETURNING i.id, i.tenant_id AS "tenantId", i.role::text AS role, i.email,
        (SELECT u.username FROM users u WHERE u.id = i.created_by_id) AS "invitedBy"`,
    [digest],
  );
  const invitation = taken.rows[0];
  if (!invitation) return 'gone';
  const address = invitation.email ?? email;
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO users (tenant_id, username, email, verified_email, password_hash, first_name, last_name, role)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::role) RETURNING id`,
    [
      invitation.tenantId,
      username,
      address,
      invitation.email === null ? null : address.toLowerCase(),
      passwordHash,
      firstName,
      lastName,
      invitation.role,
    ],
  );
  const userId = rows[0]?.id as string;
  await db.query('UPDATE invitations SET accepted_by_id = $2 WHERE id = $1', [invitation.id, userId]);
  const actor = { userId, tenantId: invitation.tenantId };
  // The invitation itself is deleted some day: the log goes on saying by whose word somebody came.
  const { id, role, invitedBy } = invitation;
  const data = { username, role, invitation: id, invitedBy };
  await auditPlain(db, actor, 'invitation_accepted', `user:${userId}`, data, userId);
  return 'accepted';
}
