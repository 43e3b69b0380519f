import { OAuthError } from '@/lib/oauth/errors';
import { covers } from '@/lib/oauth/scopes';
import { bearerErrorResponse } from '@/lib/oauth/wire';
import { findProfile } from '@/lib/store/users';
import type { MachineAnswer, MachineRequest } from './http';
import { noteActivity } from './token-info';
import { verifyAccessToken } from './verify-access-token';

const SCOPE = { name: 'profile', access: 'r' } as const;

/** GET /api/users/current: the user an app acts for (RFC 6750). */
export async function currentUser(request: MachineRequest): Promise<MachineAnswer> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.authorization?.trim() ?? '') ?? [];
  if (token === undefined)
    return bearerErrorResponse(
      new OAuthError(request.authorization === undefined ? 'bearer_missing' : 'bearer_invalid'),
    );
  const verified = await verifyAccessToken(token);
  if (!verified) return bearerErrorResponse(new OAuthError('bearer_invalid'));
  if (!covers(verified.scopes, SCOPE)) return bearerErrorResponse(new OAuthError('bearer_scope_missing'), SCOPE.name);
  const profile = await findProfile(verified.userId);
  if (!profile) return bearerErrorResponse(new OAuthError('bearer_invalid'));
  noteActivity(verified.connectionId);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
    body: JSON.stringify(profile),
  };
}
