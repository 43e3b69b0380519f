'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { CopyField } from '@/components/ui/copy-field';
import { SelectField, TextField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import type { InviteState } from './invite-state';

type InviteFormProps = {
  action: (previous: InviteState, form: FormData) => Promise<InviteState>;
  /** Mails are sent here. */
  mails: boolean;
};

/** Invites somebody by mail or by a link. */
export function InviteForm({ action, mails }: InviteFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused' ? state : null;
  return (
    <form action={submit} noValidate className="space-y-4">
      <Answer state={state} />
      {mails ? (
        <TextField
          id="email"
          type="email"
          label={t('organisation.invite.email')}
          hint={t('organisation.invite.email_hint')}
          error={refused?.message}
          defaultValue={refused?.email ?? ''}
          autoComplete="off"
        />
      ) : (
        <p className="text-sm text-muted">{t('organisation.invite.no_mail')}</p>
      )}
      {refused && !mails ? (
        <Alert tone="danger" role="alert">
          {refused.message}
        </Alert>
      ) : null}
      <SelectField
        key={refused?.role}
        id="role"
        label={t('organisation.invite.role')}
        defaultValue={refused?.role ?? 'MEMBER'}
      >
        {(['MEMBER', 'DEVELOPER', 'ADMIN'] as const).map((role) => (
          <option key={role} value={role}>
            {t(`organisation.members.roles.${role}`)}
          </option>
        ))}
      </SelectField>
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel={t('organisation.invite.sending')}>
          {t('organisation.invite.submit')}
        </SubmitButton>
      </div>
    </form>
  );
}

function Answer({ state }: { state: InviteState }) {
  const { t } = useI18n();
  if (state.status !== 'made') return null;
  if (state.link === null)
    return (
      <Alert tone="ok" role="status">
        {t('organisation.invite.sent', { email: state.email ?? '' })}
      </Alert>
    );
  return (
    <div className="space-y-3">
      <Alert tone="ok" role="status">
        {t('organisation.invite.made')}
      </Alert>
      <CopyField label={t('organisation.invite.link')} value={state.link} />
    </div>
  );
}
