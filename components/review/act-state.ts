/** What the server says. `verbatim`: the details are quoted from elsewhere, to the letter. */
type Said = { message: string; details?: string[]; verbatim?: boolean };

/** What a form shows after its action ran. */
export type ActState =
  | { status: 'idle' }
  | ({ status: 'done' } & Said)
  | (Said & {
      status: 'refused';
      /** By the id of the field. */
      errors?: Record<string, string>;
      /** What was typed. */
      values?: Record<string, string>;
    });
