import { authenticateClient, type Client, type ClientCredentials } from '@/lib/oauth/client';
import { OAuthError, type Reason } from '@/lib/oauth/errors';
import { runtime } from '@/lib/runtime/runtime';

/** A client that is known, and whether it showed its secret. */
export type AuthenticatedClient = { client: Client; secretId: string | null };

/**
 * Loads and authenticates the client of a request (RFC 6749 §2.3). A network that has failed too often is not heard.
 * @param onFailure told when a client that exists failed, before the refusal is thrown
 * @throws OAuthError with the one text that every failure of client authentication has, or rate_limited
 */
export async function authenticate(
  credentials: ClientCredentials,
  address: string,
  onFailure: (client: Client, reason: Reason) => Promise<void>,
): Promise<AuthenticatedClient> {
  const { clients, clock, activity, limits } = runtime();
  const { retryAfterSeconds } = limits.credentialsBlocked(address);
  if (retryAfterSeconds !== null) throw new OAuthError('rate_limited', { retryAfterSeconds });
  const client = await clients.get(credentials.clientId);
  const verdict = authenticateClient(client, credentials, new Date(clock.now()));
  if (!verdict.ok) {
    if (client) await onFailure(client, verdict.reason);
    else await countCredentialFailure(address);
    throw new OAuthError(verdict.reason, { usedBasic: credentials.viaBasic });
  }
  if (verdict.secretId !== null) activity.add({ kind: 'secret', id: verdict.secretId, at: new Date(clock.now()) });
  return { client: client as Client, secretId: verdict.secretId };
}

/**
 * Counts a failed credential against the network it came from.
 * @throws OAuthError rate_limited when there were too many
 */
export async function countCredentialFailure(address: string): Promise<void> {
  const { retryAfterSeconds } = await runtime().limits.credentialFailure(address);
  if (retryAfterSeconds !== null) throw new OAuthError('rate_limited', { retryAfterSeconds });
}
