import { describe, expect, test } from 'vitest';
import { type AppEnding, endsCode, endsFamily } from './app-ending';

const at = (second: number) => new Date(Date.UTC(2031, 0, 1, 0, 0, second));
const ending = (change: Partial<AppEnding> = {}): AppEnding => ({
  at: at(10),
  withSecret: null,
  codesOnly: false,
  reason: 'revoked_by_developer',
  ...change,
});

describe('what an app has ended', () => {
  test('are codes and families issued at or before its time, and none issued later', () => {
    for (const [issued, ended] of [
      [9, true],
      [10, true],
      [11, false],
    ] as const) {
      expect(endsCode([ending()], at(issued))).toBe(ended);
      const reason = endsFamily([ending()], { issuedAt: at(issued), withSecret: true });
      expect(reason).toBe(ended ? 'revoked_by_developer' : null);
    }
  });

  test('are only families of the way of proof that it excludes, but every code on its way', () => {
    const excluding = [ending({ withSecret: true })];
    expect(endsFamily(excluding, { issuedAt: at(5), withSecret: true })).toBe('revoked_by_developer');
    expect(endsFamily(excluding, { issuedAt: at(5), withSecret: false })).toBeNull();
    expect(endsCode(excluding, at(5))).toBe(true);
  });

  test('is no family where only codes end', () => {
    expect(endsFamily([ending({ codesOnly: true })], { issuedAt: at(5), withSecret: true })).toBeNull();
  });

  test('died by the first decision that met it', () => {
    const two = [ending({ at: at(20), reason: 'second' }), ending({ reason: 'first' })];
    expect(endsFamily(two, { issuedAt: at(5), withSecret: true })).toBe('first');
    expect(endsFamily(two, { issuedAt: at(15), withSecret: true })).toBe('second');
  });
});
