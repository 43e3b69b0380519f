'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Choice, TextArea } from '@/components/ui/field';
import { Monogram } from '@/components/ui/monogram';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, FormState, GeneralValues } from './form-state';

type GeneralFormProps = {
  action: FormAction<FormState<GeneralValues>>;
  name: string;
  organisation: string;
  saved: GeneralValues;
};

/** Name (fixed), description and reach of an application. */
export function GeneralForm({ action, name, organisation, saved }: GeneralFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const shown = state.status === 'refused' ? state.values : saved;
  const errors = state.status === 'refused' ? state.errors : {};
  return (
    <form action={submit} noValidate className="space-y-5">
      {state.status === 'idle' ? null : <FormMessage state={state} />}
      <div className="flex items-center gap-4">
        <Monogram text={name} size="lg" />
        <div className="min-w-0 text-sm">
          <p className="text-muted">{t('applications.general.name')}</p>
          <p className="text-base font-medium">
            <bdi>{name}</bdi>
          </p>
          <p className="text-muted">{t('applications.general.name_fixed')}</p>
        </div>
      </div>
      <TextArea
        id="description"
        label={t('applications.general.description')}
        defaultValue={shown.description}
        error={errors.description}
      />
      <Choice
        type="checkbox"
        id="limitToAccount"
        label={t('applications.general.limit')}
        hint={t('applications.general.limit_hint', { organisation })}
        defaultChecked={shown.limitToAccount}
      />
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
          {t('applications.general.submit')}
        </SubmitButton>
      </div>
    </form>
  );
}
