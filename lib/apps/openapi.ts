import type { MessageKey, MessageValues } from '@/lib/i18n/catalogue';
import { MAX_STATE_LENGTH } from '@/lib/oauth/authorization-request';
import { CLIENT_ID_FORM } from '@/lib/oauth/client';
import { ENDPOINTS, type Endpoint, type RefusalOnWire, refusalOf } from '@/lib/oauth/endpoints';
import { OFFLINE_ACCESS, SCOPE_CATALOGUE, wordsIn } from '@/lib/oauth/scopes';

/**
 * The description of the endpoints for machines (OpenAPI 3.1), and for the page that renders it. Paths, methods, statuses
 * and errors come from the tables that the endpoints themselves live by; the words from the catalogue.
 */

export type Schema = {
  $ref?: string;
  type?: string;
  const?: string | boolean | number;
  enum?: readonly string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  description?: string;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  oneOf?: readonly Schema[];
  examples?: readonly unknown[];
};

export type Parameter = {
  name: string;
  in: 'query' | 'header';
  required: boolean;
  description: string;
  schema: Schema;
};

export type Answer = {
  description: string;
  headers?: Record<string, { description: string; schema: Schema }>;
  content?: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>;
};

export type Operation = {
  operationId: string;
  tags: readonly string[];
  summary: string;
  description: string;
  servers?: readonly { url: string }[];
  security: readonly Record<string, readonly string[]>[];
  parameters?: readonly Parameter[];
  requestBody?: { required: true; content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
};

export type OpenApiDocument = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: readonly { url: string }[];
  tags: readonly { name: string; description: string }[];
  paths: Record<string, { get?: Operation; post?: Operation }>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> };
};

export type OpenApiInput = {
  issuer: string;
  /** Base of the API that access tokens are for. */
  apiUrl: string;
  brand: string;
  /** BCP 47, for the words of scopes. */
  locale: string;
  say: (key: MessageKey, values?: MessageValues) => string;
};

const FORM_TYPE = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const GROUPS = ['documented', 'standard', 'resources', 'published'] as const;
type Group = (typeof GROUPS)[number];

function groupOf({ name, dialect, method, audience }: Endpoint): Group {
  if (audience === 'resource') return 'resources';
  if (method === 'GET' && name !== 'authorize') return 'published';
  return dialect === 'native' ? 'documented' : 'standard';
}

/** The whole document, in the language that `say` speaks. */
export function openApiDocument(input: OpenApiInput): OpenApiDocument {
  const { issuer, brand, say } = input;
  const paths: OpenApiDocument['paths'] = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] = { [endpoint.method.toLowerCase()]: operationOf(endpoint, input) };
  }
  return {
    openapi: '3.1.0',
    info: { title: say('guides.api.title', { brand }), version: '1.0.0', description: say('guides.api.lead') },
    servers: [{ url: issuer }],
    tags: GROUPS.map((name) => ({ name, description: say(`guides.api.group.${name}`) })),
    paths,
    components: { schemas: schemas(input), securitySchemes: securitySchemes(input) },
  };
}

/** `documented-token`, `standard-revoke`, `jwks`: names that stay, for links and generators. */
export function operationIdOf(endpoint: Endpoint): string {
  const group = groupOf(endpoint);
  const name = endpoint.name.replace('_', '-');
  return group === 'documented' || group === 'standard' ? `${group}-${name}` : name;
}

function operationOf(endpoint: Endpoint, input: OpenApiInput): Operation {
  const { name } = endpoint;
  const { say, apiUrl, issuer } = input;
  const parameters = parametersOf(endpoint, input);
  const form = formOf(endpoint);
  return {
    operationId: operationIdOf(endpoint),
    tags: [groupOf(endpoint)],
    summary: say(`guides.api.${name}.summary`),
    description: say(`guides.api.${name}.text`),
    ...(endpoint.audience === 'resource' && apiUrl !== issuer ? { servers: [{ url: apiUrl }] } : {}),
    security: securityOf(endpoint),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(form ? { requestBody: { required: true, content: { [FORM_TYPE]: { schema: form } } } } : {}),
    responses: { ...successOf(endpoint, input), ...refusalsOf(endpoint, input) },
  };
}

const text = (more: Omit<Schema, 'type'> = {}): Schema => ({ type: 'string', ...more });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Record<string, Schema>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const CLIENT_ID: Schema = text({ pattern: CLIENT_ID_FORM.source, examples: ['0123456789abcdef0123'] });
const CHALLENGE: Schema = text({ pattern: '^[A-Za-z0-9_-]{43}$' });
const VERIFIER: Schema = text({ pattern: '^[A-Za-z0-9._~-]{43,128}$' });

function parametersOf(endpoint: Endpoint, { say }: OpenApiInput): Parameter[] {
  const query = (name: QueryName, schema: Schema, required = false): Parameter => ({
    name,
    in: 'query',
    required,
    description: say(`guides.api.parameter.${name}`),
    schema,
  });
  if (endpoint.name === 'authorize') {
    return [
      query('response_type', text({ const: 'code' }), true),
      query('client_id', CLIENT_ID, true),
      query('redirect_uri', text({ format: 'uri' }), true),
      query('scope', text({ examples: ['profile source:w'] }), true),
      query('state', text({ maxLength: MAX_STATE_LENGTH })),
      query('code_challenge', CHALLENGE),
      query('code_challenge_method', text({ const: 'S256' })),
      query('prompt', text({ const: 'consent' })),
    ];
  }
  if (endpoint.method === 'POST') {
    return [{ ...query('client_id', CLIENT_ID), description: say('guides.api.parameter.client_id_anywhere') }];
  }
  const etag = endpoint.audience === 'resource' ? [] : [say('guides.api.parameter.if_none_match')];
  return etag.map((description) => ({
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description,
    schema: text(),
  }));
}

type QueryName =
  | 'response_type'
  | 'client_id'
  | 'redirect_uri'
  | 'scope'
  | 'state'
  | 'code_challenge'
  | 'code_challenge_method'
  | 'prompt';

function formOf({ name, method }: Endpoint): Schema | null {
  if (method === 'GET') return null;
  return name === 'token' ? { oneOf: [ref('CodeGrant'), ref('RefreshGrant')] } : ref('TokenForm');
}

function securityOf({ name, audience, dialect }: Endpoint): Operation['security'] {
  if (audience === 'resource') return [{ oauth2: ['profile'] }];
  // The secret may as well stand in the body, which OpenAPI has no word for; the documented endpoints that take a token
  // ask for nothing but the token.
  const takesBasic = name === 'token' || name === 'introspect' || (name === 'revoke' && dialect === 'rfc');
  return takesBasic ? [{ clientSecret: [] }, {}] : [{}];
}

function successOf(endpoint: Endpoint, input: OpenApiInput): Record<string, Answer> {
  const { say } = input;
  const description = say(`guides.api.${endpoint.name}.answer`);
  const answer = (schema: string): Answer => ({
    description,
    content: { [JSON_TYPE]: { schema: ref(schema), examples: exampleOf(endpoint, input) } },
  });
  switch (endpoint.name) {
    case 'authorize':
      return {
        303: { description, headers: { Location: { description: say('guides.api.location'), schema: text() } } },
      };
    case 'token':
      return { 200: answer('Tokens') };
    case 'token_info':
      return { 200: answer('TokenInfo') };
    case 'introspect':
      return { 200: answer('Introspection') };
    case 'revoke':
      return { 200: endpoint.dialect === 'native' ? answer('Nothing') : { description } };
    case 'current_user':
      return { 200: answer('Profile') };
    case 'jwks':
      return { 200: answer('KeySet'), 304: { description: say('guides.api.unchanged') } };
    case 'metadata':
      return { 200: answer('Metadata'), 304: { description: say('guides.api.unchanged') } };
    case 'openapi':
      return {
        200: { description, content: { [JSON_TYPE]: { schema: { type: 'object' } } } },
        304: { description: say('guides.api.unchanged') },
      };
  }
}

function exampleOf({ name }: Endpoint, { issuer, apiUrl }: OpenApiInput): Record<string, { value: unknown }> {
  switch (name) {
    case 'token':
      return { tokens: { value: TOKENS_EXAMPLE } };
    case 'token_info':
      return { active: { value: INFO_EXAMPLE }, inactive: { value: { active: false } } };
    case 'introspect':
      return {
        active: {
          value: {
            active: true,
            scope: 'profile source:w',
            client_id: '0123456789abcdef0123',
            username: 'someUser',
            token_type: 'Bearer',
            exp: 1795305600,
            iat: 1795302000,
            sub: 'cd1b0ee2-6a6d-4f8e-9c0e-0d1c3b1a7f10',
            aud: apiUrl,
            iss: issuer,
            jti: '5a1f2f0c-8b0c-4a51-9a52-4a1f6f1f4f5b',
          },
        },
        inactive: { value: { active: false } },
      };
    case 'revoke':
      return { done: { value: {} } };
    case 'current_user':
      return { user: { value: PROFILE_EXAMPLE } };
    default:
      return {};
  }
}

const TOKENS_EXAMPLE = {
  token_type: 'Bearer',
  access_token: 'eyJhbGciOiJSUzI1NiIs…',
  expires_in: 3600,
  scope: 'profile source:w',
  refresh_token: 'eyJhbGciOiJIUzI1NiIs…',
  refresh_token_expires_in: 31_536_000,
};
const INFO_EXAMPLE = {
  active: true,
  tenant_id: 'someTenant',
  username: 'someUser',
  scope: 'profile source:w',
  app_id: 250,
};
const PROFILE_EXAMPLE = {
  id: 'cd1b0ee2-6a6d-4f8e-9c0e-0d1c3b1a7f10',
  username: 'someUser',
  firstName: 'Some',
  lastName: 'User',
  email: 'some.user@example.com',
  emailVerified: true,
  role: 'DEVELOPER',
  tenant: 'someTenant',
  timezone: 'Europe/Berlin',
  language: 'en',
};

/** The refusals of an endpoint by status, each text with its own example. */
function refusalsOf(endpoint: Endpoint, { say }: OpenApiInput): Record<string, Answer> {
  const byStatus = new Map<number, RefusalOnWire[]>();
  for (const reason of endpoint.reasons) {
    const refusal = refusalOf(endpoint, reason);
    if (refusal.status !== null) byStatus.set(refusal.status, [...(byStatus.get(refusal.status) ?? []), refusal]);
  }
  const schema = endpoint.audience === 'resource' ? 'ResourceError' : ERROR_SCHEMA[endpoint.dialect];
  return Object.fromEntries(
    [...byStatus].map(([status, refusals]): [string, Answer] => [
      String(status),
      {
        description: say('guides.api.refused', { codes: [...new Set(refusals.map(({ code }) => code))].join(', ') }),
        ...headersOf(endpoint, status, say),
        content:
          endpoint.audience === 'browser'
            ? { 'text/html': { schema: text() } }
            : { [JSON_TYPE]: { schema: ref(schema), examples: errorExamples(endpoint, refusals) } },
      },
    ]),
  );
}

const ERROR_SCHEMA = { native: 'DocumentedError', rfc: 'StandardError' } as const;

function errorExamples({ audience, dialect }: Endpoint, refusals: RefusalOnWire[]) {
  const standard = audience === 'machine' && dialect === 'rfc';
  const examples = new Map<string, [string, { value: unknown }]>();
  for (const { reason, code, sentence } of refusals) {
    // Reasons that read alike from outside are one example.
    if (examples.has(code + sentence)) continue;
    const value = standard ? { error: code, error_description: sentence } : { code, error: sentence };
    examples.set(code + sentence, [reason, { value }]);
  }
  return Object.fromEntries(examples.values());
}

function headersOf(endpoint: Endpoint, status: number, say: OpenApiInput['say']): Pick<Answer, 'headers'> {
  const header = (name: string, description: string) => ({ headers: { [name]: { description, schema: text() } } });
  if (status === 429 || status === 503 || status === 500) return header('Retry-After', say('guides.api.retry_after'));
  if (status === 405) return header('Allow', say('guides.api.allow'));
  if (status === 401 && (endpoint.dialect === 'native' || endpoint.audience === 'resource'))
    return header('WWW-Authenticate', say('guides.api.challenge'));
  return {};
}

function codesOf(schema: (typeof ERROR_SCHEMA)['native' | 'rfc'] | 'ResourceError'): string[] {
  const kinds = ENDPOINTS.filter(({ audience, dialect }) =>
    schema === 'ResourceError' ? audience === 'resource' : audience === 'machine' && ERROR_SCHEMA[dialect] === schema,
  );
  const codes = kinds.flatMap((endpoint) => endpoint.reasons.map((reason) => refusalOf(endpoint, reason).code));
  return [...new Set(codes)].sort();
}

function schemas({ say }: OpenApiInput): Record<string, Schema> {
  const clientParts = {
    client_id: { ...CLIENT_ID, description: say('guides.api.parameter.client_id_anywhere') },
    client_secret: text({ pattern: '^[0-9a-f]{64}$', description: say('guides.api.parameter.client_secret') }),
  };
  const sentence = text({ description: say('guides.api.parameter.error') });
  const inactive = object({ active: { type: 'boolean', const: false } });
  const active: Schema = { type: 'boolean', const: true };
  const whole: Schema = { type: 'integer' };
  const list: Schema = { type: 'array', items: text() };
  return {
    CodeGrant: object(
      {
        grant_type: text({ const: 'authorization_code' }),
        ...clientParts,
        code: text({ description: say('guides.api.parameter.code') }),
        code_verifier: { ...VERIFIER, description: say('guides.api.parameter.code_verifier') },
        redirect_uri: text({ format: 'uri', description: say('guides.api.parameter.redirect_uri_again') }),
      },
      ['client_id', 'client_secret', 'code_verifier', 'redirect_uri'],
    ),
    RefreshGrant: object(
      {
        grant_type: text({ const: 'refresh_token' }),
        ...clientParts,
        refresh_token: text({ description: say('guides.api.parameter.refresh_token') }),
      },
      ['client_id', 'client_secret'],
    ),
    TokenForm: object(
      {
        token: text({ description: say('guides.api.parameter.token') }),
        token_type_hint: text({ description: say('guides.api.parameter.token_type_hint') }),
        ...clientParts,
      },
      ['token_type_hint', 'client_id', 'client_secret'],
    ),
    Tokens: object(
      {
        token_type: text({ const: 'Bearer' }),
        access_token: text({ description: say('guides.api.parameter.access_token') }),
        expires_in: { ...whole, description: say('guides.api.parameter.expires_in') },
        scope: text({ description: say('guides.api.parameter.granted_scope') }),
        refresh_token: text({ description: say('guides.api.parameter.refresh_token_answer') }),
        refresh_token_expires_in: { ...whole, description: say('guides.api.parameter.refresh_token_expires_in') },
      },
      ['refresh_token', 'refresh_token_expires_in'],
    ),
    TokenInfo: {
      oneOf: [
        object({
          active,
          tenant_id: text({ description: say('guides.api.parameter.tenant_id') }),
          username: text({ description: say('guides.api.parameter.username') }),
          scope: text({ description: say('guides.api.parameter.granted_scope') }),
          app_id: { ...whole, description: say('guides.api.parameter.app_id') },
        }),
        inactive,
      ],
    },
    Introspection: {
      oneOf: [
        object({
          active,
          scope: text({ description: say('guides.api.parameter.granted_scope') }),
          client_id: CLIENT_ID,
          username: text({ description: say('guides.api.parameter.username') }),
          token_type: text({ const: 'Bearer' }),
          exp: whole,
          iat: whole,
          sub: text({ description: say('guides.api.parameter.sub') }),
          aud: text({ format: 'uri' }),
          iss: text({ format: 'uri' }),
          jti: text(),
        }),
        inactive,
      ],
    },
    Nothing: { type: 'object' },
    Profile: object({
      id: text({ description: say('guides.api.parameter.sub') }),
      username: text({ description: say('guides.api.parameter.username') }),
      firstName: text(),
      lastName: text(),
      email: text(),
      emailVerified: { type: 'boolean', description: say('guides.api.parameter.email_verified') },
      role: text({ enum: ['MEMBER', 'DEVELOPER', 'ADMIN'] }),
      tenant: text({ description: say('guides.api.parameter.tenant_id') }),
      timezone: text(),
      language: text(),
    }),
    KeySet: object({
      keys: {
        type: 'array',
        items: object({
          kty: text({ const: 'RSA' }),
          kid: text(),
          use: text({ const: 'sig' }),
          alg: text({ const: 'RS256' }),
          n: text(),
          e: text(),
        }),
      },
    }),
    Metadata: object({
      issuer: text({ format: 'uri' }),
      authorization_endpoint: text({ format: 'uri' }),
      token_endpoint: text({ format: 'uri' }),
      introspection_endpoint: text({ format: 'uri' }),
      revocation_endpoint: text({ format: 'uri' }),
      jwks_uri: text({ format: 'uri' }),
      scopes_supported: list,
      response_types_supported: list,
      response_modes_supported: list,
      grant_types_supported: list,
      code_challenge_methods_supported: list,
      token_endpoint_auth_methods_supported: list,
      revocation_endpoint_auth_methods_supported: list,
      introspection_endpoint_auth_methods_supported: list,
      authorization_response_iss_parameter_supported: { type: 'boolean' },
    }),
    DocumentedError: object({ code: text({ enum: codesOf('DocumentedError') }), error: sentence }),
    StandardError: object({ error: text({ enum: codesOf('StandardError') }), error_description: sentence }),
    ResourceError: object({ code: text({ enum: codesOf('ResourceError') }), error: sentence }),
  };
}

function securitySchemes({ issuer, locale, say }: OpenApiInput): Record<string, unknown> {
  const words = SCOPE_CATALOGUE.map(({ name, label }) => [name, wordsIn(label, locale)] as const);
  const scopes = Object.fromEntries([
    ...words.flatMap(([name, label]) => [
      [name, say('scopes.granted.r', { label })],
      [`${name}:w`, say('scopes.granted.w', { label })],
      [`${name}:d`, say('scopes.granted.d', { label })],
    ]),
    [OFFLINE_ACCESS, say('guides.reference.scopes.offline_access')],
  ]);
  return {
    clientSecret: { type: 'http', scheme: 'basic', description: say('guides.api.parameter.basic') },
    oauth2: {
      type: 'oauth2',
      description: say('guides.api.parameter.bearer'),
      flows: {
        authorizationCode: {
          authorizationUrl: `${issuer}/oauth2/authorize`,
          tokenUrl: `${issuer}/oauth2/token`,
          refreshUrl: `${issuer}/oauth2/token`,
          scopes,
        },
      },
    },
  };
}
