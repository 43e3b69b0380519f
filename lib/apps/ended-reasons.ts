/** Why connections end, as it is stored (connections.ended_reason, refresh_tokens.revoked_reason). */
export const ENDED_REASONS = [
  'expired',
  'evicted',
  'replayed',
  'stolen',
  'revoked_by_user',
  'revoked_by_app',
  'revoked_by_developer',
  'revoked_by_admin',
  'password_changed',
  'proof_changed',
  'playground_again',
] as const;
export type EndedReason = (typeof ENDED_REASONS)[number];
