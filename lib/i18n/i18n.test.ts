import { describe, expect, test } from 'vitest';
import { createI18n } from './i18n';
import { MESSAGES } from './messages';

const english = createI18n({ locale: 'en', formatLocale: 'en-US', timeZone: 'Europe/Berlin' }, MESSAGES.en);
const german = createI18n({ locale: 'de', formatLocale: 'de-AT', timeZone: 'America/New_York' }, MESSAGES.de);
const moment = new Date('2026-11-22T23:05:00Z');

describe('dates and numbers follow language and time zone', () => {
  test('English in Berlin', () => {
    expect(english.day(moment)).toBe('Nov 23, 2026');
    expect(english.clock(moment)).toBe('00:05');
    expect(english.number(1234567)).toBe('1,234,567');
  });

  test('German in New York', () => {
    expect(german.day(moment)).toBe('22.11.2026');
    expect(german.clock(moment)).toBe('18:05');
    expect(german.number(1234567)).toMatch(/^1.234.567$/);
  });

  test.each([
    [59, 'just now', 'gerade eben'],
    [60, '1 minute ago', 'vor 1 Minute'],
    [7_200, '2 hours ago', 'vor 2 Stunden'],
    [86_400, 'yesterday', 'gestern'],
    [-90_000, 'tomorrow', 'morgen'],
    [-86_400 * 3, 'in 3 days', 'in 3 Tagen'],
  ])('%i seconds before: %s, %s', (seconds, inEnglish, inGerman) => {
    const now = new Date(moment.getTime() + seconds * 1000);
    expect(english.ago(moment, now)).toBe(inEnglish);
    expect(german.ago(moment, now)).toBe(inGerman);
  });
});

test('a sentence of a rule is said in the reader’s language, with its values', () => {
  const sentence = { key: 'rules.secret.too_many', values: { max: 2 } } as const;
  expect(english.say(sentence)).toMatch(/at most 2 secrets/);
  expect(german.say(sentence)).toMatch(/höchstens 2 Secrets/);
  expect(english.say(null)).toBeUndefined();
  expect(english.sayEach({ name: sentence, description: undefined })).toEqual({ name: english.say(sentence) });
});

test('a text that is missing or lacks a value is an error and no gap on a page', () => {
  // @ts-expect-error no such text
  expect(() => english.t('signin.nothing')).toThrow();
  expect(() => english.t('signin.use_account')).toThrow();
});
