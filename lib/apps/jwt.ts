import { isJsonObject } from '@/lib/oauth/json';

/** Looking into tokens in the browser (RFC 7515, RFC 9068), for their developer: nothing here lets anybody in. */

/** A JWT taken apart. */
export type DecodedJwt = {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** What the signature is over (RFC 7515 §5.1). */
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
};

/** Takes a JWT apart; null when it is none. */
export function decodeJwt(token: string): DecodedJwt | null {
  const parts = token.split('.');
  const [head = '', body = '', tail = ''] = parts;
  const [header, claims, signature] = [objectOf(head), objectOf(body), bytesOf(tail)];
  if (parts.length !== 3 || !header || !claims || !signature) return null;
  return { header, claims, signed: new TextEncoder().encode(`${head}.${body}`), signature };
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(base64url)) return null;
  try {
    const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function objectOf(base64url: string): Record<string, unknown> | null {
  const bytes = bytesOf(base64url);
  if (!bytes) return null;
  try {
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isJsonObject(read) ? read : null;
  } catch {
    return null;
  }
}

/** Claims that have words: those of RFC 9068 §2.2 and the documented ones. */
export const KNOWN_CLAIMS = [
  'iss',
  'aud',
  'sub',
  'client_id',
  'iat',
  'exp',
  'jti',
  'scope',
  'il_n',
  'il_a',
  'il_s',
  'il_u',
  'il_t',
  'il_v',
  'il_c',
] as const;

/** A claim that is a time (RFC 7519 §2, NumericDate), as one. */
export function timeOf(name: string, value: unknown): Date | null {
  return (name === 'iat' || name === 'exp') && typeof value === 'number' ? new Date(value * 1000) : null;
}

/** What checking a signature found. */
export type SignatureVerdict = 'good' | 'bad' | 'no_key';

type Verifier = Pick<SubtleCrypto, 'importKey' | 'verify'>;

/**
 * Checks the RS256 signature of a token against published keys (RFC 7517 §5).
 * @param keys the body of the JWKS
 */
export async function checkSignature(jwt: DecodedJwt, keys: unknown, subtle: Verifier): Promise<SignatureVerdict> {
  const { kid, alg } = jwt.header;
  const published = (keys as { keys?: unknown } | null)?.keys;
  const key = Array.isArray(published) ? published.find((one) => one?.kid === kid && one?.kty === 'RSA') : undefined;
  if (!key || typeof kid !== 'string') return 'no_key';
  // The algorithm is ours to choose, never the token's (RFC 8725 §3.1).
  if (alg !== 'RS256') return 'bad';
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const imported = await subtle.importKey('jwk', { kty: 'RSA', n: key.n, e: key.e }, algorithm, false, ['verify']);
  return (await subtle.verify(algorithm, imported, jwt.signature, jwt.signed)) ? 'good' : 'bad';
}
