import { parseTokenParam } from '@/lib/oauth/params';
import { tokenInfoResponse } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import { withEvent } from './event-draft';
import type { MachineAnswer, MachineRequest } from './http';
import { findInactive, verifyAccessToken } from './verify-access-token';

/** The documented token_info: open to whoever holds the token, takes access tokens only. */
export async function tokenInfo(request: MachineRequest): Promise<MachineAnswer> {
  return withEvent(request, 'native', 'token_info', async (event) => {
    const { token } = parseTokenParam(request);
    const verified = await verifyAccessToken(token);
    if (verified) noteActivity(verified.connectionId);
    else {
      // Only a token that we have signed tells whose it is.
      const inactive = findInactive(token);
      if (inactive) event.failed(inactive.token.appId, inactive.cause, inactive.facts);
    }
    return tokenInfoResponse(verified);
  });
}

/** The resource server asked about the token, or was asked with it: the connection is in use. */
export function noteActivity(connectionId: string): void {
  const { activity, clock } = runtime();
  activity.add({ kind: 'connection', id: connectionId, at: new Date(clock.now()) });
}
