/**
 * What somebody typed, in a field or in an address: without NUL, which PostgreSQL takes in no text, and without the space around it.
 * @param value anything; what is no text is empty
 * @param most characters that are kept
 */
export function typedText(value: unknown, most: number): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, most).trim() : '';
}
