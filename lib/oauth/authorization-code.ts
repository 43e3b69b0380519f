import { createHash } from 'node:crypto';
import { withinDeclared } from './client';
import type { Dialect, Reason } from './errors';
import type { Scope } from './scopes';

/** Authorization codes: RFC 6749 §4.1.2, §4.1.3, §10.5 and RFC 7636 §4.6. */

export const CODE_LIFETIME_SECONDS = 120;

/** So many refused attempts burn a code: the documented form has 112 bits only. */
export const MAX_CODE_FAILURES = 10;

/** A source of random bytes, such as `randomBytes` of node:crypto. */
export type RandomBytes = (size: number) => Buffer;

/** A new code: 28 hex characters in the documented dialect, 256 bits as base64url in the standard one. */
export function newCode(dialect: Dialect, random: RandomBytes): string {
  return dialect === 'native' ? random(14).toString('hex') : random(32).toString('base64url');
}

/** What is stored of a code. */
export function codeDigest(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}

/**
 * A refresh token is due when a secret was shown at the exchange or offline access was *granted*.
 * @param lasting the screen said that the app stays connected: it owned a secret then, or was granted offline access
 */
export function refreshTokenDue(secretShown: boolean, offlineGranted: boolean, lasting: boolean): boolean {
  return (secretShown && lasting) || offlineGranted;
}

/** A code and what stands behind it, as the database has them. */
export type CodeState = {
  /** The app that it was issued to. */
  appId: number;
  failures: number;
  expiresAt: Date;
  redeemed: boolean;
  redirectUri: string;
  codeChallenge: string | null;
  appActive: boolean;
  userActive: boolean;
  tenantActive: boolean;
  limitToAccount: boolean;
  /** The user belongs to the tenant that owns the app. */
  sameTenant: boolean;
  /** The policy of the user's organisation lets the app in. */
  policyAllows: boolean;
  grantEnded: boolean;
  /** What the user allowed. */
  scopes: readonly Scope[];
  /** The app ended its codes after this one was issued. */
  withdrawn: boolean;
  /** It was asked for by the playground. */
  playground: boolean;
  /** The user may manage the app. */
  managesApp: boolean;
};

export type CodeInput = {
  /** The app that authenticated. */
  appId: number;
  redirectUri: string | undefined;
  /** `s256` of the verifier that was sent, undefined when none was. */
  verifierChallenge: string | undefined;
  secretShown: boolean;
  /** What the app has declared that it may ask for; null: it has not said. */
  declared: readonly Scope[] | null;
  now: Date;
};

export type CodeOutcome =
  | { outcome: 'ok' }
  /** Valid in every other respect, but redeemed before: what the first redemption issued must be revoked. */
  | { outcome: 'replayed'; reason: Reason }
  /** `countsAsFailure`: this attempt brings the code one step nearer to being burnt. */
  | { outcome: 'refused'; reason: Reason; countsAsFailure: boolean };

/**
 * The rule of the code grant, in the order that the SQL function keeps as well (a property test compares them).
 *
 * Single use is judged last: only who passed everything else may trigger the revocation of RFC 6749 §4.1.2, otherwise
 * a code seen in a history would be enough to log a user out. A redeemed code does not expire here, because a valid
 * second redemption is evidence of theft however late it comes.
 */
export function judgeCode(state: CodeState | null, input: CodeInput): CodeOutcome {
  if (!state)
    return {
      outcome: 'refused',
      reason: 'code_unknown',
      countsAsFailure: false,
    };
  const reason = bindingReason(state, input);
  if (reason) {
    const countsAsFailure = COUNTED.has(reason) && !state.redeemed;
    return { outcome: 'refused', reason, countsAsFailure };
  }
  if (state.redeemed) return { outcome: 'replayed', reason: 'code_replayed' };
  // A token for nothing is none; the code stays as it is, for the developer may declare the scope again.
  if (withinDeclared(state.scopes, input.declared).length === 0)
    return { outcome: 'refused', reason: 'scope_withdrawn', countsAsFailure: false };
  return { outcome: 'ok' };
}

// Attempts that try something; a code that is dead anyway, or whose owner was locked, needs no counting.
const COUNTED: ReadonlySet<Reason> = new Set<Reason>([
  'code_wrong_client',
  'code_redirect_mismatch',
  'pkce_missing',
  'pkce_unexpected',
  'pkce_mismatch',
  'proof_missing',
]);

function bindingReason(state: CodeState, input: CodeInput): Reason | null {
  if (state.appId !== input.appId) return 'code_wrong_client';
  if (state.failures >= MAX_CODE_FAILURES) return 'code_burnt';
  if (!state.redeemed && input.now >= state.expiresAt) return 'code_expired';
  if (input.redirectUri !== undefined && input.redirectUri !== state.redirectUri) return 'code_redirect_mismatch';
  return proofReason(state, input) ?? standingReason(state);
}

function proofReason(state: CodeState, input: CodeInput): Reason | null {
  if (state.codeChallenge === null) {
    // Downgrade: a verifier that is not asked for means that the challenge was cut out on its way (RFC 9700 §4.8.2).
    if (input.verifierChallenge !== undefined) return 'pkce_unexpected';
    return input.secretShown ? null : 'proof_missing';
  }
  if (input.verifierChallenge === undefined) return 'pkce_missing';
  return input.verifierChallenge === state.codeChallenge ? null : 'pkce_mismatch';
}

function standingReason(state: CodeState): Reason | null {
  if (!state.appActive) return 'app_inactive';
  if (!state.userActive) return 'user_inactive';
  if (!state.tenantActive) return 'tenant_inactive';
  if (state.limitToAccount && !state.sameTenant) return 'account_not_allowed';
  if (!state.policyAllows) return 'app_not_allowed';
  if (state.redeemed) return null;
  if (state.grantEnded) return 'grant_ended';
  if (state.withdrawn) return 'code_withdrawn';
  return state.playground && !state.managesApp ? 'playground_forbidden' : null;
}
