import { Prisma } from '@/generated/prisma/client';
import { MOST_COUNTED } from '@/lib/apps/counts';
import { canManageApps } from '@/lib/apps/roles';
import { DECLINED_DAYS, MAX_OPEN_OFFERS, OFFERS_SHOWN, TRANSFER_DAYS } from '@/lib/apps/transfers';
import { type Actor, audit } from './audit';
import { holdTokens } from './endings';
import { settleLetInNow } from './policy-changes';
import { prisma } from './prisma';
import { discardDraft } from './verification';

/** The badge was given to another publisher, and never-expiring tokens to a verified app. */
const WITHOUT_BADGE = {
  state: 'DEVELOPMENT',
  verifiedSnapshot: Prisma.DbNull,
  pendingChanges: Prisma.DbNull,
  publisherDomain: null,
  neverExpires: false,
} as const;

/** An offer that waits. */
export type Transfer = {
  appId: number;
  appName: string;
  /** Where the app is now. */
  from: { tenantId: number; displayName: string };
  to: { tenantId: number; displayName: string; username: string | null };
  /** Within one organisation it changes the person to turn to, and nothing else. */
  withinOrganisation: boolean;
  /** Another organisation can't accept it until that is over. */
  suspended: boolean;
  /** Only users of its organisation connect it: with a transfer to another one that ends for all who have. */
  limitToAccount: boolean;
  expiresAt: Date;
};

/** Whom an app may be offered to: a username of the own organisation, or the name of another one. */
export type Recipient = { kind: 'member'; username: string } | { kind: 'organisation'; name: string };

export type OfferOutcome =
  | { ok: true; to: string }
  /** The organisation has no such app. */
  | { ok: false; reason: 'not_found' }
  /** `no_recipient`: nobody of that name who could take it. */
  | { ok: false; reason: 'no_recipient' | 'already_there' }
  /** It goes to no other organisation until that is over. */
  | { ok: false; reason: 'suspended' }
  /** That organisation has declined this app lately. */
  | { ok: false; reason: 'declined_lately'; to: string }
  /** Enough offers of this organisation wait there: those of these apps of its own. */
  | { ok: false; reason: 'too_many_offers'; to: string; waiting: OfferedApp[] };

export type OfferedApp = { id: number; name: string };

/** Offers an app; a later offer replaces the one before. Nothing changes until the other side accepts. */
export async function offerTransfer(actor: Actor, appId: number, recipient: Recipient): Promise<OfferOutcome> {
  return prisma().$transaction(async (db) => {
    // Two offers of different apps count one after the other. Organisations before apps.
    await db.$queryRaw`SELECT id FROM tenants WHERE id = ${actor.tenantId} FOR NO KEY UPDATE`;
    const app = await lockApp(db, appId, actor.tenantId);
    if (!app) return { ok: false, reason: 'not_found' };
    const to = await findRecipient(db, actor, recipient);
    if (!to) return { ok: false, reason: 'no_recipient' };
    if (to.tenantId === actor.tenantId && to.userId === app.managerId) return { ok: false, reason: 'already_there' };
    if (to.userId === null) {
      const problem = await offerProblem(db, actor, app, to);
      if (problem) return problem;
    }
    await db.$executeRaw`
      INSERT INTO app_transfers (app_id, to_tenant_id, to_user_id, created_by_id, expires_at)
      VALUES (${appId}, ${to.tenantId}, ${to.userId}::uuid, ${actor.userId}::uuid, db_now() + make_interval(days => ${TRANSFER_DAYS}::int))
      ON CONFLICT (app_id) DO UPDATE SET to_tenant_id = excluded.to_tenant_id, to_user_id = excluded.to_user_id,
        created_by_id = excluded.created_by_id, created_at = db_now(), expires_at = excluded.expires_at`;
    await audit(db, actor, 'app_transfer_offered', `app:${appId}`, { to: to.name });
    return { ok: true, to: to.name };
  });
}

/**
 * What keeps an app from going to another organisation, and one organisation from flooding the page of another, which can do
 * nothing but decline.
 */
async function offerProblem(
  db: Prisma.TransactionClient,
  actor: Actor,
  app: LockedApp,
  to: Found,
): Promise<OfferOutcome | null> {
  if (app.suspended) return { ok: false, reason: 'suspended' };
  const [found] = await db.$queryRaw<{ declined: boolean }[]>`
    SELECT EXISTS (SELECT FROM app_transfer_declines d WHERE d.app_id = ${app.id} AND d.to_tenant_id = ${to.tenantId}
             AND d.declined_at > clock_timestamp() - make_interval(days => ${DECLINED_DAYS}::int)) AS declined`;
  if (found?.declined) return { ok: false, reason: 'declined_lately', to: to.name };
  const waiting = await db.$queryRaw<OfferedApp[]>`
    SELECT a.id, a.name FROM app_transfers f JOIN apps a ON a.id = f.app_id
     WHERE f.to_tenant_id = ${to.tenantId} AND a.tenant_id = ${actor.tenantId} AND f.app_id <> ${app.id}
       AND f.expires_at > clock_timestamp() AND a.deleted_at IS NULL
     ORDER BY f.created_at, a.id LIMIT ${MAX_OPEN_OFFERS}`;
  return waiting.length < MAX_OPEN_OFFERS ? null : { ok: false, reason: 'too_many_offers', to: to.name, waiting };
}

/** Takes an offer back. @returns false when there was none */
export async function cancelTransfer(actor: Actor, appId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const { count } = await db.appTransfer.deleteMany({ where: { appId, app: { tenantId: actor.tenantId } } });
    if (count > 0) await audit(db, actor, 'app_transfer_cancelled', `app:${appId}`);
    return count > 0;
  });
}

/** The other side says no; both sides have it on record. @returns false when nothing is offered to them */
export async function declineTransfer(actor: Actor, appId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const app = await lockApp(db, appId);
    if (!app) return false;
    const { count } = await db.appTransfer.deleteMany({ where: { appId, ...offeredTo(actor) } });
    if (count === 0) return false;
    await audit(db, actor, 'app_transfer_declined', `app:${appId}`, { name: app.name });
    if (app.tenantId === actor.tenantId) return true;
    await db.$executeRaw`
      INSERT INTO app_transfer_declines (app_id, to_tenant_id, declined_at) VALUES (${appId}, ${actor.tenantId}, db_now())
      ON CONFLICT (app_id, to_tenant_id) DO UPDATE SET declined_at = excluded.declined_at`;
    const by = { name: app.name, organisation: await displayNameOf(db, actor.tenantId) };
    await audit(db, { ...actor, tenantId: app.tenantId }, 'app_transfer_declined', `app:${appId}`, by);
    return true;
  });
}

export type AcceptOutcome =
  | { ok: true; appName: string; movedOrganisation: boolean }
  /** `gone`: nothing is offered to this person, or no longer. `suspended`: the offer stands, and waits until that is over. */
  | { ok: false; reason: 'gone' | 'suspended' };

/** Takes an app. People of the organisation who waited for it may use it from now on, as all of the organisation's own. */
export async function acceptTransfer(actor: Actor, appId: number): Promise<AcceptOutcome> {
  const outcome = await accept(actor, appId);
  if (outcome.ok && outcome.movedOrganisation) await settleLetInNow(appId);
  return outcome;
}

async function accept(actor: Actor, appId: number): Promise<AcceptOutcome> {
  return prisma().$transaction<AcceptOutcome>(async (db) => {
    const app = await lockApp(db, appId);
    // Whoever is offered nothing learns nothing about the app, not even that it is suspended.
    if (!app || !(await holdOffer(db, actor, appId))) return { ok: false, reason: 'gone' };
    const movedOrganisation = app.tenantId !== actor.tenantId;
    if (movedOrganisation && app.suspended) return { ok: false, reason: 'suspended' };
    await db.appTransfer.deleteMany({ where: { appId, ...offeredTo(actor) } });
    // What is on its way has asked whether the one organisation is suspended: it must not end up with the other.
    if (movedOrganisation) await holdTokens(db, appId);
    await db.app.updateMany({
      where: { id: appId, tenantId: app.tenantId },
      data: { tenantId: actor.tenantId, ownerId: actor.userId, ...(movedOrganisation ? WITHOUT_BADGE : {}) },
    });
    if (movedOrganisation) await leave(db, actor, appId, app);
    const from = movedOrganisation ? { from: await displayNameOf(db, app.tenantId) } : {};
    await audit(db, actor, 'app_transferred', `app:${appId}`, { name: app.name, movedOrganisation, ...from });
    return { ok: true, appName: app.name, movedOrganisation };
  });
}

/** Keeps what is offered to somebody from being taken back, until the transaction ends. @returns whether anything is */
async function holdOffer(db: Prisma.TransactionClient, { tenantId, userId }: Actor, appId: number): Promise<boolean> {
  const offers = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM app_transfers WHERE app_id = ${appId} AND to_tenant_id = ${tenantId}
       AND (to_user_id IS NULL OR to_user_id = ${userId}::uuid) AND expires_at > clock_timestamp() FOR UPDATE`;
  return offers.length > 0;
}

/**
 * What the former organisation had open ends, what it was only preparing is nobody else's to read. Who has declined the app has
 * declined that organisation's offer, which binds no other one. On record there, too.
 */
async function leave(db: Prisma.TransactionClient, actor: Actor, appId: number, app: LockedApp): Promise<void> {
  await discardDraft(db, appId);
  await db.$executeRaw`
    UPDATE verification_requests SET status = 'WITHDRAWN', decided_at = db_now(), decided_by_id = ${actor.userId}::uuid
     WHERE app_id = ${appId} AND status = 'OPEN'`;
  await db.appTransferDecline.deleteMany({ where: { appId } });
  const away = { name: app.name, organisation: await displayNameOf(db, actor.tenantId) };
  await audit(db, { ...actor, tenantId: app.tenantId }, 'app_transferred_away', `app:${appId}`, away);
}

async function displayNameOf(db: Prisma.TransactionClient, id: number): Promise<string> {
  return (await db.tenant.findFirst({ where: { id }, select: { displayName: true } }))?.displayName ?? '';
}

/** The offer of an app of this organisation, or null. */
export async function findTransfer(tenantId: number, appId: number): Promise<Transfer | null> {
  const [offer] = await readTransfers(Prisma.sql`f.app_id = ${appId} AND a.tenant_id = ${tenantId}`, 1);
  return offer ?? null;
}

/**
 * What is offered to this person or this person's organisation, the oldest first.
 * @returns some of them, and how many more there are, counted up to one more than MOST_COUNTED
 */
export async function listTransfersTo(actor: Actor): Promise<{ offers: Transfer[]; further: number }> {
  const where = Prisma.sql`f.to_tenant_id = ${actor.tenantId} AND (f.to_user_id IS NULL OR f.to_user_id = ${actor.userId}::uuid)`;
  const offers = await readTransfers(where, OFFERS_SHOWN);
  if (offers.length < OFFERS_SHOWN) return { offers, further: 0 };
  const [counted] = await prisma().$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM (SELECT ${WAITING} AND ${where} OFFSET ${OFFERS_SHOWN} LIMIT ${MOST_COUNTED + 1}) bounded`;
  return { offers, further: counted?.n ?? 0 };
}

const offeredTo = ({ tenantId, userId }: Actor) =>
  ({ toTenantId: tenantId, OR: [{ toUserId: null }, { toUserId: userId }] }) satisfies Prisma.AppTransferWhereInput;

type LockedApp = { id: number; name: string; tenantId: number; managerId: string; suspended: boolean };

async function lockApp(db: Prisma.TransactionClient, appId: number, tenantId?: number): Promise<LockedApp | null> {
  const rows = await db.$queryRaw<LockedApp[]>`
    SELECT id, name, tenant_id AS "tenantId", coalesce(owner_id, created_by_id) AS "managerId", status = 'SUSPENDED' AS suspended
      FROM apps WHERE id = ${appId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  const app = rows[0];
  return app && (tenantId === undefined || app.tenantId === tenantId) ? app : null;
}

type Found = { tenantId: number; userId: string | null; name: string };

async function findRecipient(db: Prisma.TransactionClient, actor: Actor, to: Recipient): Promise<Found | null> {
  if (to.kind === 'organisation') {
    const [tenant] = await db.$queryRaw<{ id: number; name: string }[]>`
      SELECT id, display_name AS name FROM tenants
       WHERE lower(name) = lower(${to.name}) AND status = 'ACTIVE' AND id <> ${actor.tenantId}`;
    return tenant ? { tenantId: tenant.id, userId: null, name: tenant.name } : null;
  }
  const user = await db.user.findFirst({
    where: { username: to.username.toLowerCase(), tenantId: actor.tenantId, status: 'ACTIVE' },
    select: { id: true, username: true, role: true },
  });
  return user && canManageApps(user.role) ? { tenantId: actor.tenantId, userId: user.id, name: user.username } : null;
}

const WAITING = Prisma.sql`FROM app_transfers f JOIN apps a ON a.id = f.app_id JOIN tenants here ON here.id = a.tenant_id
      JOIN tenants there ON there.id = f.to_tenant_id LEFT JOIN users u ON u.id = f.to_user_id
     WHERE f.expires_at > clock_timestamp() AND a.deleted_at IS NULL`;

async function readTransfers(where: Prisma.Sql, most: number): Promise<Transfer[]> {
  return prisma().$queryRaw<Transfer[]>`
    SELECT f.app_id AS "appId", a.name AS "appName", a.tenant_id = f.to_tenant_id AS "withinOrganisation",
           a.status = 'SUSPENDED' AS suspended, a.limit_to_account AS "limitToAccount",
           json_build_object('tenantId', a.tenant_id, 'displayName', here.display_name) AS "from",
           json_build_object('tenantId', f.to_tenant_id, 'displayName', there.display_name, 'username', u.username) AS "to",
           f.expires_at AS "expiresAt"
      ${WAITING} AND ${where} ORDER BY f.created_at, f.app_id LIMIT ${most}`;
}
