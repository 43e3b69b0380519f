/** Longer ones no server takes (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const MAX_LENGTH = 254;

/**
 * Whether a text is one plain mail address: nothing in it separates, quotes, comments or breaks a line, so that it can
 * stand in an envelope and in a header. Quoted local parts (RFC 5321 §4.1.2) are refused: nobody has one.
 */
export function isMailAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(text);
}
