import { describe, expect, test } from 'vitest';
import { comparable, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, passwordProblem } from './passwords';

const NAMES = [
  'ada.lovelace',
  'ada@analytical-engines.example',
  'Ada',
  'Lovelace',
  'acme',
  'Acme Corporation',
  'Gatehouse',
];
const judge = (next: string, current = 'what it was before', repeated = next) =>
  passwordProblem({ current, next, repeated }, NAMES);

describe('what is taken (NIST SP 800-63B-4 §3.1.1.2)', () => {
  test.each([
    'purple dishwasher tango',
    'k9#fLw2!vPq8zRt',
    'nothing but lower case letters',
    'пароль который никто не знает',
    '我的密码很长并且没有人知道它是',
    'ein Wort und noch eins 🔑🔑🐝',
    ' spaces stand for themselves ',
    'password managers make zx7-kqvo-92t',
    'my house has 7 windows',
  ])('%s', (password) => {
    expect(judge(password)).toBeNull();
  });

  test.each(['bgdxkvpwhqmrzfjt', 'BGDXKVPWHQMRZFJT', '482915037264915', '#?+&%_;*(}=~^{]'])(
    'no rules of composition: %s',
    (password) => {
      expect(judge(password)).toBeNull();
    },
  );
});

describe('what is refused', () => {
  test('nothing, and what is too short or too long; characters count and not their bytes', () => {
    expect(judge('purple dishwasher tango', '')).toBe('current_missing');
    expect(judge('')).toBe('missing');
    expect(judge('k9#fLw2!vPq8zR')).toBe('too_short');
    expect(judge('k9#fLw2!vPq8zRt')).toBeNull();
    expect(judge('🔑🐝🌵🎲🧭🪁🦉🍋🚲🧵🪴🥁🧊🛶')).toBe('too_short');
    expect(judge('🔑🐝🌵🎲🧭🪁🦉🍋🚲🧵🪴🥁🧊🛶🪙')).toBeNull();
    expect(MIN_PASSWORD_LENGTH).toBe(15);
    const long = (length: number) =>
      Array.from({ length }, (_, n) => n.toString(36))
        .join('')
        .slice(0, length);
    expect(judge(long(MAX_PASSWORD_LENGTH))).toBeNull();
    expect(judge(long(MAX_PASSWORD_LENGTH + 1))).toBe('too_long');
  });

  test.each([
    'passwordpassword',
    'Passw0rdPassw0rd1',
    'P@$$w0rd123456789',
    '123456789012345',
    '987654321987654321',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrst',
    'qwertyuiopasdfghjkl',
    'qwertzuiopasdfghjkl',
    'asdfasdfasdfasdf',
    'x7!x7!x7!x7!x7!x',
    'Summer2026!Summer2026!',
    'welcomewelcome2026',
    'correcthorsebatterystaple',
    'adalovelace1234567',
    'ada@analytical-engines.example',
    'AcmeCorporation2026',
    'Gatehouse-Gatehouse-1',
    'gatehouse-lovelace',
    'iloveyouiloveyou!!',
    'ＰＡＳＳＷＯＲＤＰＡＳＳＷＯＲＤ',
  ])('%s is easy to guess', (password) => {
    expect(judge(password)).toBe('easy_to_guess');
  });

  test('what names somebody else is nothing to guess', () => {
    expect(
      passwordProblem({ current: 'x', next: 'adalovelace1234567', repeated: 'adalovelace1234567' }, []),
    ).toBeNull();
  });

  test('a repetition that differs, and the password that it was', () => {
    const password = 'purple dishwasher tango';
    expect(judge(password, 'x', `${password} `)).toBe('not_repeated');
    expect(judge(password, password)).toBe('unchanged');
  });
});

test('what two keyboards write differently is one password', () => {
  const [composed, decomposed] = ['Käse und Brot und Öl', 'Käse und Brot und Öl'.normalize('NFD')] as [string, string];
  expect(composed).not.toBe(decomposed);
  expect(comparable(decomposed)).toBe(comparable(composed));
  expect(judge(composed, 'x', decomposed)).toBeNull();
  expect(judge(composed, decomposed)).toBe('unchanged');
});
