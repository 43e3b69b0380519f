/** What a form shows after its action ran. */
export type ActState =
  | { status: 'idle' }
  | { status: 'done'; message: string; details?: string[] }
  | {
      status: 'refused';
      message: string;
      details?: string[];
      /** By the id of the field. */
      errors?: Record<string, string>;
      /** What was typed. */
      values?: Record<string, string>;
    };
