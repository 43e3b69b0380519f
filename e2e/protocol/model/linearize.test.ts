import { expect, test } from 'vitest';
import { type Call, linearize } from './linearize';

/** A thing that can be taken once. */
const once = (taken: boolean, _operation: 'take', outcome: 'ok' | 'refused') =>
  (outcome === 'ok') === taken ? null : true;

const call = (outcome: 'ok' | 'refused', began: number, ended: number): Call<'take', 'ok' | 'refused'> => ({
  operation: 'take',
  outcome,
  began,
  ended,
});

test('the checker refuses what no order explains: two successes, no success, a refusal that ended before the success began', () => {
  expect(linearize([call('ok', 0, 5), call('ok', 1, 4)], false, once)).toBeNull();
  expect(linearize([call('refused', 0, 5), call('refused', 1, 4)], false, once)).toBeNull();
  expect(linearize([call('refused', 0, 1), call('ok', 2, 3)], false, once)).toBeNull();
});

test('the checker finds the order of calls that overlap', () => {
  const refused = call('refused', 0, 5);
  const ok = call('ok', 3, 9);
  expect(linearize([refused, ok], false, once)).toEqual([ok, refused]);
});
