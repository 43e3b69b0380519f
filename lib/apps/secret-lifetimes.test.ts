import { expect, test } from 'vitest';
import { parseSecretLifetime } from './secret-lifetimes';

test.each([
  ['never', null],
  ['30', 30],
  ['365', 365],
  ['31', undefined],
  ['030', undefined],
  ['', undefined],
  [null, undefined],
])('a secret that is to live %j lives %j days', (choice, days) => {
  expect(parseSecretLifetime(choice)).toBe(days);
});
