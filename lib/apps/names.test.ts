import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appNameProblem, nameKey } from './names';

describe('names that an app can take', () => {
  test.each([
    'Acme',
    'Deploy Bot 2',
    'C++ Builder',
    "Joe's App",
    'Müller & Söhne',
    'Привет Мир',
    '東京タワー',
    '日本語 Hangul'.slice(0, 3),
    'שלום עולם',
    'हिन्दी ऐप',
  ])('%s', (name) => {
    expect(appNameProblem(name, 'Gatehouse')).toBeNull();
  });

  test.each([
    ['', /Enter/],
    ['   ', /Enter/],
    ['ab', /3 to 50/],
    ['a'.repeat(51), /3 to 50/],
    [' Acme', /space/],
    ['Acme ', /space/],
    ['Acme  Bot', /space/],
    ['Acme\tBot', /only/],
    ['Acme\nBot', /only/],
    ['Acme\u0000', /only/],
    ['Acme\u200b', /only/],
    ['Acme\u200d', /only/],
    ['\u202eemcA', /only/],
    ['Acme\u2066x', /only/],
    ['Acme\u00a0Bot', /only/],
    ['Acme\u00ad', /only/],
    ['Acme\ufe0f', /only/],
    ['Acme\u3164', /only/],
    ['𝐀cme', /only/],
    ['Ａcme', /only/],
    ['Acme ✓', /only/],
    ['Acme 🚀', /only/],
    ['<img src=x>', /only/],
    ['{{name}}', /only/],
    ['e\u0301clair', /only/],
    [`a${'\u0302\u0303\u0304\u0305'}bc`, /accents|only/],
    ['12345', /letter/],
    ['Аcme', /one alphabet/],
    ['Acme Αpp', /one alphabet/],
    ['Асоре', /Latin/],
    ['ΡΟΜΕ', /Latin/],
    ['Admin', /reserved/],
    ['SUPPORT', /reserved/],
    ['Supp0rt', /reserved/],
    ['Gatehouse', /service/],
    ['Gatehouse Login', /service/],
    ['My G4tehouse'.replace('4', 'a'), /service/],
    ['GATE HOUSE', /service/],
    ['Gateh0use', /service/],
  ])('%j is refused', (name, sentence) => {
    expect(appNameProblem(name, 'Gatehouse')).toMatch(sentence);
  });
});

describe('names that are one to the eye', () => {
  test.each([
    ['Acme', 'ACME'],
    ['Acme', 'Аcme'],
    ['Acme', 'Acme '],
    ['Acme', 'A c m e'],
    ['Acme', 'A-c.m_e!'],
    ['Acme', 'Ac\u200bme\ufe0f'],
    ['Acme', 'Acrne'],
    ['Acme', 'ＡＣＭＥ'],
    ['Acme', 'Ácmé'],
    ['Acme', 'A\u0301cme\u0301'],
    ['paypal', 'PaypaI'],
    ['paypal', 'paypa1'],
    ['paypal', 'PAYPAL'],
    ['paypal', 'раураl'],
    ['Google', 'G00gle'],
    ['Google', 'Gοοgle'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['Вектор', 'ВЕКТОР'],
  ])('%s and %s are the same', (a, b) => {
    expect(nameKey(a)).toBe(nameKey(b));
  });

  test.each([
    ['Acme', 'Acne'],
    ['Acme', 'Acme 2'],
    ['Vector', 'Hector'],
    ['Monitor', 'Minotaur'],
    ['東京', '京都'],
    ['हिन्दी', 'हन्द'],
  ])('%s and %s are two names', (a, b) => {
    expect(nameKey(a)).not.toBe(nameKey(b));
  });

  test('a key is a name with that key, whatever the name; case never matters', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'AaIil1|0OoMmrnВвӏſßΣςσÅŒﬁ') }),
    );
    fc.assert(
      fc.property(text, (name) => {
        expect(nameKey(nameKey(name))).toBe(nameKey(name));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 ]{3,30}$/), (name) => {
        expect(nameKey(name.toLowerCase())).toBe(nameKey(name));
        expect(nameKey(name.toUpperCase())).toBe(nameKey(name));
      }),
    );
  });
});
