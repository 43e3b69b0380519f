import type { Reason } from './errors';
import type { EventDetails } from './event-details';
import {
  type AuthorizationParameter,
  type AuthorizationQuery,
  FORM_LIMITS,
  type FormRequest,
  NEVER_IN_QUERY,
  readBasic,
  readLeniently,
} from './params';
import { quoted } from './quoting';
import { explainRedirect } from './redirect-difference';
import { formatScope, parseScope, type Scope } from './scopes';

/**
 * What a refused request tells its developer beside the reason. Names of parameters are ours, values are quoted only where
 * they are one of a few words by their nature; nothing secret is looked at. Nothing here decides anything or throws.
 */

/** Names of ours that a form may have. */
const FORM_NAMES: readonly string[] = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'token',
  'token_type_hint',
];

const ours = (names: Iterable<string>): string[] => {
  const all = new Set(names);
  return [...new Set([...FORM_NAMES, ...NEVER_IN_QUERY])].filter((name) => all.has(name));
};

/** A word such as `client_credentials` or `urn:ietf:params:…`; what is none is not repeated. */
function word(text: string | undefined): { value: string } | Record<never, never> {
  return text !== undefined && /^[\w:.+-]{1,80}$/.test(text) ? { value: quoted(text, 60, WORDS) } : {};
}
const WORDS = ['urn:ietf:params:oauth:grant-type:device_code urn:ietf:params:oauth:grant-type:jwt-bearer'];

export type FormFacts = {
  /** The one client that the request names, by whichever way; null when it names none or more than one. */
  clientId: string | null;
  grantType: string | null;
  details: EventDetails;
};

/** What a form that was refused before its client was asked for says about itself. */
export function formFacts(request: FormRequest, reason: Reason): FormFacts {
  const form = readLeniently(isJson(request.body) ? '' : request.body);
  const query = readLeniently(request.query);
  const named = [
    basicClient(request.authorization),
    form.repeated.has('client_id') ? undefined : form.values.get('client_id'),
    query.repeated.has('client_id') ? undefined : query.values.get('client_id'),
    isJson(request.body) ? clientInJson(request.body) : undefined,
  ].filter((id) => id !== undefined);
  const grantType = form.values.get('grant_type') ?? null;
  return {
    clientId: new Set(named).size === 1 ? (named[0] ?? null) : null,
    grantType,
    details: formDetails(reason, form, query, grantType),
  };
}

type Pairs = ReturnType<typeof readLeniently>;

const MISSING: Partial<Record<Reason, string>> = {
  grant_type_missing: 'grant_type',
  code_missing: 'code',
  refresh_token_missing: 'refresh_token',
  token_missing: 'token',
  verifier_malformed: 'code_verifier',
};

function formDetails(reason: Reason, form: Pairs, query: Pairs, grantType: string | null): EventDetails {
  const missing = MISSING[reason];
  if (missing) return { parameters: [missing] };
  if (reason === 'grant_type_unsupported') return word(grantType ?? undefined);
  if (reason === 'secret_in_query') return parameters(NEVER_IN_QUERY.filter((name) => query.values.has(name)));
  if (reason === 'parameter_repeated') return parameters(ours([...form.repeated, ...query.repeated]));
  if (reason === 'encoding_damaged') return parameters(ours([...form.damaged, ...query.damaged]));
  return {};
}

const parameters = (names: readonly string[]): EventDetails => (names.length > 0 ? { parameters: [...names] } : {});

function basicClient(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  try {
    return readBasic(authorization).clientId;
  } catch {
    return undefined;
  }
}

const isJson = (body: string) => /^\s*[{[]/.test(body);

/** Whoever sends JSON by mistake is somebody's app, too. */
function clientInJson(body: string): string | undefined {
  if (body.length > FORM_LIMITS.characters) return undefined;
  try {
    const { client_id: clientId } = JSON.parse(body) as { client_id?: unknown };
    return typeof clientId === 'string' ? clientId : undefined;
  } catch {
    return undefined;
  }
}

/** Parameters of an authorization request that a reason is about. */
const ABOUT: Partial<Record<Reason, string>> = {
  redirect_uri_missing: 'redirect_uri',
  redirect_uri_repeated: 'redirect_uri',
  state_too_long: 'state',
  response_type_missing: 'response_type',
  response_type_unsupported: 'response_type',
  response_mode_unsupported: 'response_mode',
  scope_missing: 'scope',
  scope_invalid: 'scope',
  challenge_required: 'code_challenge',
  challenge_missing: 'code_challenge',
  challenge_method_unsupported: 'code_challenge_method',
  challenge_malformed: 'code_challenge',
  prompt_none_unsupported: 'prompt',
};

const VALUES: Partial<Record<Reason, AuthorizationParameter>> = {
  response_type_unsupported: 'responseType',
  response_mode_unsupported: 'responseMode',
  challenge_method_unsupported: 'codeChallengeMethod',
};

/**
 * What an authorization request that was refused says about itself.
 * @param registered the redirect URIs of the app that it names
 * @param undeclared scopes that the app has not declared
 */
export function authorizationFacts(
  reason: Reason,
  query: AuthorizationQuery,
  registered: readonly string[],
  undeclared: readonly Scope[] = [],
): EventDetails {
  if (reason === 'redirect_uri_mismatch')
    return { redirect: explainRedirect(query.get('redirectUri') ?? '', registered) };
  if (reason === 'scope_not_declared') return scopeNames(undeclared.map(formatScope));
  if (reason === 'scope_invalid') return scopeNames(unknownScopes(query.get('scope') ?? ''));
  if (reason === 'parameter_repeated') return parameters(wireNames(query.repeated));
  if (reason === 'encoding_damaged') return parameters(wireNames(query.damaged));
  if (reason === 'request_object_unsupported')
    return parameters(
      (['request', 'requestUri'] as const).filter((name) => query.get(name) !== undefined).map(wireName),
    );
  const about = ABOUT[reason];
  const value = VALUES[reason];
  return { ...(about ? { parameters: [about] } : {}), ...(value ? word(query.get(value)) : {}) };
}

const wireName = (name: AuthorizationParameter): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const wireNames = (names: ReadonlySet<AuthorizationParameter>) => [...names].map(wireName);

const MOST_SCOPES = 8;

/** Some names, and `…` where there are more. */
export function scopeNames(names: readonly string[]): EventDetails {
  if (names.length === 0) return {};
  const shown = names.slice(0, MOST_SCOPES).map((name) => quoted(name, 40));
  return { scopes: names.length > MOST_SCOPES ? [...shown, '…'] : shown };
}

/** Of a scope text the parts that no catalogue knows; an empty part is one that two spaces made. */
function unknownScopes(text: string): string[] {
  return [...new Set(text.slice(0, 2_000).split(' '))].filter(
    (part) => part !== '' && part !== 'offline_access' && !parseScope(part).ok,
  );
}
