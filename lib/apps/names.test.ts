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
    ['', 'empty'],
    ['   ', 'empty'],
    ['ab', 'length'],
    ['a'.repeat(51), 'length'],
    [' Acme', 'spaces'],
    ['Acme ', 'spaces'],
    ['Acme  Bot', 'spaces'],
    ['Acme\tBot', 'characters'],
    ['Acme\nBot', 'characters'],
    ['Acme\u0000', 'characters'],
    ['Acme\u200b', 'characters'],
    ['Acme\u200d', 'characters'],
    ['\u202eemcA', 'characters'],
    ['Acme\u2066x', 'characters'],
    ['Acme\u00a0Bot', 'characters'],
    ['Acme\u00ad', 'characters'],
    ['Acme\ufe0f', 'characters'],
    ['Acme\u3164', 'characters'],
    ['𝐀cme', 'characters'],
    ['Ａcme', 'characters'],
    ['Acme ✓', 'characters'],
    ['Acme 🚀', 'characters'],
    ['<img src=x>', 'characters'],
    ['{{name}}', 'characters'],
    ['e\u0301clair', 'characters'],
    [`a${'\u0302\u0303\u0304\u0305'}bc`, 'characters'],
    ['q\u0302\u0303\u0304bc', 'accents'],
    ['12345', 'no_letter'],
    ['Аcme', 'mixed'],
    ['Acme Αpp', 'mixed'],
    ['Асоре', 'looks_latin'],
    ['ΡΟΜΕ', 'looks_latin'],
    ['Admin', 'reserved'],
    ['SUPPORT', 'reserved'],
    ['Supp0rt', 'reserved'],
    ['Gatehouse', 'brand'],
    ['Gatehouse Login', 'brand'],
    ['My G4tehouse'.replace('4', 'a'), 'brand'],
    ['GATE HOUSE', 'brand'],
    ['Gateh0use', 'brand'],
  ])('%j is refused', (name, problem) => {
    expect(appNameProblem(name, 'Gatehouse')?.key).toBe(`rules.name.${problem}`);
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
