import { expect, test } from 'vitest';
import { negotiateLanguage } from './negotiate';

test.each([
  [[], undefined, 'en', 'en'],
  [[], 'de-AT,de;q=0.9,en;q=0.5', 'de', 'de-AT'],
  [[], 'fr-FR,de;q=0.5', 'de', 'de'],
  [[], 'fr, pt', 'en', 'en'],
  [[], 'en-GB', 'en', 'en-GB'],
  [[], '*', 'en', 'en'],
  [[], 'de;q=0, en', 'en', 'en'],
  [['de'], 'en-GB,en', 'de', 'de'],
  [['de', 'en'], 'de-CH,en', 'de', 'de-CH'],
  [[null, 'de'], 'en', 'de', 'de'],
  [['fr', undefined], 'de', 'de', 'de'],
  [['../en'], ',;;q=,-,\u0000,x-y-z-0', 'en', 'en'],
  [[], 'de-u-ca-buddhist-nu-thai', 'en', 'en'],
])('chosen %j, browser %j: texts in %s, dates as in %s', (chosen, header, locale, formatLocale) => {
  expect(negotiateLanguage(chosen, header)).toEqual({ locale, formatLocale });
});

test('a header without end costs no time and fails nothing', () => {
  expect(negotiateLanguage([], 'de,'.repeat(100_000)).locale).toBe('de');
});
