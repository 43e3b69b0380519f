'use client';

import { useActionState } from 'react';
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
  const shown = state.status === 'refused' ? state.values : saved;
  const errors = state.status === 'refused' ? state.errors : {};
  return (
    <form action={submit} noValidate className="space-y-5">
      {state.status === 'idle' ? null : <FormMessage state={state} />}
      <div className="flex items-center gap-4">
        <Monogram text={name} size="lg" />
        <div className="min-w-0 text-sm">
          <p className="text-muted">Name</p>
          <p className="text-base font-medium">
            <bdi>{name}</bdi>
          </p>
          <p className="text-muted">Cannot be changed.</p>
        </div>
      </div>
      <TextArea
        id="description"
        label="What is your app doing?"
        defaultValue={shown.description}
        error={errors.description}
      />
      <Choice
        type="checkbox"
        id="limitToAccount"
        label="Limit to account"
        hint={`Only users of ${organisation} can connect it.`}
        defaultChecked={shown.limitToAccount}
      />
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel="Saving…">
          Save general settings
        </SubmitButton>
      </div>
    </form>
  );
}
