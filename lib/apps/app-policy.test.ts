import { describe, expect, test } from 'vitest';
import {
  type AppPolicy,
  type AppVerdict,
  appPolicyOf,
  judgeAfter,
  judgeApp,
  mayAsk,
  reasonProblem,
} from './app-policy';

const other = { ownApp: false };

describe('what an organisation lets in', () => {
  test.each<[AppPolicy, AppVerdict | null, 'verified' | 'unverified', string]>([
    ['ALL', null, 'unverified', 'allowed'],
    ['ALL', null, 'verified', 'allowed'],
    ['ALL', 'BLOCKED', 'verified', 'blocked'],
    ['ALL', 'BLOCKED', 'unverified', 'blocked'],
    ['ALL', 'ALLOWED', 'unverified', 'allowed'],
    ['VERIFIED_ONLY', null, 'verified', 'allowed'],
    ['VERIFIED_ONLY', null, 'unverified', 'not_verified'],
    ['VERIFIED_ONLY', 'ALLOWED', 'unverified', 'allowed'],
    ['VERIFIED_ONLY', 'BLOCKED', 'verified', 'blocked'],
    ['ALLOW_LIST', null, 'verified', 'not_listed'],
    ['ALLOW_LIST', null, 'unverified', 'not_listed'],
    ['ALLOW_LIST', 'ALLOWED', 'unverified', 'allowed'],
    ['ALLOW_LIST', 'BLOCKED', 'verified', 'blocked'],
  ])('%s, %s, %s: %s', (policy, verdict, badge, expected) => {
    const app = { policy, verdict, verified: badge === 'verified' };
    expect(judgeApp({ ...app, ...other })).toBe(expected);
    expect(judgeApp({ ...app, ownApp: true }), 'its own apps always').toBe('allowed');
  });

  test('a change is judged before it is made', () => {
    const app = { id: 7, policy: 'ALL', verdict: null, verified: false, ...other } as const;
    expect(judgeAfter(app, { kind: 'policy', policy: 'VERIFIED_ONLY' })).toBe('not_verified');
    expect(judgeAfter(app, { kind: 'rule', appId: 7, verdict: 'BLOCKED', note: '' })).toBe('blocked');
    expect(judgeAfter(app, { kind: 'rule', appId: 8, verdict: 'BLOCKED', note: '' })).toBe('allowed');
    const listed = { ...app, policy: 'ALLOW_LIST', verdict: 'ALLOWED' } as const;
    expect(judgeAfter(listed, { kind: 'rule', appId: 7, verdict: null, note: '' })).toBe('not_listed');
  });

  test('a form names a policy of ours or none', () => {
    expect(appPolicyOf('ALLOW_LIST')).toBe('ALLOW_LIST');
    for (const odd of ['', 'all', null, undefined, 3]) expect(appPolicyOf(odd)).toBeNull();
  });
});

describe('asking for an app', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

  test('what is blocked is not asked for, what waits is not asked for twice', () => {
    expect(mayAsk('not_listed', null, now)).toBe(true);
    expect(mayAsk('not_verified', null, now)).toBe(true);
    expect(mayAsk('blocked', null, now)).toBe(false);
    expect(mayAsk('not_listed', { status: 'PENDING', decidedAt: null }, now)).toBe(false);
    expect(mayAsk('not_listed', { status: 'APPROVED', decidedAt: ago(1) }, now)).toBe(true);
  });

  test('what was denied is asked for again a day later', () => {
    expect(mayAsk('not_listed', { status: 'DENIED', decidedAt: ago(23.99) }, now)).toBe(false);
    expect(mayAsk('not_listed', { status: 'DENIED', decidedAt: ago(24) }, now)).toBe(true);
    expect(mayAsk('blocked', { status: 'DENIED', decidedAt: ago(99) }, now)).toBe(false);
  });

  test('a reason is written, and has a bound', () => {
    expect(reasonProblem('')).toBe('missing');
    expect(reasonProblem('x'.repeat(501))).toBe('too_long');
    expect(reasonProblem('x'.repeat(500))).toBeNull();
  });
});
