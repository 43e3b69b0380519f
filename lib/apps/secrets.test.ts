import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { deleteSecretProblem, newClientId, newSecret, newSecretProblem } from './secrets';

test('case 89: a secret has 256 bits as 64 hex; digest and last four are what is kept', () => {
  const made = newSecret(randomBytes);
  expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
  expect(made.digest).toEqual(createHash('sha256').update(made.secret).digest());
  expect(made.lastFour).toBe(made.secret.slice(60));
  expect(newSecret(randomBytes).secret).not.toBe(made.secret);
});

test('a client id has 20 hex characters', () => {
  expect(newClientId(randomBytes)).toMatch(/^[0-9a-f]{20}$/);
});

test.each([
  ['SECRET_OR_PKCE', 0, true],
  ['SECRET_OR_PKCE', 1, true],
  ['SECRET_OR_PKCE', 2, false],
  ['SECRET_REQUIRED', 1, true],
  ['PKCE_ONLY', 0, false],
])('%s with %i live secrets can have another: %s', (proof, liveSecrets, can) => {
  expect(newSecretProblem({ proof, liveSecrets }) === null).toBe(can);
});

test.each([
  ['SECRET_OR_PKCE', 0, true],
  ['SECRET_REQUIRED', 1, true],
  ['SECRET_REQUIRED', 0, false],
])('%s can lose a secret beside %i others that live: %s', (proof, otherLive, can) => {
  expect(deleteSecretProblem({ proof, otherLive }) === null).toBe(can);
});
