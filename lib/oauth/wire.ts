import type { AccessToken } from './access-token';
import type { Dialect, OAuthError, OAuthErrorCode } from './errors';

/** The one place where answers become bytes, per dialect. */

export type WireResponse = {
  status: number;
  headers: Record<string, string>;
  body: string;
};

const REALM = 'oauth2';

// RFC 6749 §5.1 asks for both cache headers wherever tokens or credentials travel.
const JSON_HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  Pragma: 'no-cache',
  'X-Content-Type-Options': 'nosniff',
};

function json(status: number, body: object, headers: Record<string, string> = {}): WireResponse {
  return {
    status,
    headers: { ...JSON_HEADERS, ...headers },
    body: JSON.stringify(body),
  };
}

type NativeCode =
  | 'invalid_request'
  | 'invalid_scope'
  | 'access_denied'
  | 'unsupported_grant_type'
  | 'invalid_grant'
  | 'server_error';

const NATIVE_STATUS: Record<NativeCode, number> = {
  invalid_request: 400,
  invalid_scope: 400,
  access_denied: 400,
  unsupported_grant_type: 400,
  invalid_grant: 401,
  server_error: 500,
};

// The documented dialect knows six codes; whatever else happens takes the nearest of them.
function nativeCode(code: OAuthErrorCode): NativeCode {
  switch (code) {
    case 'invalid_client':
    case 'invalid_token':
      return 'invalid_grant';
    case 'insufficient_scope':
      return 'access_denied';
    case 'unsupported_response_type':
    case 'unsupported_token_type':
      return 'invalid_request';
    default:
      return code;
  }
}

function rfcStatus(code: OAuthErrorCode): number {
  switch (code) {
    case 'invalid_client':
    case 'invalid_token':
      return 401;
    case 'insufficient_scope':
      return 403;
    case 'server_error':
      return 500;
    default:
      return 400;
  }
}

/** An error of a machine endpoint in its dialect (RFC 6749 §5.2, or the documented `{code, error}`). */
export function errorResponse(dialect: Dialect, error: OAuthError): WireResponse {
  const headers = errorHeaders(error);
  if (dialect === 'rfc') {
    const status = error.status ?? rfcStatus(error.code);
    if (status === 401 && error.usedBasic) headers['WWW-Authenticate'] = `Basic realm="${REALM}"`;
    return json(status, { error: error.code, error_description: error.description }, headers);
  }
  const code = nativeCode(error.code);
  const status = error.status ?? NATIVE_STATUS[code];
  // RFC 9110 §15.5.2 wants a challenge on every 401. `Bearer` makes no browser ask for a password.
  if (status === 401) headers['WWW-Authenticate'] = `Bearer realm="${REALM}"`;
  return json(status, { code, error: error.description }, headers);
}

function errorHeaders(error: OAuthError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.retryAfterSeconds !== undefined) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  }
  if (error.allow !== undefined) headers.Allow = error.allow;
  return headers;
}

/**
 * An error of a protected resource (RFC 6750 §3). A request without a token gets a bare challenge (§3.1); `scope` names
 * what the request would have needed.
 */
export function bearerErrorResponse(error: OAuthError, scope?: string): WireResponse {
  const status = error.status ?? rfcStatus(error.code);
  const headers = errorHeaders(error);
  if (status === 401 || status === 403) {
    const parts = [`Bearer realm="${REALM}"`];
    if (error.reason !== 'bearer_missing') {
      parts.push(`error="${error.code}"`, `error_description="${error.description}"`);
    }
    if (scope !== undefined) parts.push(`scope="${scope}"`);
    headers['WWW-Authenticate'] = parts.join(', ');
  }
  return json(status, { code: error.code, error: error.description }, headers);
}

export type IssuedTokens = {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  /** Canonical scope text. */
  scope: string;
  refreshToken?: string | undefined;
  /** Seconds; absent or null when the refresh token never expires. */
  refreshTokenExpiresIn?: number | null | undefined;
};

/** A token answer (RFC 6749 §5.1). Both dialects share its documented shape. */
export function tokenResponse(_dialect: Dialect, tokens: IssuedTokens): WireResponse {
  const body: Record<string, string | number> = {
    token_type: 'Bearer',
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
    scope: tokens.scope,
  };
  if (tokens.refreshToken !== undefined) {
    body.refresh_token = tokens.refreshToken;
    if (typeof tokens.refreshTokenExpiresIn === 'number') body.refresh_token_expires_in = tokens.refreshTokenExpiresIn;
  }
  return json(200, body);
}

/** The documented token_info answer. null: whatever was sent is no access token that is good now. */
export function tokenInfoResponse(token: AccessToken | null): WireResponse {
  if (!token) return json(200, { active: false });
  return json(200, {
    active: true,
    tenant_id: token.tenantName,
    username: token.username,
    scope: token.scope,
    app_id: token.appId,
  });
}

/** What introspection tells of any kind of token. */
export type IntrospectedToken = {
  scope: string;
  clientId: string;
  username: string;
  tokenType: 'Bearer' | 'refresh_token';
  /** Seconds since the epoch; absent when it never expires. */
  exp?: number | undefined;
  iat?: number | undefined;
  sub: string;
  aud: string;
  iss: string;
  jti?: string | undefined;
};

/** RFC 7662 §2.2. An inactive token is told nothing about but that (§2.2, §4). */
export function introspectionResponse(token: IntrospectedToken | null): WireResponse {
  if (!token) return json(200, { active: false });
  const { scope, clientId, username, tokenType, exp, iat, sub, aud, iss, jti } = token;
  return json(200, {
    active: true,
    scope,
    client_id: clientId,
    username,
    token_type: tokenType,
    exp,
    iat,
    sub,
    aud,
    iss,
    jti,
  });
}

/** RFC 7009 §2.2: 200 with an empty body; the documented dialect writes an empty object. */
export function revocationResponse(dialect: Dialect): WireResponse {
  return dialect === 'native' ? json(200, {}) : { status: 200, headers: { ...JSON_HEADERS }, body: '' };
}

/** The error code of an authorization response: the documented dialect has no unsupported_response_type. */
export function authorizationErrorCode(dialect: Dialect, code: OAuthErrorCode): OAuthErrorCode {
  return dialect === 'native' ? nativeCode(code) : code;
}

export type AuthorizationAnswer = {
  state?: string | undefined /** the issuer, RFC 9207 */;
  iss: string;
} & ({ code: string } | { error: OAuthErrorCode; description: string });

/**
 * The redirect of an authorization response (RFC 6749 §4.1.2, §4.1.2.1, RFC 9207 §2). The registered URI stays as it is
 * to the byte, a query of its own included (§3.1.2); the answer is appended.
 */
export function authorizationRedirect(redirectUri: string, answer: AuthorizationAnswer): string {
  const pairs: [string, string][] =
    'code' in answer
      ? [['code', answer.code]]
      : [
          ['error', answer.error],
          ['error_description', answer.description],
        ];
  if (answer.state !== undefined) pairs.push(['state', answer.state]);
  pairs.push(['iss', answer.iss]);
  const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  // A question mark further on is part of the query, even where it stands last.
  const mark = redirectUri.indexOf('?');
  const separator = mark < 0 ? '?' : mark === redirectUri.length - 1 || redirectUri.endsWith('&') ? '' : '&';
  return `${redirectUri}${separator}${query}`;
}
