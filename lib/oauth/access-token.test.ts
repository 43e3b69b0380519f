import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { exportJWK, importJWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  ACCESS_LIFETIME_SECONDS,
  accessTokenHeader,
  buildAccessToken,
  hasValidSignature,
  judgeClaims,
  MAX_ACCESS_TOKEN_LENGTH,
  parseAccessToken,
  signingInput,
} from './access-token';
import { encodeJson } from './base64url';

const NOW = new Date('2026-01-01T00:00:00.900Z');
const IAT = Math.floor(NOW.getTime() / 1000);
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const expected = { issuer: 'https://app.gatehouse.test', audience: 'https://api.gatehouse.test', now: NOW };

const claims = buildAccessToken({
  issuer: expected.issuer,
  audience: expected.audience,
  tenantName: 'someTenant',
  appId: 250,
  clientId: 'a'.repeat(20),
  userId: '00000000-0000-4000-8000-000000000001',
  username: 'someUser',
  connectionId: '42',
  scope: 'profile source:w',
  jti: 'jti-1',
  now: NOW,
});

const signed = (header: object, payload: object) => {
  const input = `${encodeJson(header)}.${encodeJson(payload)}`;
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), pair.privateKey).toString('base64url')}`;
};
const header = accessTokenHeader('k1');
const token = signed(header, claims);

/** The whole way: parse, signature, claims. */
const accept = (text: string, change: Partial<typeof expected> = {}) => {
  const parsed = parseAccessToken(text);
  if (!parsed || !hasValidSignature(parsed, pair.publicKey)) return null;
  return judgeClaims(parsed.claims, { ...expected, ...change });
};

test('a token of 8192 characters is looked at, a longer one is not', () => {
  // Taking it apart does not check the signature, so that can be as long as it takes.
  const ofLength = (length: number) => {
    const heads = ['', 'x', 'xx'].map((text) => `${encodeJson(header)}.${encodeJson({ text })}.`);
    const texts = heads.map((head) => head + Buffer.alloc(((length - head.length) * 3) / 4).toString('base64url'));
    return texts.find((text) => text.length === length) ?? '';
  };
  expect(MAX_ACCESS_TOKEN_LENGTH).toBe(8192);
  expect([8192, 8193].map((length) => ofLength(length).length)).toEqual([8192, 8193]);
  expect(parseAccessToken(ofLength(8192))).not.toBeNull();
  expect(parseAccessToken(ofLength(8193))).toBeNull();
});

describe('issuing access tokens', () => {
  test('case 69: documented claims and those of RFC 9068 §2.2', () => {
    expect(claims).toEqual({
      il_n: 'someTenant',
      il_a: 250,
      il_s: 'profile source:w',
      il_u: 'someUser',
      il_t: 'ACCESS',
      il_v: 1,
      iss: expected.issuer,
      exp: IAT + ACCESS_LIFETIME_SECONDS,
      aud: expected.audience,
      sub: '00000000-0000-4000-8000-000000000001',
      client_id: 'a'.repeat(20),
      iat: IAT,
      jti: 'jti-1',
      scope: 'profile source:w',
      il_c: '42',
    });
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' });
    expect(signingInput(header, claims)).toBe(token.slice(0, token.lastIndexOf('.')));
  });

  test('an independent library verifies what we sign', async () => {
    const jwk = await importJWK(await exportJWK(pair.publicKey), 'RS256');
    const { payload, protectedHeader } = await jwtVerify(token, jwk, {
      issuer: expected.issuer,
      audience: expected.audience,
      typ: 'at+jwt',
      currentDate: NOW,
    });
    expect([payload, protectedHeader]).toEqual([claims, header]);
  });

  test('we verify what an independent library signs', async () => {
    const key = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const foreign = await new SignJWT({ ...claims }).setProtectedHeader({ ...header }).sign(key);
    expect(accept(foreign)).toMatchObject({ jti: 'jti-1' });
  });
});

describe('accepting access tokens (RFC 9068 §4, RFC 8725)', () => {
  test('a good one is told in our words', () => {
    expect(accept(token)).toEqual({
      jti: 'jti-1',
      tenantName: 'someTenant',
      appId: 250,
      clientId: 'a'.repeat(20),
      userId: '00000000-0000-4000-8000-000000000001',
      username: 'someUser',
      connectionId: '42',
      scope: 'profile source:w',
      scopes: [
        { name: 'profile', access: 'r' },
        { name: 'source', access: 'w' },
      ],
      issuer: expected.issuer,
      audience: expected.audience,
      issuedAt: IAT,
      expiresAt: IAT + 3600,
    });
  });

  test('case 59: it ends with its last second', () => {
    expect(accept(token, { now: new Date((IAT + 3600) * 1000 - 1) })).not.toBeNull();
    expect(accept(token, { now: new Date((IAT + 3600) * 1000) })).toBeNull();
  });

  test.each([
    ['none', { ...header, alg: 'none' }],
    ['HS256', { ...header, alg: 'HS256' }],
    ['PS256', { ...header, alg: 'PS256' }],
    ['typ JWT', { ...header, typ: 'JWT' }],
    ['typ with prefix', { ...header, typ: 'application/at+jwt' }],
    ['no typ', { alg: 'RS256', kid: 'k1' }],
    ['no kid', { alg: 'RS256', typ: 'at+jwt' }],
    ['a kid that is no text', { ...header, kid: 1 }],
    ['crit', { ...header, crit: ['b64'] }],
    ['a key of its own', { ...header, jwk: {} }],
    ['a key address', { ...header, jku: 'https://evil.ex' }],
  ])('case 52, 59: header with %s is not looked at', (_title, bad) => {
    expect(parseAccessToken(signed(bad, claims))).toBeNull();
  });

  test.each([
    ['refresh token', { il_t: 'OAUTH' }],
    ['another version', { il_v: 2 }],
    ['another issuer', { iss: 'https://evil.ex' }],
    ['another audience', { aud: 'https://other.ex' }],
    ['several audiences', { aud: [expected.audience] }],
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: '9999999999' }],
    ['exp beyond numbers', { exp: 1e300 }],
    ['no connection', { il_c: undefined }],
    ['an app number as text', { il_a: '250' }],
    ['two scopes that differ', { il_s: 'user:d' }],
    ['an unknown scope', { scope: 'everything', il_s: 'everything' }],
    ['no user', { sub: '' }],
    ['no jti', { jti: undefined }],
    ['no iat', { iat: undefined }],
  ])('case 70: claims of a %s are refused although the signature holds', (_title, change) => {
    expect(accept(signed(header, { ...claims, ...change }))).toBeNull();
  });

  test('case 59: damaged, cut, padded and appended texts are refused', () => {
    const [head = '', body = '', tail = ''] = token.split('.');
    const texts = [
      '',
      'garbage',
      '..',
      'a.b.c',
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      `${token}.`,
      ` ${token}`,
      `${token}\n`,
    ];
    const shapes = [
      `${head}.${body}`,
      `${head}.${body}.`,
      `${head}.${encodeJson([1])}.${tail}`,
      `${head}.bnVsbA.${tail}`,
    ];
    for (const text of [...texts, ...shapes, 'a'.repeat(MAX_ACCESS_TOKEN_LENGTH + 1)])
      expect(accept(text), text).toBeNull();
  });

  test('case 59: no other spelling of the signature is accepted', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = token.at(-1) ?? '';
    const spellings = [...alphabet].filter((letter) => letter !== last).map((letter) => token.slice(0, -1) + letter);
    expect(spellings.filter((text) => accept(text) !== null)).toEqual([]);
    // 256 bytes leave four spare bits: fifteen of the spellings decode to the very same signature.
    const aliases = spellings.filter((text) =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url').equals(Buffer.from(token.split('.')[2] ?? '', 'base64url')),
    );
    expect(aliases).toHaveLength(15);
  });

  test('case 59: one changed byte anywhere is refused', () => {
    for (let at = 0; at < token.length; at += 7) {
      const changed = `${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`;
      expect(accept(changed), String(at)).toBeNull();
    }
  });

  test("another key's signature, and a key that is no RSA key, are refused", () => {
    const parsed = parseAccessToken(token);
    if (!parsed) throw new Error('the token must parse');
    expect(hasValidSignature(parsed, pair.publicKey)).toBe(true);
    expect(hasValidSignature(parsed, other.publicKey)).toBe(false);
    expect(hasValidSignature(parsed, generateKeyPairSync('ed25519').publicKey)).toBe(false);
  });
});

describe('the edges of an access token', () => {
  test('header and claims are written as RFC 9068 §2 names them', () => {
    expect(accessTokenHeader('k')).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: 'k' });
    const built = buildAccessToken({
      issuer: 'i',
      audience: 'a',
      tenantName: 't',
      appId: 1,
      clientId: 'c',
      userId: 'u',
      username: 'n',
      connectionId: 'x',
      scope: 'profile',
      jti: 'j',
      now: NOW,
    });
    expect(built).toMatchObject({
      iss: 'i',
      aud: 'a',
      sub: 'u',
      client_id: 'c',
      jti: 'j',
      scope: 'profile',
      il_c: 'x',
    });
    expect(built.exp - built.iat).toBe(3_600);
  });

  test('what was parsed carries the header that was judged', () => {
    expect(parseAccessToken(token)?.header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' });
  });

  test('times are whole seconds that are not negative', () => {
    const judged = (change: object) => judgeClaims({ ...claims, ...change }, expected);
    expect(judged({ iat: 0 })?.issuedAt).toBe(0);
    for (const iat of [-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1, '1', null]) expect(judged({ iat })).toBeNull();
    expect(judged({ exp: -1 })).toBeNull();
  });

  test('segments that are no objects, or no signature, are no token', () => {
    const [head = '', payload = '', tail = ''] = token.split('.');
    const list = Buffer.from('[]').toString('base64url');
    for (const text of [
      `${list}.${payload}.${tail}`,
      `${head}.${list}.${tail}`,
      `${head}.${payload}.`,
      `${head}.${payload}.!`,
    ])
      expect(parseAccessToken(text), text).toBeNull();
  });
});
