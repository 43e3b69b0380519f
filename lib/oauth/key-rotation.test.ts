import { describe, expect, test } from 'vitest';
import { dueRotationSteps, PUBLICATION_SECONDS, RETIREMENT_SECONDS, type RotatingKey } from './key-rotation';

const now = new Date('2026-11-22T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const key = (kid: string, fields: Partial<RotatingKey>): RotatingKey => ({
  kid,
  state: 'ACTIVE',
  createdAt: ago(0),
  activatedAt: null,
  retiredAt: null,
  ...fields,
});

describe('staged rotation of signing keys (case 72)', () => {
  test('a young active key is left alone', () => {
    expect(dueRotationSteps([key('a', { activatedAt: ago(89 * 86_400) })], 90, now)).toEqual([]);
  });

  test('an old one gets a successor, once', () => {
    const old = key('a', { activatedAt: ago(90 * 86_400) });
    expect(dueRotationSteps([old], 90, now)).toEqual([{ kind: 'create_next' }]);
    expect(dueRotationSteps([old, key('b', { state: 'NEXT' })], 90, now)).toEqual([]);
  });

  test('without a schedule keys stay until a command', () => {
    expect(dueRotationSteps([key('a', { activatedAt: ago(9_000 * 86_400) })], 0, now)).toEqual([]);
  });

  test('a successor signs only after every cached JWKS has it', () => {
    const active = key('a', {});
    const next = (age: number) => key('b', { state: 'NEXT', createdAt: ago(age) });
    expect(dueRotationSteps([active, next(PUBLICATION_SECONDS - 1)], 90, now)).toEqual([]);
    expect(dueRotationSteps([active, next(PUBLICATION_SECONDS)], 90, now)).toEqual([{ kind: 'promote', kid: 'b' }]);
  });

  test('a retired key stays published while a token that it signed can live', () => {
    const retiring = (age: number) => key('b', { state: 'RETIRING', retiredAt: ago(age) });
    expect(dueRotationSteps([key('a', {}), retiring(RETIREMENT_SECONDS - 1)], 90, now)).toEqual([]);
    expect(dueRotationSteps([key('a', {}), retiring(RETIREMENT_SECONDS)], 90, now)).toEqual([
      { kind: 'remove', kid: 'b' },
    ]);
  });
});

test('the stages last as long as caches and tokens do', () => {
  expect([PUBLICATION_SECONDS, RETIREMENT_SECONDS]).toEqual([600, 3_900]);
});

test('the age of the key that signs counts, wherever it stands, and only a retiring key is removed', () => {
  const retiring = key('r', { state: 'RETIRING', createdAt: ago(500 * 86_400), retiredAt: ago(0) });
  expect(dueRotationSteps([retiring, key('a', { activatedAt: ago(0) })], 90, now)).toEqual([]);
  const gone = key('g', { state: 'GONE', retiredAt: ago(RETIREMENT_SECONDS * 2) });
  expect(dueRotationSteps([gone, key('r', { state: 'RETIRING' })], 90, now)).toEqual([]);
});
