'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Switch } from '@/components/ui/choices';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { AccessValues, FormAction, FormState } from './form-state';

type AccessFormProps = { action: FormAction<FormState<AccessValues>>; organisation: string; saved: AccessValues };

/** Who may connect an application, and what a refresh that comes too soon gets. */
export function AccessForm({ action, organisation, saved }: AccessFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  return (
    <Form action={submit} answer={state} noValidate className="space-y-4">
      {state.status === 'idle' ? null : <FormMessage state={state} />}
      <Switch
        id="limitToAccount"
        label={t('applications.access.limit')}
        hint={t('applications.access.limit_hint', { organisation })}
        defaultChecked={saved.limitToAccount}
      />
      <Switch
        id="refreshReplay"
        label={t('applications.access.replay')}
        hint={t('applications.access.replay_hint')}
        defaultChecked={saved.refreshReplay}
      />
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
          {t('applications.access.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}
