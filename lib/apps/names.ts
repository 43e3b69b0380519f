import unhomoglyph from 'unhomoglyph';
import type { Sentence } from '@/lib/i18n/catalogue';

/**
 * App names. A name cannot be changed later and is what a person reads on the consent screen, so two apps must not look
 * alike and none may look like the service itself (CVE-2026-67333 among others; Unicode TR39).
 */

export const MIN_NAME_LENGTH = 3;
export const MAX_NAME_LENGTH = 50;

/** Words that would speak for the service. Compared by key, so look-alikes are reserved too. */
const RESERVED_NAMES = [
  'admin',
  'administrator',
  'official',
  'support',
  'security',
  'system',
  'verified',
  'trusted',
  'login',
  'sign in',
  'oauth',
  'oauth2',
  'undefined',
  'null',
];

// Letters, marks and digits, single spaces, and the punctuation that names of products have.
const ALLOWED = /^[\p{L}\p{M}\p{Nd} .,'’&+!()/_-]+$/u;

const ALLOWED_MARKS = ". , ' & + ! ( ) / _ -";

// Variation selectors and fillers are marks and letters to Unicode and nothing to the eye.
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Why a name cannot be taken by an app, or null when it can. Whether another app has it already is the
 * store's to say, by `nameKey`. `brand` is the name of this service: no app may carry it, alone or among other words.
 */
export function appNameProblem(name: string, brand?: string): Sentence | null {
  const length = [...name].length;
  if (name.trim() === '') return { key: 'rules.name.empty' };
  if (name !== name.trim() || /\s\s/.test(name)) return { key: 'rules.name.spaces' };
  if (length < MIN_NAME_LENGTH || length > MAX_NAME_LENGTH) {
    return { key: 'rules.name.length', values: { min: MIN_NAME_LENGTH, max: MAX_NAME_LENGTH } };
  }
  if (name !== name.normalize('NFKC') || !ALLOWED.test(name) || INVISIBLE.test(name)) {
    return { key: 'rules.name.characters', values: { marks: ALLOWED_MARKS } };
  }
  if (/\p{M}{3}/u.test(name)) return { key: 'rules.name.accents' };
  if (!/\p{L}/u.test(name)) return { key: 'rules.name.no_letter' };
  if (scriptsOf(name).size > 1) return { key: 'rules.name.mixed' };
  if (looksLatin(name)) return { key: 'rules.name.looks_latin' };
  return reservedProblem(name, brand);
}

function reservedProblem(name: string, brand: string | undefined): Sentence | null {
  const key = nameKey(name);
  if (RESERVED_NAMES.some((reserved) => nameKey(reserved) === key)) return { key: 'rules.name.reserved' };
  const brandKey = brand === undefined ? '' : nameKey(brand);
  if (brandKey !== '' && key.includes(brandKey)) return { key: 'rules.name.brand' };
  return null;
}

// Han, kana, Hangul and Bopomofo are written together (TR39 §5.1); the others are not mixed in honest names.
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['East Asian', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['Bengali', /\p{Script=Bengali}/u],
  ['Tamil', /\p{Script=Tamil}/u],
  ['Telugu', /\p{Script=Telugu}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Georgian', /\p{Script=Georgian}/u],
  ['Ethiopic', /\p{Script=Ethiopic}/u],
];

function scriptsOf(name: string): Set<string> {
  // Letters that several scripts share, such as the long mark of kana, say nothing.
  const letters = name.match(/\p{L}/gu)?.filter((letter) => !/\p{Script=Common}/u.test(letter)) ?? [];
  const scriptOf = (letter: string) => SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'other';
  return new Set(letters.map(scriptOf));
}

// A whole word of another alphabet that reads as Latin passes the check for mixing.
function looksLatin(name: string): boolean {
  if (scriptsOf(name).has('Latin')) return false;
  return /^[\x20-\x7e’]+$/.test(unhomoglyph(name));
}

/**
 * What two names have in common when a person could take one for the other: equal keys are one name. Compatibility
 * forms, case, accents, look-alike letters and digits (TR39 skeleton; `1`, `l` and `I`, `0` and `O`, `rn` and `m`) and
 * everything that is neither letter nor digit make no difference. For comparison only, never for display.
 */
export function nameKey(name: string): string {
  let key = skeleton(name);
  // One pass may bring out a letter that another pass still folds; the chains are short.
  for (let next = skeleton(key); next !== key; next = skeleton(key)) key = next;
  return key;
}

function skeleton(text: string): string {
  // Upper case first: `I` and `l` are one letter to the eye, and so must `i` be, or `PaypaI` is not `paypal`.
  const upper = unhomoglyph(perCharacter(text.normalize('NFKC'), (character) => character.toUpperCase()));
  const plain = upper.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  // Lower case last: only there do `rn` and `m` meet.
  const lower = unhomoglyph(perCharacter(plain, (character) => character.toUpperCase().toLowerCase()));
  return perCharacter(lower, (character) => character.toLowerCase()).replace(
    /[^\p{L}\p{M}\p{N}]|\p{Default_Ignorable_Code_Point}/gu,
    '',
  );
}

// Character by character, because lower-casing a whole word treats a final sigma as another letter.
function perCharacter(text: string, change: (character: string) => string): string {
  return [...text].map(change).join('');
}
