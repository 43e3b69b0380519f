import { OAuthError } from '@/lib/oauth/errors';
import { parseTokenParam } from '@/lib/oauth/params';
import { introspectionResponse } from '@/lib/oauth/wire';
import { authenticate, countRefusal } from './authenticate';
import type { MachineAnswer, MachineRequest } from './http';
import { noteActivity } from './token-info';
import { verifyAccessToken } from './verify-access-token';

/** RFC 7662: the client authenticates with its secret and learns of its own access tokens only (CVE-2026-37979). */
export async function introspect(request: MachineRequest): Promise<MachineAnswer> {
  const { token, client: credentials } = parseTokenParam(request);
  if (!credentials) throw new OAuthError('client_unknown');
  const { client, secretId } = await authenticate(credentials, request, (known) => countRefusal(known, request, true));
  if (secretId === null) throw new OAuthError('secret_missing', { usedBasic: credentials.viaBasic });
  const verified = await verifyAccessToken(token);
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
