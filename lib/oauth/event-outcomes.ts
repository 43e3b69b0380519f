/** What an event's outcome says of how it went, as far as it is no refusal. */

/** Tokens or a code were given. */
export const GIVEN_OUTCOMES = ['ok', 'used_from_two_places'] as const;

/** The app was let in: this, and what it was given before once more. */
export const LET_IN_OUTCOMES = [...GIVEN_OUTCOMES, 'answered_again'] as const;

/** Nobody's mistake: the app was let in, or the user was asked, or said no. */
export const HARMLESS_OUTCOMES = [...LET_IN_OUTCOMES, 'shown', 'consent_denied'] as const;

const among =
  (outcomes: readonly string[]) =>
  (outcome: string): boolean =>
    outcomes.includes(outcome);

export const isGiven = among(GIVEN_OUTCOMES);
export const isLetIn = among(LET_IN_OUTCOMES);
export const isHarmless = among(HARMLESS_OUTCOMES);
