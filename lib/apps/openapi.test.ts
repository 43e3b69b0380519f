import { describe, expect, test } from 'vitest';
import type { LOCALES } from '@/lib/i18n/catalogue';
import { createI18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { ENDPOINTS, refusalOf } from '@/lib/oauth/endpoints';
import { SCOPE_CATALOGUE } from '@/lib/oauth/scopes';
import { type Answer, type OpenApiDocument, openApiDocument } from './openapi';

function written(locale: (typeof LOCALES)[number], apiUrl = 'https://api.example'): OpenApiDocument {
  const i18n = createI18n({ locale, formatLocale: locale, timeZone: 'UTC' }, MESSAGES[locale]);
  return openApiDocument({
    issuer: 'https://id.example',
    apiUrl,
    brand: 'Gate & House',
    locale,
    say: (key, values) => i18n.say(values ? { key, values } : { key }),
  });
}

const document = written('en');
const operationAt = (path: string) => {
  const operation = document.paths[path]?.get ?? document.paths[path]?.post;
  if (!operation) throw new Error(path);
  return operation;
};

test('every endpoint is there, by its method, under a name of its own', () => {
  expect(Object.keys(document.paths).sort()).toEqual(ENDPOINTS.map(({ path }) => path).sort());
  for (const { path, method } of ENDPOINTS)
    expect(Object.keys(document.paths[path] ?? {})).toEqual([method.toLowerCase()]);
});

test('every refusal of an endpoint has its status there, and its text an example', () => {
  for (const endpoint of ENDPOINTS) {
    const { responses } = operationAt(endpoint.path);
    for (const reason of endpoint.reasons) {
      const { status, code, sentence } = refusalOf(endpoint, reason);
      if (status === null) continue;
      const answer = responses[status] as Answer;
      expect(answer.description, `${endpoint.path} ${reason}`).toContain(code);
      if (endpoint.audience === 'browser') continue;
      const examples = Object.values(answer.content?.['application/json']?.examples ?? {});
      expect(JSON.stringify(examples)).toContain(JSON.stringify(sentence));
    }
  }
});

test('the documented dialect has its words and no others; access_denied travels on redirects only', () => {
  expect(document.components.schemas.DocumentedError?.properties?.code?.enum).toEqual([
    'invalid_grant',
    'invalid_request',
    'invalid_scope',
    'server_error',
    'unsupported_grant_type',
  ]);
});

describe('addresses', () => {
  test('are the installation’s own; the API has its own where it is another', () => {
    expect(document.servers).toEqual([{ url: 'https://id.example' }]);
    expect(operationAt('/api/users/current').servers).toEqual([{ url: 'https://api.example' }]);
    expect(written('en', 'https://id.example').paths['/api/users/current']?.get?.servers).toBeUndefined();
  });

  test('every scope is named, in each access', () => {
    const { flows } = document.components.securitySchemes.oauth2 as {
      flows: { authorizationCode: { scopes: Record<string, string> } };
    };
    const { scopes } = flows.authorizationCode;
    expect(Object.keys(scopes)).toHaveLength(SCOPE_CATALOGUE.length * 3 + 1);
    expect(scopes['source:w']).toBe('See, Create, Edit Alert sources');
  });
});

test('every schema that is named exists', () => {
  const text = JSON.stringify(document);
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(Object.keys(document.components.schemas)).toContain(name);
});

test('in another language only the words are others', () => {
  const german = written('de');
  expect(german.paths['/oauth2/token']?.post?.summary).toBe('Token holen');
  const shape = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shape)
      : value && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
        : typeof value === 'string'
          ? 'text'
          : value;
  expect(shape(german)).toEqual(shape(document));
});
