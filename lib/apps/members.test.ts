import { expect, test } from 'vitest';
import { isEmail, personProblems, roleOf, tidyPerson } from './members';

const person = { username: 'ada.lovelace', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@acme.example' };
const wrong = (change: Partial<typeof person>) => Object.keys(personProblems(tidyPerson({ ...person, ...change })));

test('a person with a username, names and an address is fine', () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ username: 'a-1', firstName: 'José', lastName: 'ʻOkina' })).toEqual([]);
});

test.each(['ab', 'x'.repeat(65), 'a b', 'ada@acme', '.ada', 'ada.', 'a..b', 'ädä', 'ada\u0000'])(
  '%j is no username',
  (username) => {
    expect(wrong({ username })).toEqual(['username']);
  },
);

test('what differs by case or by the space around it is the same', () => {
  expect(tidyPerson({ ...person, username: '  ADA ', firstName: ' Ada \n Maria ' })).toMatchObject({
    username: 'ada',
    firstName: 'Ada Maria',
  });
});

test('names are there, have a bound, and no characters that nobody sees', () => {
  expect(wrong({ firstName: '  ' })).toEqual(['firstName']);
  expect(wrong({ lastName: '' })).toEqual(['lastName']);
  expect(wrong({ lastName: 'x'.repeat(101) })).toEqual(['lastName']);
  expect(wrong({ firstName: 'Ada\u202e' })).toEqual(['firstName']);
});

test('an address is one', () => {
  expect(isEmail('ada@acme.example')).toBe(true);
  for (const odd of [
    '',
    'ada',
    'ada@',
    '@acme.example',
    'ada@acme.example\r\nBcc: x@y.example',
    `${'x'.repeat(250)}@acme.example`,
  ])
    expect(isEmail(odd)).toBe(false);
});

test('a form names a role or none', () => {
  expect(roleOf('ADMIN')).toBe('ADMIN');
  for (const odd of ['admin', '', null, 'ROOT']) expect(roleOf(odd)).toBeNull();
});
