import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REASONS, type Reason } from './errors';
import { boundedDetails, MOST_DETAILS } from './event-details';
import { type FormRequest, parseAuthorizationQuery } from './params';
import { cut, quoted } from './quoting';
import { authorizationFacts, formFacts } from './request-facts';

const post = (body: string, more: Partial<FormRequest> = {}): FormRequest => ({
  contentType: 'application/x-www-form-urlencoded',
  body,
  query: '',
  authorization: undefined,
  ...more,
});
const basic = (id: string) => `Basic ${Buffer.from(`${id}:secret`).toString('base64')}`;

describe('whose request it was that could not be read', () => {
  test.each([
    ['client_id=a&x=%zz', {}, 'a'],
    ['grant_type=x', { query: 'client_id=b' }, 'b'],
    ['grant_type=x', { authorization: basic('c') }, 'c'],
    ['{"client_id":"d","code":"x"}', {}, 'd'],
    ['client_id=a', { query: 'client_id=a' }, 'a'],
    ['client_id=a', { query: 'client_id=b' }, null],
    ['client_id=a', { authorization: basic('b') }, null],
    ['client_id=a&client_id=b', {}, null],
    ['{"client_id":7}', {}, null],
    ['{"client_id":', {}, null],
    ['', { authorization: 'Bearer x' }, null],
  ] as const)('%s %o', (body, more, expected) => {
    expect(formFacts(post(body, more), 'content_type_json').clientId).toBe(expected);
  });

  test('names of parameters are ours only', () => {
    const body = 'client_id=a&ada%40example.com=1&ada%40example.com=2&code=1&code=2';
    expect(formFacts(post(body), 'parameter_repeated').details).toEqual({ parameters: ['code'] });
  });

  test('a grant type is repeated where it is a word', () => {
    const details = (grantType: string) =>
      formFacts(post(new URLSearchParams({ grant_type: grantType }).toString()), 'grant_type_unsupported').details;
    expect(details('client_credentials')).toEqual({ value: 'client_credentials' });
    expect(details('urn:ietf:params:oauth:grant-type:device_code')).toEqual({
      value: 'urn:ietf:params:oauth:grant-type:device_code',
    });
    expect(details('<b>bold</b>')).toEqual({});
    expect(details('9f86d081884c7d659a2feaa0c55ad015')).toEqual({ value: '9f8…' });
  });
});

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', '=', '&', '%', '4', '\ud800', '"', '{', '\n', '\u202e'), maxLength: 200 }),
);

describe('whatever was sent', () => {
  test('facts are found without a fault, fit the table, and can be stored as JSON', () => {
    fc.assert(
      fc.property(texts, texts, fc.constantFrom(...REASONS), (body, query, reason: Reason) => {
        const form = formFacts(post(body, { query, authorization: body }), reason).details;
        const asked = parseAuthorizationQuery(`redirect_uri=${body}&scope=${query}&response_type=${body}`);
        const authorization = authorizationFacts(reason, asked, ['https://app.example/cb']);
        for (const details of [form, authorization]) {
          const json = JSON.stringify(boundedDetails(details));
          expect(json.length).toBeLessThanOrEqual(MOST_DETAILS);
          // PostgreSQL's jsonb takes neither NUL nor half of a surrogate pair.
          expect(json).not.toMatch(/\\u(?:d[89a-f]|0000)/i);
        }
      }),
    );
  });

  test('what is quoted is cut between characters, and nobody’s address or key is in it', () => {
    expect(cut('😀😀😀', 3)).toBe('😀😀😀');
    expect(cut('😀😀😀😀', 3)).toBe('😀😀…');
    expect(quoted('write to ada@example.com', 50)).toBe('write to …@…');
    expect(quoted('eyJhbGciOiJSUzI1NiJ9.eyJpbF90IjoiQUNDRVNTIn0', 80)).toBe('eyJ….eyJ…');
    expect(quoted('a-preview-of-something-long', 80)).toBe('a-preview-of-something-long');
  });
});
