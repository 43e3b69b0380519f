import { Prisma } from '@/generated/prisma/client';
import { prisma } from './prisma';

/** An audit event with the names that stand for its numbers. */
export type AuditEntry = {
  id: bigint;
  at: Date;
  kind: string;
  subject: string;
  /** Name of the app that is the subject, as long as there is one. */
  appName: string | null;
  actor: string | null;
  /** Somebody of the platform has done it, whose name is not told. */
  platform: boolean;
  /** Somebody of this organisation has done it, to which the app was offered: their name is not told. */
  otherSide: string | null;
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
  /** Moments; `until` itself is not included. */
  from: Date | null;
  until: Date | null;
};

/** Whose events are shown: one organisation's, or null: everybody's, to reviewers. */
export type AuditScope = { tenantId: number } | null;

export const AUDIT_PER_PAGE = 50;

/** What people of the organisation do to which an app was offered; nobody else but the platform acts across organisations. */
const OTHER_SIDE = Prisma.sql`e.kind IN ('app_transferred_away', 'app_transfer_declined')`;

/** Audit events, the newest first. @param before null: from the newest */
export async function listAudit(
  scope: AuditScope,
  filter: AuditFilter,
  before: bigint | null,
  most: number,
): Promise<AuditEntry[]> {
  // Who of the platform has acted is the platform's to know.
  const known = scope === null ? Prisma.sql`true` : Prisma.sql`actor.tenant_id = ${scope.tenantId}`;
  return prisma().$queryRaw<AuditEntry[]>`
    SELECT e.id, e.at, e.kind, e.subject, about.name AS "appName", e.data, CASE WHEN ${known} THEN actor.username END AS actor,
           e.actor_id IS NOT NULL AND NOT ${known} AND NOT ${OTHER_SIDE} AS platform,
           CASE WHEN NOT ${known} AND ${OTHER_SIDE} THEN theirs.display_name END AS "otherSide",
           person.username AS "user", t.name AS organisation
      FROM audit_events e LEFT JOIN users actor ON actor.id = e.actor_id LEFT JOIN users person ON person.id = e.user_id
      LEFT JOIN tenants t ON t.id = e.tenant_id LEFT JOIN tenants theirs ON theirs.id = actor.tenant_id
      LEFT JOIN apps about ON about.id = CASE WHEN e.subject ~ '^app:[0-9]{1,9}$' THEN substr(e.subject, 5)::int END
     WHERE ${scope === null ? Prisma.sql`true` : Prisma.sql`e.tenant_id = ${scope.tenantId}`} AND ${before === null ? Prisma.sql`true` : Prisma.sql`e.id < ${before}`} AND ${conditions(scope, filter)}
     ORDER BY e.id DESC LIMIT ${most}`;
}

function conditions(scope: AuditScope, filter: AuditFilter): Prisma.Sql {
  const { kind, organisation, person, subject, from, until } = filter;
  const found: Prisma.Sql[] = [];
  if (kind !== '') found.push(Prisma.sql`e.kind = ${kind}`);
  if (subject !== '') found.push(Prisma.sql`e.subject = ${subject}`);
  if (organisation !== '')
    found.push(Prisma.sql`e.tenant_id IN (SELECT id FROM tenants WHERE lower(name) = lower(${organisation}))`);
  if (person !== '') {
    const ids = Prisma.sql`(SELECT id FROM users WHERE username = lower(${person}))`;
    // A name that is not told is not found either: who guesses it would know it.
    const told =
      scope === null
        ? ids
        : Prisma.sql`(SELECT id FROM users WHERE username = lower(${person}) AND tenant_id = ${scope.tenantId})`;
    found.push(Prisma.sql`(e.actor_id IN ${told} OR e.user_id IN ${ids})`);
  }
  if (from) found.push(Prisma.sql`e.at >= ${from}`);
  if (until) found.push(Prisma.sql`e.at < ${until}`);
  return found.length > 0 ? Prisma.join(found, ' AND ') : Prisma.sql`true`;
}

const EXPORT_BATCH = 500;

/** All that fit, batch by batch, newest first: an export of any size needs the memory of one batch. */
export async function* exportAudit(scope: AuditScope, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  let before: bigint | null = null;
  for (;;) {
    const batch: AuditEntry[] = await listAudit(scope, filter, before, EXPORT_BATCH);
    yield* batch;
    const last = batch.at(-1);
    if (!last || batch.length < EXPORT_BATCH) return;
    before = last.id;
  }
}
