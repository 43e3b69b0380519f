'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { type AcceptanceState, SHOWN_FIELD } from './acceptance-state';

type AcceptanceFormProps = {
  action: (previous: AcceptanceState, form: FormData) => Promise<AcceptanceState>;
  /** Stands for the invitation that the page shows. */
  shown: string;
  /** Where the invitation went by mail; null: the person names an address. */
  email: string | null;
  minLength: number;
};

/** Makes the account of somebody who was invited. */
export function AcceptanceForm({ action, shown, email, minLength }: AcceptanceFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused' ? state : null;
  const errors = refused?.errors ?? {};
  const values = refused?.values;
  return (
    <form action={submit} noValidate className="space-y-4">
      <input type="hidden" name={SHOWN_FIELD} value={shown} />
      {refused ? (
        <Alert tone="danger" role="alert">
          {refused.message}
        </Alert>
      ) : null}
      <TextField
        id="username"
        label={t('invitations.username')}
        hint={t('invitations.username_hint')}
        error={errors.username}
        defaultValue={values?.username ?? ''}
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          id="firstName"
          label={t('invitations.first_name')}
          error={errors.firstName}
          defaultValue={values?.firstName ?? ''}
          autoComplete="given-name"
          required
        />
        <TextField
          id="lastName"
          label={t('invitations.last_name')}
          error={errors.lastName}
          defaultValue={values?.lastName ?? ''}
          autoComplete="family-name"
          required
        />
      </div>
      <TextField
        id="email"
        type="email"
        label={t('invitations.email')}
        hint={email === null ? undefined : t('invitations.email_fixed')}
        error={errors.email}
        defaultValue={email ?? values?.email ?? ''}
        readOnly={email !== null}
        autoComplete="email"
        required
      />
      <TextField
        id="password"
        type="password"
        label={t('invitations.password')}
        hint={t('invitations.password_hint', { min: minLength })}
        error={errors.password}
        autoComplete="new-password"
        required
      />
      <TextField
        id="repeated"
        type="password"
        label={t('invitations.repeated')}
        error={errors.repeated}
        autoComplete="new-password"
        required
      />
      <SubmitButton variant="primary" className="w-full" pendingLabel={t('invitations.creating')}>
        {t('invitations.submit')}
      </SubmitButton>
    </form>
  );
}
