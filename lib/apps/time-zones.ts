/** Days as the clocks of a time zone (IANA) count them. */

export const DAY_MS = 86_400_000;

/** What clocks of a zone show at an instant, as if it were UTC (milliseconds). */
export function wallClock(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((found) => found.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The instant at which clocks of a zone show a time; twice, for a guess may lie on the other side of a change of clocks. */
export function instantOf(wall: number, timeZone: string): number {
  const first = wall - (wallClock(wall, timeZone) - wall);
  return wall - (wallClock(first, timeZone) - first);
}

/**
 * When a day begins and ends in a zone; one of 23 or 25 hours is a day.
 * @param day `2026-11-22`
 * @returns null: there is no such day since 1970
 */
export function dayIn(day: string, timeZone: string): { begins: Date; ends: Date } | null {
  const wall = /^(?:19[7-9]|[2-9]\d\d)\d-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // V8 takes 30 February for 2 March.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(day)) return null;
  return { begins: new Date(instantOf(wall, timeZone)), ends: new Date(instantOf(wall + DAY_MS, timeZone)) };
}
