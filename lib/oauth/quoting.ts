/**
 * What a stranger sent, fit to be kept in a developer's log: short, well-formed, and without what may be a secret, a
 * person's address or a key. It is still a stranger's text: whoever shows it shows it as text.
 */

const DOTS = '…';

// Line breaks and other controls, marks that turn the direction of writing, lone surrogates: none of them explains anything.
const UNWRITABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;

const MAIL_ADDRESS = /[^\s/?#&=:;,<>@…]+(?:@|%40)[^\s/?#&=:;,<>@]+/gi;

// Codes, tokens, keys: long runs with a digit in them. A long word of letters is a word.
const KEY_LIKE = /(?=[\w~+-]*\d)[\w~+-]{20,}/g;

/** Cuts a text at so many characters, never inside of one. */
export function cut(text: string, most: number): string {
  const characters = Array.from(text.slice(0, most * 2 + 2));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}${DOTS}`;
}

/** A text without what nobody can read. */
export function writable(text: string): string {
  return text.slice(0, 4_096).replace(UNWRITABLE, '\ufffd');
}

/**
 * A text that was sent, as it may be quoted.
 * @param most characters that are left of it
 * @param known texts whose long runs are no secret, because its developer has registered them
 */
export function quoted(text: string, most: number, known: readonly string[] = []): string {
  const written = writable(text)
    .replace(MAIL_ADDRESS, (found) => (known.some((own) => own.includes(found)) ? found : `${DOTS}@${DOTS}`))
    .replace(KEY_LIKE, (found) => (known.some((own) => own.includes(found)) ? found : `${found.slice(0, 3)}${DOTS}`));
  return cut(written, most);
}
