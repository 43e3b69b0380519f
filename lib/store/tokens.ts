import type { Reason } from '@/lib/oauth/errors';
import { runtime } from '@/lib/runtime/runtime';

/** Every input of a redemption, computed before the database is asked. */
export type Redemption = {
  codeDigest: Buffer;
  appId: number;
  redirectUri: string | null;
  /** S256 of the verifier that was sent. */
  challenge: string | null;
  secretShown: boolean;
  connectionId: string;
  refreshDigest: Buffer;
  /** Seconds; null: never expires. */
  refreshLifetime: number | null;
  maxRefreshTokens: number;
  maxCodeFailures: number;
  /** Names of the scopes that the app has declared; null: it has not said. */
  scopeNames: string[] | null;
};

/** Whom and what the tokens of an answer are for. */
export type Granted = {
  at: Date;
  userId: string;
  username: string;
  tenant: string;
  scopes: string;
  connectionId: string;
};

export type RedemptionOutcome =
  | ({ outcome: 'ok'; refreshIssued: boolean; refreshExpiresAt: Date | null; evicted: number } & Granted)
  | { outcome: Reason; userId: string | null; connectionId: string | null };

/** Redeems a code in one round trip; see the function in the migrations for the order of its checks. */
export async function redeemCode(r: Redemption): Promise<RedemptionOutcome> {
  const { rows } = await runtime().pool.query({
    name: 'redeem-code',
    text: `SELECT outcome, at, user_id AS "userId", username, tenant, scopes, connection_id AS "connectionId",
                  refresh_issued AS "refreshIssued", refresh_expires_at AS "refreshExpiresAt", evicted
             FROM redeem_code($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      r.codeDigest,
      r.appId,
      r.redirectUri,
      r.challenge,
      r.secretShown,
      r.connectionId,
      r.refreshDigest,
      r.refreshLifetime,
      r.maxRefreshTokens,
      r.maxCodeFailures,
      r.scopeNames,
    ],
  });
  return rows[0];
}

/** Counts a failure of client authentication against the code that came with it: ten burn it. */
export async function countCodeFailure(codeDigest: Buffer): Promise<void> {
  await runtime().pool.query({
    name: 'count-code-failure',
    text: 'UPDATE authorization_codes SET failures = failures + 1 WHERE digest = $1 AND redeemed_at IS NULL',
    values: [codeDigest],
  });
}

export type Refresh = {
  digest: Buffer;
  appId: number;
  secretShown: boolean;
  /** Digests of the successor of the key shown, one for each server key, newest first. */
  successors: Buffer[];
  jti: string;
  kid: string;
  /** Seconds between two refreshes of a family. */
  interval: number;
  /** Names of the scopes that the app has declared; null: it has not said. */
  scopeNames: string[] | null;
};

export type RefreshOutcome =
  | ({
      outcome: 'ok';
      event: 'used_from_two_places' | null;
      rotates: boolean;
      /** Which of the successors was handed out, from 1. */
      successor: number;
      refreshExpiresAt: Date | null;
    } & Granted)
  | ({
      outcome: 'refresh_too_soon';
      rotates: boolean;
      /** Null when the key shown is itself the successor that was handed out. */
      successor: number | null;
      refreshExpiresAt: Date | null;
      /** Seconds, with a fraction. */
      retryAfter: string;
      lastRefreshAt: Date;
      lastJti: string;
      lastKid: string;
    } & Granted)
  | {
      outcome: Exclude<Reason, 'refresh_too_soon'>;
      event: string | null;
      userId: string | null;
      connectionId: string | null;
    };

/** Refreshes in one round trip; see the function in the migrations for the order of its checks. */
export async function refreshAccess(r: Refresh): Promise<RefreshOutcome> {
  const { rows } = await runtime().pool.query({
    name: 'refresh-access',
    text: `SELECT outcome, event, at, user_id AS "userId", username, tenant, scopes, connection_id AS "connectionId",
                  rotates, successor, refresh_expires_at AS "refreshExpiresAt", retry_after AS "retryAfter",
                  last_refresh_at AS "lastRefreshAt", last_jti AS "lastJti", last_kid AS "lastKid"
             FROM refresh_access($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [r.digest, r.appId, r.secretShown, r.successors, r.jti, r.kid, r.interval, r.scopeNames],
  });
  return rows[0];
}

export type RevocationOutcome = {
  outcome: 'ok' | 'refresh_unknown' | 'refresh_wrong_client' | 'refresh_revoked' | 'refresh_secret_missing';
  appId: number | null;
  userId: string | null;
  connectionId: string | null;
};

/**
 * Revokes a refresh token's family.
 * @param by the client it must belong to, and whether that has shown its secret; null: possession is enough
 */
export async function revokeRefreshToken(
  digest: Buffer,
  by: { appId: number; secretShown: boolean } | null,
): Promise<RevocationOutcome> {
  const { rows } = await runtime().pool.query({
    name: 'revoke-refresh-token',
    text: `SELECT outcome, app_id AS "appId", user_id AS "userId", connection_id AS "connectionId"
             FROM revoke_refresh_token($1, $2, 'revoked_by_app', $3)`,
    values: [digest, by?.appId ?? null, by?.secretShown ?? true],
  });
  return rows[0];
}
