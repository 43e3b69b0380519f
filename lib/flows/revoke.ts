import { parseAccessToken } from '@/lib/oauth/access-token';
import { type Dialect, OAuthError } from '@/lib/oauth/errors';
import { parseTokenParam, type TokenParam } from '@/lib/oauth/params';
import { keyDigest, verifyRefreshToken } from '@/lib/oauth/refresh-token';
import { revocationResponse } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import { revokeRefreshToken } from '@/lib/store/tokens';
import { authenticate, countRefusal } from './authenticate';
import type { MachineAnswer, MachineRequest } from './http';

/** The documented revoke: possession of the refresh token is enough. */
export async function revoke(request: MachineRequest): Promise<MachineAnswer> {
  return revokeToken(parseTokenParam(request), request, null, 'native');
}

/** RFC 7009: the client authenticates, and the token must be its own. */
export async function revokeAuthenticated(request: MachineRequest): Promise<MachineAnswer> {
  const asked = parseTokenParam(request);
  if (!asked.client) throw new OAuthError('client_unknown');
  const { client } = await authenticate(asked.client, request, (known) => countRefusal(known, request, true));
  // An access token can't be revoked: a false "done" would be worse than a refusal (RFC 7009 §2.2.1).
  if (parseAccessToken(asked.token)) throw new OAuthError('access_token_not_revocable');
  return revokeToken(asked, request, client.id, 'rfc');
}

/** Unknown, expired and revoked tokens answer 200 like the others (RFC 7009 §2.2); only a failing database doesn't. */
async function revokeToken(
  asked: TokenParam,
  request: MachineRequest,
  appId: number | null,
  dialect: Dialect,
): Promise<MachineAnswer> {
  const { derivedKeys, settings, events, clock } = runtime();
  const shown = verifyRefreshToken(asked.token, { keys: derivedKeys.refresh, issuer: settings.publicUrl });
  if (!shown) return revocationResponse(dialect);
  const revoked = await revokeRefreshToken(keyDigest(shown.key), appId);
  if (revoked.outcome === 'ok' && revoked.appId !== null) {
    const { userId, connectionId } = revoked;
    const at = new Date(clock.now());
    events.add({
      appId: revoked.appId,
      userId,
      connectionId,
      kind: 'revoke',
      outcome: 'ok',
      requestId: request.requestId,
      at,
    });
  }
  return revocationResponse(dialect);
}
