/** What a revoke form names: one connected client, or the whole grant of an app. */
export type RevokeTarget = { kind: 'connection' | 'grant'; id: string };

/** The outcome of a revoke. `endsAt` is the clock time, written for the user, at which the last access token ends. */
export type RevokeState =
  | { status: 'idle' }
  | { status: 'revoked'; appName: string; endsAt: string | null }
  | { status: 'gone' };

export type RevokeAction = (previous: RevokeState, form: FormData) => Promise<RevokeState>;
