import { Prisma } from '@/generated/prisma/client';
import {
  type AppFace,
  type BoundScope,
  boundsOf,
  type FaceChange,
  nothingPending,
  type PendingChanges,
  splitChange,
} from '@/lib/apps/verification';
import { type BadgeApp, databaseNow, iconExists, isProven, lockBadgeApp, readBadgeApp, writeFace } from './app-face';
import { type Actor, audit } from './audit';
import { prisma } from './prisma';

/** What became of a change: what is live now, and what waits for a reviewer. */
export type SaveOutcome =
  | { ok: true; live: AppFace; pending: PendingChanges }
  /**
   * `needs_scope`: an app that has declared its scopes keeps a live one, without any it could ask for everything. `no_icon`: nobody keeps that picture.
   * `domain_not_proven`: the organisation hasn't proven the domain.
   */
  | { ok: false; reason: 'not_found' | 'needs_scope' | 'no_icon' | 'domain_not_proven' };

/** What is live and what waits of an app of this organisation; null: there is none. */
export async function findFace(
  tenantId: number,
  appId: number,
): Promise<{ live: AppFace; pending: PendingChanges; verified: boolean } | null> {
  const app = await readBadgeApp(prisma(), appId, tenantId);
  return app && { live: app.face, pending: app.pending, verified: app.verified };
}

/** Replaces the list of redirect URIs, which the caller has judged. */
export const saveRedirectUris = (actor: Actor, appId: number, redirectUris: string[]): Promise<SaveOutcome> =>
  saveFace(actor, appId, { redirectUris }, 'redirect_uris_changed');

/** Replaces the list of scopes that the app may ask for. Once there is one, one stays live. */
export const saveScopes = (actor: Actor, appId: number, scopes: BoundScope[]): Promise<SaveOutcome> =>
  saveFace(actor, appId, { scopes }, 'scopes_changed');

/** Changes the icon to one that is kept already. @param digest null: none */
export const saveIcon = (actor: Actor, appId: number, digest: string | null): Promise<SaveOutcome> =>
  saveFace(actor, appId, { icon: digest }, 'icon_changed');

/** Names the publisher by one of the organisation's proven domains. @param domain null: none */
export const savePublisherDomain = (actor: Actor, appId: number, domain: string | null): Promise<SaveOutcome> =>
  saveFace(actor, appId, { publisherDomain: domain }, 'publisher_domain_changed');

/** Drops what waits; the live version stays as it is. @returns false when the organisation has no such app */
export async function discardPendingChanges(actor: Actor, appId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const app = await lockBadgeApp(db, appId, actor.tenantId);
    if (!app) return false;
    if (nothingPending(app.pending)) return true;
    await db.app.updateMany({
      where: { id: appId, tenantId: actor.tenantId },
      data: { pendingChanges: Prisma.DbNull },
    });
    await audit(db, actor, 'pending_changes_discarded', `app:${appId}`, app.pending);
    await withdrawPointless(db, actor, appId);
    return true;
  });
}

async function saveFace(actor: Actor, appId: number, change: FaceChange, kind: string): Promise<SaveOutcome> {
  return prisma().$transaction(async (db) => {
    const { icon, publisherDomain } = change;
    const proven = !publisherDomain || (await isProven(db, actor.tenantId, publisherDomain));
    const app = await lockBadgeApp(db, appId, actor.tenantId);
    if (!app) return { ok: false, reason: 'not_found' };
    if (!proven) return { ok: false, reason: 'domain_not_proven' };
    if (icon && !(await iconExists(db, icon))) return { ok: false, reason: 'no_icon' };
    const split = splitChange(
      { live: app.face, pending: app.pending, bounds: app.snapshot && boundsOf(app.snapshot) },
      change,
    );
    // No row at all means every scope: the narrowest change would be the widest.
    if (split.live.scopes?.length === 0) return { ok: false, reason: 'needs_scope' };
    await writeFace(db, app, split, { verified: app.verified });
    await audit(db, actor, kind, `app:${appId}`, { ...change, pending: split.pending });
    await withdrawIfPointless(db, actor, app, split.pending);
    return { ok: true, ...split };
  });
}

/**
 * A request about changes of which none is left asks for nothing. A suspended app's stays until it is reinstated: its
 * conversation is the way to the reviewers.
 */
async function withdrawPointless(db: Prisma.TransactionClient, actor: Actor, appId: number): Promise<void> {
  const { count } = await db.verificationRequest.updateMany({
    where: { appId, status: 'OPEN', submittedAt: { not: null }, app: { status: 'ACTIVE' } },
    data: { status: 'WITHDRAWN', decidedAt: await databaseNow(db), decidedById: actor.userId },
  });
  if (count > 0) await audit(db, actor, 'verification_withdrawn', `app:${appId}`);
}

/**
 * The same where something may be left.
 * @param pending what waits of the app now; only a verified one's request is about that alone
 */
export async function withdrawIfPointless(
  db: Prisma.TransactionClient,
  actor: Actor,
  app: Pick<BadgeApp, 'id' | 'verified'>,
  pending: PendingChanges,
): Promise<void> {
  if (app.verified && nothingPending(pending)) await withdrawPointless(db, actor, app.id);
}
