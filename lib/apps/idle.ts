/** Days without use after which a user may end connections together. */
export const IDLE_DAYS = [30, 60, 90] as const;
export type IdleDays = (typeof IDLE_DAYS)[number];

/** The value of a field or parameter, or null when it is no such number. */
export function idleDaysOf(value: unknown): IdleDays | null {
  return IDLE_DAYS.find((days) => String(days) === value) ?? null;
}
