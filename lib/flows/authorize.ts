import { randomBytes } from 'node:crypto';
import { canManageApps } from '@/lib/apps/roles';
import { CODE_LIFETIME_SECONDS, codeDigest, newCode } from '@/lib/oauth/authorization-code';
import { type AuthorizationRequest, judgeAuthorizationRequest } from '@/lib/oauth/authorization-request';
import type { Client } from '@/lib/oauth/client';
import { type ConsentDecision, consentDecision, ownsSecret } from '@/lib/oauth/consent';
import { codeOf, type Dialect, descriptionOf, type Reason } from '@/lib/oauth/errors';
import type { EventDetails } from '@/lib/oauth/event-details';
import { parseAuthorizationQuery } from '@/lib/oauth/params';
import { playgroundCallback, type RedirectRule, redirectRule } from '@/lib/oauth/playground';
import { explainRedirect } from '@/lib/oauth/redirect-difference';
import { redirectTarget } from '@/lib/oauth/redirect-uri';
import { MAX_REFRESH_TOKENS } from '@/lib/oauth/refresh-token';
import { authorizationFacts, scopeNames } from '@/lib/oauth/request-facts';
import { formatScope, formatScopes, missingScopes } from '@/lib/oauth/scopes';
import { authorizationErrorCode, authorizationRedirect } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import {
  bindTransaction,
  type ConsentTransaction,
  createTransaction,
  findTransaction,
} from '@/lib/store/consent-transactions';
import { findGrantSituation, type GrantSituation, issueSilently, type NewCode, storedScopes } from '@/lib/store/grants';
import type { SessionUser } from '@/lib/store/sessions';
import { keptOut } from './approval';
import { digestOf, newId } from './ids';

/** Who is in front of the browser, and which browser it is. */
export type Visitor = {
  user: SessionUser | null;
  /** Value of the browser cookie: a transaction belongs to one browser. */
  browserId: string;
  address: string;
  userAgent: string;
  requestId: string;
};

/** What happens next, for the route to render. */
export type AuthorizeOutcome =
  /** Never a redirect: client or redirect URI are not proven (RFC 6749 §4.1.2.1). */
  | { kind: 'page'; reason: Reason }
  | { kind: 'sign_in'; transactionId: string }
  | { kind: 'consent'; transactionId: string }
  | { kind: 'redirect'; location: string }
  /** An error for an app that this user has no reason to trust: the target is named before anybody goes there. */
  | { kind: 'leave'; location: string; target: ReturnType<typeof redirectTarget>; reason: Reason };

/** The authorization endpoint (RFC 6749 §4.1.1), for both dialects. */
export async function authorize(rawQuery: string, dialect: Dialect, visitor: Visitor): Promise<AuthorizeOutcome> {
  const query = parseAuthorizationQuery(rawQuery);
  const clientId = query.get('clientId');
  const client = clientId === undefined ? null : await runtime().clients.get(clientId);
  const judged = judgeAuthorizationRequest(
    query,
    client,
    dialect,
    client ? redirectsOf(client, visitor.user) : undefined,
  );
  if (judged.kind === 'page' || !client) {
    const reason = judged.kind === 'page' ? judged.reason : 'client_unknown';
    if (client) record(client, visitor, dialect, reason, () => authorizationFacts(reason, query, client.redirectUris));
    return { kind: 'page', reason };
  }
  const request: WaitingRequest =
    judged.kind === 'ok'
      ? { ...judged.request, dialect, error: null }
      : {
          ...EMPTY,
          clientId: client.clientId,
          redirectUri: judged.redirectUri,
          state: judged.state,
          dialect,
          error: {
            reason: judged.reason,
            details: authorizationFacts(judged.reason, query, client.redirectUris, judged.undeclared),
          },
        };
  return proceed(request, client, visitor, null);
}

/** Goes on with a request that waited for sign-in. */
export async function resumeAuthorization(transactionId: string, visitor: Visitor): Promise<AuthorizeOutcome> {
  const digest = digestOf(transactionId);
  const waiting = await findTransaction(digest);
  const foreign = waiting?.sessionId && waiting.sessionId !== visitor.user?.sessionId;
  const sameBrowser = waiting?.browserDigest.equals(digestOf(visitor.browserId));
  if (!waiting || waiting.expired || waiting.decided || foreign || !sameBrowser) {
    return { kind: 'consent', transactionId };
  }
  const client = await runtime().clients.get(waiting.clientId);
  // The app may have changed while its user signed in: the redirect is proven again before anything goes there.
  if (!client?.active) {
    if (client) record(client, visitor, waiting.dialect, 'app_inactive');
    return { kind: 'page', reason: 'client_unknown' };
  }
  if (!redirectsOf(client, visitor.user)(waiting.redirectUri, client.redirectUris)) {
    const details = () => ({ redirect: explainRedirect(waiting.redirectUri, client.redirectUris) });
    record(client, visitor, waiting.dialect, 'redirect_uri_mismatch', details);
    return { kind: 'page', reason: 'redirect_uri_mismatch' };
  }
  return proceed(stillDeclared(fromTransaction(waiting), client), client, visitor, { id: transactionId, digest });
}

/** Where answers for this user may go: the playground's address is for those who may manage the very app. */
export function redirectsOf(client: Client, user: SessionUser | null): RedirectRule {
  const manages = user !== null && user.tenant.id === client.tenantId && canManageApps(user.role);
  return redirectRule(playgroundCallback(runtime().settings.publicUrl), manages);
}

/** Whether the answer goes to the playground. */
export function isPlayground({ redirectUri }: Pick<WaitingRequest, 'redirectUri'>): boolean {
  return redirectUri === playgroundCallback(runtime().settings.publicUrl);
}

/** A request whose client and redirect URI are proven; with a reason, when it was refused all the same. */
export type WaitingRequest = AuthorizationRequest & { dialect: Dialect; error: RequestError | null };

/** The details are for the developer's log: an answer never repeats what was sent. */
type RequestError = { reason: Reason; details: EventDetails };

/** The developer may have taken a scope back since the app asked for it. */
function stillDeclared(request: WaitingRequest, { scopes }: Client): WaitingRequest {
  const undeclared = scopes ? missingScopes(scopes, request.scopes) : [];
  if (undeclared.length === 0) return request;
  return { ...request, error: { reason: 'scope_not_declared', details: scopeNames(undeclared.map(formatScope)) } };
}

const EMPTY = { scopes: [], offlineAccess: false, promptConsent: false };

type Waiting = { id: string; digest: Buffer };

async function proceed(
  request: WaitingRequest,
  client: Client,
  visitor: Visitor,
  waiting: Waiting | null,
): Promise<AuthorizeOutcome> {
  const { user } = visitor;
  // Nobody is sent anywhere before somebody is signed in: else this is an open redirector (RFC 9700 §4.11.2).
  if (!user) return { kind: 'sign_in', transactionId: waiting?.id ?? (await store(request, visitor, null)) };
  if (request.error) return refuse(request, client, visitor, request.error);
  if (client.limitToAccount && client.tenantId !== user.tenant.id)
    return refuse(request, client, visitor, { reason: 'account_limited', details: {} });
  // The user is told on a page, and may ask there; nothing is issued in silence.
  if (await keptOut(user, client)) {
    record(client, visitor, request.dialect, 'app_not_allowed');
    return ask(request, { ...visitor, user }, waiting);
  }
  return grantOrAsk(request, client, { ...visitor, user }, waiting);
}

async function grantOrAsk(
  request: WaitingRequest,
  client: Client,
  visitor: Visitor & { user: SessionUser },
  waiting: Waiting | null,
): Promise<AuthorizeOutcome> {
  const situation = await findGrantSituation(visitor.user.id, client.id);
  const decision = decide(request, client, standingFor(request, situation));
  if (decision.kind === 'silent') {
    const { code, row } = prepareCode(request, client, visitor, {
      scopes: formatScopes(decision.scopes),
      offlineAccess: decision.offlineAccess,
    });
    const refusal = await issueSilently(row, MAX_REFRESH_TOKENS, waiting && { transactionDigest: waiting.digest });
    if (refusal === 'app_gone') {
      record(client, visitor, request.dialect, 'app_changed');
      return { kind: 'page', reason: 'client_unknown' };
    }
    if (refusal === 'transaction_gone') return { kind: 'consent', transactionId: waiting?.id as string };
    if (refusal === null) {
      record(client, visitor, request.dialect, 'ok', { silent: true });
      return { kind: 'redirect', location: answerWithCode(request, code) };
    }
  }
  record(client, visitor, request.dialect, 'shown');
  return ask(request, visitor, waiting);
}

/** Leads to the page of the transaction, which shows what this user is asked or told. */
async function ask(
  request: WaitingRequest,
  visitor: Visitor & { user: SessionUser },
  waiting: Waiting | null,
): Promise<AuthorizeOutcome> {
  if (!waiting) return { kind: 'consent', transactionId: await store(request, visitor, visitor.user) };
  await bindTransaction(waiting.digest, visitor.user.sessionId, visitor.user.id);
  return { kind: 'consent', transactionId: waiting.id };
}

/**
 * What counts of a user's standing for this request. For the playground nothing does: it is asked about each time, takes no
 * place and ends no other connection.
 */
export function standingFor(request: WaitingRequest, situation: GrantSituation): GrantSituation {
  return isPlayground(request) ? { grant: null, silentGrantsLastHour: 0, places: 0, oldest: null } : situation;
}

/** Whether the user whose standing this is must be asked, and about what. */
export function decide(request: WaitingRequest, client: Client, situation: GrantSituation): ConsentDecision {
  return consentDecision({
    client,
    redirectUri: request.redirectUri,
    requested: { scopes: request.scopes, offlineAccess: request.offlineAccess },
    grant: situation.grant,
    promptConsent: request.promptConsent,
    silentGrantsLastHour: situation.silentGrantsLastHour,
    atCap: situation.places >= MAX_REFRESH_TOKENS,
  });
}

/** A new code, and the row that stores its digest. */
export function prepareCode(
  request: WaitingRequest,
  client: Client,
  visitor: Visitor & { user: SessionUser },
  granted: { scopes: string; offlineAccess: boolean },
): { code: string; row: NewCode } {
  const code = newCode(request.dialect, randomBytes);
  return {
    code,
    row: {
      digest: codeDigest(code),
      userId: visitor.user.id,
      appId: client.id,
      redirectUri: request.redirectUri,
      playground: isPlayground(request),
      ...granted,
      lasting: ownsSecret(client) || granted.offlineAccess,
      codeChallenge: request.codeChallenge ?? null,
      userAgent: visitor.userAgent.slice(0, 512),
      ip: visitor.address,
      lifetime: CODE_LIFETIME_SECONDS,
    },
  };
}

/** The redirect that carries a code (RFC 6749 §4.1.2), with the issuer (RFC 9207 §2). */
export function answerWithCode(request: WaitingRequest, code: string): string {
  return authorizationRedirect(request.redirectUri, { code, state: request.state, iss: runtime().settings.publicUrl });
}

/** The redirect that carries a refusal (RFC 6749 §4.1.2.1). */
export function answerWithError(request: WaitingRequest, reason: Reason): string {
  return authorizationRedirect(request.redirectUri, {
    error: authorizationErrorCode(request.dialect, codeOf(reason)),
    description: descriptionOf(reason),
    state: request.state,
    iss: runtime().settings.publicUrl,
  });
}

async function refuse(
  request: WaitingRequest,
  client: Client,
  visitor: Visitor,
  { reason, details }: RequestError,
): Promise<AuthorizeOutcome> {
  record(client, visitor, request.dialect, reason, details);
  const location = answerWithError(request, reason);
  const user = visitor.user as SessionUser;
  const trusted =
    client.tenantId === user.tenant.id ||
    client.verified ||
    (await findGrantSituation(user.id, client.id)).grant !== null;
  // An app that refuses other accounts is documented to answer them at once, and is not shown to them.
  if (trusted || reason === 'account_limited') return { kind: 'redirect', location };
  return { kind: 'leave', location, target: redirectTarget(request.redirectUri), reason };
}

async function store(request: WaitingRequest, visitor: Visitor, user: SessionUser | null): Promise<string> {
  const id = newId(randomBytes);
  await createTransaction(digestOf(id), {
    browserDigest: digestOf(visitor.browserId),
    dialect: request.dialect,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    scopes: formatScopes(request.scopes),
    offlineAccess: request.offlineAccess,
    state: request.state ?? null,
    codeChallenge: request.codeChallenge ?? null,
    promptConsent: request.promptConsent,
    errorReason: request.error?.reason ?? null,
    errorDetails: request.error?.details ?? null,
    sessionId: user?.sessionId ?? null,
    userId: user?.id ?? null,
  });
  return id;
}

/** The request that a transaction holds. */
export function fromTransaction(t: ConsentTransaction): WaitingRequest {
  return {
    clientId: t.clientId,
    redirectUri: t.redirectUri,
    scopes: storedScopes(t.scopes),
    offlineAccess: t.offlineAccess,
    ...(t.state === null ? {} : { state: t.state }),
    ...(t.codeChallenge === null ? {} : { codeChallenge: t.codeChallenge }),
    promptConsent: t.promptConsent,
    dialect: t.dialect,
    // An older instance wrote its detail behind a colon.
    error:
      t.errorReason === null
        ? null
        : { reason: t.errorReason.replace(/:.*/s, '') as Reason, details: t.errorDetails ?? {} },
  };
}

/** What an authorization came to: what the app got, or why it got nothing. `app_changed`: it was changed meanwhile. */
export type AuthorizationOutcome = Reason | 'ok' | 'shown' | 'app_changed';

/** Writes a line of the app's event log. @param details worked out only if the log takes the line */
export function record(
  client: Client,
  visitor: Visitor,
  dialect: Dialect,
  outcome: AuthorizationOutcome,
  details: EventDetails | (() => EventDetails) = {},
): void {
  const { events, clock } = runtime();
  events.add(
    {
      appId: client.id,
      // Who came is the app's to know once it may act for them, not because they followed a link.
      userId: outcome === 'ok' ? (visitor.user?.id ?? null) : null,
      connectionId: null,
      kind: 'authorize',
      outcome,
      dialect,
      requestId: visitor.requestId,
      at: new Date(clock.now()),
      details,
    },
    visitor.address,
  );
}
