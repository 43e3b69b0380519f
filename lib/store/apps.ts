import type { Prisma } from '@/generated/prisma/client';
import { MOST_COUNTED } from '@/lib/apps/counts';
import type { MailData } from '@/lib/apps/mails';
import type { AppProfile } from '@/lib/apps/profile';
import { deleteSecretProblem, MAX_LIVE_SECRETS } from '@/lib/apps/secrets';
import type { Proof } from '@/lib/oauth/client';
import { type Actor, audit } from './audit';
import { countLiveFamilies, endTokens, holdTokens, workOffNow } from './endings';
import { isUniqueViolation, prisma } from './prisma';
import { tellOfNewSecret } from './told';

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

/** Settings that nobody but the developers has a say in. */
export type AppSettings = AppProfile & { description: string; limitToAccount: boolean; refreshReplay: boolean };

/** Changes what is named. @returns false when the organisation has no such app */
export async function updateApp(actor: Actor, appId: number, change: Partial<AppSettings>): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const { count } = await db.app.updateMany({
      where: { id: appId, tenantId: actor.tenantId, deletedAt: null },
      data: change,
    });
    if (count === 0) return false;
    await audit(db, actor, 'app_changed', `app:${appId}`, change);
    return true;
  });
}

// What the new way can't prove any more: families issued with, or without, a secret.
const EXCLUDED: Record<Proof, boolean | null> = { SECRET_OR_PKCE: null, SECRET_REQUIRED: false, PKCE_ONLY: true };

/** Live connections that a change of the way an app proves itself would end, counted up to one more than MOST_COUNTED. */
export async function connectionsEndedByProof(tenantId: number, appId: number, proof: Proof): Promise<number> {
  const excluded = EXCLUDED[proof];
  if (excluded === null) return 0;
  const app = await prisma().app.findFirst({ where: { id: appId, tenantId, deletedAt: null }, select: { id: true } });
  return app ? countLiveFamilies(prisma(), appId, excluded) : 0;
}

/**
 * Changes how an app proves itself and ends the connections that the new way excludes, and all codes on their way.
 * @returns how many connections that ended, counted up to one more than MOST_COUNTED; null when the organisation has no
 *   such app
 */
export async function changeProof(
  actor: Actor,
  appId: number,
  change: { proof: Proof; requirePkce: boolean },
): Promise<{ endedConnections: number } | null> {
  const withSecret = EXCLUDED[change.proof];
  const changed = await prisma().$transaction(async (db) => {
    if (!(await lockApp(db, actor.tenantId, appId))) return null;
    const endedConnections = withSecret === null ? 0 : await countLiveFamilies(db, appId, withSecret);
    await db.app.updateMany({ where: { id: appId, tenantId: actor.tenantId }, data: change });
    if (change.proof === 'PKCE_ONLY') await db.appSecret.deleteMany({ where: { appId } });
    await endTokens(db, appId, { withSecret, codesOnly: withSecret === null, reason: 'proof_changed' });
    await audit(db, actor, 'app_proof_changed', `app:${appId}`, { ...change, endedConnections });
    return { endedConnections };
  });
  if (changed) await workOffNow(appId);
  return changed;
}

/**
 * Ends every token of an app at once: refresh tokens, codes on their way, and access tokens. What users have consented to
 * stands, so they get new ones without being asked.
 * @returns as changeProof
 */
export async function revokeAppTokens(actor: Actor, appId: number): Promise<{ endedConnections: number } | null> {
  const revoked = await prisma().$transaction(async (db) => {
    if (!(await lockApp(db, actor.tenantId, appId))) return null;
    const endedConnections = await countLiveFamilies(db, appId, null);
    await endTokens(db, appId, { withSecret: null, codesOnly: false, reason: 'revoked_by_developer' });
    await db.$executeRaw`SELECT set_not_before(${`app:${appId}`})`;
    await audit(db, actor, 'app_tokens_revoked', `app:${appId}`, { endedConnections });
    return { endedConnections };
  });
  if (revoked) await workOffNow(appId);
  return revoked;
}

/** What those are told who manage the app. */
type CreatedSecret = Pick<MailData['secret_created'], 'appName' | 'by' | 'expiresAt'>;

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
    const rows = await db.$queryRaw<CreatedSecret[]>`
      INSERT INTO app_secrets (app_id, digest, last_four, expires_at)
      VALUES (${appId}, ${new Uint8Array(digest)}, ${lastFour}, db_now() + make_interval(days => ${lifetimeDays}::int))
      RETURNING to_json(expires_at) #>> '{}' AS "expiresAt", (SELECT name FROM apps WHERE id = ${appId}) AS "appName",
        (SELECT coalesce(nullif(trim(concat(first_name, ' ', last_name)), ''), username) FROM users WHERE id = ${actor.userId}::uuid) AS by`;
    await audit(db, actor, 'secret_created', `app:${appId}`, { lastFour, lifetimeDays });
    const data = { ...(rows[0] as CreatedSecret), appId, lastFour };
    await tellOfNewSecret(db, actor, appId, data);
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
    if (deleteSecretProblem({ proof: app.proof, otherLive: others.length })) return 'last';
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
 * Deletes an application. From the commit on it is gone for everybody and none of its tokens works; what stands below it
 * is deleted in batches, the row with its name last.
 * @returns how many live connections that ended, counted up to one more than MOST_COUNTED; null when the organisation has
 *   no such app
 */
export async function deleteApp(actor: Actor, appId: number): Promise<{ endedConnections: number } | null> {
  const deleted = await prisma().$transaction(async (db) => {
    if (!(await lockApp(db, actor.tenantId, appId))) return null;
    await holdTokens(db, appId);
    const rows = await db.$queryRaw<{ name: string; endedConnections: number }[]>`
      UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now() WHERE id = ${appId}
      RETURNING name, (SELECT count(*)::int FROM (
        SELECT FROM connections WHERE app_id = ${appId} AND ended_at IS NULL LIMIT ${MOST_COUNTED + 1}) bounded) AS "endedConnections"`;
    const app = rows[0];
    if (!app) return null;
    const { name, endedConnections } = app;
    await audit(db, actor, 'app_deleted', `app:${appId}`, { name, endedConnections });
    return { endedConnections };
  });
  if (deleted) await workOffNow(appId);
  return deleted;
}
