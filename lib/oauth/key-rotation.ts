/** Staged rotation of signing keys: published before it signs, kept after it signed (RFC 7517; OpenID Connect Core §10.1.1). */

/** Seconds that clients may keep the JWKS. */
export const JWKS_MAX_AGE_SECONDS = 300;

/** Seconds that a key is published before it signs: twice what a cache may be late. */
export const PUBLICATION_SECONDS = 2 * JWKS_MAX_AGE_SECONDS;

/** Seconds that a key is published after its last signature: an access token's hour, and a cache's lateness. */
export const RETIREMENT_SECONDS = 3_600 + JWKS_MAX_AGE_SECONDS;

export type KeyState = 'NEXT' | 'ACTIVE' | 'RETIRING' | 'GONE';

export type RotatingKey = {
  kid: string;
  state: KeyState;
  createdAt: Date;
  /** When it began to sign; null before. */
  activatedAt: Date | null;
  /** When it stopped signing; null before. */
  retiredAt: Date | null;
};

export type RotationStep =
  | { kind: 'create_next' }
  /** The successor begins to sign, the active one retires. */
  | { kind: 'promote'; kid: string }
  /** Nothing that it signed can be alive. */
  | { kind: 'remove'; kid: string };

const ageInSeconds = (since: Date, now: Date) => (now.getTime() - since.getTime()) / 1_000;

/**
 * What is due now.
 * @param rotationDays age at which the active key gets a successor; 0: only by command
 */
export function dueRotationSteps(keys: readonly RotatingKey[], rotationDays: number, now: Date): RotationStep[] {
  const steps: RotationStep[] = [];
  const next = keys.find(({ state }) => state === 'NEXT');
  const active = keys.find(({ state }) => state === 'ACTIVE');
  if (next && ageInSeconds(next.createdAt, now) >= PUBLICATION_SECONDS) steps.push({ kind: 'promote', kid: next.kid });
  const activeAge = active ? ageInSeconds(active.activatedAt ?? active.createdAt, now) : 0;
  if (!next && rotationDays > 0 && activeAge >= rotationDays * 86_400) steps.push({ kind: 'create_next' });
  for (const { kid, state, retiredAt } of keys) {
    if (state === 'RETIRING' && retiredAt && ageInSeconds(retiredAt, now) >= RETIREMENT_SECONDS) {
      steps.push({ kind: 'remove', kid });
    }
  }
  return steps;
}
