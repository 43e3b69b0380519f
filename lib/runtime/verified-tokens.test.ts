import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AccessToken } from '@/lib/oauth/access-token';
import { VerifiedTokens } from './verified-tokens';

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const token = { jti: 'j', expiresAt: 1 } as AccessToken;

test('a token is found again while the key that verified it is there', () => {
  const key = newKey();
  const tokens = new VerifiedTokens();
  tokens.keep('text', { token, kid: 'k', key });
  expect(tokens.find('text', () => key)?.token).toBe(token);
  expect(tokens.find('text ', () => key)).toBeNull();
});

test.each<[string, KeyObject | null]>([
  ['removed', null],
  ['another one under its name', newKey()],
])('a token whose key is %s is forgotten, for good', (_, now) => {
  const key = newKey();
  const tokens = new VerifiedTokens();
  tokens.keep('text', { token, kid: 'k', key });
  expect(tokens.find('text', () => now)).toBeNull();
  expect(tokens.find('text', () => key)).toBeNull();
});

test('so many are kept, no more: the least recent goes', () => {
  const key = newKey();
  const tokens = new VerifiedTokens();
  for (let n = 0; n <= 10_000; n++) tokens.keep(`text ${n}`, { token, kid: 'k', key });
  expect(tokens.find('text 0', () => key)).toBeNull();
  expect(tokens.find('text 10000', () => key)).not.toBeNull();
});
