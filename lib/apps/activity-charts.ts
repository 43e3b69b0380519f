import { readOutcome } from './event-causes';
import { DAY_MS, instantOf, wallClock } from './time-zones';

/** What the charts of an application show, and the stretches of time that they count in. */

export const PERIODS = ['day', 'week', 'month', 'quarter'] as const;
export type Period = (typeof PERIODS)[number];

const DAYS: Record<Exclude<Period, 'day'>, number> = { week: 7, month: 30, quarter: 90 };
const HOUR_MS = 3_600_000;

/** When a period began: as long ago as it is long. */
export function periodStart(period: Period, now: Date): Date {
  return new Date(now.getTime() - (period === 'day' ? 1 : DAYS[period]) * DAY_MS);
}

/**
 * When each stretch of a period begins, the oldest first: hours of the last day, else days in the reader's time zone, today
 * included. A day of 23 or 25 hours is a day.
 * @param timeZone IANA
 */
export function stretchesOf(period: Period, now: Date, timeZone: string): Date[] {
  if (period === 'day') {
    const hour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
    return Array.from({ length: 24 }, (_, at) => new Date(hour - (23 - at) * HOUR_MS));
  }
  const today = wallClock(now.getTime(), timeZone);
  const midnight = Math.floor(today / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS[period] }, (_, at) => {
    const wall = midnight - (DAYS[period] - 1 - at) * DAY_MS;
    return new Date(instantOf(wall, timeZone));
  });
}

/** A row of numbers, one for each stretch; null where nothing is known. */
export type Series = { name: string; values: (number | null)[] };

export type CountedEvents = readonly { at: number; kind: string; outcome: string; events: number }[];

/** How often users allowed access. */
export function grantsOf(counts: CountedEvents, length: number): Series {
  return {
    name: 'grants',
    values: sums(counts, length, ({ kind, outcome }) => kind === 'authorize' && outcome === 'ok'),
  };
}

/** How often tokens were refreshed. */
export function refreshesOf(counts: CountedEvents, length: number): Series {
  const fits = ({ kind, outcome }: CountedEvents[number]) => kind === 'refresh' && readOutcome(outcome).letIn;
  return { name: 'refreshes', values: sums(counts, length, fits) };
}

/** Causes that are told apart; the others are one. */
export const MOST_CAUSES = 3;
export const OTHER_CAUSES = 'other';

/** Failures by cause, the most frequent cause first, what is left in the end. */
export function failuresOf(counts: CountedEvents, length: number): Series[] {
  const failures = counts.filter(({ outcome }) => readOutcome(outcome).tone === 'danger');
  const totals = new Map<string, number>();
  for (const { outcome, events } of failures) totals.set(outcome, (totals.get(outcome) ?? 0) + events);
  const ranked = [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([cause]) => cause);
  const named = ranked.slice(0, MOST_CAUSES);
  const series = named.map((name) => ({ name, values: sums(failures, length, ({ outcome }) => outcome === name) }));
  if (ranked.length === named.length) return series;
  const rest = sums(failures, length, ({ outcome }) => !named.includes(outcome));
  return [...series, { name: OTHER_CAUSES, values: rest }];
}

function sums(counts: CountedEvents, length: number, fits: (row: CountedEvents[number]) => boolean): number[] {
  const values = new Array<number>(length).fill(0);
  for (const row of counts) if (fits(row)) values[row.at] = (values[row.at] ?? 0) + row.events;
  return values;
}

/**
 * Live connections: a stretch without a count has what was counted last.
 * @param before the last count from before the first stretch
 */
export function liveOf(counts: readonly { at: number; live: number }[], before: number | null, length: number): Series {
  const counted = new Map(counts.map(({ at, live }) => [at, live]));
  let last = before;
  const values = Array.from({ length }, (_, at) => {
    last = counted.get(at) ?? last;
    return last;
  });
  return { name: 'live', values };
}

/** Sum of a row; what is unknown counts nothing. */
export const totalOf = ({ values }: Series): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** A round number that nothing in the chart is above: even, so that its half is whole. */
export function roundTop(most: number): number {
  if (most <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(most));
  const tenths = power < 10 ? [20, 40, 60, 80, 100] : [10, 12, 16, 20, 30, 40, 50, 60, 80, 100];
  return ((tenths.find((candidate) => (candidate * power) / 10 >= most) ?? 100) * power) / 10;
}
