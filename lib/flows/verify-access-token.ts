import { type AccessToken, hasValidSignature, judgeClaims, parseAccessToken } from '@/lib/oauth/access-token';
import { runtime } from '@/lib/runtime/runtime';

/**
 * Judges an access token: form, signature, claims, expiry by the database's time, and the not-before times of security
 * events (RFC 9068 §4). Touches no database while the bus is alive.
 * @returns the token, or null when it is inactive for whatever reason
 */
export async function verifyAccessToken(token: string): Promise<AccessToken | null> {
  const { signingKeys, settings, clock, notBefore } = runtime();
  const parsed = parseAccessToken(token);
  const key = parsed && signingKeys.verificationKey(parsed.header.kid);
  if (!parsed || !key || !hasValidSignature(parsed, key)) return null;
  const judged = judgeClaims(parsed.claims, {
    issuer: settings.publicUrl,
    audience: settings.apiUrl,
    now: new Date(clock.now()),
  });
  if (!judged) return null;
  const ended = await notBefore.ended(
    {
      connection: judged.connectionId,
      user: judged.userId,
      app: judged.appId,
      tenant: judged.tenantName,
      kid: parsed.header.kid,
    },
    judged.issuedAt,
  );
  return ended ? null : judged;
}
