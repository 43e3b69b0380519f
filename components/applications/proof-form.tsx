'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Choice } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import { confirmation, type FormAction, type Proof, type ProofState, type ProofValues } from './form-state';

const CHOICES: readonly Proof[] = ['SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY'];

type ProofFormProps = { action: FormAction<ProofState>; saved: ProofValues };

/** How an application proves itself at the token endpoint. A change that ends connections is asked about first. */
export function ProofForm({ action, saved }: ProofFormProps) {
  const [state, submit] = useActionState<ProofState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const shown = state.status === 'confirm' || state.status === 'refused' ? state.values : saved;
  return (
    <Form action={submit} answer={state} className="space-y-4">
      {state.status === 'saved' || state.status === 'refused' ? <FormMessage state={state} /> : null}
      <fieldset className="space-y-2">
        <legend className="sr-only">{t('applications.proof.title')}</legend>
        {CHOICES.map((proof) => (
          <Choice
            key={proof}
            type="radio"
            boxed
            id={`proof-${proof}`}
            name="proof"
            value={proof}
            label={t(`applications.proof.${proof}.label`)}
            hint={t(`applications.proof.${proof}.hint`)}
            defaultChecked={shown.proof === proof}
          />
        ))}
      </fieldset>
      <Choice
        type="checkbox"
        id="requirePkce"
        label={t('applications.proof.require_pkce')}
        hint={t('applications.proof.require_pkce_hint')}
        defaultChecked={shown.requirePkce}
      />
      {state.status === 'confirm' ? <ConfirmChange ends={state.ends} /> : null}
      <div className="flex justify-end">
        {state.status === 'confirm' ? (
          <SubmitButton
            variant="danger"
            name="confirmed"
            value={confirmation(state)}
            pendingLabel={t('applications.proof.changing')}
          >
            {t('applications.proof.confirm_submit', { count: state.ends })}
          </SubmitButton>
        ) : (
          <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
            {t('applications.proof.submit')}
          </SubmitButton>
        )}
      </div>
    </Form>
  );
}

function ConfirmChange({ ends }: { ends: number }) {
  const { t } = useI18n();
  return (
    <Alert tone="warn" role="alert" title={t('applications.proof.confirm_title', { count: ends })}>
      {t('applications.proof.confirm_text')}
    </Alert>
  );
}
