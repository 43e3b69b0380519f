import type { Prisma } from '@/generated/prisma/client';
import { approveFace, nothingPending, type Snapshot, snapshotOf, wantedFace } from '@/lib/apps/verification';
import { runtime } from '@/lib/runtime/runtime';
import { type BadgeApp, databaseNow, iconExists, isProven, lockBadgeApp, readSnapshot, writeFace } from './app-face';
import { audit } from './audit';
import { endTokens, workOffNow } from './endings';
import { withdrawIfPointless } from './face-changes';
import { endNeverExpiring } from './never-expiring';
import { settleLetInNow } from './policy-changes';
import { prisma } from './prisma';
import { tellManagers } from './told';
import { write } from './verification';

/** What reviewers do. They are platform admins: the guard in front has asked for that. */

/** Who reviews; which organisation an act belongs to is the app's. */
export type Reviewer = { userId: string };

export type ReviewProblem =
  | 'not_found'
  /** Somebody else was first, or the developers withdrew it. */
  | 'decided_already'
  /** Nobody reviews an app of their own. */
  | 'own_app'
  /** The app is suspended: reinstate it first. */
  | 'suspended'
  | 'domain_not_proven'
  | 'icon_gone'
  /** Nothing is left of the scopes that were asked for. */
  | 'moved_on';

export type ReviewOutcome = { ok: true } | { ok: false; reason: ReviewProblem };

const refused = (reason: ReviewProblem): { ok: false; reason: ReviewProblem } => ({ ok: false, reason });

/** A request that waits, with its app; both stay as they are until the transaction ends. */
type Waiting = { app: BadgeApp; asked: Snapshot };

async function lockWaiting(
  db: Prisma.TransactionClient,
  reviewer: Reviewer,
  requestId: number,
): Promise<{ ok: true; value: Waiting } | { ok: false; reason: ReviewProblem }> {
  const named = await db.verificationRequest.findFirst({
    where: { id: requestId, submittedAt: { not: null } },
    select: { appId: true },
  });
  const app = named && (await lockBadgeApp(db, named.appId));
  if (!app) return { ok: false, reason: 'not_found' };
  // Read again under the app's lock: whoever decides or withdraws holds it, too.
  const request = await db.verificationRequest.findFirst({
    where: { id: requestId, status: 'OPEN', submittedAt: { not: null } },
    select: { createdById: true },
  });
  const asked = request && (await askedOf(db, requestId));
  if (!request || !asked) return { ok: false, reason: 'decided_already' };
  if (isOwn(reviewer, app) || request.createdById === reviewer.userId) return { ok: false, reason: 'own_app' };
  return { ok: true, value: { app, asked } };
}

/** What a request that was sent asks for. */
async function askedOf(db: Prisma.TransactionClient, requestId: number): Promise<Snapshot | null> {
  const request = await db.verificationRequest.findFirst({
    where: { id: requestId, submittedAt: { not: null } },
    select: { asked: true },
  });
  return request && readSnapshot(request.asked);
}

/** Whether the reviewer made the app or is the one to turn to: then somebody else decides. */
export const isOwn = ({ userId }: Reviewer, app: Pick<BadgeApp, 'createdById' | 'ownerId'>): boolean =>
  app.createdById === userId || app.ownerId === userId;

/**
 * Approves exactly what was asked for. What the developers added since waits on, what they dropped since does not come
 * back. A first approval gives the badge; organisations that let verified apps in answer then who waits for it.
 */
export async function approveRequest(reviewer: Reviewer, requestId: number): Promise<ReviewOutcome> {
  const outcome = await approve(reviewer, requestId);
  if (!outcome.ok) return outcome;
  await settleLetInNow(outcome.appId);
  return { ok: true };
}

type Approved = { ok: true; appId: number } | { ok: false; reason: ReviewProblem };

async function approve(reviewer: Reviewer, requestId: number): Promise<Approved> {
  return prisma().$transaction<Approved>(async (db) => {
    // Domains before apps, as whoever removes one does it.
    const publisher = (await askedOf(db, requestId))?.publisher;
    const domain = publisher?.domain ?? null;
    const proven = !publisher || domain === null || (await isProven(db, publisher.tenantId, domain));
    const locked = await lockWaiting(db, reviewer, requestId);
    if (!locked.ok) return locked;
    const { app, asked } = locked.value;
    // A transfer withdraws requests; this is the second door.
    if (asked.publisher.tenantId !== app.tenantId) return refused('decided_already');
    if (app.suspended) return refused('suspended');
    const split = approveFace(wantedFace(app.face, app.pending), asked, app.snapshot);
    if (!proven && split.live.publisherDomain === domain) return refused('domain_not_proven');
    if (split.live.icon && !(await iconExists(db, split.live.icon))) return refused('icon_gone');
    if ((split.live.scopes ?? []).length === 0) return refused('moved_on');
    await writeFace(db, app, split, { verified: true });
    await db.app.updateMany({ where: { id: app.id }, data: { state: 'VERIFIED' } });
    await decide(db, reviewer, app, requestId, { status: 'APPROVED' });
    await audit(db, actorFor(reviewer, app), 'verification_approved', `app:${app.id}`, {
      request: requestId,
      name: app.name,
      snapshot: snapshotOf(app, split.live),
      first: !app.verified,
      stillPending: !nothingPending(split.pending),
    });
    await tellManagers(db, app.id, {
      kind: 'review_decided',
      data: { appName: app.name, appId: app.id, outcome: 'approved', reason: null },
    });
    return { ok: true, appId: app.id };
  });
}

/** Rejects with a reason that the developers read. What is live stays live. */
export async function rejectRequest(reviewer: Reviewer, requestId: number, reason: string): Promise<ReviewOutcome> {
  return prisma().$transaction(async (db) => {
    const locked = await lockWaiting(db, reviewer, requestId);
    if (!locked.ok) return locked;
    const { app } = locked.value;
    await decide(db, reviewer, app, requestId, { status: 'REJECTED', reason });
    await audit(db, actorFor(reviewer, app), 'verification_rejected', `app:${app.id}`, {
      request: requestId,
      name: app.name,
      reason,
    });
    await tellManagers(db, app.id, {
      kind: 'review_decided',
      data: { appName: app.name, appId: app.id, outcome: 'rejected', reason },
    });
    return { ok: true };
  });
}

const actorFor = ({ userId }: Reviewer, { tenantId }: Pick<BadgeApp, 'tenantId'>) => ({ userId, tenantId });

async function decide(
  db: Prisma.TransactionClient,
  reviewer: Reviewer,
  app: BadgeApp,
  requestId: number,
  decision: { status: 'APPROVED' | 'REJECTED'; reason?: string },
): Promise<void> {
  const { count } = await db.verificationRequest.updateMany({
    where: { id: requestId, appId: app.id, status: 'OPEN' },
    data: { ...decision, decidedById: reviewer.userId, decidedAt: await databaseNow(db) },
  });
  // The app's lock decides between two; whatever gets past it must not half happen.
  if (count !== 1) throw new Error(`request ${requestId} was decided twice`);
}

/** Whether those who sent a request still have the app: others are shown nothing of it (`sentBy`). */
export const isFromOwner = (asked: Snapshot | null, app: Pick<BadgeApp, 'tenantId'>): boolean =>
  asked?.publisher.tenantId === app.tenantId;

/**
 * A reviewer writes to the developers.
 * @returns `former_owner`: those who sent the request no longer have the app, so nobody would read it
 */
export async function writeToDevelopers(
  reviewer: Reviewer,
  requestId: number,
  body: string,
): Promise<'written' | 'too_many' | 'not_found' | 'former_owner'> {
  return prisma().$transaction(async (db) => {
    const named = await db.verificationRequest.findFirst({
      where: { id: requestId, submittedAt: { not: null } },
      select: { appId: true },
    });
    // Whoever takes the app holds it, too.
    const app = named && (await lockBadgeApp(db, named.appId));
    if (!app) return 'not_found';
    if (!isFromOwner(await askedOf(db, requestId), app)) return 'former_owner';
    return write(db, { id: requestId, appId: app.id }, { authorId: reviewer.userId, fromReviewer: true, body });
  });
}

/** Stops an app at once: no codes, no tokens, and what it holds is inactive within a second on every server. */
export async function suspendApp(reviewer: Reviewer, appId: number, reason: string): Promise<ReviewOutcome> {
  return prisma().$transaction(async (db) => {
    const app = await lockBadgeApp(db, appId);
    if (!app) return refused('not_found');
    if (app.suspended) return refused('decided_already');
    await db.app.updateMany({
      where: { id: appId, status: 'ACTIVE' },
      data: { status: 'SUSPENDED', suspendedReason: reason, suspendedAt: await databaseNow(db) },
    });
    await audit(db, actorFor(reviewer, app), 'app_suspended', `app:${appId}`, { name: app.name, reason });
    await tellManagers(db, appId, { kind: 'app_suspended', data: { appName: app.name, appId, reason } });
    return { ok: true };
  });
}

/**
 * Lets a suspended app work again. Its refresh tokens work again with it, unless its connections end; access tokens from
 * before stay inactive.
 */
export async function reinstateApp(
  reviewer: Reviewer,
  appId: number,
  { endConnections }: { endConnections: boolean },
): Promise<ReviewOutcome> {
  const outcome = await prisma().$transaction(async (db): Promise<ReviewOutcome> => {
    const app = await lockBadgeApp(db, appId);
    if (!app) return refused('not_found');
    if (!app.suspended) return refused('decided_already');
    if (isOwn(reviewer, app)) return refused('own_app');
    if (endConnections) await endTokens(db, appId, { withSecret: null, codesOnly: false, reason: 'revoked_by_admin' });
    await db.app.updateMany({
      where: { id: appId, status: 'SUSPENDED', deletedAt: null },
      data: { status: 'ACTIVE', suspendedReason: null, suspendedAt: null },
    });
    await audit(db, actorFor(reviewer, app), 'app_reinstated', `app:${appId}`, { name: app.name, endConnections });
    await withdrawIfPointless(db, actorFor(reviewer, app), app, app.pending);
    const data = { appName: app.name, appId, connectionsEnded: endConnections };
    await tellManagers(db, appId, { kind: 'app_reinstated', data });
    return { ok: true };
  });
  if (outcome.ok && endConnections) await workOffNow(appId);
  return outcome;
}

export type NeverExpiresOutcome = { ok: true } | { ok: false; reason: 'not_found' | 'own_app' | 'not_backend' };

/** Lets a verified backend app (one that always shows a secret) keep refresh tokens for ever. */
export async function grantNeverExpires(reviewer: Reviewer, appId: number): Promise<NeverExpiresOutcome> {
  return prisma().$transaction(async (db) => {
    const app = await lockBadgeApp(db, appId);
    if (!app) return { ok: false, reason: 'not_found' };
    if (isOwn(reviewer, app)) return { ok: false, reason: 'own_app' };
    if (!app.verified || app.proof !== 'SECRET_REQUIRED') return { ok: false, reason: 'not_backend' };
    if (app.neverExpires) return { ok: true };
    await db.app.updateMany({ where: { id: appId }, data: { neverExpires: true } });
    await audit(db, actorFor(reviewer, app), 'never_expires_granted', `app:${appId}`, { name: app.name });
    return { ok: true };
  });
}

/** Takes that back. Tokens without an end get one, a year from now, in batches. */
export async function withdrawNeverExpires(reviewer: Reviewer, appId: number): Promise<NeverExpiresOutcome> {
  const outcome = await prisma().$transaction(async (db): Promise<NeverExpiresOutcome> => {
    const app = await lockBadgeApp(db, appId);
    if (!app) return { ok: false, reason: 'not_found' };
    if (!app.neverExpires) return { ok: true };
    await db.app.updateMany({ where: { id: appId }, data: { neverExpires: false } });
    await audit(db, actorFor(reviewer, app), 'never_expires_withdrawn', `app:${appId}`, { name: app.name });
    return { ok: true };
  });
  await endNeverExpiring(runtime().pool);
  return outcome;
}
