import { expect, test } from 'vitest';
import { textOfAddress, typedText } from './text';

test.each([
  [' Acme ', 'Acme'],
  ['\0', ''],
  ['A\0c\0me', 'Acme'],
  ['one\r\ntwo\rthree\nfour\r\n', 'one\ntwo\nthree\nfour'],
  [undefined, ''],
  [['a', 'b'], ''],
])('%j is read as %j', (value, text) => {
  expect(typedText(value)).toBe(text);
});

test('what was typed is not cut, however long it is', () => {
  const text = `${'x\n'.repeat(50_000)}the end`;
  expect(typedText(text.replaceAll('\n', '\r\n'))).toBe(text);
});

test.each([
  [' a long text', ' a long text'.length, 'a long text'],
  ['a long text', 5, 'a lon'],
  ['A\0c', 5, 'Ac'],
  [undefined, 5, ''],
])('of %j in an address at most %i are read: %j', (value, most, text) => {
  expect(textOfAddress(value, most)).toBe(text);
});
