import type { ClientCredentials } from './client';
import { OAuthError } from './errors';
import { verifierProblem } from './pkce';

/**
 * The border where wire names (`redirect_uri`) become ours (`redirectUri`), crossed here and nowhere else. Parsing is
 * finished before any rule runs. `URLSearchParams` is not used: it repairs damaged input, and two parties that repair
 * differently read two requests.
 */

export type ParseLimits = {
  /** UTF-16 units of the raw text. */
  characters: number;
  parameters: number;
};

export const FORM_LIMITS: ParseLimits = { characters: 32_768, parameters: 100 };

// A scope of 10 kB must still be answered on the redirect, so this is wider than any honest request.
export const QUERY_LIMITS: ParseLimits = {
  characters: 65_536,
  parameters: 200,
};

/** Single values by wire name (empty ones are left out, RFC 6749 §3.1), and the names that were sent repeatedly. */
export type ParsedParams = {
  values: ReadonlyMap<string, string>;
  repeated: ReadonlySet<string>;
};

type Pairs = ParsedParams & {
  /** names whose value could not be decoded; '' for a name itself */ damaged: Set<string>;
};

function decode(raw: string): string | null {
  // U+FFFD in the raw text is what is left of bytes that were no UTF-8.
  if (raw.includes('\ufffd')) return null;
  try {
    // Strict by definition: throws on `%zz`, overlong forms, lone surrogates and cut sequences.
    const text = decodeURIComponent(raw.replaceAll('+', ' '));
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function readPairs(text: string): Pairs {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const damaged = new Set<string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (name === null) {
      damaged.add('');
      continue;
    }
    // `code=&code=x` is a repetition too: a reader that takes the first value would see another request than we do.
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
    if (value === null) damaged.add(name);
    else if (value !== '') values.set(name, value);
  }
  return { values, repeated, damaged };
}

/** What can be read of a text that may be refused: nothing of it beyond the limits, and nothing is thrown. */
export function readLeniently(
  text: string,
  limits: ParseLimits = FORM_LIMITS,
): ParsedParams & { damaged: ReadonlySet<string> } {
  return readPairs(limitProblem(text, limits) === null ? text : '');
}

function limitProblem(text: string, limits: ParseLimits): 'body_too_large' | 'too_many_parameters' | null {
  if (text.length > limits.characters) return 'body_too_large';
  let pairs = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) pairs += 1;
  return pairs > limits.parameters ? 'too_many_parameters' : null;
}

/**
 * Reads an `application/x-www-form-urlencoded` text (RFC 6749 appendix B).
 * @throws OAuthError body_too_large, too_many_parameters, json_under_form_type, encoding_damaged
 */
export function parseForm(text: string, limits: ParseLimits = FORM_LIMITS): ParsedParams {
  const problem = limitProblem(text, limits);
  if (problem) throw new OAuthError(problem);
  // No parameter name begins with a brace or a bracket; a JSON body always does.
  if (/^\s*[{[]/.test(text)) throw new OAuthError('json_under_form_type');
  const { values, repeated, damaged } = readPairs(text);
  if (damaged.size > 0) throw new OAuthError('encoding_damaged');
  return { values, repeated };
}

/** A POST to one of the machine endpoints, as the transport saw it. */
export type FormRequest = {
  contentType: string | undefined;
  contentEncoding?: string | undefined;
  /** The body decoded as UTF-8. */
  body: string;
  /** The raw query, without the question mark. */
  query: string;
  /** The raw Authorization header. */
  authorization: string | undefined;
};

export type TokenRequest =
  | {
      grantType: 'authorization_code';
      client: ClientCredentials;
      code: string;
      redirectUri?: string;
      codeVerifier?: string;
    }
  | {
      grantType: 'refresh_token';
      client: ClientCredentials;
      refreshToken: string;
    };

/**
 * Reads a token request (RFC 6749 §4.1.3, §6, RFC 7636 §4.5).
 * @throws OAuthError with the reason of the first thing that is wrong
 */
export function parseTokenRequest(request: FormRequest): TokenRequest {
  const { values, query } = readForm(request);
  const client = readClient(values, query, request.authorization);
  const grantType = values.get('grant_type');
  if (grantType === undefined) throw new OAuthError('grant_type_missing');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    throw new OAuthError('grant_type_unsupported');
  }
  if (!client) throw new OAuthError('client_id_missing');
  return grantType === 'refresh_token'
    ? {
        grantType,
        client,
        refreshToken: required(values, 'refresh_token', 'refresh_token_missing'),
      }
    : { grantType, client, ...readCodeGrant(values) };
}

function readCodeGrant(values: ReadonlyMap<string, string>) {
  const code = required(values, 'code', 'code_missing');
  const redirectUri = values.get('redirect_uri');
  const codeVerifier = values.get('code_verifier');
  const problem = codeVerifier === undefined ? null : verifierProblem(codeVerifier);
  if (problem) throw new OAuthError(problem);
  return {
    code,
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(codeVerifier === undefined ? {} : { codeVerifier }),
  };
}

/** A request that names a token: token_info, introspection (RFC 7662 §2.1), revocation (RFC 7009 §2.1). */
export type TokenParam = {
  token: string;
  tokenTypeHint?: string;
  /** null when the request names no client. */
  client: ClientCredentials | null;
};

/**
 * Reads a request that names a token. A Bearer header is refused: two tokens in one request make it unclear which one is
 * asked about (RFC 6750 §2).
 * @throws OAuthError with the reason of the first thing that is wrong
 */
export function parseTokenParam(request: FormRequest): TokenParam {
  if (/^bearer(?:\s|$)/i.test(request.authorization ?? '')) throw new OAuthError('token_in_header');
  const { values, query } = readForm(request);
  const client = readClient(values, query, request.authorization);
  const tokenTypeHint = values.get('token_type_hint');
  return {
    token: required(values, 'token', 'token_missing'),
    ...(tokenTypeHint === undefined ? {} : { tokenTypeHint }),
    client,
  };
}

function required(
  values: ReadonlyMap<string, string>,
  name: string,
  reason: 'code_missing' | 'refresh_token_missing' | 'token_missing',
): string {
  const value = values.get(name);
  if (value === undefined) throw new OAuthError(reason);
  return value;
}

// Queries end up in access logs, histories and Referer headers (RFC 6749 §2.3.1).
export const NEVER_IN_QUERY: readonly string[] = [
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'access_token',
  'token',
  'client_assertion',
];

function readForm(request: FormRequest): {
  values: ReadonlyMap<string, string>;
  query: ReadonlyMap<string, string>;
} {
  checkContentType(request.contentType);
  const encoding = request.contentEncoding?.trim().toLowerCase();
  if (encoding && encoding !== 'identity') throw new OAuthError('content_encoding_unsupported');
  const query = parseForm(request.query, FORM_LIMITS);
  if (NEVER_IN_QUERY.some((name) => query.values.has(name))) throw new OAuthError('secret_in_query');
  const form = parseForm(request.body, FORM_LIMITS);
  // RFC 6749 §3.2: request parameters must not be included more than once.
  if (form.repeated.size > 0 || query.repeated.size > 0) throw new OAuthError('parameter_repeated');
  return { values: form.values, query: query.values };
}

function checkContentType(header: string | undefined): void {
  if (header === undefined || header.trim() === '') throw new OAuthError('content_type_missing');
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  if (/^application\/(?:[\w.+-]+\+)?json$/.test(type)) throw new OAuthError('content_type_json');
  if (type !== 'application/x-www-form-urlencoded') throw new OAuthError('content_type_unsupported');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) throw new OAuthError('charset_unsupported');
}

function readClient(
  values: ReadonlyMap<string, string>,
  query: ReadonlyMap<string, string>,
  authorization: string | undefined,
): ClientCredentials | null {
  const basic = authorization === undefined ? null : readBasic(authorization);
  const secret = values.get('client_secret');
  if (basic && secret !== undefined) throw new OAuthError('credentials_twice', { usedBasic: true });
  const named = [basic?.clientId, values.get('client_id'), query.get('client_id')].filter((id) => id !== undefined);
  const [clientId, ...others] = named;
  if (others.some((id) => id !== clientId)) {
    throw new OAuthError('client_id_conflict', { usedBasic: basic !== null });
  }
  if (basic) return basic;
  if (clientId === undefined) {
    // A secret that belongs to nobody is a mistake wherever the client is optional, too.
    if (secret !== undefined) throw new OAuthError('client_id_missing');
    return null;
  }
  return secret === undefined ? { clientId, viaBasic: false } : { clientId, secret, viaBasic: false };
}

/**
 * Client credentials of a Basic header. RFC 6749 §2.3.1: both halves are form-encoded before they are joined. An empty
 * secret is an omitted one.
 */
export function readBasic(header: string): ClientCredentials {
  const [, scheme = '', encoded = ''] = /^(\S+) *(.*)$/s.exec(header.trim()) ?? [];
  if (scheme.toLowerCase() !== 'basic')
    throw new OAuthError('authorization_scheme_unsupported', {
      usedBasic: true,
    });
  const damaged = () => new OAuthError('basic_damaged', { usedBasic: true });
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw damaged();
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw damaged();
  const clientId = decode(pair.slice(0, colon));
  const secret = decode(pair.slice(colon + 1));
  if (clientId === null || secret === null) throw damaged();
  return secret === '' ? { clientId, viaBasic: true } : { clientId, secret, viaBasic: true };
}

const AUTHORIZATION_PARAMETERS = {
  clientId: 'client_id',
  redirectUri: 'redirect_uri',
  responseType: 'response_type',
  responseMode: 'response_mode',
  scope: 'scope',
  state: 'state',
  codeChallenge: 'code_challenge',
  codeChallengeMethod: 'code_challenge_method',
  prompt: 'prompt',
  request: 'request',
  requestUri: 'request_uri',
} as const;

export type AuthorizationParameter = keyof typeof AUTHORIZATION_PARAMETERS;

const PARAMETER_NAMES = Object.keys(AUTHORIZATION_PARAMETERS) as AuthorizationParameter[];

/** An authorization request as it came: nothing is judged yet, nothing was repaired. */
export type AuthorizationQuery = {
  /** The value, or undefined when it was not sent, empty, repeated or damaged. */
  get(name: AuthorizationParameter): string | undefined;
  repeated: ReadonlySet<AuthorizationParameter>;
  damaged: ReadonlySet<AuthorizationParameter>;
  /** The query was too large to be read; nothing of it is known then. */
  overLimit: boolean;
};

/**
 * Reads the query of an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3). Never throws: which of its faults may
 * be told on a redirect depends on the redirect being proven first. Parameters that we do not know are dropped
 * (RFC 6749 §3.1).
 */
export function parseAuthorizationQuery(rawQuery: string): AuthorizationQuery {
  const overLimit = limitProblem(rawQuery, QUERY_LIMITS) !== null;
  const pairs = readPairs(overLimit ? '' : rawQuery);
  const known = (names: ReadonlySet<string>) =>
    new Set(PARAMETER_NAMES.filter((name) => names.has(AUTHORIZATION_PARAMETERS[name])));
  const repeated = known(pairs.repeated);
  const damaged = known(pairs.damaged);
  return {
    get: (name) =>
      repeated.has(name) || damaged.has(name) ? undefined : pairs.values.get(AUTHORIZATION_PARAMETERS[name]),
    repeated,
    damaged,
    overLimit,
  };
}

// Values that tell nothing secret and explain a refusal. Everything else is left out, names of unknown parameters too.
const LOGGED_VALUES = new Set(['client_id', 'response_type', 'scope', 'code_challenge_method', 'grant_type', 'prompt']);
const LOGGED_NAMES = new Set<string>([
  ...Object.values(AUTHORIZATION_PARAMETERS),
  ...NEVER_IN_QUERY,
  ...LOGGED_VALUES,
  'error',
  'iss',
]);

/** A request target fit for a log: the path, the names of known parameters, and values from a short allow list. */
export function redactQuery(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return url;
  const pairs = url.slice(mark + 1).split('&', 50);
  const redacted = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? '' : pair.slice(0, equals);
    if (LOGGED_VALUES.has(name)) return pair.slice(0, 300);
    return LOGGED_NAMES.has(name) ? `${name}=[redacted]` : '[redacted]';
  });
  return `${url.slice(0, mark)}?${redacted.join('&')}`;
}
