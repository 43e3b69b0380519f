import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clock } from './clock';

const START = Date.UTC(2026, 10, 22, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks a database whose clock is ahead of ours by so much. */
function ask(clock: Clock, ahead: number, there: number, back: number): void {
  const askedAt = Date.now();
  const databaseTime = new Date(askedAt + there + ahead);
  vi.setSystemTime(askedAt + there + back);
  clock.adjust(databaseTime, askedAt, Date.now());
}

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

test('an answer that took long on its way back does not put the clock behind: nothing lives longer than it may', () => {
  const clock = new Clock();
  ask(clock, 60_000, 0, 4_000);
  expect(clock.now()).toBe(Date.now() + 60_000);
});

test('an answer that took long on its way there puts it ahead by no more than that', () => {
  const clock = new Clock();
  ask(clock, -60_000, 4_000, 0);
  expect(clock.now() - (Date.now() - 60_000)).toBe(4_000);
});

test('one slow answer among quick ones moves it by no more than the drift', () => {
  const clock = new Clock();
  ask(clock, 500, 1, 1);
  later(1_000);
  ask(clock, 500, 3_000, 3_000);
  expect(clock.now() - (Date.now() + 500)).toBeGreaterThanOrEqual(0);
  expect(clock.now() - (Date.now() + 500)).toBeLessThanOrEqual(1 + 7_002 / 1_000);
});

test.each([3_600_000, -3_600_000])('a clock that was set by %d ms is followed with the next answer', (jump) => {
  const clock = new Clock();
  ask(clock, 0, 1, 1);
  later(1_000);
  ask(clock, jump, 2, 2);
  expect(clock.now()).toBe(Date.now() + jump + 2);
});

test('property: never behind the database, and ahead by no more than the quickest answer allows', () => {
  const ways = fc.array(fc.record({ there: fc.nat(5_000), back: fc.nat(5_000), pause: fc.nat(10_000) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), ways, (ahead, answers) => {
      vi.setSystemTime(START);
      const clock = new Clock();
      for (const { there, back, pause } of answers) {
        ask(clock, ahead, there, back);
        const error = clock.now() - (Date.now() + ahead);
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(there);
        later(pause);
      }
    }),
  );
});
