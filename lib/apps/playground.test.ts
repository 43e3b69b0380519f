import { createHash, randomBytes, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  apiRequest,
  appOfState,
  authorizeUrl,
  type Choices,
  challengeOf,
  infoRequest,
  neededSecrets,
  newState,
  newVerifier,
  PROOFS,
  prettyBody,
  proofChoices,
  readAuthorizationAnswer,
  readKeptAnswer,
  readWaitingRun,
  refreshRequest,
  refusalOf,
  resolve,
  revokeRequest,
  tokenRequest,
} from './playground';
import { asSnippet, SNIPPET_LANGUAGES } from './snippets';

const APP = {
  clientId: 'c'.repeat(20),
  issuer: 'https://app.example.com',
  callback: 'https://app.example.com/playground/callback',
};
const choices = (change: Partial<Choices> = {}): Choices => ({
  scopes: ['profile', 'source:w'],
  offline: false,
  proof: 'secret',
  dialect: 'native',
  ...change,
});
const fill = (bytes: Uint8Array<ArrayBuffer>) => {
  bytes.set(randomBytes(bytes.length));
  return bytes;
};
const sha256 = (bytes: Uint8Array<ArrayBuffer>) => webcrypto.subtle.digest('SHA-256', bytes);

describe('what the app’s setting lets a client use', () => {
  test.each([
    ['SECRET_OR_PKCE', false, true, ['secret', 'both', 'pkce']],
    ['SECRET_OR_PKCE', true, true, ['both', 'pkce']],
    ['SECRET_OR_PKCE', false, false, ['pkce']],
    ['SECRET_REQUIRED', false, true, ['secret', 'both']],
    ['SECRET_REQUIRED', true, true, ['both']],
    ['SECRET_REQUIRED', false, false, []],
    ['PKCE_ONLY', true, false, ['pkce']],
    ['PKCE_ONLY', false, true, ['pkce']],
  ])('%s, PKCE required %s, secret %s', (proof, requirePkce, hasSecret, expected) => {
    expect(proofChoices({ proof, requirePkce, hasSecret })).toEqual(expected);
  });
});

describe('the authorization request', () => {
  const proofs = { state: '7.abc', challenge: 'CHALLENGE' };

  test('names client, our address, scopes and state; a challenge where one is used', () => {
    const url = new URL(authorizeUrl(APP, choices({ offline: true, proof: 'pkce', dialect: 'rfc' }), proofs));
    expect(url.origin + url.pathname).toBe('https://app.example.com/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: APP.clientId,
      redirect_uri: APP.callback,
      scope: 'profile source:w offline_access',
      state: '7.abc',
      code_challenge: 'CHALLENGE',
      code_challenge_method: 'S256',
    });
    const plain = new URL(authorizeUrl(APP, choices(), proofs));
    expect(plain.pathname).toBe('/api/developers/oauth2/authorize');
    expect(plain.searchParams.get('scope')).toBe('profile source:w');
    expect(plain.searchParams.has('code_challenge')).toBe(false);
  });

  test('state is new each time and names the app', () => {
    const all = new Set(Array.from({ length: 100 }, () => newState(12, fill)));
    expect(all.size).toBe(100);
    for (const state of all) expect(appOfState(state)).toBe(12);
    for (const other of [
      '',
      '12',
      '12.',
      '0.AAAAAAAAAAAAAAAAAAAAAA',
      'x.AAAAAAAAAAAAAAAAAAAAAA',
      '../.AAAAAAAAAAAAAAAAAAAAAA',
    ])
      expect(appOfState(other), other).toBeNull();
  });

  test('RFC 7636 Appendix B: the challenge is the S256 of the verifier', async () => {
    expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', sha256)).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
    const verifier = newVerifier(fill);
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(await challengeOf(verifier, sha256)).toBe(createHash('sha256').update(verifier).digest('base64url'));
  });
});

describe('the answer', () => {
  test('is read where state, issuer and either code or error stand once', () => {
    expect(readAuthorizationAnswer('?code=c&state=s&iss=i')).toEqual({
      code: 'c',
      state: 's',
      iss: 'i',
      error: null,
      description: null,
    });
    expect(readAuthorizationAnswer('?error=access_denied&error_description=No&state=s&iss=i')).toMatchObject({
      code: null,
      error: 'access_denied',
      description: 'No',
    });
    for (const other of [
      '',
      '?code=c&state=s',
      '?code=c&iss=i',
      '?state=s&iss=i',
      '?code=c&code=d&state=s&iss=i',
      '?code=c&error=e&state=s&iss=i',
      '?code=c&state=s&state=t&iss=i',
    ])
      expect(readAuthorizationAnswer(other), other).toBeNull();
  });

  test('and what a tab has kept is believed as far as its form goes', () => {
    const run = { state: 's', choices: choices() };
    expect(readWaitingRun(JSON.stringify(run))).toEqual(run);
    for (const other of [
      null,
      '',
      '{',
      'null',
      '[]',
      '{"state":"s"}',
      JSON.stringify({ ...run, choices: { scopes: 1 } }),
    ])
      expect(readWaitingRun(other), String(other)).toBeNull();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = readKeptAnswer(value);
        if (read) expect(typeof read.state + typeof read.iss).toBe('stringstring');
      }),
    );
  });
});

describe('the requests', () => {
  const secrets = {
    CLIENT_SECRET: 'the-secret',
    CODE: 'the-code',
    CODE_VERIFIER: 'the-verifier',
    ACCESS_TOKEN: 'the-access',
    REFRESH_TOKEN: 'the-refresh',
  };
  const bodyOf = (request: Parameters<typeof resolve>[0]) =>
    Object.fromEntries(new URLSearchParams(resolve(request, secrets).body ?? ''));

  test('carry the proof that was chosen', () => {
    const exchange = {
      grant_type: 'authorization_code',
      client_id: APP.clientId,
      code: 'the-code',
      redirect_uri: APP.callback,
    };
    expect(bodyOf(tokenRequest(APP, choices()))).toEqual({ ...exchange, client_secret: 'the-secret' });
    expect(bodyOf(tokenRequest(APP, choices({ proof: 'pkce' })))).toEqual({
      ...exchange,
      code_verifier: 'the-verifier',
    });
    expect(bodyOf(tokenRequest(APP, choices({ proof: 'both' })))).toEqual({
      ...exchange,
      client_secret: 'the-secret',
      code_verifier: 'the-verifier',
    });
    expect(bodyOf(refreshRequest(APP, choices({ proof: 'pkce' })))).toEqual({
      grant_type: 'refresh_token',
      client_id: APP.clientId,
      refresh_token: 'the-refresh',
    });
  });

  test('go to the endpoints of the dialect, and ask there as it is asked there', () => {
    expect(tokenRequest(APP, choices()).url).toBe('https://app.example.com/api/developers/oauth2/token');
    expect(tokenRequest(APP, choices({ dialect: 'rfc' })).url).toBe('https://app.example.com/oauth2/token');
    expect(bodyOf(revokeRequest(APP, choices()))).toEqual({ token: 'the-refresh' });
    expect(bodyOf(revokeRequest(APP, choices({ dialect: 'rfc' })))).toEqual({
      client_id: APP.clientId,
      client_secret: 'the-secret',
      token: 'the-refresh',
    });
    expect(infoRequest(APP, choices({ dialect: 'rfc' })).url).toMatch(/\/oauth2\/introspect$/);
    expect(infoRequest(APP, choices({ dialect: 'rfc', proof: 'pkce' })).url).toMatch(/developers\/oauth2\/token_info$/);
    expect(resolve(apiRequest(APP), secrets)).toMatchObject({
      method: 'GET',
      headers: { Authorization: 'Bearer the-access' },
      body: null,
    });
  });

  test('hold no secret until they are sent: no text to copy does either', () => {
    for (const proof of PROOFS) {
      for (const dialect of ['native', 'rfc'] as const) {
        const chosen = choices({ proof, dialect });
        for (const request of [
          tokenRequest(APP, chosen),
          refreshRequest(APP, chosen),
          apiRequest(APP),
          infoRequest(APP, chosen),
          revokeRequest(APP, chosen),
        ]) {
          expect(neededSecrets(request).length).toBeGreaterThan(0);
          for (const language of SNIPPET_LANGUAGES) {
            const text = asSnippet(language, request);
            for (const name of neededSecrets(request)) expect(text).toContain(name);
            for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
          }
        }
      }
    }
  });
});

describe('what is shown of an answer', () => {
  test('tokens are cut short unless they are to be seen', () => {
    const body = JSON.stringify({ access_token: 'eyJhbGciOi', expires_in: 3600 });
    expect(prettyBody(body, false)).not.toContain('eyJhbGciOi');
    expect(prettyBody(body, true)).toBe('{\n  "access_token": "eyJhbGciOi",\n  "expires_in": 3600\n}');
    expect(prettyBody('no json', false)).toBe('no json');
  });

  test('a refusal has a word and a sentence in either dialect', () => {
    expect(refusalOf({ status: 200, body: '{"error":"x"}' })).toBeNull();
    expect(refusalOf({ status: 401, body: '{"code":"invalid_grant","error":"Unknown"}' })).toEqual({
      word: 'invalid_grant',
      sentence: 'Unknown',
    });
    expect(refusalOf({ status: 400, body: '{"error":"invalid_scope","error_description":"None"}' })).toEqual({
      word: 'invalid_scope',
      sentence: 'None',
    });
    expect(refusalOf({ status: 429, body: '{"code":"invalid_request","error":"Wait"}' })?.word).toBe('too_many');
    expect(refusalOf({ status: 502, body: '<html>' })).toEqual({ word: 'other', sentence: '' });
  });
});
