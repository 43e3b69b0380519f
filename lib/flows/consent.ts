import { type Client, withinDeclared } from '@/lib/oauth/client';
import { allowedByTicks } from '@/lib/oauth/consent';
import type { Dialect } from '@/lib/oauth/errors';
import { formatScope, formatScopes, missingScopes } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import { findWaitedFor, type WaitedFor } from '@/lib/store/access-requests';
import {
  endTransaction,
  findTransaction,
  openTransaction,
  type StoredTransaction,
} from '@/lib/store/consent-transactions';
import { approve, findGrantSituation, storedScopes } from '@/lib/store/grants';
import { findConsentSubject } from '@/lib/store/public-apps';
import type { SessionUser } from '@/lib/store/sessions';
import { type BlockedView, blockedViewOf, blockOf, keptOut } from './approval';
import {
  answerWithCode,
  answerWithError,
  fromTransaction,
  prepareCode,
  record,
  redirectsOf,
  standingFor,
  type Visitor,
  type WaitingRequest,
} from './authorize';
import { type AskedAgain, type ConsentView, screenOf, type Untaken, viewOf } from './consent-screen';
import { digestOf } from './ids';

/** A decision that comes sooner after the page was rendered is a click that was meant for something else. */
const TOO_FAST_MS = 700;

export type ConsentPage =
  | { kind: 'show'; view: ConsentView }
  /** The organisation does not let the app in. */
  | { kind: 'blocked'; view: BlockedView }
  /** It waited for an admin's decision, and not any more. */
  | { kind: 'waited'; request: WaitedFor }
  | { kind: 'gone'; reason: 'expired' | 'used' | 'not_yours' };

type Decider = { user: SessionUser; browserId: string | null };

/**
 * What the page of a transaction shows to this user in this browser.
 * @param untaken the last answer, when it was not taken
 */
export async function loadConsent(transactionId: string, who: Decider, untaken: Untaken | null): Promise<ConsentPage> {
  const opened = await openTransaction(digestOf(transactionId), {
    sessionId: who.user.sessionId,
    userId: who.user.id,
    browserDigest: digestOf(who.browserId ?? ''),
  });
  const found = await judgeWaiting(opened, who);
  // Nothing of an app that is no longer there, or not for this user, is shown.
  if ('gone' in found) return goneOf(transactionId, found.gone, who);
  if (!opened?.bound) return { kind: 'gone', reason: 'not_yours' };
  const subject = await findConsentSubject(who.user.id, found.client.id);
  if (!subject) return { kind: 'gone', reason: 'expired' };
  const blocked = blockOf(who.user, found.client, subject.policy);
  if (blocked)
    return { kind: 'blocked', view: await blockedViewOf(transactionId, found, subject.app, who.user, blocked) };
  const situation = standingFor(found.request, subject.situation);
  return { kind: 'show', view: viewOf(transactionId, found, { ...subject, situation }, who.user, untaken) };
}

/** A transaction whose request for approval outlived it says how it goes on. */
async function goneOf(transactionId: string, gone: Gone, { user }: Decider): Promise<ConsentPage> {
  if (gone !== 'expired' && gone !== 'app_changed') return { kind: 'gone', reason: gone };
  const request = gone === 'expired' ? await findWaitedFor(user.id, digestOf(transactionId)) : null;
  return request ? { kind: 'waited', request } : { kind: 'gone', reason: 'expired' };
}

/** What became of a decision. */
export type DecisionOutcome =
  | { kind: 'redirect'; location: string }
  /** It was not taken: the page is shown again, as it was filled in. */
  | ({ kind: 'again' } & Untaken)
  /** The app was suspended, deleted or lost the redirect URI meanwhile. */
  | { kind: 'app_changed' }
  | { kind: 'gone' };

/** What the form of the grant screen brings. */
export type ConsentForm = {
  allow: boolean;
  rendered: string;
  /** What the screen said; null: a form that does not tell. */
  shown: string | null;
  /** Of the optional scopes. */
  ticked: readonly string[];
};

/** Takes the user's decision, once. */
export async function decideConsent(
  transactionId: string,
  answer: ConsentForm,
  visitor: Visitor & { user: SessionUser },
): Promise<DecisionOutcome> {
  const found = await findWaiting(transactionId, visitor);
  if ('gone' in found) {
    if (found.gone !== 'app_changed') return { kind: 'gone' };
    if (found.client) record(found.client, visitor, found.dialect, 'app_changed');
    return { kind: 'app_changed' };
  }
  const { request, client, digest } = found;
  if (!answer.allow) {
    if (!(await endTransaction(digest, visitor.user.sessionId, visitor.user.id))) return { kind: 'gone' };
    const reason = (await keptOut(visitor.user, client)) ? 'approval_denied' : 'consent_denied';
    record(client, visitor, request.dialect, reason);
    return { kind: 'redirect', location: answerWithError(request, reason) };
  }
  const situation = await findGrantSituation(visitor.user.id, client.id);
  const screen = screenOf(request, client, standingFor(request, situation));
  const ticked = allowedByTicks(screen.shown, answer.ticked.flatMap(storedScopes), client.scopes);
  const again = (why: AskedAgain) => ({
    kind: 'again' as const,
    why,
    unticked: missingScopes(ticked, screen.shown).map(formatScope),
  });
  if (cameTooFast(answer.rendered)) return again('too_fast');
  // A yes is for what stood on the screen: the app, or what it was granted, may have changed behind it.
  if (answer.shown !== null && answer.shown !== screen.token) return again('changed');

  const { code, row } = prepareCode(request, client, visitor, {
    scopes: formatScopes(request.scopes),
    offlineAccess: request.offlineAccess,
  });
  const requested = { scopes: request.scopes, offlineAccess: request.offlineAccess };
  const refusal = await approve(
    { transactionDigest: digest, sessionId: visitor.user.sessionId, userId: visitor.user.id },
    { shown: screen.shown, ticked, requested, lasting: row.lasting },
    row,
  );
  if (refusal === 'app_gone') {
    record(client, visitor, request.dialect, 'app_changed');
    return { kind: 'app_changed' };
  }
  if (refusal === 'nothing_left') return again('nothing_ticked');
  if (refusal !== null) return { kind: 'gone' };
  record(client, visitor, request.dialect, 'ok');
  return { kind: 'redirect', location: answerWithCode(request, code) };
}

function cameTooFast(rendered: string): boolean {
  const at = /^\d{1,15}$/.test(rendered) ? Number(rendered) : Number.POSITIVE_INFINITY;
  return runtime().clock.now() - at < TOO_FAST_MS;
}

type Gone = 'expired' | 'used' | 'not_yours' | 'app_changed';

type Found =
  | { gone: Exclude<Gone, 'app_changed'> }
  | { gone: 'app_changed'; client: Client | null; dialect: Dialect }
  | { request: WaitingRequest; client: Client; digest: Buffer };

/** A transaction that this browser, session and user may decide. */
export async function findWaiting(transactionId: string, who: Decider): Promise<Found> {
  return judgeWaiting(await findTransaction(digestOf(transactionId)), who);
}

async function judgeWaiting(waiting: StoredTransaction | null, who: Decider): Promise<Found> {
  if (!waiting || waiting.expired) return { gone: 'expired' };
  if (who.browserId === null || !waiting.browserDigest.equals(digestOf(who.browserId))) return { gone: 'not_yours' };
  if (waiting.decided) return { gone: 'used' };
  if (waiting.sessionId !== null && waiting.sessionId !== who.user.sessionId) return { gone: 'not_yours' };
  // A refused request has nothing to allow.
  if (waiting.errorReason !== null) return { gone: 'expired' };
  const client = await runtime().clients.get(waiting.clientId);
  const changed: Found = { gone: 'app_changed', client, dialect: waiting.dialect };
  if (!client?.active || (client.limitToAccount && client.tenantId !== who.user.tenant.id)) return changed;
  // Not even the user's no goes to an address that the app has given up.
  if (!redirectsOf(client, who.user)(waiting.redirectUri, client.redirectUris)) return changed;
  const request = fromTransaction(waiting);
  // Nobody is asked for what the developer has taken back meanwhile.
  const scopes = withinDeclared(request.scopes, client.scopes);
  if (scopes.length === 0) return changed;
  return { request: { ...request, scopes }, client, digest: waiting.digest };
}
