import type { Prisma } from '@/generated/prisma/client';
import type { DeclaredScope } from '@/lib/oauth/client';
import type { Access } from '@/lib/oauth/scopes';
import { type Actor, audit } from './audit';
import { prisma } from './prisma';

/** What an app of the organisation has declared that it may ask for; null: nothing yet, so everything. */
export async function findScopes(tenantId: number, appId: number): Promise<DeclaredScope[] | null> {
  const rows = await prisma().appScope.findMany({
    where: { appId, app: { tenantId, deletedAt: null } },
    select: { name: true, access: true, optional: true, purpose: true },
    orderBy: { id: 'asc' },
  });
  return rows.length === 0 ? null : rows.map((row) => ({ ...row, access: row.access as Access }));
}

/**
 * Replaces what an app may ask for; a list that was judged before. It acts at once: the next token carries nothing that
 * is not declared any more.
 * @returns false when the organisation has no such app
 */
export async function replaceScopes(actor: Actor, appId: number, scopes: readonly DeclaredScope[]): Promise<boolean> {
  return prisma().$transaction((db) => replaceScopesIn(db, actor, appId, scopes));
}

/** The same within the caller's transaction. */
export async function replaceScopesIn(
  db: Prisma.TransactionClient,
  actor: Actor,
  appId: number,
  scopes: readonly DeclaredScope[],
): Promise<boolean> {
  // The lock makes two editors replace the list one after the other, not one into the other.
  const locked = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM apps WHERE id = ${appId} AND tenant_id = ${actor.tenantId} AND deleted_at IS NULL FOR NO KEY UPDATE`;
  if (locked.length === 0) return false;
  await db.appScope.deleteMany({ where: { appId } });
  await db.appScope.createMany({
    data: scopes.map(({ name, access, optional, purpose }) => ({ appId, name, access, optional, purpose })),
  });
  const declared = scopes.map(({ name, access, optional }) => ({ name, access, optional }));
  await audit(db, actor, 'scopes_declared', `app:${appId}`, { scopes: declared });
  return true;
}
