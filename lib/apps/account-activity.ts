/** What can have happened on a user's account. */
export type ActivityKind =
  | 'signed_in'
  | 'connected'
  /** A connection that ended without the user's doing. */
  | 'ended'
  | 'connection_revoked'
  | 'grant_revoked'
  | 'idle_connections_revoked'
  | 'connection_reported'
  | 'code_replayed'
  | 'refresh_token_stolen'
  | 'used_from_two_places'
  | 'password_changed'
  | 'sessions_ended';

/** Something that happened on a user's account. */
export type Activity = {
  /** Of its kind of row, and unique in the list. */
  id: string;
  kind: ActivityKind;
  at: Date;
  /** Where it is about an app: its name, and its number while there is one. */
  appId: number | null;
  appName: string | null;
  userAgent: string | null;
  /** Why a connection ended. */
  reason: string | null;
  /** How many connections or sessions it ended. */
  count: number | null;
  /** Of a sign-in: `this` browser, one that is still signed in, or one that is not. */
  session: 'this' | 'live' | 'over' | null;
};
