import type { Proof } from '@/lib/oauth/client';

/** What is left to do between registering an app and its first user. */

export const STEPS = ['redirect', 'scopes', 'secret', 'try'] as const;
export type Step = (typeof STEPS)[number];

type Begun = {
  redirectUris: readonly string[];
  scopes: readonly unknown[] | null;
  proof: Proof;
  liveSecrets: number;
  users: number;
  lastActivityAt: Date | null;
};

/** The steps in their order. An app that users have connected has done them all, whatever it left out. */
export function nextSteps(app: Begun): { step: Step; done: boolean }[] {
  const tried = app.users > 0 || app.lastActivityAt !== null;
  const done: Record<Step, boolean> = {
    redirect: app.redirectUris.length > 0,
    scopes: app.scopes !== null,
    // An app that may prove itself by PKCE needs no secret, but only one of its choice says that it wants none.
    secret: app.proof === 'PKCE_ONLY' || app.liveSecrets > 0,
    try: tried,
  };
  return STEPS.map((step) => ({ step, done: tried || done[step] }));
}

type Tried = { clientId: string; redirectUris: readonly string[]; requirePkce: boolean; proof: Proof; scope: string };

/**
 * The address that shows the grant screen as users get it, or null where only the app itself can make one: nobody types a
 * code challenge.
 */
export function tryAddress(authorizeUrl: string, app: Tried): string | null {
  const [redirectUri] = app.redirectUris;
  if (redirectUri === undefined || app.requirePkce || app.proof === 'PKCE_ONLY') return null;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: app.scope,
    state: 'try',
  });
  return `${authorizeUrl}?${query}`;
}
