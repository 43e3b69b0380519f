'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { RadioGroup } from '@/components/ui/choices';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';

type Policy = 'FULL' | 'NETWORK' | 'HIDDEN';

/** What was saved last. */
export type PolicyState = { status: 'idle' } | { status: 'saved'; policy: Policy };

type AddressPolicyFormProps = {
  action: (previous: PolicyState, form: FormData) => Promise<PolicyState>;
  policy: Policy;
};

/** How much of an address the people of the organisation see. */
export function AddressPolicyForm({ action, policy }: AddressPolicyFormProps) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const { t } = useI18n();
  return (
    <Form action={submit} answer={state} className="space-y-5">
      {state.status === 'saved' ? (
        <Alert tone="ok" role="status">
          {t('organisation.addresses.saved')}
        </Alert>
      ) : null}
      <RadioGroup
        name="addresses"
        legend={t('organisation.addresses.legend')}
        defaultValue={state.status === 'saved' ? state.policy : policy}
        options={(['FULL', 'NETWORK', 'HIDDEN'] as const).map((value) => ({
          value,
          label: t(`organisation.addresses.${value}.label`),
          hint: t(`organisation.addresses.${value}.hint`),
        }))}
      />
      <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
        {t('organisation.addresses.submit')}
      </SubmitButton>
    </Form>
  );
}
