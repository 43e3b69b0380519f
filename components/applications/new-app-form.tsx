'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { ButtonLink } from '@/components/ui/button';
import { Choice, TextArea, TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, FormState, NewAppValues } from './form-state';

type NewAppState = FormState<NewAppValues>;

/** The form that registers an application. Works without scripts; what was typed comes back when it is refused. */
export function NewAppForm({ action, organisation }: { action: FormAction<NewAppState>; organisation: string }) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const typed = state.status === 'refused' ? state.values : { name: '', description: '', limitToAccount: false };
  const errors = state.status === 'refused' ? state.errors : {};
  return (
    <Form action={submit} answer={state} noValidate className="space-y-5">
      {state.status === 'refused' ? <FormMessage state={state} /> : null}
      <TextField
        id="name"
        label={t('applications.new.name')}
        hint={t('applications.new.name_hint')}
        required
        autoComplete="off"
        defaultValue={typed.name}
        error={errors.name}
      />
      <TextArea
        id="description"
        label={t('applications.general.description')}
        hint={t('applications.new.description_hint')}
        defaultValue={typed.description}
        error={errors.description}
      />
      <Choice
        type="checkbox"
        id="limitToAccount"
        label={t('applications.new.limit')}
        hint={t('applications.new.limit_hint', { organisation })}
        defaultChecked={typed.limitToAccount}
      />
      <div className="flex flex-wrap justify-end gap-2 border-t border-line pt-4">
        <ButtonLink href="/applications">{t('common.cancel')}</ButtonLink>
        <SubmitButton variant="primary" pendingLabel={t('applications.new.pending')}>
          {t('applications.new.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}
