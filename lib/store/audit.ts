import type { Prisma, PrismaClient } from '@/generated/prisma/client';

/** Who acts, and for which organisation. */
export type Actor = { userId: string; tenantId: number };

/** Writes an audit event in the caller's transaction: what is done and that it was done stand or fall together. */
export async function audit(
  db: Pick<PrismaClient, 'auditEvent'>,
  actor: Actor,
  kind: string,
  subject: string,
  data: Prisma.InputJsonObject = {},
): Promise<void> {
  await db.auditEvent.create({
    data: { tenantId: actor.tenantId, actorId: actor.userId, kind, subject, data },
    select: { id: true },
  });
}
