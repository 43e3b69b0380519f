/**
 * The id of a request, which people read to each other: 16 letters and digits of Crockford's base 32, which has no letter
 * that looks like a digit. The first half begins with the time, so that a log finds an id without an index of all ids.
 */

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;
const TIME_BYTES = 4;
const RANDOM_BYTES = 6;

/** A new id: seconds since the epoch and 48 random bits. @param now milliseconds since the epoch */
export function newRequestId(random: (size: number) => Buffer, now: number): string {
  const bytes = Buffer.alloc(TIME_BYTES + RANDOM_BYTES);
  bytes.writeUInt32BE(Math.floor(now / 1000) % 2 ** 32);
  bytes.set(random(RANDOM_BYTES), TIME_BYTES);
  // Every request has one, so no BigInt: five bits at a time out of those that are left over.
  let id = '';
  let left = 0;
  let count = 0;
  for (const byte of bytes) {
    left = (left << 8) | byte;
    for (count += 8; count >= 5; count -= 5) id += DIGITS[(left >> (count - 5)) & 31];
    left &= (1 << count) - 1;
  }
  return id;
}

/**
 * Reads an id as people write it down: capitals, spaces and dashes don't matter, `o` is a zero, `i` and `l` are ones.
 * @returns the id as it was made and when (milliseconds since the epoch, to the second); null when it is none
 */
export function readRequestId(text: string): { id: string; at: number } | null {
  const id = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  const digits = Array.from(id, (digit) => DIGITS.indexOf(digit));
  if (digits.length !== LENGTH || digits.includes(-1)) return null;
  const bits = digits.reduce((sum, digit) => (sum << 5n) | BigInt(digit), 0n);
  return { id, at: Number(bits >> BigInt(RANDOM_BYTES * 8)) * 1000 };
}
