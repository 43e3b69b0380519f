import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CODE_LIFETIME_SECONDS,
  type CodeInput,
  type CodeState,
  codeDigest,
  judgeCode,
  MAX_CODE_FAILURES,
  newCode,
  refreshTokenDue,
} from './authorization-code';
import { withinDeclared } from './client';
import type { Scope } from './scopes';

const NOW = new Date('2026-01-01T00:00:00Z');
const seconds = (count: number) => new Date(NOW.getTime() + count * 1000);

const state: CodeState = {
  appId: 1,
  failures: 0,
  expiresAt: seconds(CODE_LIFETIME_SECONDS),
  redeemed: false,
  redirectUri: 'https://good.ex/cb',
  codeChallenge: 'right',
  appActive: true,
  userActive: true,
  tenantActive: true,
  limitToAccount: false,
  sameTenant: true,
  policyAllows: true,
  grantEnded: false,
  scopes: [{ name: 'source', access: 'w' }],
  withdrawn: false,
  playground: false,
  managesApp: false,
};
const input: CodeInput = {
  appId: 1,
  redirectUri: undefined,
  verifierChallenge: 'right',
  secretShown: false,
  declared: null,
  now: NOW,
};

const judge = (change: Partial<CodeState> = {}, sent: Partial<CodeInput> = {}) =>
  judgeCode({ ...state, ...change }, { ...input, ...sent });
const reasonOf = (change?: Partial<CodeState>, sent?: Partial<CodeInput>) => {
  const outcome = judge(change, sent);
  return outcome.outcome === 'ok' ? 'ok' : outcome.reason;
};

describe('new codes', () => {
  test('case 17: 28 hex in the documented dialect, 256 bits of base64url in the other, and unique', () => {
    const native = Array.from({ length: 10_000 }, () => newCode('native', randomBytes));
    const rfc = Array.from({ length: 10_000 }, () => newCode('rfc', randomBytes));
    expect(native.every((code) => /^[0-9a-f]{28}$/.test(code))).toBe(true);
    expect(rfc.every((code) => /^[A-Za-z0-9_-]{43}$/.test(code))).toBe(true);
    expect(new Set([...native, ...rfc]).size).toBe(20_000);
  });

  test('what is stored is the SHA-256 of the code', () => {
    expect(codeDigest('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('the rule of the code grant (RFC 6749 §4.1.3, RFC 7636 §4.6)', () => {
  test('a code that nobody issued is unknown', () => {
    expect(judgeCode(null, input)).toEqual({ outcome: 'refused', reason: 'code_unknown', countsAsFailure: false });
  });

  test('case 18: good at 119 seconds, expired at 120', () => {
    expect(reasonOf({}, { now: seconds(119) })).toBe('ok');
    expect(reasonOf({}, { now: seconds(120) })).toBe('code_expired');
  });

  test("case 31: another app's code reads as unknown, whatever else is right", () => {
    expect(reasonOf({}, { appId: 2, secretShown: true })).toBe('code_wrong_client');
  });

  test('case 30: the tenth failure burns the code', () => {
    expect(reasonOf({ failures: MAX_CODE_FAILURES - 1 })).toBe('ok');
    expect(reasonOf({ failures: MAX_CODE_FAILURES })).toBe('code_burnt');
  });

  test('case 32: redirect_uri may be left out, but one that is sent must be equal', () => {
    expect(reasonOf({}, { redirectUri: 'https://good.ex/cb' })).toBe('ok');
    expect(reasonOf({}, { redirectUri: 'https://good.ex/CB' })).toBe('code_redirect_mismatch');
    expect(reasonOf({}, { redirectUri: 'https://good.ex/%63b' })).toBe('code_redirect_mismatch');
  });

  test.each([
    [null, undefined, false, 'proof_missing'],
    [null, undefined, true, 'ok'],
    [null, 'right', false, 'pkce_unexpected'],
    [null, 'right', true, 'pkce_unexpected'],
    ['right', undefined, false, 'pkce_missing'],
    ['right', undefined, true, 'pkce_missing'],
    ['right', 'wrong', false, 'pkce_mismatch'],
    ['right', 'wrong', true, 'pkce_mismatch'],
    ['right', 'right', false, 'ok'],
    ['right', 'right', true, 'ok'],
  ])(
    'case 25, 26, 33: challenge %j, verifier %j, secret %j → %s',
    (codeChallenge, verifierChallenge, secretShown, reason) => {
      expect(reasonOf({ codeChallenge }, { verifierChallenge, secretShown })).toBe(reason);
    },
  );

  test.each([
    [{ appActive: false }, 'app_inactive'],
    [{ userActive: false }, 'user_inactive'],
    [{ tenantActive: false }, 'tenant_inactive'],
    [{ limitToAccount: true, sameTenant: false }, 'account_not_allowed'],
    [{ limitToAccount: true, sameTenant: true }, 'ok'],
    [{ limitToAccount: false, sameTenant: false }, 'ok'],
    [{ policyAllows: false }, 'app_not_allowed'],
    [{ grantEnded: true }, 'grant_ended'],
    [{ withdrawn: true }, 'code_withdrawn'],
    [{ playground: true, managesApp: false }, 'playground_forbidden'],
    [{ playground: true, managesApp: true }, 'ok'],
  ])('case 20, 57: %j → %s', (change, reason) => {
    expect(reasonOf(change)).toBe(reason);
  });

  test('case 28: a valid second redemption revokes, however late', () => {
    expect(judge({ redeemed: true })).toEqual({ outcome: 'replayed', reason: 'code_replayed' });
    expect(judge({ redeemed: true }, { now: seconds(86_000) })).toEqual({
      outcome: 'replayed',
      reason: 'code_replayed',
    });
  });

  test('the checks come in their order: of two faults the earlier one is told', () => {
    const faults: [string, Partial<CodeState>, Partial<CodeInput>][] = [
      ['code_wrong_client', {}, { appId: 2 }],
      ['code_burnt', { failures: MAX_CODE_FAILURES }, {}],
      ['code_expired', {}, { now: seconds(500) }],
      ['code_redirect_mismatch', {}, { redirectUri: 'x' }],
      ['pkce_mismatch', {}, { verifierChallenge: 'wrong' }],
      ['app_inactive', { appActive: false }, {}],
      ['user_inactive', { userActive: false }, {}],
      ['tenant_inactive', { tenantActive: false }, {}],
      ['account_not_allowed', { limitToAccount: true, sameTenant: false }, {}],
      ['grant_ended', { grantEnded: true }, {}],
      ['code_withdrawn', { withdrawn: true }, {}],
      ['playground_forbidden', { playground: true }, {}],
      ['code_replayed', { redeemed: true }, {}],
      ['scope_withdrawn', {}, { declared: [] }],
    ];
    for (const [first, firstState, firstInput] of faults) {
      for (const [second, secondState, secondInput] of faults.slice(faults.findIndex(([name]) => name === first) + 1)) {
        const told = reasonOf({ ...firstState, ...secondState }, { ...firstInput, ...secondInput });
        // A redeemed code does not expire, and a replay counts after the grant has ended too: its access tokens may live.
        expect(told, `${first} with ${second}`).toBe(
          ['code_expired', 'grant_ended', 'code_withdrawn', 'playground_forbidden'].includes(first) &&
            second === 'code_replayed'
            ? second
            : first,
        );
      }
    }
  });

  const anyState = fc.record<CodeState>({
    appId: fc.constantFrom(1, 2),
    failures: fc.constantFrom(0, 9, 10, 11),
    expiresAt: fc.constantFrom(seconds(-1), NOW, seconds(1)),
    redeemed: fc.boolean(),
    redirectUri: fc.constantFrom('a', 'b'),
    codeChallenge: fc.constantFrom(null, 'x', 'y'),
    appActive: fc.boolean(),
    userActive: fc.boolean(),
    tenantActive: fc.boolean(),
    limitToAccount: fc.boolean(),
    sameTenant: fc.boolean(),
    policyAllows: fc.boolean(),
    grantEnded: fc.boolean(),
    scopes: fc.constantFrom<Scope[]>(
      [{ name: 'source', access: 'w' }],
      [
        { name: 'profile', access: 'r' },
        { name: 'source', access: 'd' },
      ],
    ),
    withdrawn: fc.boolean(),
    playground: fc.boolean(),
    managesApp: fc.boolean(),
  });
  // Up to three fields of a good code are changed, so that good codes are met as well.
  const someFields = (full: fc.Arbitrary<CodeState>) =>
    fc
      .tuple(full, fc.subarray(Object.keys(state) as (keyof CodeState)[], { maxLength: 3 }))
      .map(([values, names]) => Object.fromEntries(names.map((name) => [name, values[name]])) as Partial<CodeState>);
  const anyInput = fc.record<CodeInput>({
    appId: fc.constantFrom(1, 2),
    redirectUri: fc.constantFrom(undefined, 'a', 'b'),
    verifierChallenge: fc.constantFrom(undefined, 'x', 'y'),
    secretShown: fc.boolean(),
    declared: fc.constantFrom<Scope[] | null>(
      null,
      [{ name: 'source', access: 'r' }],
      [{ name: 'profile', access: 'd' }],
    ),
    now: fc.constant(NOW),
  });

  test('I1: only an unredeemed, living code of this client with a proof is good', () => {
    let good = 0;
    fc.assert(
      fc.property(someFields(anyState), anyInput, (change, sent) => {
        const code = { ...state, redirectUri: 'a', codeChallenge: 'x', ...change };
        if (judgeCode(code, sent).outcome !== 'ok') return;
        good += 1;
        expect(code.redeemed).toBe(false);
        expect(code.appId).toBe(sent.appId);
        expect(code.failures).toBeLessThan(10);
        expect(code.expiresAt > NOW).toBe(true);
        expect(sent.redirectUri ?? code.redirectUri).toBe(code.redirectUri);
        expect(sent.verifierChallenge ?? null).toBe(code.codeChallenge);
        expect(sent.secretShown || code.codeChallenge !== null).toBe(true);
        expect(code.appActive && code.userActive && code.tenantActive && !code.grantEnded && !code.withdrawn).toBe(
          true,
        );
        expect(code.playground && !code.managesApp).toBe(false);
        expect(code.limitToAccount && !code.sameTenant).toBe(false);
        expect(code.policyAllows).toBe(true);
        expect(withinDeclared(code.scopes, sent.declared)).not.toEqual([]);
      }),
      { numRuns: 5000 },
    );
    expect(good).toBeGreaterThan(50);
  });

  test('a failed attempt burns nothing by itself, and a redeemed code no longer counts', () => {
    fc.assert(
      fc.property(anyState, anyInput, (code, sent) => {
        const outcome = judgeCode(code, sent);
        const counts = outcome.outcome === 'refused' && outcome.countsAsFailure;
        if (code.redeemed || code.failures > 10) expect(counts && code.appId === sent.appId).toBe(false);
        if (outcome.outcome === 'replayed') expect(code.redeemed).toBe(true);
      }),
    );
    expect(judge({}, { verifierChallenge: 'wrong' })).toMatchObject({ countsAsFailure: true });
    expect(judge({}, { appId: 2 })).toMatchObject({ countsAsFailure: true });
    expect(judge({ redeemed: true }, { verifierChallenge: 'wrong' })).toMatchObject({ countsAsFailure: false });
    expect(judge({ userActive: false })).toMatchObject({ countsAsFailure: false });
  });
});

test('a code whose scopes the app no longer declares is refused and stays; one scope is enough', () => {
  const declared = (...names: string[]) => ({ declared: names.map((name) => ({ name, access: 'r' as const })) });
  expect(judge({}, declared('profile'))).toEqual({
    outcome: 'refused',
    reason: 'scope_withdrawn',
    countsAsFailure: false,
  });
  expect(judge({}, declared('profile', 'source'))).toEqual({ outcome: 'ok' });
  // Theft is theft, whatever the app may ask for by now.
  expect(reasonOf({ redeemed: true }, declared('profile'))).toBe('code_replayed');
});

test('case 41: a refresh token is due when a secret was shown or offline access was granted', () => {
  expect([
    refreshTokenDue(false, false, true),
    refreshTokenDue(true, false, true),
    refreshTokenDue(false, true, true),
    refreshTokenDue(true, true, true),
  ]).toEqual([false, true, true, true]);
  // The app got its secret after a screen that said an hour.
  expect([refreshTokenDue(true, false, false), refreshTokenDue(false, false, false)]).toEqual([false, false]);
});

test.each([
  ['code_wrong_client', {}, { appId: 2 }],
  ['code_redirect_mismatch', {}, { redirectUri: 'https://good.ex/other' }],
  ['pkce_missing', {}, { verifierChallenge: undefined }],
  ['pkce_unexpected', { codeChallenge: null }, { secretShown: true }],
  ['pkce_mismatch', {}, { verifierChallenge: 'wrong' }],
  ['proof_missing', { codeChallenge: null }, { verifierChallenge: undefined }],
] as const)('%s brings a code nearer to being burnt', (reason, change, sent) => {
  expect(judge(change, sent)).toEqual({ outcome: 'refused', reason, countsAsFailure: true });
});
