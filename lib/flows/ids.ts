import { createHash } from 'node:crypto';

/** An id that only its holder knows: 256 random bits. The database keeps its digest. */
export function newId(random: (size: number) => Buffer): string {
  return random(32).toString('base64url');
}

/** SHA-256, as it is stored. */
export function digestOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
