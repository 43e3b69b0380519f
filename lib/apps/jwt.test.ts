import { generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSignature, decodeJwt, timeOf } from './jwt';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] };
const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(header: unknown, claims: unknown): string {
  const input = `${segment(header)}.${segment(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}
const check = (token: string, published: unknown = keys) => {
  const jwt = decodeJwt(token);
  if (!jwt) throw new Error('no JWT');
  return checkSignature(jwt, published, webcrypto.subtle as unknown as SubtleCrypto);
};

test('a token is taken apart, whatever stands in its claims', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
      const read = JSON.parse(JSON.stringify(claims));
      expect(decodeJwt(`${segment({ alg: 'RS256' })}.${segment(claims)}.AAAA`)?.claims).toEqual(read);
    }),
  );
});

test('what is no token is none', () => {
  for (const other of ['', 'a.b', 'a.b.c', 'e30.e30', 'e30.W10.AA', 'e30.e30.A+', 'e30.e30.e30.e30', '4pyT.e30.AA'])
    expect(decodeJwt(other), other).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => void decodeJwt(text)));
});

test('the signature is checked with the published key that the header names', async () => {
  const token = signed({ alg: 'RS256', kid: 'one' }, { sub: 'ada' });
  expect(await check(token)).toBe('good');
  const [head, , tail] = token.split('.');
  expect(await check(`${head}.${segment({ sub: 'eve' })}.${tail}`)).toBe('bad');
  expect(await check(signed({ alg: 'RS256', kid: 'other' }, {}))).toBe('no_key');
  expect(await check(signed({ alg: 'RS256' }, {}))).toBe('no_key');
  // The algorithm is ours to choose.
  expect(await check(signed({ alg: 'none', kid: 'one' }, {}))).toBe('bad');
  for (const none of [null, {}, { keys: [] }, { keys: 'x' }]) expect(await check(token, none)).toBe('no_key');
});

test('times are times, and other numbers none', () => {
  expect(timeOf('exp', 1_800_000_000)).toEqual(new Date('2027-01-15T08:00:00Z'));
  expect(timeOf('iat', 'soon')).toBeNull();
  expect(timeOf('il_a', 1_800_000_000)).toBeNull();
});
