import { Prisma } from '@/generated/prisma/client';
import { CHECK_INTERVAL_SECONDS, MAX_DOMAINS } from '@/lib/apps/domains';
import { boundsOf, splitChange } from '@/lib/apps/verification';
import { databaseNow, lockBadgeApp, readPending, writeFace } from './app-face';
import { type Actor, audit } from './audit';
import { withdrawIfPointless } from './face-changes';
import { prisma } from './prisma';

/** A domain that an organisation wants to publish under. */
export type Domain = {
  id: number;
  domain: string;
  token: string;
  provenAt: Date | null;
  checkedAt: Date | null;
};

const DOMAIN = { id: true, domain: true, token: true, provenAt: true, checkedAt: true } as const;

/** The domains of an organisation, by name. */
export function listDomains(tenantId: number): Promise<Domain[]> {
  return prisma().publisherDomain.findMany({ where: { tenantId }, orderBy: { domain: 'asc' }, select: DOMAIN });
}

/** Adds a domain that is still to be proven. @param token what its TXT record must hold: 160 random bits */
export async function addDomain(
  actor: Actor,
  domain: string,
  token: string,
): Promise<'added' | 'there_already' | 'too_many'> {
  return prisma().$transaction(async (db) => {
    // Two who come at once count one after the other.
    await db.$queryRaw`SELECT id FROM tenants WHERE id = ${actor.tenantId} FOR NO KEY UPDATE`;
    const present = await db.publisherDomain.findMany({
      where: { tenantId: actor.tenantId },
      select: { domain: true },
    });
    if (present.some((one) => one.domain === domain)) return 'there_already';
    if (present.length >= MAX_DOMAINS) return 'too_many';
    await db.publisherDomain.create({ data: { tenantId: actor.tenantId, domain, token }, select: { id: true } });
    await audit(db, actor, 'domain_added', `domain:${domain}`);
    return 'added';
  });
}

/** Begins a look-up: at most one in a few seconds, whoever asks. */
export async function beginDomainCheck(
  actor: Actor,
  domainId: number,
): Promise<{ ok: true; domain: string; token: string } | { ok: false; reason: 'not_found' | 'too_soon' }> {
  const rows = await prisma().$queryRaw<{ domain: string; token: string }[]>`
    UPDATE publisher_domains SET checked_at = db_now()
     WHERE id = ${domainId} AND tenant_id = ${actor.tenantId}
       AND (checked_at IS NULL OR checked_at < db_now() - make_interval(secs => ${CHECK_INTERVAL_SECONDS}::int))
    RETURNING domain, token`;
  if (rows[0]) return { ok: true, ...rows[0] };
  const there = await prisma().publisherDomain.count({ where: { id: domainId, tenantId: actor.tenantId } });
  return { ok: false, reason: there > 0 ? 'too_soon' : 'not_found' };
}

/** Notes that the record was found. @returns false when the domain is gone */
export async function noteProof(actor: Actor, domainId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const where = { id: domainId, tenantId: actor.tenantId };
    const provenAt = await databaseNow(db);
    const { count } = await db.publisherDomain.updateMany({ where: { ...where, provenAt: null }, data: { provenAt } });
    const found = await db.publisherDomain.findFirst({ where, select: { domain: true } });
    if (found && count > 0) await audit(db, actor, 'domain_proven', `domain:${found.domain}`);
    return found !== null;
  });
}

/** Apps of the organisation that name this domain as their publisher's, or want to. */
async function appsUnder(db: Prisma.TransactionClient, tenantId: number, domain: string): Promise<number[]> {
  const apps = await db.app.findMany({
    where: { tenantId, deletedAt: null, OR: [{ publisherDomain: domain }, { pendingChanges: { not: Prisma.DbNull } }] },
    select: { id: true, publisherDomain: true, pendingChanges: true },
    // Locks are taken in one order everywhere.
    orderBy: { id: 'asc' },
  });
  return apps
    .filter((app) => app.publisherDomain === domain || readPending(app.pendingChanges).publisherDomain === domain)
    .map(({ id }) => id);
}

/** Removes a domain; the organisation's apps lose it at once, their badges too. @returns false when it is not there */
export async function removeDomain(actor: Actor, domainId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    const [found] = await db.$queryRaw<{ domain: string }[]>`
      SELECT domain FROM publisher_domains WHERE id = ${domainId} AND tenant_id = ${actor.tenantId} FOR UPDATE`;
    if (!found) return false;
    for (const appId of await appsUnder(db, actor.tenantId, found.domain)) {
      const app = await lockBadgeApp(db, appId, actor.tenantId);
      if (!app) continue;
      const keeps = app.face.publisherDomain === found.domain ? null : app.face.publisherDomain;
      const bounds = app.snapshot && boundsOf(app.snapshot);
      const split = splitChange({ live: app.face, pending: app.pending, bounds }, { publisherDomain: keeps });
      await writeFace(db, app, split, { verified: app.verified });
      await audit(db, actor, 'publisher_domain_changed', `app:${appId}`, { publisherDomain: keeps });
      await withdrawIfPointless(db, actor, app, split.pending);
    }
    await db.publisherDomain.deleteMany({ where: { id: domainId, tenantId: actor.tenantId } });
    await audit(db, actor, 'domain_removed', `domain:${found.domain}`);
    return true;
  });
}
