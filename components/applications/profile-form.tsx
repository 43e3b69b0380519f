'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { TextArea, TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { FormErrorSummary } from '@/components/ui/form-error-summary';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, FormState, ProfileValues } from './form-state';

const FIELDS = ['description', 'website', 'termsUrl', 'privacyUrl', 'supportEmail'] as const;

type ProfileFormProps = { action: FormAction<FormState<ProfileValues>>; saved: ProfileValues };

/** What people read about an application, and where they learn more. */
export function ProfileForm({ action, saved }: ProfileFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused';
  const shown = refused ? state.values : saved;
  const errors = refused ? state.errors : {};
  const wrong = FIELDS.flatMap((field) => (errors[field] ? [{ fieldId: field, message: errors[field] }] : []));
  const link = { type: 'url', autoComplete: 'off', spellCheck: false, placeholder: 'https://' } as const;
  return (
    <Form action={submit} answer={state} noValidate className="space-y-5">
      {state.status === 'saved' ? <FormMessage state={state} /> : null}
      <FormErrorSummary title={t('applications.form.not_saved')} errors={wrong} />
      <TextArea
        id="description"
        label={t('applications.general.description')}
        hint={t('applications.general.description_hint')}
        defaultValue={shown.description}
        error={errors.description}
      />
      <TextField
        {...link}
        id="website"
        label={t('applications.general.website')}
        defaultValue={shown.website}
        error={errors.website}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          {...link}
          id="termsUrl"
          label={t('applications.general.terms')}
          defaultValue={shown.termsUrl}
          error={errors.termsUrl}
        />
        <TextField
          {...link}
          id="privacyUrl"
          label={t('applications.general.privacy')}
          defaultValue={shown.privacyUrl}
          error={errors.privacyUrl}
        />
      </div>
      <TextField
        id="supportEmail"
        type="email"
        autoComplete="off"
        spellCheck={false}
        label={t('applications.general.support')}
        hint={t('applications.general.support_hint')}
        defaultValue={shown.supportEmail}
        error={errors.supportEmail}
      />
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
          {t('applications.general.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}
