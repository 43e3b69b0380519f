import { Prisma } from '@/generated/prisma/client';
import { type Check, type Checked, checklist, isComplete, MAX_SCREENSHOTS } from '@/lib/apps/checklist';
import { nothingPending, type Snapshot, snapshotOf, wantedFace } from '@/lib/apps/verification';
import { type BadgeApp, databaseNow, lockBadgeApp, readBadgeApp, readSnapshot } from './app-face';
import { type Actor, audit } from './audit';
import { prisma } from './prisma';

/** The developers' side of a verification. A request is prepared, sent, and does not change any more until it is decided. */

export type RequestStatus = 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

export type Message = { id: bigint; fromReviewer: boolean; author: string; body: string; at: Date };

export type Screenshot = { id: string; width: number; height: number };

export type Request = {
  id: number;
  status: RequestStatus;
  purpose: string;
  redirectNote: string;
  /** null: still being prepared. */
  submittedAt: Date | null;
  decidedAt: Date | null;
  reason: string | null;
  /** null while it is being prepared. */
  asked: Snapshot | null;
  before: Snapshot | null;
  screenshots: Screenshot[];
  /** When its pictures were deleted, long after the decision. */
  picturesDeletedAt: Date | null;
  /** Since when pictures of it, which was withdrawn, are the next one's. */
  picturesMovedAt: Date | null;
  messages: Message[];
};

/** What the verification page of an app shows. */
export type Verification = {
  app: BadgeApp & { suspendedReason: string | null; suspendedAt: Date | null };
  /** What a verification would still need; `request` or nothing is counted as its texts and pictures. */
  checks: Checked[];
  /** The one that is being prepared or waits, else null. */
  open: Request | null;
  /** The latest that was decided or withdrawn. */
  past: Request[];
  /** Of a suspended app: the latest that was decided. Its conversation is the way to the reviewers; null: there is none. */
  decided: Request | null;
};

/** Messages of one request. */
export const MAX_MESSAGES = 200;
const PAST_SHOWN = 10;

const REQUEST = {
  id: true,
  status: true,
  purpose: true,
  redirectNote: true,
  submittedAt: true,
  decidedAt: true,
  reason: true,
  asked: true,
  before: true,
  picturesDeletedAt: true,
  picturesMovedAt: true,
  screenshots: { select: { id: true, width: true, height: true }, orderBy: { id: 'asc' } },
  messages: { select: { id: true, fromReviewer: true, authorId: true, body: true, at: true }, orderBy: { id: 'asc' } },
} satisfies Prisma.VerificationRequestSelect;

type RequestRow = Prisma.VerificationRequestGetPayload<{ select: typeof REQUEST }>;

/** The names of those who wrote. */
async function namesOf(rows: RequestRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(({ messages }) => messages.map(({ authorId }) => authorId)))];
  const users = await prisma().user.findMany({ where: { id: { in: ids } }, select: { id: true, username: true } });
  return new Map(users.map(({ id, username }) => [id, username]));
}

/** Requests that fit, newest first, as people are shown them. */
export async function readRequests(where: Prisma.VerificationRequestWhereInput, take: number): Promise<Request[]> {
  const rows = await prisma().verificationRequest.findMany({ where, orderBy: { id: 'desc' }, take, select: REQUEST });
  const names = await namesOf(rows);
  return rows.map(({ asked, before, messages, ...row }) => ({
    ...row,
    asked: row.submittedAt ? readSnapshot(asked) : null,
    before: readSnapshot(before),
    messages: messages.map(({ authorId, ...message }) => ({ ...message, author: names.get(authorId) ?? '' })),
  }));
}

type About = {
  description: string;
  website: string | null;
  privacyUrl: string | null;
  supportEmail: string | null;
  suspendedReason: string | null;
  suspendedAt: Date | null;
};

const ABOUT = {
  description: true,
  website: true,
  privacyUrl: true,
  supportEmail: true,
  suspendedReason: true,
  suspendedAt: true,
} as const;

/**
 * Requests that this organisation has sent. With an app that was transferred goes none of its former publisher's
 * conversation with reviewers.
 */
const sentBy = (tenantId: number) =>
  ({
    submittedAt: { not: null },
    asked: { path: ['publisher', 'tenantId'], equals: tenantId },
  }) satisfies Prisma.VerificationRequestWhereInput;

/** What the developers of an app see, or null: another organisation's is as good as none. */
export async function findVerification(tenantId: number, appId: number): Promise<Verification | null> {
  const app = await readBadgeApp(prisma(), appId, tenantId);
  const about = app && (await prisma().app.findFirst({ where: { id: appId, tenantId }, select: ABOUT }));
  if (!app || !about) return null;
  const [[open = null], past] = await Promise.all([
    readRequests({ appId, status: 'OPEN' }, 1),
    readRequests({ appId, status: { not: 'OPEN' }, ...sentBy(tenantId) }, PAST_SHOWN),
  ]);
  const { suspendedReason, suspendedAt } = about;
  const [checks, decided] = await Promise.all([
    check(prisma(), app, about, open),
    app.suspended ? latestDecided(tenantId, appId, past) : null,
  ]);
  return { app: { ...app, suspendedReason, suspendedAt }, checks, open, past, decided };
}

/** @param past the latest that are over: whoever sends and withdraws in a loop fills them */
async function latestDecided(tenantId: number, appId: number, past: Request[]): Promise<Request | null> {
  const shown = past.find(({ status }) => status !== 'WITHDRAWN');
  if (shown || past.length < PAST_SHOWN) return shown ?? null;
  const [older] = await readRequests({ appId, status: { in: ['APPROVED', 'REJECTED'] }, ...sentBy(tenantId) }, 1);
  return older ?? null;
}

/** Goes through the checklist for what the developers want. */
export async function check(
  db: Pick<Prisma.TransactionClient, 'publisherDomain'>,
  app: BadgeApp,
  about: Pick<About, 'description' | 'website' | 'privacyUrl' | 'supportEmail'>,
  request: { purpose: string; redirectNote: string; screenshots: unknown[] } | null,
): Promise<Checked[]> {
  const face = wantedFace(app.face, app.pending);
  const proven =
    face.publisherDomain === null
      ? 0
      : await db.publisherDomain.count({
          where: { tenantId: app.tenantId, domain: face.publisherDomain, provenAt: { not: null } },
        });
  return checklist({
    ...about,
    name: app.name,
    face,
    domainProven: proven > 0,
    request: {
      purpose: request?.purpose ?? '',
      redirectNote: request?.redirectNote ?? '',
      screenshots: request?.screenshots.length ?? 0,
    },
    verified: app.verified,
  });
}

/**
 * Begins a request; one of an app is open at a time. What this organisation's last one said and showed comes along if it
 * was rejected or withdrawn, so that nobody writes it twice.
 * @returns false when the organisation has no such app
 */
export async function startRequest(actor: Actor, appId: number): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    if (!(await lockBadgeApp(db, appId, actor.tenantId))) return false;
    if ((await db.verificationRequest.count({ where: { appId, status: 'OPEN' } })) > 0) return true;
    const last = await db.verificationRequest.findFirst({
      where: { appId, ...sentBy(actor.tenantId) },
      orderBy: { id: 'desc' },
      select: { id: true, status: true, purpose: true, redirectNote: true },
    });
    const again = last && last.status !== 'APPROVED' ? last : null;
    const { id } = await db.verificationRequest.create({
      data: {
        appId,
        asked: {},
        createdById: actor.userId,
        purpose: again?.purpose ?? '',
        redirectNote: again?.redirectNote ?? '',
      },
      select: { id: true },
    });
    if (again) await takePictures(db, again, id);
    return true;
  });
}

/**
 * Pictures on which somebody decided stay with the decision. A withdrawn request's are moved: whoever sends and withdraws
 * in a loop would fill the database with copies.
 */
async function takePictures(
  db: Prisma.TransactionClient,
  from: { id: number; status: RequestStatus },
  to: number,
): Promise<void> {
  if (from.status === 'WITHDRAWN') {
    await lockRequests(db, [from.id]);
    const data = { requestId: to, fromId: from.id };
    const { count } = await db.verificationScreenshot.updateMany({ where: { requestId: from.id }, data });
    if (count === 0) return;
    const moved = { picturesMovedAt: await databaseNow(db) };
    await db.verificationRequest.updateMany({ where: { id: from.id }, data: moved });
    return;
  }
  await db.$executeRaw`
    INSERT INTO verification_screenshots (request_id, png, width, height)
    SELECT ${to}, png, width, height FROM verification_screenshots WHERE request_id = ${from.id} ORDER BY id`;
}

/** Housekeeping, which knows no app's lock, holds a request before its pictures. */
async function lockRequests(db: Prisma.TransactionClient, ids: number[]): Promise<void> {
  await db.$queryRaw`
    SELECT id FROM verification_requests WHERE id IN (${Prisma.join(ids)}) ORDER BY id FOR NO KEY UPDATE`;
}

/**
 * Gives pictures of a draft back to the withdrawn request that reviewers saw them with: they are kept as long as that one's.
 * Under the lock of the app.
 * @returns how many there were
 */
async function giveBack(
  db: Prisma.TransactionClient,
  pictures: Prisma.VerificationScreenshotWhereInput,
): Promise<number> {
  const taken = await db.verificationScreenshot.findMany({
    where: { ...pictures, fromId: { not: null } },
    select: { id: true, fromId: true },
  });
  const owners = [...new Set(taken.flatMap(({ fromId }) => fromId ?? []))];
  if (owners.length === 0) return 0;
  await lockRequests(db, owners);
  const given = await db.$executeRaw`
    UPDATE verification_screenshots SET request_id = from_id, from_id = NULL
     WHERE id = ANY (${taken.map(({ id }) => id)}::uuid[]) AND from_id IS NOT NULL`;
  // One that was forgotten meanwhile is due again: its pictures have to go.
  await db.verificationRequest.updateMany({
    where: { id: { in: owners }, forgottenAt: { not: null } },
    data: { forgottenAt: null },
  });
  await db.verificationRequest.updateMany({
    where: { id: { in: owners }, pictures: { none: {} } },
    data: { picturesMovedAt: null },
  });
  return given;
}

/**
 * Deletes what an app has in preparation, with the pictures that were added to it. Under the lock of the app.
 * @returns whether there was something
 */
export async function discardDraft(
  db: Prisma.TransactionClient,
  appId: number,
  draft: { id?: number } = {},
): Promise<boolean> {
  const where = { ...draft, appId, status: 'OPEN', submittedAt: null } as const;
  await giveBack(db, { request: where });
  return (await db.verificationRequest.deleteMany({ where })).count > 0;
}

export type RequestTexts = { purpose: string; redirectNote: string };

/** A request of this organisation's that is still being prepared. */
const inPreparation = (actor: Actor, appId: number) =>
  ({
    appId,
    status: 'OPEN',
    submittedAt: null,
    app: { tenantId: actor.tenantId, deletedAt: null },
  }) satisfies Prisma.VerificationRequestWhereInput;

/** Keeps what has been written so far. @returns false when no request is being prepared */
export async function saveTexts(actor: Actor, appId: number, texts: RequestTexts): Promise<boolean> {
  const { count } = await prisma().verificationRequest.updateMany({ where: inPreparation(actor, appId), data: texts });
  return count > 0;
}

/** Adds a picture to the request that is being prepared. */
export async function addScreenshot(
  actor: Actor,
  appId: number,
  picture: { png: Buffer; width: number; height: number },
): Promise<'added' | 'too_many' | 'not_found'> {
  return prisma().$transaction(async (db) => {
    // The lock makes two who add the last one come one after the other.
    if (!(await lockBadgeApp(db, appId, actor.tenantId))) return 'not_found';
    const request = await db.verificationRequest.findFirst({
      where: inPreparation(actor, appId),
      select: { id: true, _count: { select: { screenshots: true } } },
    });
    if (!request) return 'not_found';
    if (request._count.screenshots >= MAX_SCREENSHOTS) return 'too_many';
    const { png, width, height } = picture;
    await db.verificationScreenshot.create({
      data: { requestId: request.id, png: new Uint8Array(png), width, height },
      select: { id: true },
    });
    return 'added';
  });
}

/** Removes a picture from the request that is being prepared. @returns false when it is not there */
export async function removeScreenshot(actor: Actor, appId: number, screenshotId: string): Promise<boolean> {
  return prisma().$transaction(async (db) => {
    if (!(await lockBadgeApp(db, appId, actor.tenantId))) return false;
    const where = { id: screenshotId, request: inPreparation(actor, appId) };
    if ((await giveBack(db, where)) > 0) return true;
    const { count } = await db.verificationScreenshot.deleteMany({ where });
    return count > 0;
  });
}

/** Of an organisation's app: what is being prepared, and what the organisation itself has sent. */
const shownTo = (tenantId: number) =>
  ({
    app: { tenantId },
    OR: [{ submittedAt: null }, sentBy(tenantId)],
  }) satisfies Prisma.VerificationRequestWhereInput;

/** A picture, for reviewers and for those who manage the app; for others there is none. */
export async function findScreenshot(screenshotId: string, tenantId: number | null): Promise<Uint8Array | null> {
  const found = await prisma().verificationScreenshot.findFirst({
    where: { id: screenshotId, ...(tenantId === null ? {} : { request: shownTo(tenantId) }) },
    select: { png: true },
  });
  return found?.png ?? null;
}

export type SubmitOutcome =
  | { ok: true }
  | { ok: false; reason: 'not_found' | 'suspended' | 'nothing_to_review' }
  | { ok: false; reason: 'incomplete'; missing: Check[] };

/** Sends the request that is being prepared: what is asked for is what the developers want at this moment. */
export async function submitRequest(actor: Actor, appId: number, texts: RequestTexts): Promise<SubmitOutcome> {
  return prisma().$transaction(async (db) => {
    const app = await lockBadgeApp(db, appId, actor.tenantId);
    const request =
      app &&
      (await db.verificationRequest.findFirst({
        where: inPreparation(actor, appId),
        select: { id: true, screenshots: { select: { id: true } } },
      }));
    const about = request && (await db.app.findFirst({ where: { id: appId }, select: ABOUT }));
    if (!app || !request || !about) return { ok: false, reason: 'not_found' };
    await db.verificationRequest.updateMany({ where: inPreparation(actor, appId), data: texts });
    if (app.suspended) return { ok: false, reason: 'suspended' };
    if (app.verified && nothingPending(app.pending)) return { ok: false, reason: 'nothing_to_review' };
    const checks = await check(db, app, about, { ...texts, screenshots: request.screenshots });
    if (!isComplete(checks)) {
      return { ok: false, reason: 'incomplete', missing: checks.filter(({ done }) => !done).map((one) => one.check) };
    }
    await db.verificationRequest.updateMany({
      where: inPreparation(actor, appId),
      data: {
        asked: snapshotOf(app, wantedFace(app.face, app.pending)),
        ...(app.snapshot ? { before: app.snapshot } : {}),
        createdById: actor.userId,
        submittedAt: await databaseNow(db),
      },
    });
    await audit(db, actor, 'verification_requested', `app:${appId}`, { request: request.id });
    return { ok: true };
  });
}

/**
 * Takes an open request back. One that was never sent is deleted with the pictures that were added to it: nobody is ever
 * shown it again. One that was sent stays while the app is suspended: its conversation is the way to the reviewers.
 * @returns what became of it; null when it has been decided, or was never there
 */
export async function withdrawRequest(
  actor: Actor,
  appId: number,
  requestId: number,
): Promise<'withdrawn' | 'discarded' | 'suspended' | null> {
  return prisma().$transaction(async (db) => {
    const app = await lockBadgeApp(db, appId, actor.tenantId);
    if (!app) return null;
    const open = { id: requestId, appId, status: 'OPEN' } as const;
    if (await discardDraft(db, appId, { id: requestId })) return 'discarded';
    if (app.suspended) return (await db.verificationRequest.count({ where: open })) > 0 ? 'suspended' : null;
    const { count } = await db.verificationRequest.updateMany({
      where: open,
      data: { status: 'WITHDRAWN', decidedAt: await databaseNow(db), decidedById: actor.userId },
    });
    if (count === 0) return null;
    await audit(db, actor, 'verification_withdrawn', `app:${appId}`, { request: requestId });
    return 'withdrawn';
  });
}

/** A developer writes to the reviewer. */
export async function writeToReviewer(
  actor: Actor,
  appId: number,
  requestId: number,
  body: string,
): Promise<'written' | 'too_many' | 'not_found'> {
  return prisma().$transaction(async (db) => {
    if (!(await lockBadgeApp(db, appId, actor.tenantId))) return 'not_found';
    return write(
      db,
      { id: requestId, appId, ...sentBy(actor.tenantId) },
      { authorId: actor.userId, fromReviewer: false, body },
    );
  });
}

/** Adds to the thread of a request that was sent and not withdrawn. */
export async function write(
  db: Prisma.TransactionClient,
  where: Prisma.VerificationRequestWhereInput,
  message: { authorId: string; fromReviewer: boolean; body: string },
): Promise<'written' | 'too_many' | 'not_found'> {
  const request = await db.verificationRequest.findFirst({
    where: { submittedAt: { not: null }, status: { not: 'WITHDRAWN' }, ...where },
    select: { id: true, _count: { select: { messages: true } } },
  });
  if (!request) return 'not_found';
  if (request._count.messages >= MAX_MESSAGES) return 'too_many';
  await db.verificationMessage.create({
    data: { requestId: request.id, at: await databaseNow(db), ...message },
    select: { id: true },
  });
  return 'written';
}
