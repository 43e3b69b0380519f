import type pg from 'pg';
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

/**
 * The same in a transaction of plain SQL.
 * @param userId whose account it touches; null: nobody's
 */
export async function auditPlain(
  db: pg.PoolClient,
  actor: Actor,
  kind: string,
  subject: string,
  data: Record<string, unknown> = {},
  userId: string | null = null,
): Promise<void> {
  await db.query(
    'INSERT INTO audit_events (tenant_id, actor_id, user_id, kind, subject, data) VALUES ($1, $2, $3, $4, $5, $6)',
    [actor.tenantId, actor.userId, userId, kind, subject, data],
  );
}
