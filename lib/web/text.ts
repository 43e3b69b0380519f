/**
 * What somebody typed into a form: without NUL, which PostgreSQL takes in no text, with line ends as a text area counts them, and
 * without the space around it. All of it: what is too long is refused by a rule, and comes back whole.
 * @param value anything; what is no text is empty
 */
export function typedText(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').replace(/\r\n?/g, '\n').trim() : '';
}

/**
 * The same of an address, which anybody writes and nobody types again.
 * @param most characters that are kept
 */
export function textOfAddress(value: unknown, most: number): string {
  return typedText(typeof value === 'string' ? value.slice(0, most) : value);
}
