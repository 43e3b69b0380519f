import { expect, test } from 'vitest';
import { idleDaysOf } from './idle';

test('idle connections end after one of three times', () => {
  expect(['30', '60', '90', '0', '-1', '31', '', 30, null, ['30']].map(idleDaysOf)).toEqual([
    ...[30, 60, 90],
    ...Array(7).fill(null),
  ]);
});
