'use client';

import { useActionState } from 'react';
import { ButtonLink } from '@/components/ui/button';
import { Choice, TextArea, TextField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import type { FormAction, FormState, NewAppValues } from './form-state';

type NewAppState = FormState<NewAppValues>;

/** The form that registers an application. Works without scripts; what was typed comes back when it is refused. */
export function NewAppForm({ action, organisation }: { action: FormAction<NewAppState>; organisation: string }) {
  const [state, submit] = useActionState(action, { status: 'idle' });
  const typed = state.status === 'refused' ? state.values : { name: '', description: '', limitToAccount: false };
  const errors = state.status === 'refused' ? state.errors : {};
  return (
    <form action={submit} noValidate className="space-y-5">
      {state.status === 'refused' ? <FormMessage state={state} /> : null}
      <TextField
        id="name"
        label="Name"
        hint="Users see it when they are asked for access. It cannot be changed later."
        required
        autoComplete="off"
        defaultValue={typed.name}
        error={errors.name}
      />
      <TextArea
        id="description"
        label="What is your app doing?"
        hint="One or two sentences for the people who will use it."
        defaultValue={typed.description}
        error={errors.description}
      />
      <Choice
        type="checkbox"
        id="limitToAccount"
        label="Limit to account"
        hint={`Only users of ${organisation} can connect it. You can change this later.`}
        defaultChecked={typed.limitToAccount}
      />
      <div className="flex flex-wrap justify-end gap-2 border-t border-line pt-4">
        <ButtonLink href="/applications">Cancel</ButtonLink>
        <SubmitButton variant="primary" pendingLabel="Creating…">
          Create application
        </SubmitButton>
      </div>
    </form>
  );
}
