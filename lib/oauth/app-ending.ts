/**
 * A decision that ended an app's codes or refresh-token families issued until then. It holds from its commit on; that its
 * rows say so follows in batches, so the judgement of each of them asks for it.
 */
export type AppEnding = {
  at: Date;
  /** Only families issued with, or without, a secret; null: all. */
  withSecret: boolean | null;
  /** No family, only codes. */
  codesOnly: boolean;
  /** Why the families ended. */
  reason: string;
};

/** Whether a code that waits for its redemption was ended: whatever ends families ends all codes on their way, too. */
export function endsCode(endings: readonly AppEnding[], issuedAt: Date): boolean {
  return endings.some(({ at }) => issuedAt <= at);
}

/** Why a family was ended with others of its app, by the first decision that met it; null: it was not. */
export function endsFamily(
  endings: readonly AppEnding[],
  family: { issuedAt: Date; withSecret: boolean },
): string | null {
  const met = endings.filter(
    ({ at, codesOnly, withSecret }) =>
      !codesOnly && family.issuedAt <= at && (withSecret ?? family.withSecret) === family.withSecret,
  );
  return met.sort((a, b) => a.at.getTime() - b.at.getTime())[0]?.reason ?? null;
}
