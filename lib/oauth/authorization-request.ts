import type { Client } from './client';
import { codeOf, type Dialect, descriptionOf, type OAuthErrorCode, type Reason } from './errors';
import type { AuthorizationParameter, AuthorizationQuery } from './params';
import { challengeProblem } from './pkce';
import type { RedirectRule } from './playground';
import { matchesRegistered } from './redirect-uri';
import { missingScopes, parseScope, type Scope } from './scopes';
import { authorizationErrorCode } from './wire';

/** UTF-16 units of a decoded `state`. */
export const MAX_STATE_LENGTH = 2048;

export type AuthorizationRequest = {
  clientId: string;
  /** The URI as it was sent: a loopback URI carries its port here, the registered one does not. */
  redirectUri: string;
  scopes: Scope[];
  offlineAccess: boolean;
  state?: string;
  codeChallenge?: string;
  /** `prompt=consent`: ask even where a standing grant would be enough. */
  promptConsent: boolean;
};

export type AuthorizationJudgement =
  | { kind: 'page'; reason: Reason }
  | {
      kind: 'redirect_error';
      redirectUri: string;
      state?: string;
      /** As this dialect writes it. */
      error: OAuthErrorCode;
      description: string;
      reason: Reason;
      /** For the developer's own log, never for the answer: the scopes that the app has not declared. */
      undeclared?: Scope[];
    }
  | { kind: 'ok'; request: AuthorizationRequest };

/**
 * Judges an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3). `client` is the one that `clientId` names, null when
 * there is none, `accepts` what may be sent as redirect URI besides what everybody may.
 *
 * Client and redirect URI come first and fail on a page of ours: an answer may only travel to a redirect URI that is
 * proven, or this endpoint is an open redirector (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).
 */
export function judgeAuthorizationRequest(
  query: AuthorizationQuery,
  client: Client | null,
  dialect: Dialect,
  accepts: RedirectRule = matchesRegistered,
): AuthorizationJudgement {
  const target = proveTarget(query, client, accepts);
  if (typeof target === 'string') return { kind: 'page', reason: target };
  const { redirectUri, client: proven } = target;

  const state = query.get('state');
  const reason = requestReason(query, proven);
  if (reason) {
    return {
      kind: 'redirect_error',
      redirectUri,
      // A state that we refuse to carry is not sent back cut or doubtful: it is not sent back.
      ...(state === undefined || state.length > MAX_STATE_LENGTH ? {} : { state }),
      error: authorizationErrorCode(dialect, codeOf(reason)),
      description: descriptionOf(reason),
      reason,
      ...(reason === 'scope_not_declared' ? { undeclared: undeclaredScopes(query, proven) } : {}),
    };
  }
  const scope = parseScope(query.get('scope') ?? '');
  const codeChallenge = query.get('codeChallenge');
  return {
    kind: 'ok',
    request: {
      clientId: proven.clientId,
      redirectUri,
      scopes: scope.ok ? scope.scopes : [],
      offlineAccess: scope.ok && scope.offlineAccess,
      ...(state === undefined ? {} : { state }),
      ...(codeChallenge === undefined ? {} : { codeChallenge }),
      promptConsent: prompts(query).includes('consent'),
    },
  };
}

/** The client and where its answers go, or the first reason why that is not proven. */
function proveTarget(
  query: AuthorizationQuery,
  client: Client | null,
  accepts: RedirectRule,
): { client: Client; redirectUri: string } | Reason {
  if (query.overLimit) return 'query_too_large';
  if (isDoubtful(query, 'clientId')) return 'client_id_repeated';
  const clientId = query.get('clientId');
  if (clientId === undefined) return 'client_id_missing';
  if (client?.clientId !== clientId) return 'client_unknown';
  if (!client.active) return 'app_inactive';
  if (isDoubtful(query, 'redirectUri')) return 'redirect_uri_repeated';
  const redirectUri = query.get('redirectUri');
  if (redirectUri === undefined) return 'redirect_uri_missing';
  if (!accepts(redirectUri, client.redirectUris)) return 'redirect_uri_mismatch';
  return { client, redirectUri };
}

function isDoubtful(query: AuthorizationQuery, name: AuthorizationParameter): boolean {
  return query.repeated.has(name) || query.damaged.has(name);
}

/** The first thing wrong with a request whose client and redirect URI are proven. */
function requestReason(query: AuthorizationQuery, client: Client): Reason | null {
  if (query.repeated.size > 0) return 'parameter_repeated';
  if (query.damaged.size > 0) return 'encoding_damaged';
  if ((query.get('state')?.length ?? 0) > MAX_STATE_LENGTH) return 'state_too_long';
  // Refused rather than ignored: who signs a request object relies on nobody reading the query instead (RFC 9101).
  // A request_uri is never fetched (RFC 9700 §4.10 in spirit; CVE-2020-10770).
  if (query.get('request') !== undefined || query.get('requestUri') !== undefined) return 'request_object_unsupported';
  return responseReason(query) ?? scopeReason(query, client) ?? pkceReason(query, client) ?? promptReason(query);
}

function responseReason(query: AuthorizationQuery): Reason | null {
  const responseType = query.get('responseType');
  if (responseType === undefined) return 'response_type_missing';
  if (responseType !== 'code') return 'response_type_unsupported';
  const responseMode = query.get('responseMode');
  return responseMode === undefined || responseMode === 'query' ? null : 'response_mode_unsupported';
}

function scopeReason(query: AuthorizationQuery, client: Client): Reason | null {
  const scope = query.get('scope');
  if (scope === undefined) return 'scope_missing';
  if (!parseScope(scope).ok) return 'scope_invalid';
  return undeclaredScopes(query, client).length > 0 ? 'scope_not_declared' : null;
}

function undeclaredScopes(query: AuthorizationQuery, client: Client): Scope[] {
  const scope = parseScope(query.get('scope') ?? '');
  return scope.ok && client.scopes ? missingScopes(client.scopes, scope.scopes) : [];
}

function pkceReason(query: AuthorizationQuery, client: Client): Reason | null {
  const challenge = query.get('codeChallenge');
  const problem = challengeProblem(challenge, query.get('codeChallengeMethod'));
  if (problem) return problem;
  // RFC 9700 §2.1.1. Otherwise a code without challenge is redeemed with the secret only.
  const required = client.proof === 'PKCE_ONLY' || client.requirePkce;
  return required && challenge === undefined ? 'challenge_required' : null;
}

function prompts(query: AuthorizationQuery): string[] {
  return (query.get('prompt') ?? '').split(' ');
}

function promptReason(query: AuthorizationQuery): Reason | null {
  return prompts(query).includes('none') ? 'prompt_none_unsupported' : null;
}
