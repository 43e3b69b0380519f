import { describe, expect, test } from 'vitest';
import { authenticateClient, type Client, isOptional, secretDigest, withinDeclared } from './client';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const FIRST = 'a'.repeat(64);
const SECOND = 'b'.repeat(64);

const client: Client = {
  id: 250,
  clientId: 'c'.repeat(20),
  tenantId: 1,
  name: 'App',
  proof: 'SECRET_OR_PKCE',
  requirePkce: false,
  limitToAccount: false,
  active: true,
  verified: false,
  refreshReplay: false,
  neverExpires: false,
  secrets: [
    { id: 'first', digest: secretDigest(FIRST), expiresAt: null },
    { id: 'second', digest: secretDigest(SECOND), expiresAt: later(60) },
  ],
  redirectUris: [],
  scopes: null,
};

const judge = (change: Partial<Client>, secret?: string, now = NOW) =>
  authenticateClient(
    { ...client, ...change },
    {
      clientId: client.clientId,
      viaBasic: false,
      ...(secret === undefined ? {} : { secret }),
    },
    now,
  );

describe('client authentication (RFC 6749 §2.3)', () => {
  test('either live secret is accepted, and the answer says which', () => {
    expect(judge({}, FIRST)).toEqual({ ok: true, secretId: 'first' });
    expect(judge({}, SECOND)).toEqual({ ok: true, secretId: 'second' });
  });

  test('a secret ends at its time', () => {
    expect(judge({}, SECOND, later(59))).toMatchObject({ ok: true });
    expect(judge({}, SECOND, later(60))).toEqual({
      ok: false,
      reason: 'secret_expired',
      secretId: 'second',
    });
  });

  test.each([
    'wrong',
    '',
    'null',
    'undefined',
    FIRST.slice(1),
    `${FIRST} `,
    ` ${FIRST}`,
    FIRST.toUpperCase(),
    secretDigest(FIRST).toString('hex'),
    secretDigest(FIRST).toString('base64'),
    '\0'.repeat(32),
  ])('case 33: the secret %j is refused', (secret) => {
    expect(judge({}, secret)).toEqual({ ok: false, reason: 'secret_mismatch' });
  });

  test('a credential that is sent is checked where none is needed, also when the app owns no secret', () => {
    expect(judge({ secrets: [] }, FIRST)).toEqual({
      ok: false,
      reason: 'secret_mismatch',
    });
  });

  test('no secret shown: enough to name the client unless it is a backend', () => {
    expect(judge({})).toEqual({ ok: true, secretId: null });
    expect(judge({ proof: 'PKCE_ONLY' })).toEqual({ ok: true, secretId: null });
    expect(judge({ proof: 'SECRET_REQUIRED' })).toEqual({
      ok: false,
      reason: 'secret_missing',
    });
  });

  test('PKCE_ONLY and a secret do not go together, be it right or wrong', () => {
    expect(judge({ proof: 'PKCE_ONLY' }, FIRST)).toEqual({
      ok: false,
      reason: 'secret_unexpected',
    });
    expect(judge({ proof: 'PKCE_ONLY' }, 'wrong')).toEqual({
      ok: false,
      reason: 'secret_unexpected',
    });
  });

  test('an unknown client is refused with and without a secret', () => {
    for (const credentials of [{ secret: FIRST }, {}]) {
      const result = authenticateClient(null, { clientId: 'nobody', viaBasic: false, ...credentials }, NOW);
      expect(result).toEqual({ ok: false, reason: 'client_unknown' });
    }
  });
});

describe('what an app has declared', () => {
  const declared = [
    { name: 'profile', access: 'r' as const, optional: false, purpose: '' },
    { name: 'source', access: 'w' as const, optional: true, purpose: 'To show them' },
  ];
  const scope = (name: string, access: 'r' | 'w' | 'd' = 'r') => ({ name, access });

  test('narrows what it was allowed, and leaves an app alone that has declared nothing', () => {
    const allowed = [scope('source', 'd'), scope('alert', 'w'), scope('profile')];
    expect(withinDeclared(allowed, declared)).toEqual([scope('source', 'w'), scope('profile')]);
    expect(withinDeclared(allowed, null)).toEqual(allowed);
    expect(withinDeclared(allowed, [])).toEqual([]);
  });

  test('says what may be unticked, whatever the access that is asked for', () => {
    expect(
      [scope('profile'), scope('source'), scope('source', 'd'), scope('alert')].map((one) => isOptional(one, declared)),
    ).toEqual([false, true, true, false]);
    expect(isOptional(scope('source'), null)).toBe(false);
  });
});

test('what is stored of a secret is its SHA-256', () => {
  expect(secretDigest('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
