export type PasswordField = 'currentPassword' | 'newPassword' | 'repeatedPassword';

/** What the password form shows after its action ran. Passwords themselves never come back. */
export type PasswordState =
  | { status: 'idle' }
  | { status: 'changed'; message: string }
  | {
      status: 'refused';
      errors: Partial<Record<PasswordField, string>>;
      message?: string;
      disconnectApps: boolean;
    };
