import { expect, test } from 'vitest';
import { dayIn } from './time-zones';

test.each([
  ['2026-05-10', 'UTC', '2026-05-10T00:00:00.000Z', '2026-05-11T00:00:00.000Z'],
  ['2026-05-10', 'Asia/Tokyo', '2026-05-09T15:00:00.000Z', '2026-05-10T15:00:00.000Z'],
  ['2026-05-10', 'America/Los_Angeles', '2026-05-10T07:00:00.000Z', '2026-05-11T07:00:00.000Z'],
  // 23 and 25 hours.
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
])('%s in %s', (day, zone, begins, ends) => {
  expect(dayIn(day, zone)).toEqual({ begins: new Date(begins), ends: new Date(ends) });
});

test.each(['', '2026-5-1', '2026-13-01', '0000-01-01', 'today', '2026-05-10\0'])('%j is no day', (day) => {
  expect(dayIn(day, 'Asia/Tokyo')).toBeNull();
});
