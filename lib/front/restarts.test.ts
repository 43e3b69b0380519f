import { expect, test } from 'vitest';
import { Restarts } from './restarts';

const ends = (restarts: Restarts, served: number[]) => served.map((milliseconds) => restarts.afterEnd(milliseconds));

test('who served for long is replaced at once, however often that happens', () => {
  expect(ends(new Restarts(), Array(20).fill(60_000))).toEqual(Array(20).fill(0));
});

test('who ends at start again and again is replaced ever more slowly, and then no more', () => {
  expect(ends(new Restarts(), Array(9).fill(0))).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, null]);
});

test('who begins to serve and ends soon after counts as failed', () => {
  expect(ends(new Restarts(), [1_000, 9_999, 500])).toEqual([0, 250, 500]);
});

test('one that served for long makes the count begin anew', () => {
  expect(ends(new Restarts(), [0, 0, 0, 10_000, 0])).toEqual([0, 250, 500, 0, 250]);
});
