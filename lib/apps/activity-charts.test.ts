import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failuresOf, grantsOf, liveOf, PERIODS, refreshesOf, roundTop, stretchesOf, totalOf } from './activity-charts';

const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');

describe('the stretches of a period', () => {
  test('are hours of the last day', () => {
    const hours = stretchesOf('day', new Date('2026-11-22T10:35:00Z'), 'Europe/Berlin');
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual(new Date('2026-11-21T11:00:00Z'));
    expect(hours.at(-1)).toEqual(new Date('2026-11-22T10:00:00Z'));
  });
  test('are days as clocks of the zone show them, longer or shorter where clocks change', () => {
    const days = stretchesOf('week', new Date('2026-03-31T12:00:00Z'), 'Europe/Berlin');
    expect(days.map((day) => day.toISOString().slice(0, 16))).toEqual([
      '2026-03-24T23:00',
      '2026-03-25T23:00',
      '2026-03-26T23:00',
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ]);
  });
  test('begin at midnight, follow each other, and the last one has begun', () => {
    const clock = (date: Date, timeZone: string) =>
      new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
    fc.assert(
      fc.property(moments, zones, fc.constantFrom(...PERIODS), (now, zone, period) => {
        const begins = stretchesOf(period, now, zone);
        for (const [at, begin] of begins.entries()) {
          if (period !== 'day') expect(clock(begin, zone)).toBe('00:00');
          if (at > 0) expect(begin.getTime()).toBeGreaterThan((begins[at - 1] as Date).getTime());
        }
        const last = (begins.at(-1) as Date).getTime();
        expect(last).toBeLessThanOrEqual(now.getTime());
        expect(now.getTime() - last).toBeLessThan(25.5 * 3_600_000);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is counted', () => {
  const row = (at: number, kind: string, outcome: string, events: number) => ({ at, kind, outcome, events });
  const counts = [
    row(0, 'authorize', 'ok', 2),
    row(1, 'authorize', 'shown', 9),
    row(1, 'authorize', 'consent_denied', 4),
    row(1, 'refresh', 'ok', 3),
    row(1, 'refresh', 'used_from_two_places', 1),
    row(0, 'token', 'pkce_mismatch', 5),
    row(1, 'token', 'code_expired', 7),
    row(1, 'refresh', 'refresh_revoked', 1),
    row(0, 'refresh', 'refresh_expired', 1),
    row(0, 'token', 'ok', 2),
  ];
  test('grants and refreshes are what was given; a no and a screen are no failures', () => {
    expect(grantsOf(counts, 2).values).toEqual([2, 0]);
    expect(refreshesOf(counts, 2).values).toEqual([0, 4]);
    expect(failuresOf(counts, 2)).toEqual([
      { name: 'code_expired', values: [0, 7] },
      { name: 'pkce_mismatch', values: [5, 0] },
      { name: 'refresh_expired', values: [1, 0] },
      { name: 'other', values: [0, 1] },
    ]);
  });
  test('no failure is lost among the causes', () => {
    const rows = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 4 }),
        kind: fc.constantFrom('token', 'refresh'),
        outcome: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        events: fc.integer({ min: 1, max: 9 }),
      }),
    );
    fc.assert(
      fc.property(rows, (some) => {
        const total = failuresOf(some, 5).reduce((sum, series) => sum + totalOf(series), 0);
        expect(total).toBe(some.reduce((sum, { events }) => sum + events, 0));
      }),
    );
  });
  test('a stretch without a count of connections has the last one', () => {
    const counted = [
      { at: 1, live: 4 },
      { at: 3, live: 0 },
    ];
    expect(liveOf(counted, null, 5).values).toEqual([null, 4, 4, 0, 0]);
    expect(liveOf([], 7, 2).values).toEqual([7, 7]);
  });
  test('the top of a chart is round, even and not below what is drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (most) => {
        const top = roundTop(most);
        expect(top).toBeGreaterThanOrEqual(most);
        expect(top % 2).toBe(0);
        expect(top).toBeLessThanOrEqual(Math.max(2, most * 2));
      }),
    );
  });
});
