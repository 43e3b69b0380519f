import type { IncomingMessage } from 'node:http';

/** Bytes of a request line with its headers: what is larger is refused, by us and with a sentence. */
const MOST_BYTES = 16_384;

/** What Node's parser takes before it hangs up by itself. */
export const PARSER_LIMIT_BYTES = 65_536;

export function headIsTooLarge({ url, rawHeaders }: Pick<IncomingMessage, 'url' | 'rawHeaders'>): boolean {
  let bytes = url?.length ?? 0;
  for (const part of rawHeaders) bytes += part.length + 2;
  return bytes > MOST_BYTES;
}
