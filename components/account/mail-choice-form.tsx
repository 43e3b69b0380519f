'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Switch } from '@/components/ui/choices';
import { SubmitButton } from '@/components/ui/submit-button';

/** What was saved last; null: nothing yet. */
export type MailChoiceState = { saved: boolean | null };

type MailChoiceFormProps = {
  action: (previous: MailChoiceState, form: FormData) => Promise<MailChoiceState>;
  wanted: boolean;
};

/** Which mails one gets, beyond those that keep the account safe. */
export function MailChoiceForm({ action, wanted }: MailChoiceFormProps) {
  const [{ saved }, submit] = useActionState(action, { saved: null });
  const { t } = useI18n();
  const shown = saved ?? wanted;
  return (
    <form action={submit} className="space-y-5">
      {saved === null ? null : (
        <Alert tone="ok" role="status">
          {saved ? t('account.mails.on') : t('account.mails.off')}
        </Alert>
      )}
      <Switch
        // A default that changes with an answer of the server must reach the input.
        key={String(shown)}
        id="mailAboutApps"
        label={t('account.mails.connections')}
        hint={t('account.mails.connections_hint')}
        defaultChecked={shown}
      />
      <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
        {t('account.mails.submit')}
      </SubmitButton>
    </form>
  );
}
