import type { Prisma } from '@/generated/prisma/client';
import { MAX_LIVE_SECRETS } from '@/lib/apps/secrets';
import type { Proof } from '@/lib/oauth/client';
import { type Actor, audit } from './audit';
import { isUniqueViolation, prisma } from './prisma';

type NewApp = { name: string; nameKey: string; description: string; limitToAccount: boolean; clientId: string };

/** Registers an application. The unique index on the name's key decides between two who come at once. */
export async function createApp(
  actor: Actor,
  app: NewApp,
): Promise<{ ok: true; id: number } | { ok: false; reason: 'name_taken' }> {
  try {
    return await prisma().$transaction(async (db) => {
      const { id } = await db.app.create({
        data: { ...app, tenantId: actor.tenantId, createdById: actor.userId },
        select: { id: true },
      });
      await audit(db, actor, 'app_created', `app:${id}`, { name: app.name });
      return { ok: true, id } as const;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return { ok: false, reason: 'name_taken' };
    throw error;
  }
}

/** Changes description and reach. @returns false when the organisation has no such app */
export async function updateApp(
  actor: Actor,
  appId: number,
  change: { description: string; limitToAccount: boolean },
): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const { count } = await db.app.updateMany({
      where: { id: appId, tenantId: actor.tenantId, deletedAt: null },
      data: change,
    });
    if (count === 0) return false;
    await audit(db, actor, 'app_changed', `app:${appId}`, { limitToAccount: change.limitToAccount });
    return true;
  });
}

/** Replaces the list of redirect URIs. @returns false when the organisation has no such app */
export async function replaceRedirectUris(actor: Actor, appId: number, uris: string[]): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    // The lock makes two editors replace the list one after the other, not one into the other.
    if (!(await lockApp(db, actor.tenantId, appId))) return false;
    await db.redirectUri.deleteMany({ where: { appId, uri: { notIn: uris } } });
    await db.redirectUri.createMany({ data: uris.map((uri) => ({ appId, uri })), skipDuplicates: true });
    await audit(db, actor, 'redirect_uris_changed', `app:${appId}`, { redirectUris: uris });
    return true;
  });
}

// What the new way can't prove any more: families and codes issued on a way that it excludes.
const EXCLUDED: Record<Proof, Prisma.RefreshTokenWhereInput | null> = {
  SECRET_OR_PKCE: null,
  SECRET_REQUIRED: { withSecret: false },
  PKCE_ONLY: { withSecret: true },
};

/** Live connections that a change of the way an app proves itself would end. */
export async function connectionsEndedByProof(tenantId: number, appId: number, proof: Proof): Promise<number> {
  const excluded = EXCLUDED[proof];
  if (!excluded) return 0;
  return prisma().refreshToken.count({
    where: { ...excluded, appId, revokedAt: null, connection: { endedAt: null, app: { tenantId, deletedAt: null } } },
  });
}

/**
 * Changes how an app proves itself and ends the connections that the new way excludes.
 * @returns null when the organisation has no such app
 */
export async function changeProof(
  actor: Actor,
  appId: number,
  change: { proof: Proof; requirePkce: boolean },
): Promise<{ endedConnections: number } | null> {
  return prisma().$transaction(async (db) => {
    if (!(await lockApp(db, actor.tenantId, appId))) return null;
    await lockGrants(db, appId);
    await db.app.updateMany({ where: { id: appId, tenantId: actor.tenantId, deletedAt: null }, data: change });
    const excluded = EXCLUDED[change.proof];
    const families = excluded
      ? await db.refreshToken.findMany({
          where: { ...excluded, appId, revokedAt: null },
          select: { connectionId: true },
          orderBy: { connectionId: 'asc' },
        })
      : [];
    const ending = families.map(({ connectionId }) => connectionId);
    await db.$queryRaw`
      SELECT count(end_connection(id, 'proof_changed', db_now()))::int FROM unnest(${ending}::uuid[]) AS ending (id)`;
    await db.authorizationCode.deleteMany({ where: { appId, redeemedAt: null } });
    if (change.proof === 'PKCE_ONLY') await db.appSecret.deleteMany({ where: { appId } });
    await audit(db, actor, 'app_proof_changed', `app:${appId}`, { ...change, endedConnections: ending.length });
    return { endedConnections: ending.length };
  });
}

/** Every story that touches an app's grants locks them after the app and before anything below, in one order. */
async function lockGrants(db: Prisma.TransactionClient, appId: number): Promise<void> {
  await db.$queryRaw`SELECT id FROM grants WHERE app_id = ${appId} ORDER BY id FOR UPDATE`;
}

/** Adds a secret; at most two live at a time, and an expired one makes room. A PKCE-only app has none. */
export async function createSecret(
  actor: Actor,
  appId: number,
  secret: { digest: Buffer; lastFour: string; lifetimeDays: number | null },
): Promise<'created' | 'too_many' | 'not_found' | 'not_allowed'> {
  return prisma().$transaction(async (db) => {
    const app = await lockApp(db, actor.tenantId, appId);
    if (!app) return 'not_found';
    if (app.proof === 'PKCE_ONLY') return 'not_allowed';
    if ((await liveSecrets(db, appId)).length >= MAX_LIVE_SECRETS) return 'too_many';
    const { digest, lastFour, lifetimeDays } = secret;
    await db.$executeRaw`
      INSERT INTO app_secrets (app_id, digest, last_four, expires_at)
      VALUES (${appId}, ${new Uint8Array(digest)}, ${lastFour}, db_now() + make_interval(days => ${lifetimeDays}::int))`;
    await audit(db, actor, 'secret_created', `app:${appId}`, { lastFour, lifetimeDays });
    return 'created';
  });
}

/** Deletes a secret; the last live one of an app that can't do without stays. */
export async function deleteSecret(
  actor: Actor,
  appId: number,
  secretId: string,
): Promise<'deleted' | 'last' | 'not_found'> {
  return prisma().$transaction(async (db) => {
    const app = await lockApp(db, actor.tenantId, appId);
    const secret =
      app && (await db.appSecret.findFirst({ where: { id: secretId, appId }, select: { lastFour: true } }));
    if (!app || !secret) return 'not_found';
    const others = (await liveSecrets(db, appId)).filter((id) => id !== secretId);
    if (app.proof === 'SECRET_REQUIRED' && others.length === 0) return 'last';
    await db.appSecret.deleteMany({ where: { id: secretId, appId } });
    await audit(db, actor, 'secret_deleted', `app:${appId}`, { lastFour: secret.lastFour });
    return 'deleted';
  });
}

async function lockApp(
  db: Prisma.TransactionClient,
  tenantId: number,
  appId: number,
): Promise<{ proof: Proof } | null> {
  const rows = await db.$queryRaw<{ proof: Proof }[]>`
    SELECT proof::text AS proof FROM apps WHERE id = ${appId} AND tenant_id = ${tenantId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

async function liveSecrets(db: Prisma.TransactionClient, appId: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM app_secrets WHERE app_id = ${appId} AND (expires_at IS NULL OR expires_at > clock_timestamp())`;
  return rows.map(({ id }) => id);
}

/**
 * Deletes an application with everything below it; its access tokens are inactive at once.
 * @returns how many live connections that ended, or null when the organisation has no such app
 */
export async function deleteApp(actor: Actor, appId: number): Promise<{ endedConnections: number } | null> {
  return prisma().$transaction(async (db) => {
    // The whole row: whoever is about to put something under it holds its key, and holds it before any grant.
    const rows = await db.$queryRaw<{ name: string }[]>`
      SELECT name FROM apps WHERE id = ${appId} AND tenant_id = ${actor.tenantId} AND deleted_at IS NULL FOR UPDATE`;
    const app = rows[0];
    if (!app) return null;
    await lockGrants(db, appId);
    const endedConnections = await db.connection.count({ where: { appId, endedAt: null } });
    const { count } = await db.app.deleteMany({ where: { id: appId, tenantId: actor.tenantId, deletedAt: null } });
    if (count === 0) return null;
    await audit(db, actor, 'app_deleted', `app:${appId}`, { name: app.name, endedConnections });
    return { endedConnections };
  });
}
