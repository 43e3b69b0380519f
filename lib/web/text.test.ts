import { expect, test } from 'vitest';
import { typedText } from './text';

test.each([
  [' Acme ', 'Acme'],
  ['\0', ''],
  ['A\0c\0me', 'Acme'],
  ['a long text', 'a lon'],
  [undefined, ''],
  [['a', 'b'], ''],
])('%j is read as %j', (value, text) => {
  expect(typedText(value, 5)).toBe(text);
});
