import { Prisma } from '@/generated/prisma/client';
import { MOST_COUNTED } from '@/lib/apps/counts';
import { type RiskSign, riskSigns } from '@/lib/apps/risk';
import { wantedFace } from '@/lib/apps/verification';
import { type BadgeApp, readBadgeApp, readBadgeApps } from './app-face';
import { prisma } from './prisma';
import { check, type Request, readRequests } from './verification';

/** What reviewers see. */

export const PER_PAGE = 20;

/** What waits for a reviewer: a request, or what the developers of a suspended app wrote about one that was decided. */
export type QueueEntry = {
  /** Of the request. */
  id: number;
  /** Of a request: it was sent then; of a suspended app: so old is its first message that nobody answered. */
  since: Date;
  appName: string;
  icon: string | null;
  organisation: string;
  /** About changes of an app that has a badge. */
  changes: boolean;
  /** Not to be decided: a suspended app writes. */
  suspension: boolean;
  /** The last word is the developers'. */
  answered: boolean;
  signs: RiskSign[];
};

/** Where a keyset page begins: the entry that it comes after. */
export type Cursor = { at: Date; id: number };

export type Page<Entry> = { entries: Entry[]; next: Cursor | null };

type QueueRow = {
  id: number;
  appId: number;
  since: Date;
  suspension: boolean;
  appName: string;
  icon: string | null;
  organisation: string;
  organisationSince: Date;
  mailVerified: boolean;
  rejections: number;
  answered: boolean;
};

/**
 * What waits for a reviewer. The request of a suspended app was decided long ago, as a rule, and the mail sends its
 * developers to that conversation: what they wrote since the suspension waits until a reviewer answers, decides or
 * reinstates. Where the app has another owner by now, nobody would read an answer.
 */
const WAITING = Prisma.sql`
  SELECT v.id, v.app_id, v.created_by_id, v.submitted_at AS since, false AS suspension
    FROM verification_requests v JOIN apps a ON a.id = v.app_id
   WHERE v.status = 'OPEN' AND v.submitted_at IS NOT NULL AND a.deleted_at IS NULL
   UNION ALL
  SELECT v.id, v.app_id, v.created_by_id, w.since, true
    FROM apps a JOIN verification_requests v ON v.app_id = a.id
   CROSS JOIN LATERAL (
     SELECT min(m.at) AS since FROM verification_messages m
      WHERE m.request_id = v.id AND NOT m.from_reviewer AND m.at >= coalesce(a.suspended_at, '-infinity') AND m.at > v.decided_at
        AND NOT EXISTS (SELECT FROM verification_messages r WHERE r.request_id = v.id AND r.from_reviewer AND r.id > m.id)) w
   WHERE a.status = 'SUSPENDED' AND a.deleted_at IS NULL AND v.status IN ('APPROVED', 'REJECTED')
     AND v.asked #> '{publisher,tenantId}' = to_jsonb(a.tenant_id) AND w.since IS NOT NULL`;

/** What waits, the oldest first. */
export async function listQueue(after: Cursor | null, now: Date): Promise<Page<QueueEntry>> {
  const rows = await prisma().$queryRaw<QueueRow[]>`
    SELECT v.id, a.id AS "appId", v.since, v.suspension, a.name AS "appName", a.icon_digest AS icon,
           t.display_name AS organisation, t.created_at AS "organisationSince",
           u.verified_email IS NOT NULL AS "mailVerified",
           (SELECT count(*)::int FROM verification_requests p WHERE p.app_id = a.id AND p.status = 'REJECTED') AS rejections,
           coalesce((SELECT NOT m.from_reviewer FROM verification_messages m WHERE m.request_id = v.id
                      ORDER BY m.id DESC LIMIT 1), false) AS answered
      FROM (${WAITING}) v JOIN apps a ON a.id = v.app_id JOIN tenants t ON t.id = a.tenant_id
      JOIN users u ON u.id = v.created_by_id
     WHERE ${after === null ? Prisma.sql`true` : Prisma.sql`(v.since, v.id) > (${after.at}, ${after.id})`}
     ORDER BY v.since, v.id LIMIT ${PER_PAGE + 1}`;
  const shown = rows.slice(0, PER_PAGE);
  const [apps, names] = await Promise.all([appsById(shown.map(({ appId }) => appId)), verifiedNames()]);
  const entries = shown.flatMap((row) => {
    const app = apps.get(row.appId);
    return app ? [entryOf(row, app, names, now)] : [];
  });
  const last = shown.at(-1);
  return { entries, next: rows.length > PER_PAGE && last ? { at: last.since, id: last.id } : null };
}

function entryOf(row: QueueRow, app: BadgeApp, names: Map<number, string>, now: Date): QueueEntry {
  const { id, since, suspension, appName, icon, organisation, answered } = row;
  return {
    id,
    since,
    suspension,
    appName,
    icon,
    organisation,
    answered,
    changes: app.verified,
    signs: riskSigns(suspectOf(app, row), namesOfOthers(names, app.id), now),
  };
}

const suspectOf = (app: BadgeApp, about: Pick<QueueRow, 'organisationSince' | 'mailVerified' | 'rejections'>) => ({
  name: app.name,
  face: wantedFace(app.face, app.pending),
  organisationSince: about.organisationSince,
  mailVerified: about.mailVerified,
  rejections: about.rejections,
  suspended: app.suspended,
});

const namesOfOthers = (names: Map<number, string>, appId: number) =>
  [...names].filter(([id]) => id !== appId).map(([, name]) => name);

async function appsById(ids: number[]): Promise<Map<number, BadgeApp>> {
  if (ids.length === 0) return new Map();
  const apps = await readBadgeApps(prisma(), Prisma.sql`a.id IN (${Prisma.join(ids)})`);
  return new Map(apps.map((app) => [app.id, app]));
}

async function verifiedNames(): Promise<Map<number, string>> {
  const apps = await prisma().app.findMany({
    where: { state: 'VERIFIED', deletedAt: null },
    select: { id: true, name: true },
  });
  return new Map(apps.map(({ id, name }) => [id, name]));
}

/** How many wait. */
export async function countQueue(): Promise<number> {
  const [counted] = await prisma().$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM (${WAITING}) v`;
  return counted?.n ?? 0;
}

/** A decision. */
export type Decided = {
  id: number;
  status: 'APPROVED' | 'REJECTED';
  decidedAt: Date;
  appName: string;
  organisation: string;
  reviewer: string | null;
  reason: string | null;
};

/** What was decided, the newest first. */
export async function listDecided(before: Cursor | null): Promise<Page<Decided>> {
  const rows = await prisma().$queryRaw<Decided[]>`
    SELECT v.id, v.status::text AS status, v.decided_at AS "decidedAt", a.name AS "appName",
           t.display_name AS organisation, u.username AS reviewer, v.reason
      FROM verification_requests v JOIN apps a ON a.id = v.app_id JOIN tenants t ON t.id = a.tenant_id
      LEFT JOIN users u ON u.id = v.decided_by_id
     WHERE v.status IN ('APPROVED', 'REJECTED')
       AND ${before === null ? Prisma.sql`true` : Prisma.sql`(v.decided_at, v.id) < (${before.at}, ${before.id})`}
     ORDER BY v.decided_at DESC, v.id DESC LIMIT ${PER_PAGE + 1}`;
  const entries = rows.slice(0, PER_PAGE);
  const last = entries.at(-1);
  return { entries, next: rows.length > PER_PAGE && last ? { at: last.decidedAt, id: last.id } : null };
}

/** An app of any organisation. */
export type AnyApp = {
  id: number;
  name: string;
  icon: string | null;
  organisation: string;
  verified: boolean;
  inReview: boolean;
  suspended: boolean;
  createdAt: Date;
};

export type AppState = 'all' | 'verified' | 'development' | 'suspended';

const STATES: Record<AppState, Prisma.Sql> = {
  all: Prisma.sql`true`,
  verified: Prisma.sql`a.state = 'VERIFIED'`,
  development: Prisma.sql`a.state = 'DEVELOPMENT'`,
  suspended: Prisma.sql`a.status = 'SUSPENDED'`,
};

/**
 * Apps of all organisations, the newest first.
 * @param asked `search`: part of the name of app or organisation, or a client id; `olderThan`: the last id of the page before
 */
export async function searchApps(asked: {
  search: string;
  state: AppState;
  olderThan: number | null;
}): Promise<{ apps: AnyApp[]; older: number | null }> {
  const search = asked.search.trim();
  const apps = await prisma().$queryRaw<AnyApp[]>`
    SELECT a.id, a.name, a.icon_digest AS icon, t.display_name AS organisation, a.state = 'VERIFIED' AS verified,
           a.status = 'SUSPENDED' AS suspended, a.created_at AS "createdAt",
           EXISTS (SELECT FROM verification_requests v WHERE v.app_id = a.id AND v.status = 'OPEN' AND v.submitted_at IS NOT NULL) AS "inReview"
      FROM apps a JOIN tenants t ON t.id = a.tenant_id
     WHERE a.deleted_at IS NULL AND a.id < ${asked.olderThan ?? 2_147_483_647} AND ${STATES[asked.state]}
       AND (${search} = '' OR a.client_id = ${search} OR strpos(lower(a.name), lower(${search})) > 0
            OR strpos(lower(t.display_name), lower(${search})) > 0 OR lower(t.name) = lower(${search}))
     ORDER BY a.id DESC LIMIT ${PER_PAGE + 1}`;
  const shown = apps.slice(0, PER_PAGE);
  return { apps: shown, older: apps.length > PER_PAGE ? (shown.at(-1)?.id ?? null) : null };
}

const ABOUT = {
  clientId: true,
  description: true,
  website: true,
  termsUrl: true,
  privacyUrl: true,
  supportEmail: true,
  createdAt: true,
  suspendedReason: true,
  suspendedAt: true,
  limitToAccount: true,
  createdBy: { select: { username: true, email: true, verifiedEmail: true } },
  tenant: { select: { id: true, name: true, displayName: true, createdAt: true } },
} satisfies Prisma.AppSelect;

/** Everything about an app that a reviewer decides on. */
export type ReviewedApp = BadgeApp & {
  about: Prisma.AppGetPayload<{ select: typeof ABOUT }>;
  /** Counted up to one more than MOST_COUNTED. */
  users: number;
  connections: number;
};

/** An app of any organisation. */
export async function findReviewedApp(appId: number): Promise<ReviewedApp | null> {
  const app = await readBadgeApp(prisma(), appId);
  const about = app && (await prisma().app.findFirst({ where: { id: appId }, select: ABOUT }));
  if (!app || !about) return null;
  const [counts] = await prisma().$queryRaw<{ users: number; connections: number }[]>`
    SELECT (SELECT count(*)::int FROM (SELECT FROM grants WHERE app_id = ${appId} AND revoked_at IS NULL AND NOT playground LIMIT ${MOST_COUNTED + 1}) bounded) AS users,
           (SELECT count(*)::int FROM (SELECT FROM connections WHERE app_id = ${appId} AND ended_at IS NULL LIMIT ${MOST_COUNTED + 1}) bounded) AS connections`;
  return { ...app, about, users: counts?.users ?? 0, connections: counts?.connections ?? 0 };
}

export type Review = {
  app: ReviewedApp;
  request: Request;
  sender: { id: string; username: string; mailVerified: boolean };
  checks: Awaited<ReturnType<typeof check>>;
  signs: RiskSign[];
  /** Requests of the same app that were decided or withdrawn. */
  others: Request[];
  /** Of the icons that are shown here, those that are kept: what an old request showed is not. */
  icons: ReadonlySet<string>;
};

/** A request that was sent, with everything to decide on. */
export async function findReview(requestId: number, now: Date): Promise<Review | null> {
  const [request] = await readRequests({ id: requestId, submittedAt: { not: null } }, 1);
  const row =
    request &&
    (await prisma().verificationRequest.findFirst({
      where: { id: requestId },
      select: { appId: true, createdById: true },
    }));
  const app = row && (await findReviewedApp(row.appId));
  if (!request || !row || !app) return null;
  const [user, names, rejections, checks, others, icons] = await Promise.all([
    prisma().user.findFirst({ where: { id: row.createdById }, select: { username: true, verifiedEmail: true } }),
    verifiedNames(),
    prisma().verificationRequest.count({ where: { appId: app.id, status: 'REJECTED', id: { not: requestId } } }),
    check(prisma(), app, app.about, request),
    readRequests({ appId: app.id, id: { not: requestId }, submittedAt: { not: null } }, 10),
    keptIcons([request.before?.icon, request.asked?.icon, wantedFace(app.face, app.pending).icon]),
  ]);
  const mailVerified = user?.verifiedEmail != null;
  const about = { organisationSince: app.about.tenant.createdAt, mailVerified, rejections };
  return {
    app,
    request,
    sender: { id: row.createdById, username: user?.username ?? '', mailVerified },
    checks,
    signs: riskSigns(suspectOf(app, about), namesOfOthers(names, app.id), now),
    others,
    icons,
  };
}

async function keptIcons(shown: (string | null | undefined)[]): Promise<ReadonlySet<string>> {
  const digests = shown.flatMap((digest) => digest ?? []);
  const kept = await prisma().appIcon.findMany({ where: { digest: { in: digests } }, select: { digest: true } });
  return new Set(kept.map(({ digest }) => digest));
}

/** The requests of an app that were sent, newest first. */
export const listRequests = (appId: number): Promise<Request[]> =>
  readRequests({ appId, submittedAt: { not: null } }, 20);

/** The signs at which a reviewer looks, for admins of another organisation who decide about apps: in two statements. */
export async function signsOfApps(
  about: readonly { id: number; organisationSince: Date; rejections: number }[],
  now: Date,
): Promise<Map<number, RiskSign[]>> {
  if (about.length === 0) return new Map();
  const [apps, names] = await Promise.all([appsById(about.map(({ id }) => id)), verifiedNames()]);
  return new Map(
    about.flatMap(({ id, ...row }) => {
      const app = apps.get(id);
      // Whose address is verified is for whoever verifies the app.
      const suspect = app && suspectOf(app, { ...row, mailVerified: true });
      // What waits for review is not asked for yet: the live app is looked at.
      return app && suspect
        ? [[id, riskSigns({ ...suspect, face: app.face }, namesOfOthers(names, id), now)] as const]
        : [];
    }),
  );
}
