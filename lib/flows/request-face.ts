import { redirectTarget } from '@/lib/oauth/redirect-uri';
import type { PublicApp } from '@/lib/store/public-apps';
import type { SessionUser } from '@/lib/store/sessions';
import type { WaitingRequest } from './authorize';

/** What every page of an authorization says: which app asks, whom, and where the answer goes. */
export type RequestFace = {
  transactionId: string;
  app: PublicApp;
  account: { username: string; displayName: string; organisation: string };
  redirectTarget: ReturnType<typeof redirectTarget>;
};

export function requestFace(
  transactionId: string,
  app: PublicApp,
  { redirectUri }: Pick<WaitingRequest, 'redirectUri'>,
  { username, firstName, lastName, tenant }: SessionUser,
): RequestFace {
  return {
    transactionId,
    app,
    account: { username, displayName: `${firstName} ${lastName}`, organisation: tenant.displayName },
    redirectTarget: redirectTarget(redirectUri),
  };
}
