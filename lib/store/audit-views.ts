import { Prisma } from '@/generated/prisma/client';
import { prisma } from './prisma';

/** An audit event with the names that stand for its numbers. */
export type AuditEntry = {
  id: bigint;
  at: Date;
  kind: string;
  subject: string;
  actor: string | null;
  user: string | null;
  organisation: string | null;
  data: Prisma.JsonValue;
};

/** What is looked for; empty or null: everything. */
export type AuditFilter = {
  kind: string;
  /** Name of the account. */
  organisation: string;
  /** Username of who did it or whose account it touches. */
  person: string;
  /** `app:<id>`, `domain:<name>` … */
  subject: string;
  /** Days, in UTC; `until` is the day itself included. */
  from: Date | null;
  until: Date | null;
};

export const AUDIT_PER_PAGE = 50;

/** Audit events, the newest first. @param before null: from the newest */
export async function listAudit(filter: AuditFilter, before: bigint | null, most: number): Promise<AuditEntry[]> {
  return prisma().$queryRaw<AuditEntry[]>`
    SELECT e.id, e.at, e.kind, e.subject, e.data, actor.username AS actor, person.username AS "user", t.name AS organisation
      FROM audit_events e LEFT JOIN users actor ON actor.id = e.actor_id LEFT JOIN users person ON person.id = e.user_id
      LEFT JOIN tenants t ON t.id = e.tenant_id
     WHERE ${before === null ? Prisma.sql`true` : Prisma.sql`e.id < ${before}`} AND ${conditions(filter)}
     ORDER BY e.id DESC LIMIT ${most}`;
}

function conditions({ kind, organisation, person, subject, from, until }: AuditFilter): Prisma.Sql {
  const found: Prisma.Sql[] = [];
  if (kind !== '') found.push(Prisma.sql`e.kind = ${kind}`);
  if (subject !== '') found.push(Prisma.sql`e.subject = ${subject}`);
  if (organisation !== '')
    found.push(Prisma.sql`e.tenant_id IN (SELECT id FROM tenants WHERE lower(name) = lower(${organisation}))`);
  if (person !== '') {
    const ids = Prisma.sql`(SELECT id FROM users WHERE username = lower(${person}))`;
    found.push(Prisma.sql`(e.actor_id IN ${ids} OR e.user_id IN ${ids})`);
  }
  if (from) found.push(Prisma.sql`e.at >= ${from}`);
  if (until) found.push(Prisma.sql`e.at < ${until} + interval '1 day'`);
  return found.length > 0 ? Prisma.join(found, ' AND ') : Prisma.sql`true`;
}

/** Every kind of event there is, by name. A loose scan of the index: one step a kind. */
export async function listAuditKinds(): Promise<string[]> {
  const rows = await prisma().$queryRaw<{ kind: string }[]>`
    WITH RECURSIVE kinds AS (
      (SELECT kind FROM audit_events ORDER BY kind LIMIT 1)
      UNION ALL
      SELECT (SELECT e.kind FROM audit_events e WHERE e.kind > k.kind ORDER BY e.kind LIMIT 1) FROM kinds k WHERE k.kind IS NOT NULL)
    SELECT kind FROM kinds WHERE kind IS NOT NULL`;
  return rows.map(({ kind }) => kind);
}

const EXPORT_BATCH = 500;

/** All that fit, batch by batch, newest first: an export of any size needs the memory of one batch. */
export async function* exportAudit(filter: AuditFilter): AsyncGenerator<AuditEntry> {
  let before: bigint | null = null;
  for (;;) {
    const batch: AuditEntry[] = await listAudit(filter, before, EXPORT_BATCH);
    yield* batch;
    const last = batch.at(-1);
    if (!last || batch.length < EXPORT_BATCH) return;
    before = last.id;
  }
}
