import type { Sentence } from '@/lib/i18n/catalogue';

/** Rules for passwords that people choose (NIST SP 800-63B-4 §3.1.1): length and a blocklist, no rules of composition. */

/** Characters of a password that is the only factor (§3.1.1.2). */
export const MIN_PASSWORD_LENGTH = 15;
/** UTF-16 units. Longer texts are nobody's password, and hashing them is work. */
export const MAX_PASSWORD_LENGTH = 1_024;

/** Characters that must be left when everything that guessers try first is taken away. */
const MIN_UNPREDICTABLE = 8;

export type PasswordProblem =
  | 'current_missing'
  | 'missing'
  /** Fewer than MIN_PASSWORD_LENGTH characters. */
  | 'too_short'
  | 'too_long'
  /** Mostly names of the person, the organisation or the product, well-known words, rows of keys or one thing repeated. */
  | 'easy_to_guess'
  | 'not_repeated'
  | 'unchanged';

/** What a person typed to change a password. */
export type PasswordChoice = { current: string; next: string; repeated: string };

/**
 * Judges a new password.
 * @param names of the person, the organisation and the product: whoever guesses tries them first
 * @returns the first thing that is wrong, or null
 */
export function passwordProblem({ current, next, repeated }: PasswordChoice, names: string[]): PasswordProblem | null {
  if (current === '') return 'current_missing';
  if (next === '') return 'missing';
  if (next.length > MAX_PASSWORD_LENGTH) return 'too_long';
  if ([...next].length < MIN_PASSWORD_LENGTH) return 'too_short';
  if (isEasyToGuess(next, names)) return 'easy_to_guess';
  if (comparable(next) !== comparable(repeated)) return 'not_repeated';
  if (comparable(next) === comparable(current)) return 'unchanged';
  return null;
}

/** What to say of a password that is not taken. */
export function passwordSentence(problem: PasswordProblem): Sentence {
  return { key: `rules.password.${problem}`, values: { min: MIN_PASSWORD_LENGTH, max: MAX_PASSWORD_LENGTH } };
}

/** One text for what keyboards write differently (§3.1.1.2: normalise before hashing). Sign-in and change hash this. */
export function comparable(password: string): string {
  return password.normalize('NFC');
}

// Parts of the passwords that stand first in every leaked list. Whole leaked passwords of 15 characters consist of them.
const COMMON = [
  'password passwort passwd motdepasse contrasena kennwort geheim secret letmein welcome willkommen login signin admin',
  'administrator changeme default master superman batman dragon monkey shadow sunshine princess football baseball',
  'basketball iloveyou ichliebedich trustno hello hallo freedom whatever starwars computer internet samsung google',
  'facebook michael jordan charlie jennifer hunter killer pokemon cheese summer winter spring autumn sommer herbst',
  'january february march april june july august september october november december correct horse battery staple test',
]
  .join(' ')
  .split(' ');

const ROWS = [
  '1234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  'abcdefghijklmnopqrstuvwxyz',
];

// What people write for a letter.
const LOOKALIKES: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

function isEasyToGuess(password: string, names: string[]): boolean {
  const once = withoutRepetition(password.normalize('NFKC').toLowerCase());
  const words = [...names.flatMap(partsOf), ...COMMON].sort((a, b) => b.length - a.length);
  const read = (text: string) => unpredictable(words.reduce((left, word) => left.replaceAll(word, ''), text));
  const plain = [...once].map((character) => LOOKALIKES[character] ?? character).join('');
  return Math.min(read(once), read(plain)) < MIN_UNPREDICTABLE;
}

/** `abcabcabca` is `abc`. */
function withoutRepetition(text: string): string {
  for (let period = 1; period <= text.length / 2; period++) {
    if (text.startsWith(text.slice(period))) return text.slice(0, period);
  }
  return text;
}

/** The parts of a name or an address that can stand in a password. */
function partsOf(name: string): string[] {
  const folded = name.normalize('NFKC').toLowerCase();
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length >= 3);
}

/** How many characters are not the neighbour of the one before: the same again, or the next or the one before in a row of keys. */
function unpredictable(text: string): number {
  const characters = [...text];
  return characters.filter((character, at) => at === 0 || !areNeighbours(characters[at - 1] as string, character))
    .length;
}

function areNeighbours(before: string, after: string): boolean {
  if (before === after) return true;
  return ROWS.some((row) => {
    const [from, to] = [row.indexOf(before), row.indexOf(after)];
    return from >= 0 && to >= 0 && Math.abs(from - to) === 1;
  });
}
