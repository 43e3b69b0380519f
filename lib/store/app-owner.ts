import { Prisma } from '@/generated/prisma/client';
import { ABLE_OWNER } from './app-views';
import { type Actor, audit } from './audit';
import { prisma } from './prisma';

/**
 * A developer becomes the one to turn to about an app whose owner has left or manages applications no longer: nobody's
 * leaving orphans one.
 * @returns false when the organisation has no such app, or its owner is there still
 */
export async function takeOverApp(actor: Actor, appId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const taken = await db.$queryRaw<{ before: string }[]>`
      UPDATE apps a SET owner_id = ${actor.userId}::uuid FROM users o
       WHERE a.id = ${appId} AND a.tenant_id = ${actor.tenantId} AND a.deleted_at IS NULL
         AND o.id = coalesce(a.owner_id, a.created_by_id) AND NOT ${Prisma.raw(ABLE_OWNER)}
      RETURNING o.username AS before`;
    if (!taken[0]) return false;
    await audit(db, actor, 'app_taken_over', `app:${appId}`, { before: taken[0].before });
    return true;
  });
}
