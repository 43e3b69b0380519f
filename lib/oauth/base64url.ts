import { isJsonObject } from './json';

/**
 * Decodes base64url without padding, accepting only the one spelling an encoder would produce.
 *
 * Node's decoder skips foreign characters and ignores spare bits, so that several spellings would carry one signature
 * (RFC 7515 §2, RFC 4648 §3.5): a token would then have aliases that a deny list does not know.
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** Decodes one JWS segment to a JSON object, or null when it is anything else. */
export function decodeJsonObject(segment: string): Record<string, unknown> | null {
  const bytes = decodeBase64url(segment);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Encodes a value as one JWS segment. */
export function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
