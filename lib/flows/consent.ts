import { describeDevice } from '@/lib/apps/devices';
import type { Client } from '@/lib/oauth/client';
import { ownsSecret } from '@/lib/oauth/consent';
import { isLoopback, matchesRegistered, redirectTarget } from '@/lib/oauth/redirect-uri';
import { MAX_REFRESH_TOKENS } from '@/lib/oauth/refresh-token';
import { describeScope, formatScope, formatScopes, type Scope, type ScopeDescription } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import {
  endTransaction,
  findTransaction,
  openTransaction,
  type StoredTransaction,
} from '@/lib/store/consent-transactions';
import { approve, findGrantSituation, type GrantSituation } from '@/lib/store/grants';
import { findConsentSubject } from '@/lib/store/public-apps';
import type { SessionUser } from '@/lib/store/sessions';
import {
  answerWithCode,
  answerWithError,
  decide,
  fromTransaction,
  prepareCode,
  record,
  type Visitor,
  type WaitingRequest,
} from './authorize';
import { digestOf } from './ids';

/** A decision that comes sooner after the page was rendered is a click that was meant for something else. */
const TOO_FAST_MS = 700;

/** What the grant screen shows. */
export type ConsentView = {
  transactionId: string;
  app: { name: string; description: string; publisher: string; verified: boolean; createdAt: Date; users: number };
  account: { username: string; displayName: string; organisation: string };
  scopes: ({ scope: string } & ScopeDescription)[];
  /** Only what is added to a standing grant is shown. */
  newOnly: boolean;
  offline: 'none' | 'year' | 'never_expires';
  redirectTarget: ReturnType<typeof redirectTarget>;
  loopback: boolean;
  /** The connection that this one will end: all ten places are taken. */
  evicts: { device: string | null; connectedAt: Date } | null;
  /** The last answer came too fast and was not taken. */
  askedAgain: boolean;
  /** Comes back with the decision: when the page was rendered. */
  renderedToken: string;
};

export type ConsentPage =
  | { kind: 'show'; view: ConsentView }
  | { kind: 'gone'; reason: 'expired' | 'used' | 'not_yours' };

type Decider = { user: SessionUser; browserId: string | null };

/**
 * What the page of a transaction shows to this user in this browser.
 * @param askedAgain the last answer came too fast
 */
export async function loadConsent(transactionId: string, who: Decider, askedAgain: boolean): Promise<ConsentPage> {
  const opened = await openTransaction(digestOf(transactionId), {
    sessionId: who.user.sessionId,
    userId: who.user.id,
    browserDigest: digestOf(who.browserId ?? ''),
  });
  const found = await judgeWaiting(opened, who);
  // Nothing of an app that is no longer there, or not for this user, is shown.
  if ('gone' in found) return { kind: 'gone', reason: found.gone === 'app_changed' ? 'expired' : found.gone };
  if (!opened?.bound) return { kind: 'gone', reason: 'not_yours' };
  const { request, client } = found;
  const subject = await findConsentSubject(who.user.id, client.id);
  if (!subject) return { kind: 'gone', reason: 'expired' };
  return { kind: 'show', view: { ...view(transactionId, request, client, subject, who.user), askedAgain } };
}

function view(
  transactionId: string,
  request: WaitingRequest,
  client: Client,
  { app, situation }: { app: ConsentView['app']; situation: GrantSituation },
  user: SessionUser,
): Omit<ConsentView, 'askedAgain'> {
  const decision = decide(request, client, situation);
  const asked = decision.kind === 'ask' ? decision : { scopesToShow: request.scopes, newOnly: false };
  const lasting = ownsSecret(client) || request.offlineAccess;
  const { oldest } = situation;
  return {
    transactionId,
    app,
    account: {
      username: user.username,
      displayName: `${user.firstName} ${user.lastName}`,
      organisation: user.tenant.displayName,
    },
    scopes: asked.scopesToShow.map((scope) => ({ scope: formatScope(scope), ...describeScope(scope) })),
    newOnly: asked.newOnly,
    offline: lasting ? (client.neverExpires ? 'never_expires' : 'year') : 'none',
    redirectTarget: redirectTarget(request.redirectUri),
    loopback: isLoopback(request.redirectUri),
    evicts:
      lasting && oldest && situation.places >= MAX_REFRESH_TOKENS
        ? { device: describeDevice(oldest.userAgent), connectedAt: oldest.connectedAt }
        : null,
    renderedToken: String(Math.round(runtime().clock.now())),
  };
}

/** What became of a decision. */
export type DecisionOutcome =
  | { kind: 'redirect'; location: string }
  /** It came too fast: the page is shown again. */
  | { kind: 'again' }
  /** The app was suspended, deleted or lost the redirect URI meanwhile. */
  | { kind: 'app_changed' }
  | { kind: 'gone' };

/** Takes the user's decision, once. */
export async function decideConsent(
  transactionId: string,
  answer: { allow: boolean; rendered: string },
  visitor: Visitor & { user: SessionUser },
): Promise<DecisionOutcome> {
  const found = await findWaiting(transactionId, visitor);
  if ('gone' in found) return { kind: found.gone === 'app_changed' ? 'app_changed' : 'gone' };
  const { request, client, digest } = found;
  if (!answer.allow) {
    if (!(await endTransaction(digest, visitor.user.sessionId, visitor.user.id))) return { kind: 'gone' };
    record(client, visitor, 'consent_denied');
    return { kind: 'redirect', location: answerWithError(request, 'consent_denied') };
  }
  if (cameTooFast(answer.rendered)) return { kind: 'again' };

  const decision = decide(request, client, await findGrantSituation(visitor.user.id, client.id));
  const shown: Scope[] = decision.kind === 'ask' ? decision.scopesToShow : request.scopes;
  const { code, row } = prepareCode(request, client, visitor, {
    scopes: formatScopes(request.scopes),
    offlineAccess: request.offlineAccess,
  });
  const requested = { scopes: request.scopes, offlineAccess: request.offlineAccess };
  const refusal = await approve(
    { transactionDigest: digest, sessionId: visitor.user.sessionId, userId: visitor.user.id },
    { shown, ticked: shown, requested, lasting: row.lasting },
    row,
  );
  if (refusal === 'app_gone') return { kind: 'app_changed' };
  if (refusal !== null) return { kind: 'gone' };
  record(client, visitor, 'ok');
  return { kind: 'redirect', location: answerWithCode(request, code) };
}

function cameTooFast(rendered: string): boolean {
  const at = /^\d{1,15}$/.test(rendered) ? Number(rendered) : Number.POSITIVE_INFINITY;
  return runtime().clock.now() - at < TOO_FAST_MS;
}

type Found =
  | { gone: 'expired' | 'used' | 'not_yours' | 'app_changed' }
  | { request: WaitingRequest; client: Client; digest: Buffer };

/** A transaction that this browser, session and user may decide. */
async function findWaiting(transactionId: string, who: Decider): Promise<Found> {
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
  if (!client?.active || (client.limitToAccount && client.tenantId !== who.user.tenant.id))
    return { gone: 'app_changed' };
  // Not even the user's no goes to an address that the app has given up.
  if (!matchesRegistered(waiting.redirectUri, client.redirectUris)) return { gone: 'app_changed' };
  return { request: fromTransaction(waiting), client, digest: waiting.digest };
}
