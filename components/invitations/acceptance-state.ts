/** Fields of the form. */
export const ACCEPTANCE_FIELDS = ['username', 'firstName', 'lastName', 'email', 'password', 'repeated'] as const;
export type AcceptanceField = (typeof ACCEPTANCE_FIELDS)[number];

/** Hidden: which invitation the form was shown for. */
export const SHOWN_FIELD = 'shown';

/** What the form shows after it was sent; passwords never come back. */
export type AcceptanceState =
  | { status: 'idle' }
  | {
      status: 'refused';
      message: string;
      errors: Partial<Record<string, string>>;
      values: Omit<Record<AcceptanceField, string>, 'password' | 'repeated'>;
    };
