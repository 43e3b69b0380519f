/**
 * What a stranger sent, fit to be kept in a developer's log: short, well-formed, and without what may be a secret, a
 * person's address or a key. It is still a stranger's text: whoever shows it shows it as text.
 */

const DOTS = '…';

// Line breaks and other controls, marks that turn the direction of writing, lone surrogates: none of them explains anything.
const UNWRITABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;

// From where a run begins, and only there: each character is looked at once.
const MAIL_ADDRESS = /(?<![^\s/?#&=:;,<>@…])[^\s/?#&=:;,<>@…]+(?:@|%40)[^\s/?#&=:;,<>@]+/gi;

// Codes, tokens, keys: long runs with a digit in them. A long word of letters is a word.
const LONG_RUN = /[\w~+-]{20,}/g;

const SEPARATOR = /[\s/?#&=:;,<>]/;

/** Units of a text that are looked at beyond what may be shown of it: an address or a key that begins there is seen whole. */
const MARGIN = 512;

/** Cuts a text at so many characters, never inside of one. */
export function cut(text: string, most: number): string {
  const characters = Array.from(text.slice(0, most * 2 + 2));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}${DOTS}`;
}

/**
 * The beginning of a text, short enough for any pattern. What the bound cuts through cannot be judged, so it goes.
 * @param most characters that may be shown of it
 */
function beginning(text: string, most: number): string {
  const bound = most + MARGIN;
  if (text.length <= bound) return text;
  let end = bound;
  while (end > 0 && !SEPARATOR.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}${DOTS}`;
}

/**
 * A text without what nobody can read, cut.
 * @param most characters that are left of it
 */
export function writable(text: string, most: number): string {
  return cut(replaceUnwritable(text.slice(0, most + MARGIN)), most);
}

const replaceUnwritable = (text: string) => text.replace(UNWRITABLE, '\ufffd');

/**
 * A text that was sent, as it may be quoted.
 * @param most characters that are left of it
 * @param known texts whose long runs are no secret, because its developer has registered them
 */
export function quoted(text: string, most: number, known: readonly string[] = []): string {
  const isKnown = (found: string) => known.some((own) => own.includes(found));
  const written = replaceUnwritable(beginning(text, most))
    .replace(MAIL_ADDRESS, (found) => (isKnown(found) ? found : `${DOTS}@${DOTS}`))
    .replace(LONG_RUN, (found) => (!/\d/.test(found) || isKnown(found) ? found : `${found.slice(0, 3)}${DOTS}`));
  return cut(written, most);
}
