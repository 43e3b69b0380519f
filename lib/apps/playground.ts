import type { SnippetRequest, SnippetValue } from './snippets';

/**
 * The playground: the requests of an app's own flow, built in the browser. Secrets stand in them as environment variables
 * (the text to copy); `resolve` puts their values in on the way to the network, and nowhere else.
 */

/** How the app proves itself at the token endpoint. */
export const PROOFS = ['secret', 'pkce', 'both'] as const;
export type PlaygroundProof = (typeof PROOFS)[number];

/** The documented endpoints, or those of the standard. */
export const DIALECTS = ['native', 'rfc'] as const;
export type PlaygroundDialect = (typeof DIALECTS)[number];

export type Choices = {
  /** As they stand in `scope`, without offline_access. */
  scopes: readonly string[];
  offline: boolean;
  proof: PlaygroundProof;
  dialect: PlaygroundDialect;
};

/** What is never shown unless it is asked for. */
export const SECRETS = ['CLIENT_SECRET', 'CODE', 'CODE_VERIFIER', 'ACCESS_TOKEN', 'REFRESH_TOKEN'] as const;
export type SecretName = (typeof SECRETS)[number];
export type Secrets = Partial<Record<SecretName, string>>;

/** Which app runs where. */
export type PlaygroundApp = { clientId: string; issuer: string; callback: string };

/** The ways of proof that the app's setting lets a client use, the plainest first; none: it needs a secret first. */
export function proofChoices(app: { proof: string; requirePkce: boolean; hasSecret: boolean }): PlaygroundProof[] {
  if (app.proof === 'PKCE_ONLY') return ['pkce'];
  const withSecret: PlaygroundProof[] = !app.hasSecret ? [] : app.requirePkce ? ['both'] : ['secret', 'both'];
  return app.proof === 'SECRET_REQUIRED' ? withSecret : [...withSecret, 'pkce'];
}

/** Whether a challenge is sent. */
export const usesPkce = ({ proof }: Choices): boolean => proof !== 'secret';
/** Whether the client secret is shown. */
export const usesSecret = ({ proof }: Choices): boolean => proof !== 'pkce';

const BASES: Record<PlaygroundDialect, string> = { native: '/api/developers/oauth2', rfc: '/oauth2' };

/**
 * The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3) as an address.
 * @param proofs what the browser made for this run
 */
export function authorizeUrl(
  { clientId, issuer, callback }: PlaygroundApp,
  choices: Choices,
  proofs: { state: string; challenge: string },
): string {
  const scope = [...choices.scopes, ...(choices.offline ? ['offline_access'] : [])].join(' ');
  const parameters: [string, string][] = [
    ['response_type', 'code'],
    ['client_id', clientId],
    ['redirect_uri', callback],
    ['scope', scope],
    ['state', proofs.state],
    ...(usesPkce(choices)
      ? ([
          ['code_challenge', proofs.challenge],
          ['code_challenge_method', 'S256'],
        ] as [string, string][])
      : []),
  ];
  return `${issuer}${BASES[choices.dialect]}/authorize?${parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
}

const form = (url: string, fields: [string, SnippetValue][]): SnippetRequest => ({
  method: 'POST',
  url,
  headers: { Accept: 'application/json' },
  form: fields,
});

const clientFields = ({ clientId }: PlaygroundApp, choices: Choices): [string, SnippetValue][] => [
  ['client_id', clientId],
  ...(usesSecret(choices) ? ([['client_secret', { env: 'CLIENT_SECRET' }]] as [string, SnippetValue][]) : []),
];

const endpoint = ({ issuer }: PlaygroundApp, { dialect }: Choices, name: string) =>
  `${issuer}${BASES[dialect]}/${name}`;

/** The code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function tokenRequest(app: PlaygroundApp, choices: Choices): SnippetRequest {
  return form(endpoint(app, choices, 'token'), [
    ['grant_type', 'authorization_code'],
    ...clientFields(app, choices),
    ['code', { env: 'CODE' }],
    ['redirect_uri', app.callback],
    ...(usesPkce(choices) ? ([['code_verifier', { env: 'CODE_VERIFIER' }]] as [string, SnippetValue][]) : []),
  ]);
}

/** The API, with the access token (RFC 6750 §2.1). */
export function apiRequest({ issuer }: PlaygroundApp): SnippetRequest {
  return {
    method: 'GET',
    url: `${issuer}/api/users/current`,
    headers: { Accept: 'application/json', Authorization: ['Bearer ', { env: 'ACCESS_TOKEN' }] },
  };
}

/** New tokens for the refresh token (RFC 6749 §6). */
export function refreshRequest(app: PlaygroundApp, choices: Choices): SnippetRequest {
  return form(endpoint(app, choices, 'token'), [
    ['grant_type', 'refresh_token'],
    ...clientFields(app, choices),
    ['refresh_token', { env: 'REFRESH_TOKEN' }],
  ]);
}

/** Introspection needs a client secret: without one, and in the documented dialect, token_info answers. */
export const introspects = (choices: Choices): boolean => choices.dialect === 'rfc' && usesSecret(choices);

/** What a token may do: introspection (RFC 7662 §2.1) or the documented token_info. */
export function infoRequest(app: PlaygroundApp, choices: Choices): SnippetRequest {
  const token: [string, SnippetValue] = ['token', { env: 'ACCESS_TOKEN' }];
  if (!introspects(choices)) return form(`${app.issuer}${BASES.native}/token_info`, [token]);
  return form(endpoint(app, choices, 'introspect'), [...clientFields(app, choices), token]);
}

/** Ends the connection (RFC 7009 §2.1). The documented endpoint takes the token alone. */
export function revokeRequest(app: PlaygroundApp, choices: Choices): SnippetRequest {
  const token: [string, SnippetValue] = ['token', { env: 'REFRESH_TOKEN' }];
  return form(
    endpoint(app, choices, 'revoke'),
    choices.dialect === 'native' ? [token] : [...clientFields(app, choices), token],
  );
}

/** The secrets that a request needs. */
export function neededSecrets(request: SnippetRequest): SecretName[] {
  const values = [...Object.values(request.headers), ...(request.form ?? []).map(([, value]) => value)];
  const names = values.flatMap((value) =>
    (Array.isArray(value) ? value : [value]).flatMap((part) => (typeof part === 'string' ? [] : [part.env])),
  );
  return SECRETS.filter((name) => names.includes(name));
}

/** A value with its secrets: `hide` says what stands for one. */
export function writeValue(value: SnippetValue, show: (name: SecretName) => string): string {
  const parts = typeof value === 'string' || 'env' in value ? [value] : value;
  return parts.map((part) => (typeof part === 'string' ? part : show(part.env as SecretName))).join('');
}

/** What goes over the wire. */
export type WireRequest = { method: string; url: string; headers: Record<string, string>; body: string | null };

/** The request with the values of its secrets; one that is not known is left empty. */
export function resolve(request: SnippetRequest, secrets: Secrets): WireRequest {
  const write = (value: SnippetValue) => writeValue(value, (name) => secrets[name] ?? '');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, write(value)]));
  if (!request.form) return { method: request.method, url: request.url, headers, body: null };
  return {
    method: request.method,
    url: request.url,
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(request.form.map(([name, value]) => [name, write(value)])).toString(),
  };
}

/** Asks for random bytes: `crypto.getRandomValues` of a browser. */
type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

/** A new `state`: the app that it belongs to, and 128 random bits. */
export function newState(appId: number, fill: FillRandom): string {
  return `${appId}.${base64url(fill(new Uint8Array(16)))}`;
}

/** The app that a `state` of ours belongs to, or null. */
export function appOfState(state: string): number | null {
  const digits = /^([1-9]\d{0,9})\.[\w-]{22}$/.exec(state)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A new code verifier (RFC 7636 §4.1): 256 random bits. */
export function newVerifier(fill: FillRandom): string {
  return base64url(fill(new Uint8Array(32)));
}

/** The challenge of a verifier (RFC 7636 §4.2, S256). @param digest SHA-256, as WebCrypto computes it */
export async function challengeOf(
  verifier: string,
  digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>,
): Promise<string> {
  return base64url(new Uint8Array(await digest(new TextEncoder().encode(verifier))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** What came back from the authorization endpoint (RFC 6749 §4.1.2, RFC 9207 §2). */
export type AuthorizationAnswer = {
  state: string;
  iss: string;
  code: string | null;
  error: string | null;
  description: string | null;
};

/** Reads the query of the answer; null when it is none of ours: a part is missing or stands there twice. */
export function readAuthorizationAnswer(query: string): AuthorizationAnswer | null {
  const parameters = new URLSearchParams(query);
  const one = (name: string) => {
    const all = parameters.getAll(name);
    return all.length === 1 ? (all[0] ?? null) : null;
  };
  const [state, iss, code, error] = [one('state'), one('iss'), one('code'), one('error')];
  if (state === null || iss === null || (code === null) === (error === null)) return null;
  return { state, iss, code, error, description: one('error_description') };
}

/** Between the tab with the playground and the one with the answer; both are of our origin. */
export const PLAYGROUND_CHANNEL = 'playground';
/** In the tab that went through the consent itself: which run waits, and its answer. Never a secret. */
export const WAITING_ITEM = 'playground.waiting';
export const ANSWER_ITEM = 'playground.answer';

/** A run that waits for its answer in this very tab. */
export type WaitingRun = { state: string; choices: Choices };

/** Reads what a tab has kept; null when that is not a run. */
export function readWaitingRun(text: string | null): WaitingRun | null {
  const read = parsed(text) as Partial<WaitingRun> | null;
  const choices = read?.choices as Partial<Choices> | undefined;
  if (typeof read?.state !== 'string' || !choices) return null;
  const { scopes, offline, proof, dialect } = choices;
  const sound =
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === 'string') &&
    typeof offline === 'boolean' &&
    PROOFS.some((known) => known === proof) &&
    DIALECTS.some((known) => known === dialect);
  return sound ? (read as WaitingRun) : null;
}

/** Reads an answer that a tab has kept or was sent. */
export function readKeptAnswer(value: unknown): AuthorizationAnswer | null {
  const read = (typeof value === 'string' ? parsed(value) : value) as Partial<AuthorizationAnswer> | null;
  if (!read || typeof read.state !== 'string' || typeof read.iss !== 'string') return null;
  const text = (part: unknown) => (typeof part === 'string' ? part : null);
  return {
    state: read.state,
    iss: read.iss,
    code: text(read.code),
    error: text(read.error),
    description: text(read.description),
  };
}

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Headers of an answer that tell something. */
export const TELLING_HEADERS = ['content-type', 'cache-control', 'retry-after', 'www-authenticate', 'x-request-id'];

const TOKENS = new Set(['access_token', 'refresh_token']);

/** The body of an answer, indented; its tokens cut short unless they are to be shown. What is no JSON stays as it is. */
export function prettyBody(body: string, reveal: boolean): string {
  const read = parsed(body);
  if (typeof read !== 'object' || read === null) return body;
  return JSON.stringify(
    read,
    (name, value) => (!reveal && TOKENS.has(name) && typeof value === 'string' ? masked(value) : value),
    2,
  );
}

/** So much of a secret that two can be told apart. */
export const masked = (secret: string): string => `${secret.slice(0, 4)}••••••••`;

/** Words for refusals; whatever else there is has the ones of `other`. */
export const REFUSALS = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'access_denied',
  'unsupported_grant_type',
  'unsupported_token_type',
  'invalid_token',
  'insufficient_scope',
  'server_error',
] as const;

/** What an answer says of itself: the machine's word and the sentence, in either dialect; null when it is no refusal. */
export function refusalOf(answer: {
  status: number;
  body: string;
}): { word: (typeof REFUSALS)[number] | 'too_many' | 'other'; sentence: string } | null {
  if (answer.status < 400) return null;
  const read = (parsed(answer.body) ?? {}) as Record<string, unknown>;
  const [word, sentence] = 'code' in read ? [read.code, read.error] : [read.error, read.error_description];
  const known = REFUSALS.find((refusal) => refusal === word);
  return {
    word: answer.status === 429 ? 'too_many' : (known ?? 'other'),
    sentence: typeof sentence === 'string' ? sentence : '',
  };
}
