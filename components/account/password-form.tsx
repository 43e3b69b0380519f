'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Choice, TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import type { PasswordState } from './password-state';

type PasswordFormProps = {
  action: (previous: PasswordState, form: FormData) => Promise<PasswordState>;
  /** For password managers: whose password it is. */
  username: string;
  minLength: number;
  /** Whether the person decides about the connected apps; otherwise they are always disconnected. */
  asksAboutApps: boolean;
};

/** Changes the password of who is signed in. */
export function PasswordForm({ action, username, minLength, asksAboutApps }: PasswordFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const errors = state.status === 'refused' ? state.errors : {};
  const password = { type: 'password', required: true } as const;
  return (
    <Form action={submit} answer={state} noValidate className="space-y-5">
      <PasswordMessage state={state} />
      <input type="text" name="username" autoComplete="username" defaultValue={username} hidden readOnly />
      <TextField
        {...password}
        id="currentPassword"
        label={t('account.password.current')}
        autoComplete="current-password"
        error={errors.currentPassword}
      />
      <TextField
        {...password}
        id="newPassword"
        label={t('account.password.next')}
        hint={t('account.password.next_hint', { min: minLength })}
        autoComplete="new-password"
        error={errors.newPassword}
      />
      <TextField
        {...password}
        id="repeatedPassword"
        label={t('account.password.repeated')}
        autoComplete="new-password"
        error={errors.repeatedPassword}
      />
      {asksAboutApps ? (
        <Choice
          type="checkbox"
          id="disconnectApps"
          label={t('account.password.disconnect')}
          hint={t('account.password.disconnect_hint')}
          defaultChecked={state.status === 'refused' && state.disconnectApps}
        />
      ) : (
        <Alert>{t('account.password.always_disconnects')}</Alert>
      )}
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
          {t('account.password.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}

function PasswordMessage({ state }: { state: PasswordState }) {
  if (state.status === 'idle' || !state.message) return null;
  const changed = state.status === 'changed';
  return (
    <Alert tone={changed ? 'ok' : 'danger'} role={changed ? 'status' : 'alert'}>
      {state.message}
    </Alert>
  );
}
