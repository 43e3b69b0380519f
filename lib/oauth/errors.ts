/**
 * Every way a protocol request can fail, with the one public sentence each failure has.
 *
 * `code` is what the wire knows, `description` what the client's developer may read, `reason` what the log and the
 * developer's own event log hear. Sentences are fixed: they never carry input (RFC 6749 §5.2 restricts the character
 * set, and echoed input is how error bodies become injection vectors).
 */

/** 'native' answers in the documented shape and statuses, 'rfc' in those of RFC 6749, 7009 and 7662. */
export type Dialect = 'native' | 'rfc';

export type OAuthErrorCode =
  // RFC 6749 §4.1.2.1 and §5.2
  | 'invalid_request'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'unsupported_response_type'
  | 'unsupported_grant_type'
  | 'invalid_grant'
  | 'invalid_client'
  // RFC 7009 §2.2.1
  | 'unsupported_token_type'
  // RFC 6750 §3.1
  | 'invalid_token'
  | 'insufficient_scope';

/** Statuses that stand beside a code instead of the status the dialect gives it. */
export type StatusOverride = 404 | 405 | 413 | 415 | 429 | 431 | 503;

type Entry = {
  code: OAuthErrorCode;
  description: string;
  status?: StatusOverride;
};

const request = (description: string, status?: StatusOverride): Entry =>
  status ? { code: 'invalid_request', description, status } : { code: 'invalid_request', description };
const grant = (description: string): Entry => ({
  code: 'invalid_grant',
  description,
});

// One text for every failure of client authentication, so that answers do not tell which client ids exist.
const clientAuthentication: Entry = {
  code: 'invalid_client',
  description: 'Client authentication failed',
};

// One text for whatever happened to the account or the app: it is nobody's business but theirs.
const grantOver = grant('The access that this was issued for has ended');

const invalidToken: Entry = {
  code: 'invalid_token',
  description: 'The access token is invalid, expired or was withdrawn',
};

const CATALOGUE = {
  // The envelope: method, type, size, encoding
  not_found: request('There is nothing at this address', 404),
  method_not_allowed: request('This method is not supported here', 405),
  body_too_large: request('The request is too large', 413),
  head_too_large: request('The query and the headers of the request are too large', 431),
  too_many_parameters: request('The request has too many parameters'),
  content_type_missing: request('The request needs a body of the content type application/x-www-form-urlencoded', 415),
  content_type_unsupported: request('The content type must be application/x-www-form-urlencoded', 415),
  content_type_json: request(
    'The body must be application/x-www-form-urlencoded and not JSON: send name=value pairs joined by &',
    415,
  ),
  charset_unsupported: request('The character set must be UTF-8', 415),
  content_encoding_unsupported: request('The body must not be compressed', 415),
  json_under_form_type: request(
    'The body is JSON although the content type says application/x-www-form-urlencoded: send name=value pairs joined by &',
  ),
  encoding_damaged: request('The request holds a damaged percent-encoding, damaged UTF-8 or a NUL character'),
  parameter_repeated: request('A parameter was sent more than once'),
  rate_limited: request('Too many requests: wait for the time that Retry-After names', 429),

  // Client and grant parameters
  secret_in_query: request('Secrets, codes, verifiers and tokens belong into the body and not into the query'),
  client_id_missing: request('The parameter client_id is missing'),
  client_id_conflict: request('The request names two different values of client_id'),
  credentials_twice: request('Send the client secret either in the Authorization header or in the body, not in both'),
  grant_type_missing: request('The parameter grant_type is missing'),
  grant_type_unsupported: {
    code: 'unsupported_grant_type',
    description: 'The parameter grant_type must be authorization_code or refresh_token',
  },
  code_missing: request('The parameter code is missing'),
  refresh_token_missing: request('The parameter refresh_token is missing'),
  token_missing: request('The parameter token is missing'),
  token_in_header: request('Send the token in the body and not in the Authorization header'),
  verifier_malformed: request('The parameter code_verifier must be 43 to 128 unreserved characters'),

  // Client authentication
  basic_damaged: clientAuthentication,
  authorization_scheme_unsupported: clientAuthentication,
  client_unknown: clientAuthentication,
  secret_mismatch: clientAuthentication,
  secret_expired: clientAuthentication,
  secret_missing: clientAuthentication,
  secret_unexpected: clientAuthentication,
  proof_missing: clientAuthentication,
  refresh_secret_missing: clientAuthentication,

  // Code grant. `wrong_client` reads like `code_unknown`: another app must not learn that the code exists.
  code_unknown: grant('Provided code is unknown'),
  code_wrong_client: grant('Provided code is unknown'),
  code_burnt: grant('Provided code was refused too often and is no longer valid'),
  code_expired: grant('Provided code has expired'),
  code_redirect_mismatch: grant('The redirect_uri is not the one that the code was issued for'),
  code_replayed: grant('Provided code has already been used'),
  pkce_missing: grant('The code was issued with a code_challenge and needs its code_verifier'),
  pkce_unexpected: grant('A code_verifier was sent for a code that was issued without a code_challenge'),
  pkce_mismatch: grant('The code_verifier does not match the code_challenge of the code'),

  // Refresh grant
  refresh_unknown: grant('Provided refresh token is unknown'),
  refresh_wrong_client: grant('Provided refresh token is unknown'),
  refresh_revoked: grant('Provided refresh token was revoked'),
  refresh_expired: grant('Provided refresh token has expired'),
  refresh_retired: grant('Provided refresh token was already replaced by a newer one'),
  refresh_diverged: grant('Provided refresh token is in use at two places'),
  refresh_too_soon: request('This token was refreshed a moment ago: wait for the time that Retry-After names', 429),

  // State of the people and things behind either grant
  app_inactive: grantOver,
  user_inactive: grantOver,
  tenant_inactive: grantOver,
  account_not_allowed: grantOver,
  app_not_allowed: grantOver,
  grant_ended: grantOver,
  code_withdrawn: grantOver,
  playground_forbidden: grantOver,

  scope_withdrawn: {
    code: 'invalid_scope',
    description: 'The app no longer declares any of the scopes that this was issued for',
  },

  // Authorization endpoint
  query_too_large: request('The request is too large'),
  redirect_uri_missing: request('The parameter redirect_uri is missing'),
  redirect_uri_mismatch: request('The redirect_uri is not registered for this app'),
  redirect_uri_repeated: request('The parameter redirect_uri was sent more than once or is damaged'),
  client_id_repeated: request('The parameter client_id was sent more than once or is damaged'),
  state_too_long: request('The parameter state is too long'),
  request_object_unsupported: request('Request objects are not supported'),
  response_type_missing: request('The parameter response_type is missing'),
  response_type_unsupported: {
    code: 'unsupported_response_type',
    description: 'The parameter response_type must be code',
  },
  response_mode_unsupported: request('The parameter response_mode must be query'),
  prompt_none_unsupported: request('The parameter prompt must not be none: access is always decided on a page'),
  scope_missing: {
    code: 'invalid_scope',
    description: 'The parameter scope is missing',
  },
  scope_invalid: {
    code: 'invalid_scope',
    description: 'The parameter scope is malformed or names an unknown scope',
  },
  scope_not_declared: {
    code: 'invalid_scope',
    description: 'The parameter scope names a scope or an access that this app has not declared',
  },
  challenge_required: request('This app must send a code_challenge'),
  challenge_missing: request('The parameter code_challenge_method was sent without code_challenge'),
  challenge_method_unsupported: request('The parameter code_challenge_method must be S256'),
  challenge_malformed: request(
    'The parameter code_challenge must be 43 base64url characters, the SHA-256 of a verifier',
  ),
  consent_denied: {
    code: 'access_denied',
    description: 'The user did not allow the access',
  },
  approval_denied: {
    code: 'access_denied',
    description: 'The organisation of the user does not allow the app',
  },
  account_limited: {
    code: 'access_denied',
    description: 'The app is limited to the account of its developer',
  },

  // Revocation, RFC 7009 §2.2.1
  access_token_not_revocable: {
    code: 'unsupported_token_type',
    description: 'Access tokens cannot be revoked, they end by themselves',
  },

  // Protected resources, RFC 6750 §3.1
  bearer_missing: {
    code: 'invalid_token',
    description: 'An access token is required',
  },
  bearer_invalid: invalidToken,
  bearer_withdrawn: invalidToken,
  bearer_scope_missing: {
    code: 'insufficient_scope',
    description: 'The access token lacks the scope for this request',
  },

  // Ours
  internal: {
    code: 'server_error',
    description: 'The server failed to answer, try again later',
  },
  unavailable: {
    code: 'server_error',
    description: 'The server cannot answer at the moment, try again later',
    status: 503,
  },
} satisfies Record<string, Entry>;

/** The internal machine word of a failure; a closed union. */
export type Reason = keyof typeof CATALOGUE;

/** All reasons, for tables in tests and for the event log. */
export const REASONS = Object.keys(CATALOGUE) as Reason[];

export type OAuthErrorOptions = {
  /** Seconds for `Retry-After`; rounded up to at least 1 by the mapper. */
  retryAfterSeconds?: number | undefined;
  /** The client authenticated (or tried to) by the Authorization header: RFC 6749 §5.2 asks for a challenge then. */
  usedBasic?: boolean | undefined;
  /** Value of `Allow` for 405. */
  allow?: string | undefined;
  cause?: unknown;
};

/** A refusal on its way to the wire; only `lib/oauth/wire.ts` turns it into bytes. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly reason: Reason;
  readonly code: OAuthErrorCode;
  readonly description: string;
  readonly status: StatusOverride | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly usedBasic: boolean;
  readonly allow: string | undefined;

  constructor(reason: Reason, options: OAuthErrorOptions = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    const entry: Entry = CATALOGUE[reason];
    this.reason = reason;
    this.code = entry.code;
    this.description = entry.description;
    this.status = entry.status;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.usedBasic = options.usedBasic ?? false;
    this.allow = options.allow;
  }
}

/**
 * Whether a caught value is one of ours. By name and shape, not by `instanceof`: the front's bundle and the page
 * bundles hold two copies of the class in one process.
 */
export function isOAuthError(value: unknown): value is OAuthError {
  return value instanceof Error && value.name === 'OAuthError' && 'reason' in value && 'code' in value;
}

/** The wire code of a reason. */
export function codeOf(reason: Reason): OAuthErrorCode {
  return CATALOGUE[reason].code;
}

/** The public sentence of a reason. */
export function descriptionOf(reason: Reason): string {
  return CATALOGUE[reason].description;
}
