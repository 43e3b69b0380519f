/** Days after which a new secret can be made to expire. */
export const SECRET_LIFETIMES_DAYS: readonly number[] = [30, 90, 180, 365];

/** Reads the choice of a form: days, null for a secret that never expires, undefined for what is no choice. */
export function parseSecretLifetime(choice: unknown): number | null | undefined {
  if (choice === 'never') return null;
  return SECRET_LIFETIMES_DAYS.find((days) => String(days) === choice);
}
