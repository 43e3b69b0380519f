import { authenticateClient, type Client, type ClientCredentials } from '@/lib/oauth/client';
import { OAuthError, type Reason } from '@/lib/oauth/errors';
import type { LimitVerdict } from '@/lib/runtime/limits';
import { runtime } from '@/lib/runtime/runtime';
import { clientFailed, type EventDraft } from './event-draft';
import type { MachineRequest } from './http';

/** A client that is known, and whether it showed its secret. */
export type AuthenticatedClient = { client: Client; secretId: string | null };

/** Where a request came from and what it asks for, as far as limits count by it. */
type Asked = Pick<MachineRequest, 'endpoint' | 'address'>;

/**
 * Loads and authenticates the client of a request (RFC 6749 §2.3). Who has failed too often is not heard: a network, or
 * a client from one network. So what anybody does elsewhere in a client's name locks nobody out (case 97).
 * @param onFailure told when a client that exists failed, before the refusal is thrown
 * @throws OAuthError with the one text that every failure of client authentication has, or rate_limited
 */
export async function authenticate(
  credentials: ClientCredentials,
  { endpoint, address }: Asked,
  onFailure: (client: Client, reason: Reason, secretId: string | null) => Promise<void>,
): Promise<AuthenticatedClient> {
  const { clients, clock, activity, limits } = runtime();
  const asks = { endpoint, clientId: credentials.clientId, address };
  expectHeard(limits.clientHeard(asks));
  const client = await clients.get(credentials.clientId);
  const verdict = authenticateClient(client, credentials, new Date(clock.now()));
  if (!verdict.ok) {
    if (client) await onFailure(client, verdict.reason, verdict.secretId ?? null);
    else expectHeard(await limits.credentialFailure(address, null));
    throw new OAuthError(verdict.reason, { usedBasic: credentials.viaBasic });
  }
  expectHeard(limits.clientRequest(asks, verdict.secretId !== null));
  if (verdict.secretId !== null) activity.add({ kind: 'secret', id: verdict.secretId, at: new Date(clock.now()) });
  return { client: client as Client, secretId: verdict.secretId };
}

/**
 * The same where a token is asked about or revoked: a failure is the request's event, and is counted.
 * @throws OAuthError as `authenticate`
 */
export function authenticateFor(
  event: EventDraft,
  credentials: ClientCredentials,
  request: Asked,
): Promise<AuthenticatedClient> {
  return authenticate(credentials, request, async (known, reason, secretId) => {
    clientFailed(event, known, reason, secretId);
    await countRefusal(known, request, reason);
  });
}

// Refusals that an honest client meets by itself, or from which nothing is learnt that could have been guessed: a secret
// that has expired was the right one, and one that is missing is no try.
const NOT_A_GUESS: ReadonlySet<Reason> = new Set<Reason>([
  'secret_expired',
  'secret_missing',
  'secret_unexpected',
  'code_expired',
  'code_withdrawn',
  'app_inactive',
  'user_inactive',
  'tenant_inactive',
  'account_not_allowed',
  'app_not_allowed',
  'grant_ended',
  'scope_withdrawn',
  'playground_forbidden',
]);

/**
 * Counts what a client was refused: strictly where it may have been a guess at a secret, a code or a token.
 * @param signed whether it was for a token that we have signed: that one was guessed by nobody (case 97)
 * @throws OAuthError rate_limited when there were too many guesses
 */
export async function countRefusal(
  { clientId }: Client,
  { endpoint, address }: Asked,
  reason: Reason,
  signed = false,
): Promise<void> {
  const { limits } = runtime();
  limits.clientRefused({ endpoint, clientId, address });
  if (!signed && !NOT_A_GUESS.has(reason)) expectHeard(await limits.credentialFailure(address, clientId));
}

function expectHeard({ retryAfterSeconds }: LimitVerdict): void {
  if (retryAfterSeconds !== null) throw new OAuthError('rate_limited', { retryAfterSeconds });
}
