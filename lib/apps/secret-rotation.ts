import { DAY_MS } from './time-zones';

/** Changing an app's secret without a moment in which neither works: where it stands, and what is next. */

/** Days without use after which an old secret is taken for idle. */
export const IDLE_DAYS = 7;

export type RotatingSecret = { id: string; createdAt: Date; lastUsedAt: Date | null; expiresAt: Date | null };

/** The step that is next; `old` is the secret to give up, `fresh` its successor. */
export type RotationStep<Secret extends RotatingSecret> =
  /** No live secret: nothing to rotate. */
  | { step: 'none' }
  /** One secret: generate its successor. */
  | { step: 'generate'; old: Secret }
  /** The successor exists and nobody has used it: put it into the app. */
  | { step: 'deploy'; old: Secret; fresh: Secret }
  /** Both are in use: some installation has the old one still. */
  | { step: 'wait'; old: Secret; fresh: Secret; idleDays: number }
  /** The successor works, the old one has been idle for IDLE_DAYS: it can be deleted. */
  | { step: 'delete'; old: Secret; fresh: Secret; idleDays: number };

/**
 * What a developer does next to rotate the secret of an app.
 * @param secrets of one app, in any order; expired ones don't count
 */
export function rotationStep<Secret extends RotatingSecret>(
  secrets: readonly Secret[],
  now: Date,
): RotationStep<Secret> {
  const [old, fresh] = secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  if (!old) return { step: 'none' };
  if (!fresh) return { step: 'generate', old };
  if (fresh.lastUsedAt === null) return { step: 'deploy', old, fresh };
  // One that was never used is idle since its successor went to work: nobody can have waited for it longer.
  const since = old.lastUsedAt ?? fresh.createdAt;
  const idleDays = Math.max(0, Math.floor((now.getTime() - since.getTime()) / DAY_MS));
  return { step: idleDays >= IDLE_DAYS ? 'delete' : 'wait', old, fresh, idleDays };
}
