import { createHash } from 'node:crypto';
import type { Reason } from './errors';

/** Proof Key for Code Exchange, RFC 7636. S256 only: `plain` gives the proof away with the request (RFC 9700 §2.1.1). */

// RFC 7636 §4.1: 43*128unreserved
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

// The base64url of 32 bytes: 43 characters, of which the last carries four bits and two zero bits. A challenge with
// other spare bits can never be met by any verifier.
const S256_CHALLENGE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Why `code_challenge` and `code_challenge_method` cannot be accepted, or null (also when neither was sent).
 * A challenge without a method would mean `plain` (RFC 7636 §4.3) and is refused.
 */
export function challengeProblem(challenge: string | undefined, method: string | undefined): Reason | null {
  if (challenge === undefined) return method === undefined ? null : 'challenge_missing';
  if (method !== 'S256') return 'challenge_method_unsupported';
  return S256_CHALLENGE.test(challenge) ? null : 'challenge_malformed';
}

/** Why a `code_verifier` breaks the grammar of RFC 7636 §4.1, or null. */
export function verifierProblem(verifier: string): Reason | null {
  return VERIFIER.test(verifier) ? null : 'verifier_malformed';
}

/** BASE64URL-ENCODE(SHA256(ASCII(code_verifier))), RFC 7636 §4.6. */
export function s256(verifier: string): string {
  return createHash('sha256').update(verifier, 'utf8').digest('base64url');
}
