import { codeOf, type Dialect, descriptionOf, OAuthError, type Reason } from './errors';
import { authorizationErrorCode, bearerErrorResponse, errorResponse } from './wire';

/**
 * What the endpoints are and how each of them can refuse, as data: the reference and the OpenAPI document are written from
 * it, and tests hold it against the routes that are served and the answers that they give.
 */

/** The name of an endpoint; both dialects of one share it. */
export const ENDPOINT_NAMES = [
  'authorize',
  'token',
  'token_info',
  'introspect',
  'revoke',
  'current_user',
  'jwks',
  'metadata',
  'openapi',
] as const;
export type EndpointName = (typeof ENDPOINT_NAMES)[number];

/**
 * Who hears a refusal and how. `machine`: the error of the dialect; `resource`: that of a protected resource (RFC 6750 §3);
 * `browser`: a page of ours, or a redirect to the app where its redirect URI is proven (RFC 6749 §4.1.2.1).
 */
export type Audience = 'machine' | 'resource' | 'browser';

export type Endpoint = {
  name: EndpointName;
  method: 'GET' | 'POST';
  path: string;
  dialect: Dialect;
  audience: Audience;
  /** Every way in which a request can fail there. */
  reasons: readonly Reason[];
};

const ENVELOPE = [
  'not_found',
  'method_not_allowed',
  'body_too_large',
  'head_too_large',
  'rate_limited',
  'internal',
  'unavailable',
] as const satisfies readonly Reason[];

const FORM = [
  'too_many_parameters',
  'content_type_missing',
  'content_type_unsupported',
  'content_type_json',
  'charset_unsupported',
  'content_encoding_unsupported',
  'json_under_form_type',
  'encoding_damaged',
  'parameter_repeated',
  'secret_in_query',
  'client_id_missing',
  'client_id_conflict',
  'credentials_twice',
  'basic_damaged',
  'authorization_scheme_unsupported',
] as const satisfies readonly Reason[];

const CLIENT = [
  'client_unknown',
  'secret_missing',
  'secret_mismatch',
  'secret_expired',
  'secret_unexpected',
] as const satisfies readonly Reason[];

const GRANTS = [
  'grant_type_missing',
  'grant_type_unsupported',
  'code_missing',
  'refresh_token_missing',
  'verifier_malformed',
  'proof_missing',
  'refresh_secret_missing',
  'code_unknown',
  'code_wrong_client',
  'code_burnt',
  'code_expired',
  'code_redirect_mismatch',
  'code_replayed',
  'code_withdrawn',
  'pkce_missing',
  'pkce_unexpected',
  'pkce_mismatch',
  'refresh_unknown',
  'refresh_wrong_client',
  'refresh_revoked',
  'refresh_expired',
  'refresh_retired',
  'refresh_diverged',
  'refresh_too_soon',
  'app_inactive',
  'user_inactive',
  'tenant_inactive',
  'account_not_allowed',
  'app_not_allowed',
  'grant_ended',
  'playground_forbidden',
  'scope_withdrawn',
] as const satisfies readonly Reason[];

const TOKEN = ['token_missing', 'token_in_header'] as const satisfies readonly Reason[];

/** Refusals of the authorization endpoint that never reach the app: where its answers go is not proven. */
export const ON_OUR_PAGE: ReadonlySet<Reason> = new Set<Reason>([
  'query_too_large',
  'client_id_missing',
  'client_id_repeated',
  'client_unknown',
  'app_inactive',
  'redirect_uri_missing',
  'redirect_uri_repeated',
  'redirect_uri_mismatch',
  'method_not_allowed',
  'head_too_large',
  'rate_limited',
  'internal',
  'unavailable',
]);

const AUTHORIZE = [
  ...ON_OUR_PAGE,
  'parameter_repeated',
  'encoding_damaged',
  'state_too_long',
  'request_object_unsupported',
  'response_type_missing',
  'response_type_unsupported',
  'response_mode_unsupported',
  'scope_missing',
  'scope_invalid',
  'scope_not_declared',
  'challenge_required',
  'challenge_missing',
  'challenge_method_unsupported',
  'challenge_malformed',
  'prompt_none_unsupported',
  'consent_denied',
  'account_limited',
  'approval_denied',
] as const satisfies readonly Reason[];

const BEARER = ['bearer_missing', 'bearer_invalid', 'bearer_withdrawn', 'bearer_scope_missing'] as const;

const machine = (name: EndpointName, dialect: Dialect, path: string, reasons: readonly Reason[]): Endpoint => ({
  name,
  method: 'POST',
  path,
  dialect,
  audience: 'machine',
  reasons: [...ENVELOPE, ...reasons],
});
const published = (name: EndpointName, path: string): Endpoint => ({
  name,
  method: 'GET',
  path,
  dialect: 'rfc',
  audience: 'machine',
  reasons: ENVELOPE,
});
const browser = (dialect: Dialect, path: string): Endpoint => ({
  name: 'authorize',
  method: 'GET',
  path,
  dialect,
  audience: 'browser',
  reasons: AUTHORIZE,
});

/** Every endpoint: the documented ones, the standard ones, and what is published. */
export const ENDPOINTS: readonly Endpoint[] = [
  browser('native', '/api/developers/oauth2/authorize'),
  machine('token', 'native', '/api/developers/oauth2/token', [...FORM, ...CLIENT, ...GRANTS]),
  machine('token_info', 'native', '/api/developers/oauth2/token_info', [...FORM, ...TOKEN]),
  machine('revoke', 'native', '/api/developers/oauth2/revoke', [...FORM, ...TOKEN]),
  browser('rfc', '/oauth2/authorize'),
  machine('token', 'rfc', '/oauth2/token', [...FORM, ...CLIENT, ...GRANTS]),
  machine('introspect', 'rfc', '/oauth2/introspect', [...FORM, ...CLIENT, ...TOKEN]),
  machine('revoke', 'rfc', '/oauth2/revoke', [
    ...FORM,
    ...CLIENT,
    ...TOKEN,
    'refresh_secret_missing',
    'access_token_not_revocable',
  ]),
  {
    name: 'current_user',
    method: 'GET',
    path: '/api/users/current',
    dialect: 'native',
    audience: 'resource',
    reasons: [...ENVELOPE, ...BEARER],
  },
  published('jwks', '/.well-known/jwks.json'),
  published('metadata', '/.well-known/oauth-authorization-server'),
  published('openapi', '/openapi.json'),
];

/** What a refusal looks like from outside. */
export type RefusalOnWire = {
  reason: Reason;
  /** null: it travels on a redirect and has no status of its own. */
  status: number | null;
  /** The machine's word as this dialect writes it. */
  code: string;
  /** The public sentence. */
  sentence: string;
};

/** How an endpoint tells a refusal. */
export function refusalOf({ audience, dialect }: Endpoint, reason: Reason): RefusalOnWire {
  const sentence = descriptionOf(reason);
  const error = new OAuthError(reason);
  if (audience === 'browser') {
    const status = ON_OUR_PAGE.has(reason) ? (error.status ?? (reason === 'internal' ? 503 : 400)) : null;
    return { reason, status, code: authorizationErrorCode(dialect, codeOf(reason)), sentence };
  }
  const bearer = audience === 'resource' && reason.startsWith('bearer_');
  const { status, body } = bearer ? bearerErrorResponse(error) : errorResponse(dialect, error);
  const { code, error: word } = JSON.parse(body) as { code?: string; error: string };
  return { reason, status, code: code ?? word, sentence };
}
