import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAuthorizationRequest, MAX_STATE_LENGTH } from './authorization-request';
import type { Client } from './client';
import { parseAuthorizationQuery } from './params';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const app: Client = {
  id: 250,
  clientId: 'a'.repeat(20),
  tenantId: 1,
  name: 'App',
  proof: 'SECRET_OR_PKCE',
  requirePkce: false,
  limitToAccount: false,
  active: true,
  verified: false,
  refreshReplay: false,
  neverExpires: false,
  secrets: [],
  redirectUris: ['https://good.ex/cb?x=1', 'http://127.0.0.1/cb'],
  scopes: null,
};

const GOOD = {
  client_id: app.clientId,
  redirect_uri: 'https://good.ex/cb?x=1',
  response_type: 'code',
  scope: 'profile source:w offline_access',
  state: 'xyz',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

type Change = Record<string, string | undefined>;

function queryOf(change: Change, extra = ''): string {
  const entries = Object.entries({ ...GOOD, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(entries).toString() + extra;
}

const judge = (change: Change = {}, extra = '', client: Client | null = app, dialect: 'native' | 'rfc' = 'rfc') =>
  judgeAuthorizationRequest(parseAuthorizationQuery(queryOf(change, extra)), client, dialect);

const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, undefined]));

describe('a good authorization request (RFC 6749 §4.1.1)', () => {
  test('is read as it came', () => {
    expect(judge()).toEqual({
      kind: 'ok',
      request: {
        clientId: app.clientId,
        redirectUri: 'https://good.ex/cb?x=1',
        scopes: [
          { name: 'profile', access: 'r' },
          { name: 'source', access: 'w' },
        ],
        offlineAccess: true,
        state: 'xyz',
        codeChallenge: CHALLENGE,
        promptConsent: false,
      },
    });
  });

  test('case 8: unknown parameters are ignored, repeated or not', () => {
    expect(judge({}, '&foo=1&foo=2&registration=x&resource=a&resource=b')).toEqual(judge());
  });

  test('case 16: a loopback redirect keeps the port that was sent', () => {
    const outcome = judge({ redirect_uri: 'http://127.0.0.1:4711/cb' });
    expect(outcome).toMatchObject({ kind: 'ok', request: { redirectUri: 'http://127.0.0.1:4711/cb' } });
  });

  test('prompt=consent asks again', () => {
    expect(judge({ prompt: 'login consent' })).toMatchObject({ request: { promptConsent: true } });
    expect(judge({ prompt: 'login' })).toMatchObject({ request: { promptConsent: false } });
  });

  test('no challenge is needed where the secret will be', () => {
    const outcome = judge(without('code_challenge', 'code_challenge_method'));
    expect(outcome).toMatchObject({ kind: 'ok' });
    expect(outcome).not.toHaveProperty('request.codeChallenge');
  });

  test('case 1: a state of 512 characters with everything in it', () => {
    const state = '&=%+"<>😀'.repeat(64);
    expect(judge({ state })).toMatchObject({ kind: 'ok', request: { state } });
  });
});

const FAULTS: [string, Change, string][] = [
  ['no response_type', without('response_type'), ''],
  ['a bad response_type', { response_type: 'token' }, ''],
  ['a bad scope', { scope: 'nothing' }, ''],
  ['no PKCE', without('code_challenge', 'code_challenge_method'), ''],
  ['plain PKCE', { code_challenge_method: 'plain' }, ''],
  ['prompt=none', { prompt: 'none' }, ''],
  ['a repeated state', {}, '&state=2'],
  ['a damaged state', without('state'), '&state=%ff'],
  ['a request object', { request: 'x' }, ''],
  ['nothing else', {}, ''],
];

describe('what is never redirected (RFC 6749 §4.1.2.1)', () => {
  test.each([
    ['missing', without('client_id'), '', app, 'client_id_missing'],
    ['empty', { client_id: '' }, '', app, 'client_id_missing'],
    ['repeated', {}, `&client_id=${app.clientId}`, app, 'client_id_repeated'],
    ['damaged', without('client_id'), '&client_id=%ff', app, 'client_id_repeated'],
    ['unknown', {}, '', null, 'client_unknown'],
    ["another app's", { client_id: 'b' }, '', app, 'client_unknown'],
    ['of an inactive app', {}, '', { ...app, active: false }, 'app_inactive'],
  ] as const)('case 2: client_id %s', (_title, change, extra, client, reason) => {
    expect(judge(change, extra, client as Client | null)).toEqual({ kind: 'page', reason });
  });

  test.each(FAULTS)('case 4: a bad redirect_uri with %s', (_title, change, extra) => {
    for (const proof of ['SECRET_OR_PKCE', 'PKCE_ONLY'] as const) {
      const client = { ...app, proof };
      expect(judge({ ...change, redirect_uri: 'https://evil.ex/cb' }, extra, client)).toEqual({
        kind: 'page',
        reason: 'redirect_uri_mismatch',
      });
      expect(judge({ ...change, redirect_uri: undefined }, extra, client)).toMatchObject({
        reason: 'redirect_uri_missing',
      });
      const twice = `${extra}&redirect_uri=${encodeURIComponent(GOOD.redirect_uri)}`;
      expect(judge(change, twice, client)).toEqual({ kind: 'page', reason: 'redirect_uri_repeated' });
    }
  });

  test('a query that is too large to read', () => {
    expect(judge({ x: 'a'.repeat(70_000) })).toEqual({ kind: 'page', reason: 'query_too_large' });
  });

  test('whatever the parameters are, a redirect goes to a registered URI only', () => {
    const value = fc.constantFrom(
      ...Object.values(GOOD),
      'https://evil.ex',
      'http://127.0.0.1:1/cb',
      'plain',
      '',
      'none',
      '%ff',
    );
    const name = fc.constantFrom(...Object.keys(GOOD), 'prompt', 'request', 'response_mode');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (pairs) => {
        const extra = pairs
          .map(([key, text]) => `&${key}=${text === '%ff' ? text : encodeURIComponent(text)}`)
          .join('');
        const outcome = judge(without('redirect_uri', 'client_id'), `${extra}`, app);
        const target =
          outcome.kind === 'redirect_error'
            ? outcome.redirectUri
            : outcome.kind === 'ok'
              ? outcome.request.redirectUri
              : GOOD.redirect_uri;
        expect([GOOD.redirect_uri, 'http://127.0.0.1:1/cb']).toContain(target);
      }),
    );
  });
});

describe('what an app has declared that it may ask for', () => {
  const declaring = (...declared: [string, 'r' | 'w' | 'd'][]): Client => ({
    ...app,
    scopes: declared.map(([name, access]) => ({ name, access, optional: false, purpose: '' })),
  });
  const asks = (scope: string, client: Client) => judge({ scope }, '', client);

  test('what was declared, or narrower, is asked for; offline access is nobody’s to declare', () => {
    const client = declaring(['profile', 'r'], ['source', 'w']);
    for (const scope of ['profile', 'source', 'source:w profile', 'source:w offline_access'])
      expect(asks(scope, client), scope).toMatchObject({ kind: 'ok' });
  });

  test('case 7: what was not, or is wider, is refused; the developer’s log is told which, the answer is not', () => {
    const client = declaring(['profile', 'r'], ['source', 'w']);
    const refused = asks('profile alert source:d', client);
    expect(refused).toMatchObject({
      kind: 'redirect_error',
      error: 'invalid_scope',
      reason: 'scope_not_declared',
      undeclared: [
        { name: 'alert', access: 'r' },
        { name: 'source', access: 'd' },
      ],
    });
    expect(refused.kind === 'redirect_error' && refused.description).not.toMatch(/alert|source/);
  });

  test('an app that has declared nothing may ask for everything', () => {
    expect(asks('profile alert:d', app)).toMatchObject({ kind: 'ok' });
  });
});

describe('what is told on the redirect', () => {
  const refused = (reason: string, error = 'invalid_request') => ({
    kind: 'redirect_error',
    redirectUri: GOOD.redirect_uri,
    state: 'xyz',
    error,
    reason,
  });

  test.each(['response_type', 'scope', 'code_challenge', 'code_challenge_method', 'response_mode', 'prompt'])(
    'case 5: %s sent twice',
    (name) => {
      const change = name in GOOD ? {} : { [name]: 'x' };
      expect(judge(change, `&${name}=x`)).toMatchObject(refused('parameter_repeated'));
    },
  );

  test('case 5: a repeated state is refused and not sent back', () => {
    const outcome = judge({}, '&state=2');
    expect(outcome).toMatchObject({ kind: 'redirect_error', reason: 'parameter_repeated' });
    expect(outcome).not.toHaveProperty('state');
  });

  test('case 6: response_type missing', () => {
    expect(judge(without('response_type'))).toMatchObject(refused('response_type_missing'));
    expect(judge({ response_type: '' })).toMatchObject(refused('response_type_missing'));
  });

  test.each(['token', 'code token', 'id_token', 'CODE', 'code '])('case 6: response_type %j', (response_type) => {
    expect(judge({ response_type })).toMatchObject(refused('response_type_unsupported', 'unsupported_response_type'));
    expect(judge({ response_type }, '', app, 'native')).toMatchObject(refused('response_type_unsupported'));
  });

  test.each(['nothing', '*', 'Profile', 'pro"file', 'pro\\file', 'a\tb', 'x'.repeat(10_240), 'offline_access'])(
    'case 7: scope %j',
    (scope) => {
      expect(judge({ scope })).toMatchObject(refused('scope_invalid', 'invalid_scope'));
    },
  );

  test('case 7: scope missing, or as an array', () => {
    expect(judge(without('scope'))).toMatchObject(refused('scope_missing', 'invalid_scope'));
    expect(judge(without('scope'), '&scope%5Ba%5D=profile')).toMatchObject(refused('scope_missing', 'invalid_scope'));
  });

  test.each(['request', 'request_uri'])('case 9: %s is refused, not fetched', (name) => {
    expect(judge({ [name]: 'http://169.254.169.254/' })).toMatchObject(refused('request_object_unsupported'));
  });

  test('case 22: a public app, or one that requires PKCE, without a challenge', () => {
    const change = without('code_challenge', 'code_challenge_method');
    expect(judge(change, '', { ...app, proof: 'PKCE_ONLY' })).toMatchObject(refused('challenge_required'));
    expect(judge(change, '', { ...app, requirePkce: true })).toMatchObject(refused('challenge_required'));
    expect(judge(change, '', { ...app, proof: 'SECRET_REQUIRED' })).toMatchObject({ kind: 'ok' });
  });

  test.each(['plain', undefined, 's256', 'S512'])('case 23: code_challenge_method %j', (code_challenge_method) => {
    expect(judge({ code_challenge_method })).toMatchObject(refused('challenge_method_unsupported'));
  });

  test('case 24: a malformed challenge, and a method without one', () => {
    expect(judge({ code_challenge: `${CHALLENGE}=` })).toMatchObject(refused('challenge_malformed'));
    expect(judge(without('code_challenge'))).toMatchObject(refused('challenge_missing'));
  });

  test('a response_mode that we do not have, and prompt=none', () => {
    expect(judge({ response_mode: 'fragment' })).toMatchObject(refused('response_mode_unsupported'));
    expect(judge({ response_mode: 'query' })).toMatchObject({ kind: 'ok' });
    expect(judge({ prompt: 'none' })).toMatchObject(refused('prompt_none_unsupported'));
  });

  test('a state beyond the limit is refused and not sent back', () => {
    expect(judge({ state: 's'.repeat(MAX_STATE_LENGTH) })).toMatchObject({ kind: 'ok' });
    const outcome = judge({ state: 's'.repeat(MAX_STATE_LENGTH + 1) });
    expect(outcome).toMatchObject({ kind: 'redirect_error', reason: 'state_too_long' });
    expect(outcome).not.toHaveProperty('state');
  });

  test('no answer repeats what was sent but the state', () => {
    const outcome = judge({ scope: 'MARKER', response_mode: 'query' });
    expect(JSON.stringify(outcome)).not.toContain('MARKER');
  });
});

describe('the edges of a request', () => {
  const reasonOf = (change: Change, extra = '', client = app) => {
    const judged = judge(change, extra, client);
    return judged.kind === 'ok' ? null : judged.reason;
  };

  test('a state is carried up to its limit, on errors too, and what was not sent is not there', () => {
    const longest = 's'.repeat(MAX_STATE_LENGTH);
    expect(judge({ state: longest, scope: 'nonsense' })).toMatchObject({ kind: 'redirect_error', state: longest });
    expect(reasonOf({ state: `${longest}s` })).toBe('state_too_long');
    expect(reasonOf({ state: undefined })).toBeNull();
    const judged = judge({ state: undefined });
    expect(judged.kind === 'ok' && Object.keys(judged.request)).not.toContain('state');
  });

  test('damage in a parameter that is read is an error of its own, once the redirect is proven', () => {
    expect(reasonOf({ state: undefined }, '&state=%ff')).toBe('encoding_damaged');
    expect(reasonOf({}, '&prompt=%00')).toBe('encoding_damaged');
    expect(reasonOf({}, '&unknown=%ff')).toBeNull();
  });

  test('a required challenge that was sent is enough', () => {
    expect(reasonOf({}, '', { ...app, requirePkce: true })).toBeNull();
    expect(reasonOf({}, '', { ...app, proof: 'PKCE_ONLY' })).toBeNull();
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    expect(reasonOf(without, '', { ...app, requirePkce: true })).toBe('challenge_required');
    expect(reasonOf(without)).toBeNull();
  });

  test('offline access is what the scope says', () => {
    expect(judge({ scope: 'profile' })).toMatchObject({ kind: 'ok', request: { offlineAccess: false } });
    expect(judge({ scope: 'profile offline_access' })).toMatchObject({ kind: 'ok', request: { offlineAccess: true } });
  });
});
