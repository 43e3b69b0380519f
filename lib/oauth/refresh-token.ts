import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64url, decodeJsonObject, encodeJson } from './base64url';
import { withinDeclared } from './client';
import type { Reason } from './errors';
import type { Scope } from './scopes';

/** Refresh tokens: the documented HS256 JWT on the outside, one database row a family on the inside (RFC 6749 §6). */

export const REFRESH_LIFETIME_SECONDS = 31_536_000;

/** One family is refreshed at most once in this time. */
export const REFRESH_INTERVAL_SECONDS = 300;

/** Per app and user; beyond that the oldest is revoked. */
export const MAX_REFRESH_TOKENS = 10;

/** Generations in a row with a re-delivery: from here on the developer and the user are told, and here the family dies. */
export const REDELIVERY_STREAK_EVENT = 2;
export const REDELIVERY_STREAK_END = 3;

const MAX_REFRESH_TOKEN_LENGTH = 2048;
const KEY_FORMAT = /^[0-9a-f]{32}$/;

// We are the only issuer of these tokens and always write one header; anything else is not ours. `alg` is thus never
// taken from the token (RFC 8725 §3.1).
const HEADER = encodeJson({ typ: 'JWT', alg: 'HS256' });

/** A new token key, `il_k`: 128 random bits as 32 hex characters. */
export function newTokenKey(random: (size: number) => Buffer): string {
  return random(16).toString('hex');
}

/** What is stored of a token key. */
export function keyDigest(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/**
 * The key of the token that follows. Derived, not stored, so that a lost answer can be given again without keeping a
 * secret in the database.
 *
 * The predecessor's key stands for family and generation as well: the first of a family is 128 random bits and each
 * later one derives from it, so that a key occurs in one generation of one family only.
 */
export function successorKey(serverKey: Buffer, predecessorKey: string): string {
  return createHmac('sha256', serverKey)
    .update(`refresh token successor v1\n${predecessorKey}`, 'utf8')
    .digest('hex')
    .slice(0, 32);
}

/** Writes a refresh token. `expiresAt` null: it never expires and carries no `exp`. */
export function signRefreshToken(
  token: { key: string; issuer: string; expiresAt: Date | null },
  signingKey: Buffer,
): string {
  const payload = encodeJson({
    il_t: 'OAUTH',
    il_v: 1,
    il_k: token.key,
    iss: token.issuer,
    ...(token.expiresAt ? { exp: Math.floor(token.expiresAt.getTime() / 1000) } : {}),
  });
  const input = `${HEADER}.${payload}`;
  return `${input}.${hmac(signingKey, input).toString('base64url')}`;
}

function hmac(key: Buffer, input: string): Buffer {
  return createHmac('sha256', key).update(input, 'utf8').digest();
}

/**
 * Reads a refresh token: its key, or null when it is not one that this installation wrote. `keys` are tried newest
 * first. The database row decides what the token is worth, expiry included.
 */
export function verifyRefreshToken(
  token: string,
  expected: { keys: readonly Buffer[]; issuer: string },
): { key: string } | null {
  if (token.length > MAX_REFRESH_TOKEN_LENGTH) return null;
  const segments = token.split('.');
  const [head = '', payload = '', tail = ''] = segments;
  if (segments.length !== 3 || head !== HEADER) return null;
  const signature = decodeBase64url(tail);
  if (signature?.length !== 32) return null;
  const input = `${head}.${payload}`;
  if (!expected.keys.some((key) => timingSafeEqual(hmac(key, input), signature))) return null;
  const claims = decodeJsonObject(payload);
  if (claims?.il_t !== 'OAUTH' || claims.il_v !== 1 || claims.iss !== expected.issuer) return null;
  if (typeof claims.il_k !== 'string' || !KEY_FORMAT.test(claims.il_k)) return null;
  return { key: claims.il_k };
}

/** How the family came to be: with a secret (it stays one token) or with PKCE only (it rotates). */
export type FamilyProof = 'SECRET' | 'PKCE';

/** One refresh token family and what stands behind it, as the database has them. */
export type FamilyState = {
  appId: number;
  proof: FamilyProof;
  /** Why it was revoked, or ended with others of its app; null while it lives. */
  revokedReason: string | null;
  /** null: never. */
  expiresAt: Date | null;
  appActive: boolean;
  userActive: boolean;
  tenantActive: boolean;
  limitToAccount: boolean;
  sameTenant: boolean;
  /** The policy of the user's organisation lets the app in. */
  policyAllows: boolean;
  grantEnded: boolean;
  /** What the user allowed. */
  scopes: readonly Scope[];
  /** null: not refreshed yet; the exchange does not start the interval. */
  lastRefreshAt: Date | null;
  generation: number;
  /** A successor of the current token was handed out and not used yet. */
  hasPending: boolean;
  /** The successor of this generation was handed out more than once. */
  redelivered: boolean;
  /** How many generations in a row had a re-delivery, this one included. */
  streak: number;
};

/** Which token of the family was presented. */
export type Presented = 'current' | 'pending' | 'retired' | 'unknown';

/** What changes in the family. A rotating family's new `pending` is always the successor of the presented token. */
export type FamilyChange = Pick<
  FamilyState,
  'lastRefreshAt' | 'generation' | 'hasPending' | 'redelivered' | 'streak'
> & {
  /** The presented token becomes the current one, and the one that was current is retired. */
  promote: boolean;
};

export type RefreshOutcome =
  /** `deliver`: the presented token again, or the successor of the presented token. */
  | {
      outcome: 'ok';
      deliver: 'same' | 'successor';
      redelivery: boolean;
      event: 'used_from_two_places' | null;
      next: FamilyChange;
    }
  | { outcome: 'refused'; reason: Reason; revokedReason?: string }
  | {
      outcome: 'too_soon';
      reason: 'refresh_too_soon';
      retryAfterSeconds: number;
    }
  /** The family dies now. */
  | { outcome: 'family_ends'; reason: 'refresh_retired' | 'refresh_diverged' };

/**
 * The rule of the refresh grant, in the order that the SQL function keeps as well.
 *
 * Rotation is confirmed by use: a token is retired only when its successor comes back, so that a lost answer costs
 * nothing, and what comes back after that is theft (RFC 9700 §4.14.2). A thief who stays one step behind the owner
 * makes every generation be delivered twice, which honest losses do not.
 */
export function judgeRefresh(
  family: FamilyState | null,
  presented: Presented,
  input: { appId: number; secretShown: boolean; declared: readonly Scope[] | null },
  now: Date,
): RefreshOutcome {
  if (!family || presented === 'unknown') return { outcome: 'refused', reason: 'refresh_unknown' };
  const refused = standingRefusal(family, input, now);
  if (refused) return refused;
  if (presented === 'retired') return { outcome: 'family_ends', reason: 'refresh_retired' };
  // After theft, which is seen whatever the app may ask for; before anything is changed for a token that opens nothing.
  if (withinDeclared(family.scopes, input.declared).length === 0)
    return { outcome: 'refused', reason: 'scope_withdrawn' };
  const retryAfterSeconds = secondsLeft(family.lastRefreshAt, now);
  if (retryAfterSeconds > 0)
    return {
      outcome: 'too_soon',
      reason: 'refresh_too_soon',
      retryAfterSeconds,
    };
  if (family.proof === 'SECRET') return sameToken(family, now);
  if (presented === 'pending') return promotion(family, now);
  return family.hasPending ? redelivery(family, now) : firstDelivery(family, now);
}

function standingRefusal(
  family: FamilyState,
  input: { appId: number; secretShown: boolean },
  now: Date,
): RefreshOutcome | null {
  const refused = (reason: Reason): RefreshOutcome => ({
    outcome: 'refused',
    reason,
  });
  if (family.appId !== input.appId) return refused('refresh_wrong_client');
  // The way of proof is bound at issue (CVE-2026-53512): a stolen token must not become usable without the secret.
  if (family.proof === 'SECRET' && !input.secretShown) return refused('refresh_secret_missing');
  if (family.revokedReason !== null) {
    return {
      outcome: 'refused',
      reason: 'refresh_revoked',
      revokedReason: family.revokedReason,
    };
  }
  if (family.expiresAt && now >= family.expiresAt) return refused('refresh_expired');
  if (!family.appActive) return refused('app_inactive');
  if (!family.userActive) return refused('user_inactive');
  if (!family.tenantActive) return refused('tenant_inactive');
  if (family.limitToAccount && !family.sameTenant) return refused('account_not_allowed');
  if (!family.policyAllows) return refused('app_not_allowed');
  return family.grantEnded ? refused('grant_ended') : null;
}

function secondsLeft(lastRefreshAt: Date | null, now: Date): number {
  if (!lastRefreshAt) return 0;
  const left = lastRefreshAt.getTime() + REFRESH_INTERVAL_SECONDS * 1000 - now.getTime();
  return Math.max(0, Math.ceil(left / 1000));
}

function unchanged(family: FamilyState, now: Date): FamilyChange {
  const { generation, hasPending, redelivered, streak } = family;
  return {
    lastRefreshAt: now,
    generation,
    hasPending,
    redelivered,
    streak,
    promote: false,
  };
}

function sameToken(family: FamilyState, now: Date): RefreshOutcome {
  return {
    outcome: 'ok',
    deliver: 'same',
    redelivery: false,
    event: null,
    next: unchanged(family, now),
  };
}

function firstDelivery(family: FamilyState, now: Date): RefreshOutcome {
  const next = { ...unchanged(family, now), hasPending: true };
  return {
    outcome: 'ok',
    deliver: 'successor',
    redelivery: false,
    event: null,
    next,
  };
}

function promotion(family: FamilyState, now: Date): RefreshOutcome {
  const next = {
    ...unchanged(family, now),
    promote: true,
    hasPending: true,
    generation: family.generation + 1,
    streak: family.redelivered ? family.streak : 0,
    redelivered: false,
  };
  return {
    outcome: 'ok',
    deliver: 'successor',
    redelivery: false,
    event: null,
    next,
  };
}

function redelivery(family: FamilyState, now: Date): RefreshOutcome {
  const first = !family.redelivered;
  const streak = first ? family.streak + 1 : family.streak;
  if (streak >= REDELIVERY_STREAK_END) return { outcome: 'family_ends', reason: 'refresh_diverged' };
  const next = { ...unchanged(family, now), redelivered: true, streak };
  const event = first && streak === REDELIVERY_STREAK_EVENT ? 'used_from_two_places' : null;
  return { outcome: 'ok', deliver: 'successor', redelivery: true, event, next };
}
