import { expect, test } from 'vitest';
import { countText, MOST_COUNTED } from './counts';

test('a count that was read to its end is told as it is, one beyond the bound as at least that', () => {
  expect(countText(0, 'en')).toBe('0');
  expect(countText(MOST_COUNTED, 'en')).toBe('10,000');
  expect(countText(MOST_COUNTED + 1, 'en')).toBe('10,000+');
  expect(countText(MOST_COUNTED + 1, 'de')).toBe('10.000+');
});
