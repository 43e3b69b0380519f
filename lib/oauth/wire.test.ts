import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessToken } from './access-token';
import { OAuthError, REASONS, type Reason } from './errors';
import {
  authorizationErrorCode,
  authorizationRedirect,
  bearerErrorResponse,
  errorResponse,
  introspectionResponse,
  revocationResponse,
  tokenInfoResponse,
  tokenResponse,
} from './wire';

const parse = (body: string): unknown => JSON.parse(body);

describe('errors on the wire', () => {
  test('case 42: no sentence has a character that RFC 6749 §5.2 leaves out', () => {
    for (const reason of REASONS) {
      expect(new OAuthError(reason).description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
  });

  test('case 75: the documented dialect answers in its six codes and their statuses, whatever the reason', () => {
    const statuses: Record<string, number> = {
      invalid_request: 400,
      invalid_scope: 400,
      access_denied: 400,
      unsupported_grant_type: 400,
      invalid_grant: 401,
      server_error: 500,
    };
    for (const reason of REASONS) {
      const error = new OAuthError(reason);
      const { status, body } = errorResponse('native', error);
      const { code, error: sentence, ...rest } = parse(body) as Record<string, string>;
      expect([sentence, rest]).toEqual([error.description, {}]);
      expect(Object.keys(statuses)).toContain(code);
      expect(status).toBe(error.status ?? statuses[code ?? '']);
    }
  });

  test('case 75: the standard dialect answers in RFC codes, 400 or 401 unless the status says more', () => {
    for (const reason of REASONS) {
      const error = new OAuthError(reason);
      const { status, body } = errorResponse('rfc', error);
      expect(parse(body)).toEqual({ error: error.code, error_description: error.description });
      const expected = { invalid_client: 401, invalid_token: 401, insufficient_scope: 403, server_error: 500 };
      expect(status).toBe(error.status ?? (expected as Record<string, number>)[error.code] ?? 400);
    }
  });

  test('one decision, two renderings: the documented example', () => {
    const error = new OAuthError('code_unknown');
    const native = errorResponse('native', error);
    expect(native).toMatchObject({
      status: 401,
      body: '{"code":"invalid_grant","error":"Provided code is unknown"}',
    });
    const rfc = errorResponse('rfc', error);
    expect(rfc.status).toBe(400);
    expect(parse(rfc.body)).toEqual({ error: 'invalid_grant', error_description: 'Provided code is unknown' });
  });

  test('every failure of client authentication reads the same', () => {
    const reasons = REASONS.filter((reason) => new OAuthError(reason).code === 'invalid_client');
    expect(reasons.length).toBeGreaterThan(5);
    for (const dialect of ['native', 'rfc'] as const) {
      const answers = reasons.map((reason) => JSON.stringify(errorResponse(dialect, new OAuthError(reason))));
      expect(new Set(answers).size).toBe(1);
    }
  });

  test('another client cannot tell a foreign code or token from one that never was', () => {
    const answer = (reason: 'code_unknown' | 'code_wrong_client' | 'refresh_unknown' | 'refresh_wrong_client') =>
      errorResponse('rfc', new OAuthError(reason));
    expect(answer('code_wrong_client')).toEqual(answer('code_unknown'));
    expect(answer('refresh_wrong_client')).toEqual(answer('refresh_unknown'));
  });

  test('case 76: a 401 carries a challenge; only RFC and Basic get one that opens a password box', () => {
    const challenge = (dialect: 'native' | 'rfc', usedBasic: boolean) =>
      errorResponse(dialect, new OAuthError('secret_mismatch', { usedBasic })).headers['WWW-Authenticate'];
    expect(challenge('native', true)).toMatch(/^Bearer /);
    expect(challenge('native', false)).toMatch(/^Bearer /);
    expect(challenge('rfc', true)).toMatch(/^Basic realm="/);
    expect(challenge('rfc', false)).toBeUndefined();
    expect(errorResponse('rfc', new OAuthError('code_missing', { usedBasic: true })).headers).not.toHaveProperty(
      'WWW-Authenticate',
    );
  });

  test.each(['native', 'rfc'] as const)('%s: 429 has Retry-After in whole seconds, 405 has Allow', (dialect) => {
    const tooSoon = errorResponse(dialect, new OAuthError('refresh_too_soon', { retryAfterSeconds: 0.2 }));
    expect([tooSoon.status, tooSoon.headers['Retry-After']]).toEqual([429, '1']);
    const method = errorResponse(dialect, new OAuthError('method_not_allowed', { allow: 'POST' }));
    expect([method.status, method.headers.Allow]).toEqual([405, 'POST']);
  });

  test('case 27: nothing that carries credentials is cached or sniffed', () => {
    const answers = [
      errorResponse('native', new OAuthError('internal')),
      tokenResponse('rfc', { accessToken: 'a', expiresIn: 1, scope: 'profile' }),
      tokenInfoResponse(null),
      revocationResponse('rfc'),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'Content-Type': 'application/json',
        'Cache-Control': 'no-store',
        Pragma: 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      });
    }
  });

  test('the documented dialect has six codes: each other one takes the nearest of them', () => {
    const codeOf = (reason: Reason) =>
      (parse(errorResponse('native', new OAuthError(reason)).body) as Record<string, string>).code;
    expect(codeOf('bearer_scope_missing')).toBe('access_denied');
    expect(codeOf('bearer_invalid')).toBe('invalid_grant');
    expect(codeOf('secret_mismatch')).toBe('invalid_grant');
    expect(codeOf('response_type_unsupported')).toBe('invalid_request');
  });

  test('RFC 6750 §3: a bare challenge without a token, error and scope with one', () => {
    const missing = bearerErrorResponse(new OAuthError('bearer_missing'));
    expect([missing.status, missing.headers['WWW-Authenticate']]).toEqual([401, 'Bearer realm="oauth2"']);
    const invalid = bearerErrorResponse(new OAuthError('bearer_invalid'));
    expect([invalid.status, invalid.headers['WWW-Authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm="oauth2", error="invalid_token", error_description="/),
    ]);
    const scope = bearerErrorResponse(new OAuthError('bearer_scope_missing'), 'source:w');
    expect([scope.status, scope.headers['WWW-Authenticate']]).toEqual([
      403,
      expect.stringMatching(/error="insufficient_scope".*scope="source:w"$/),
    ]);
  });
});

describe('answers', () => {
  const tokens = { accessToken: 'a', expiresIn: 3600, scope: 'profile source:w' };

  test('case 27: a token answer has the documented members in both dialects', () => {
    for (const dialect of ['native', 'rfc'] as const) {
      const answer = tokenResponse(dialect, { ...tokens, refreshToken: 'r', refreshTokenExpiresIn: 31_536_000 });
      expect(answer.status).toBe(200);
      expect(parse(answer.body)).toEqual({
        token_type: 'Bearer',
        access_token: 'a',
        expires_in: 3600,
        scope: 'profile source:w',
        refresh_token: 'r',
        refresh_token_expires_in: 31_536_000,
      });
    }
  });

  test('refresh_token_expires_in is absent when there is no refresh token or it never expires', () => {
    const members = (extra: object) =>
      Object.keys(parse(tokenResponse('native', { ...tokens, ...extra }).body) as object);
    const always = ['token_type', 'access_token', 'expires_in', 'scope'];
    expect(members({})).toEqual(always);
    expect(members({ refreshTokenExpiresIn: 5 })).toEqual(always);
    expect(members({ refreshToken: 'r', refreshTokenExpiresIn: null })).toEqual([...always, 'refresh_token']);
  });

  const token: AccessToken = {
    jti: 'j',
    tenantName: 'someTenant',
    appId: 250,
    clientId: 'c',
    userId: 'u',
    username: 'someUser',
    connectionId: 'x',
    scope: 'profile source:w',
    scopes: [],
    issuer: 'i',
    audience: 'a',
    issuedAt: 1,
    expiresAt: 2,
  };

  test('case 58, 59: token_info has exactly the documented members, or says inactive and no more', () => {
    expect(tokenInfoResponse(token).body).toBe(
      '{"active":true,"tenant_id":"someTenant","username":"someUser","scope":"profile source:w","app_id":250}',
    );
    expect(tokenInfoResponse(null)).toMatchObject({ status: 200, body: '{"active":false}' });
  });

  test('introspection (RFC 7662 §2.2)', () => {
    const answer = introspectionResponse({
      scope: 'profile',
      clientId: 'c',
      username: 'u',
      tokenType: 'Bearer',
      sub: 's',
      aud: 'a',
      iss: 'i',
    });
    expect(parse(answer.body)).toEqual({
      active: true,
      scope: 'profile',
      client_id: 'c',
      username: 'u',
      token_type: 'Bearer',
      sub: 's',
      aud: 'a',
      iss: 'i',
    });
    expect(introspectionResponse(null).body).toBe('{"active":false}');
  });

  test('case 63: revocation answers an empty object, or nothing', () => {
    expect(revocationResponse('native')).toMatchObject({ status: 200, body: '{}' });
    expect(revocationResponse('rfc')).toMatchObject({ status: 200, body: '' });
  });
});

describe('the redirect of an authorization response (RFC 6749 §4.1.2, RFC 9207)', () => {
  const iss = 'https://app.gatehouse.test';

  test.each([
    ['https://good.ex/cb', 'https://good.ex/cb?code=c&iss='],
    ['https://good.ex/cb?', 'https://good.ex/cb?code=c&iss='],
    ['https://good.ex/cb?a=%20b', 'https://good.ex/cb?a=%20b&code=c&iss='],
    ['https://good.ex/cb?a=1&', 'https://good.ex/cb?a=1&code=c&iss='],
    ['https://good.ex/cb?a=?', 'https://good.ex/cb?a=?&code=c&iss='],
    ['https://good.ex/cb?a=1&?', 'https://good.ex/cb?a=1&?&code=c&iss='],
    ['com.example.app:/cb', 'com.example.app:/cb?code=c&iss='],
  ])('%s stays as it is to the byte', (uri, start) => {
    expect(authorizationRedirect(uri, { code: 'c', iss })).toBe(`${start}${encodeURIComponent(iss)}`);
  });

  test('case 1: state comes back byte for byte, and cannot add a parameter', () => {
    const state = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(state, (value) => {
        const url = new URL(authorizationRedirect('https://good.ex/cb?a=1', { code: 'c', state: value, iss }));
        expect([...url.searchParams]).toEqual([
          ['a', '1'],
          ['code', 'c'],
          ['state', value],
          ['iss', iss],
        ]);
      }),
    );
  });

  test('an error carries code and sentence', () => {
    const url = new URL(
      authorizationRedirect('https://good.ex/cb', {
        error: 'access_denied',
        description: 'No & never',
        state: 's',
        iss,
      }),
    );
    expect([...url.searchParams]).toEqual([
      ['error', 'access_denied'],
      ['error_description', 'No & never'],
      ['state', 's'],
      ['iss', iss],
    ]);
  });

  test('case 6: unsupported_response_type is invalid_request in the documented dialect', () => {
    expect(authorizationErrorCode('native', 'unsupported_response_type')).toBe('invalid_request');
    expect(authorizationErrorCode('rfc', 'unsupported_response_type')).toBe('unsupported_response_type');
    expect(authorizationErrorCode('native', 'invalid_scope')).toBe('invalid_scope');
  });
});

describe('headers of an error', () => {
  const headersOf = (error: OAuthError) => Object.keys(errorResponse('native', error).headers);

  test('each stands only where it says something', () => {
    const plain = headersOf(new OAuthError('scope_invalid'));
    for (const name of ['WWW-Authenticate', 'Retry-After', 'Allow']) expect(plain).not.toContain(name);
    expect(headersOf(new OAuthError('code_unknown'))).toContain('WWW-Authenticate');
    expect(errorResponse('native', new OAuthError('method_not_allowed', { allow: 'POST' })).headers.Allow).toBe('POST');
    expect(bearerErrorResponse(new OAuthError('rate_limited')).headers).not.toHaveProperty('WWW-Authenticate');
  });

  test.each([
    [0, '1'],
    [0.2, '1'],
    [1.2, '2'],
    [120, '120'],
  ])('a wait of %d seconds is told as %s', (retryAfterSeconds, told) => {
    expect(errorResponse('rfc', new OAuthError('rate_limited', { retryAfterSeconds })).headers['Retry-After']).toBe(
      told,
    );
  });

  test('RFC 6750 §3: the body of a protected resource names code and sentence', () => {
    const error = new OAuthError('bearer_invalid');
    expect(parse(bearerErrorResponse(error).body)).toEqual({ code: 'invalid_token', error: error.description });
    expect(bearerErrorResponse(new OAuthError('bearer_scope_missing')).status).toBe(403);
  });
});
