import { type AccessToken, hasValidSignature, judgeClaims, parseAccessToken } from '@/lib/oauth/access-token';
import type { EventDetails } from '@/lib/oauth/event-details';
import { runtime } from '@/lib/runtime/runtime';

/**
 * Judges an access token: form, signature, claims, expiry by the database's time, and the not-before times of security
 * events (RFC 9068 §4). Touches no database while the bus is alive.
 * @returns the token, or null when it is inactive for whatever reason
 */
export async function verifyAccessToken(text: string): Promise<AccessToken | null> {
  const { signingKeys, clock, notBefore, verifiedTokens } = runtime();
  const verified = verifiedTokens.find(text, (kid) => signingKeys.verificationKey(kid)) ?? verifyAnew(text);
  if (!verified) return null;
  const { token, kid } = verified;
  if (clock.now() >= token.expiresAt * 1000) return null;
  const { connectionId, userId, appId, tenantName, issuedAt } = token;
  const subjects = { connection: connectionId, user: userId, app: appId, tenant: tenantName, kid };
  return (await notBefore.ended(subjects, issuedAt)) ? null : token;
}

/** What an inactive token that we have signed tells the log of its app. */
export type Inactive = {
  token: AccessToken;
  cause: 'token_expired' | 'token_withdrawn';
  facts: { connectionId: string; details: EventDetails };
};

/** Why a token that was found inactive is so; null when we have not signed it. Touches no database. */
export function findInactive(text: string): Inactive | null {
  const { clock, settings, signingKeys } = runtime();
  const parsed = parseAccessToken(text);
  const key = parsed && signingKeys.verificationKey(parsed.header.kid);
  if (!parsed || !key || !hasValidSignature(parsed, key)) return null;
  const expected = { issuer: settings.publicUrl, audience: settings.apiUrl };
  // As of its beginning: whether it has expired is what is asked.
  const token = judgeClaims(parsed.claims, { ...expected, now: new Date(0) });
  if (!token) return null;
  const seconds = Math.floor(clock.now() / 1000) - token.expiresAt;
  const { connectionId } = token;
  return seconds >= 0
    ? { token, cause: 'token_expired', facts: { connectionId, details: { seconds } } }
    : { token, cause: 'token_withdrawn', facts: { connectionId, details: {} } };
}

/** What never changes about a token: its form, its signature, its claims. */
function verifyAnew(text: string): { token: AccessToken; kid: string } | null {
  const { signingKeys, settings, clock, verifiedTokens } = runtime();
  const parsed = parseAccessToken(text);
  const key = parsed && signingKeys.verificationKey(parsed.header.kid);
  if (!parsed || !key || !hasValidSignature(parsed, key)) return null;
  const token = judgeClaims(parsed.claims, {
    issuer: settings.publicUrl,
    audience: settings.apiUrl,
    now: new Date(clock.now()),
  });
  if (!token) return null;
  const verified = { token, kid: parsed.header.kid, key };
  verifiedTokens.keep(text, verified);
  return verified;
}
