import { parseAccessToken } from '@/lib/oauth/access-token';
import { type Dialect, OAuthError } from '@/lib/oauth/errors';
import { parseTokenParam, type TokenParam } from '@/lib/oauth/params';
import { keyDigest, verifyRefreshToken } from '@/lib/oauth/refresh-token';
import { revocationResponse } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import { revokeRefreshToken } from '@/lib/store/tokens';
import { type AuthenticatedClient, authenticateFor, countRefusal } from './authenticate';
import { type EventDraft, withEvent } from './event-draft';
import type { MachineAnswer, MachineRequest } from './http';

/**
 * The documented revoke: possession of the refresh token is enough, whatever else is sent. An app whose secret was replaced
 * can still tidy up.
 */
export async function revoke(request: MachineRequest): Promise<MachineAnswer> {
  return withEvent(request, 'native', 'revoke', async (event) =>
    revokeToken(parseTokenParam(request), request, event, null, 'native'),
  );
}

/** RFC 7009: the client authenticates, and the token must be its own. */
export async function revokeAuthenticated(request: MachineRequest): Promise<MachineAnswer> {
  return withEvent(request, 'rfc', 'revoke', async (event) => {
    const asked = parseTokenParam(request);
    if (!asked.client) throw new OAuthError('client_unknown');
    const by = await authenticateFor(event, asked.client, request);
    // An access token can't be revoked: a false "done" would be worse than a refusal (RFC 7009 §2.2.1).
    if (parseAccessToken(asked.token)) {
      event.failed(by.client.id, 'access_token_not_revocable', { details: { looksLike: 'access_token' } });
      throw new OAuthError('access_token_not_revocable');
    }
    return revokeToken(asked, request, event, by, 'rfc');
  });
}

/** Unknown, expired and revoked tokens answer 200 like the others (RFC 7009 §2.2); only a failing database doesn't. */
async function revokeToken(
  asked: TokenParam,
  request: MachineRequest,
  event: EventDraft,
  by: AuthenticatedClient | null,
  dialect: Dialect,
): Promise<MachineAnswer> {
  const { derivedKeys, settings } = runtime();
  const appId = by?.client.id ?? null;
  const shown = verifyRefreshToken(asked.token, { keys: derivedKeys.refresh, issuer: settings.publicUrl });
  if (!shown) {
    if (appId !== null) event.failed(appId, 'refresh_unknown');
    return revocationResponse(dialect);
  }
  const revoked = await revokeRefreshToken(
    keyDigest(shown.key),
    by && { appId: by.client.id, secretShown: by.secretId !== null },
  );
  const { outcome, userId, connectionId } = revoked;
  if (outcome === 'refresh_secret_missing' && by) {
    // A stolen token must not be enough to end a connection that was made with the secret (RFC 7009 §2.1).
    event.failed(by.client.id, outcome, { connectionId });
    await countRefusal(by.client, request, outcome, true);
    throw new OAuthError(outcome, { usedBasic: asked.client?.viaBasic ?? false });
  }
  if (outcome === 'ok' && revoked.appId !== null && userId !== null && connectionId !== null)
    event.succeeded(revoked.appId, { userId, connectionId });
  // Of another app's token this one learns that it is not its own, and the other one nothing.
  else if (appId !== null && (outcome === 'refresh_wrong_client' || outcome === 'refresh_unknown'))
    event.failed(appId, outcome);
  return revocationResponse(dialect);
}
