import { type Dialect, OAuthError } from '@/lib/oauth/errors';
import { parseTokenParam } from '@/lib/oauth/params';
import { introspectionResponse } from '@/lib/oauth/wire';
import { authenticateFor } from './authenticate';
import { type EventDraft, withEvent } from './event-draft';
import type { MachineAnswer, MachineRequest } from './http';
import { noteActivity } from './token-info';
import { findInactive, verifyAccessToken } from './verify-access-token';

const DIALECT: Dialect = 'rfc';

/** RFC 7662: the client authenticates with its secret and learns of its own access tokens only (CVE-2026-37979). */
export async function introspect(request: MachineRequest): Promise<MachineAnswer> {
  return withEvent(request, DIALECT, 'introspect', (event) => answer(request, event));
}

async function answer(request: MachineRequest, event: EventDraft): Promise<MachineAnswer> {
  const { token, client: credentials } = parseTokenParam(request);
  if (!credentials) throw new OAuthError('client_unknown');
  const { client, secretId } = await authenticateFor(event, credentials, request);
  if (secretId === null) {
    event.failed(client.id, 'secret_missing');
    throw new OAuthError('secret_missing', { usedBasic: credentials.viaBasic });
  }
  const verified = await verifyAccessToken(token);
  if (verified && verified.clientId !== client.clientId) event.failed(client.id, 'token_wrong_client');
  if (!verified) tellInactive(token, client.id, event);
  if (!verified || verified.clientId !== client.clientId) return introspectionResponse(null);
  noteActivity(verified.connectionId);
  return introspectionResponse({
    ...verified,
    tokenType: 'Bearer',
    sub: verified.userId,
    aud: verified.audience,
    iss: verified.issuer,
    iat: verified.issuedAt,
    exp: verified.expiresAt,
  });
}

/** Of a token of another app this one learns that it is not its own, and nothing else. */
function tellInactive(text: string, appId: number, event: EventDraft): void {
  const inactive = findInactive(text);
  if (!inactive) event.failed(appId, 'token_unknown');
  else if (inactive.token.appId !== appId) event.failed(appId, 'token_wrong_client');
  else event.failed(appId, inactive.cause, inactive.facts);
}
