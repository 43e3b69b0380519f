import { z } from 'zod';
import { Prisma } from '@/generated/prisma/client';
import {
  type AppFace,
  type BoundScope,
  nothingPending,
  type PendingChanges,
  type Snapshot,
  type Split,
  snapshotOf,
} from '@/lib/apps/verification';
import type { Proof } from '@/lib/oauth/client';
import { prisma } from './prisma';

/** An app as far as its badge is concerned. */
export type BadgeApp = {
  id: number;
  tenantId: number;
  name: string;
  verified: boolean;
  suspended: boolean;
  proof: Proof;
  neverExpires: boolean;
  createdById: string;
  ownerId: string | null;
  face: AppFace;
  pending: PendingChanges;
  /** What the badge is bound to; null without a badge. */
  snapshot: Snapshot | null;
};

const scope = z.object({
  name: z.string(),
  access: z.enum(['r', 'w', 'd']),
  optional: z.boolean(),
  purpose: z.string(),
});
const pendingChanges = z.object({
  redirectUris: z.array(z.string()).optional(),
  scopes: z.array(scope).optional(),
  icon: z.string().optional(),
  publisherDomain: z.string().optional(),
});
const snapshot = z.object({
  name: z.string(),
  redirectHosts: z.array(z.string()),
  scopes: z.array(scope).nullable(),
  icon: z.string().nullable(),
  publisher: z.object({ tenantId: z.number(), domain: z.string().nullable() }),
});

/** @throws ZodError when the column holds something else than we write */
export const readPending = (value: unknown): PendingChanges => (value === null ? {} : pendingChanges.parse(value));
export const readSnapshot = (value: unknown): Snapshot | null => (value === null ? null : snapshot.parse(value));

/** Without rows an app has not said what it may ask for, and may ask for everything. */
export const scopesOfRows = (rows: BoundScope[]): BoundScope[] | null => (rows.length > 0 ? rows : null);

type Row = Omit<BadgeApp, 'face' | 'pending' | 'snapshot'> & {
  icon: string | null;
  publisherDomain: string | null;
  pending: unknown;
  snapshot: unknown;
  redirectUris: string[];
  scopes: BoundScope[];
};

/**
 * Reads an app and keeps everybody else from changing it until the transaction ends.
 * @param tenantId left out: whichever organisation's it is (reviewers)
 */
export async function lockBadgeApp(
  db: Prisma.TransactionClient,
  appId: number,
  tenantId?: number,
): Promise<BadgeApp | null> {
  const locked = await db.$queryRaw<{ tenantId: number }[]>`
    SELECT tenant_id AS "tenantId" FROM apps WHERE id = ${appId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  if (!locked[0] || (tenantId !== undefined && locked[0].tenantId !== tenantId)) return null;
  return readBadgeApp(db, appId, locked[0].tenantId);
}

/** The same without a lock. */
export async function readBadgeApp(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  appId: number,
  tenantId?: number,
): Promise<BadgeApp | null> {
  const [found] = await readBadgeApps(
    db,
    Prisma.sql`a.id = ${appId} ${tenantId === undefined ? Prisma.empty : Prisma.sql`AND a.tenant_id = ${tenantId}`}`,
  );
  return found ?? null;
}

/** The apps that fit, in no order. */
export async function readBadgeApps(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  where: Prisma.Sql,
): Promise<BadgeApp[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT a.id, a.tenant_id AS "tenantId", a.name, a.state = 'VERIFIED' AS verified, a.status = 'SUSPENDED' AS suspended,
           a.proof::text AS proof, a.never_expires AS "neverExpires", a.created_by_id AS "createdById",
           a.owner_id AS "ownerId", a.icon_digest AS icon, a.publisher_domain AS "publisherDomain",
           a.pending_changes AS pending, a.verified_snapshot AS snapshot,
           ARRAY(SELECT r.uri FROM redirect_uris r WHERE r.app_id = a.id ORDER BY r.id) AS "redirectUris",
           (SELECT coalesce(json_agg(json_build_object('name', s.name, 'access', s.access, 'optional', s.optional,
                     'purpose', s.purpose) ORDER BY s.id), '[]') FROM app_scopes s WHERE s.app_id = a.id) AS scopes
      FROM apps a WHERE a.deleted_at IS NULL AND ${where}`;
  return rows.map(badgeAppOf);
}

function badgeAppOf({ icon, publisherDomain, redirectUris, scopes, pending, snapshot, ...app }: Row): BadgeApp {
  const face = { redirectUris, scopes: scopesOfRows(scopes), icon, publisherDomain };
  // A badge from before there were snapshots is bound to what is live.
  const bound = readSnapshot(snapshot) ?? (app.verified ? snapshotOf(app, face) : null);
  return { ...app, face, pending: readPending(pending), snapshot: app.verified ? bound : null };
}

/** Writes what a split decided: the live rows, what waits and, for a verified app, what the badge is bound to. */
export async function writeFace(
  db: Prisma.TransactionClient,
  app: BadgeApp,
  { live, pending }: Split,
  data: { verified: boolean },
): Promise<void> {
  await replaceRedirectUris(db, app.id, live.redirectUris);
  await replaceScopes(db, app, live.scopes ?? []);
  await db.app.updateMany({
    where: { id: app.id, tenantId: app.tenantId },
    data: {
      iconDigest: live.icon,
      publisherDomain: live.publisherDomain,
      pendingChanges: nothingPending(pending) ? Prisma.DbNull : pending,
      verifiedSnapshot: data.verified ? snapshotOf(app, live) : Prisma.DbNull,
    },
  });
}

async function replaceRedirectUris(db: Prisma.TransactionClient, appId: number, uris: string[]): Promise<void> {
  await db.redirectUri.deleteMany({ where: { appId, uri: { notIn: uris } } });
  await db.redirectUri.createMany({ data: uris.map((uri) => ({ appId, uri })), skipDuplicates: true });
}

/** Touches only what is different: whoever reads meanwhile sees a scope as it was or as it is. */
async function replaceScopes(db: Prisma.TransactionClient, app: BadgeApp, scopes: BoundScope[]): Promise<void> {
  const key = (entry: BoundScope) => JSON.stringify([entry.name, entry.access, entry.optional, entry.purpose]);
  const present = new Set((app.face.scopes ?? []).map(key));
  const kept = scopes.filter((entry) => present.has(key(entry))).map(({ name }) => name);
  await db.appScope.deleteMany({ where: { appId: app.id, name: { notIn: kept } } });
  await db.appScope.createMany({
    data: scopes.filter((entry) => !present.has(key(entry))).map((entry) => ({ appId: app.id, ...entry })),
  });
}

/**
 * Whether the organisation has proven that the domain is its own; it stays so until the transaction ends. Asked before
 * an app is locked: whoever removes a domain holds it before its apps.
 */
export async function isProven(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  tenantId: number,
  domain: string,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT id FROM publisher_domains
     WHERE tenant_id = ${tenantId} AND domain = ${domain} AND proven_at IS NOT NULL FOR SHARE`;
  return rows.length > 0;
}

/** Whether the icon is kept: one that nobody refers to is not for long. */
export async function iconExists(db: Pick<Prisma.TransactionClient, 'appIcon'>, digest: string): Promise<boolean> {
  return (await db.appIcon.count({ where: { digest } })) > 0;
}

/** The database's clock, for what is written by Prisma. */
export async function databaseNow(db: Pick<Prisma.TransactionClient, '$queryRaw'> = prisma()): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT db_now() AS now`;
  return rows[0]?.now as Date;
}
