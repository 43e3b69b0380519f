'use client';

import { useActionState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Choice } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { FormMessage } from './form-message';
import { confirmation, type FormAction, type Proof, type ProofState, type ProofValues } from './form-state';

const CHOICES: { proof: Proof; label: string; hint: string }[] = [
  {
    proof: 'SECRET_OR_PKCE',
    label: 'Client secret, PKCE, or both',
    hint: 'One application with a server side and a web or native side. Each connection keeps the way it began with.',
  },
  {
    proof: 'SECRET_REQUIRED',
    label: 'Client secret always',
    hint: 'A backend application, on servers that can keep a secret. Nobody gets in without it.',
  },
  {
    proof: 'PKCE_ONLY',
    label: 'PKCE only',
    hint: 'A web or native application, in browsers or on devices, where no secret can be kept. Its client secrets are deleted.',
  },
];

type ProofFormProps = { action: FormAction<ProofState>; saved: ProofValues };

/** How an application proves itself at the token endpoint. A change that ends connections is asked about first. */
export function ProofForm({ action, saved }: ProofFormProps) {
  const [state, submit] = useActionState<ProofState, FormData>(action, { status: 'idle' });
  const shown = state.status === 'confirm' || state.status === 'refused' ? state.values : saved;
  return (
    <form action={submit} className="space-y-4">
      {state.status === 'saved' || state.status === 'refused' ? <FormMessage state={state} /> : null}
      <fieldset className="space-y-2">
        <legend className="sr-only">How the application proves itself</legend>
        {CHOICES.map((choice) => (
          <Choice
            key={`${choice.proof}-${shown.proof}`}
            type="radio"
            boxed
            id={`proof-${choice.proof}`}
            name="proof"
            value={choice.proof}
            label={choice.label}
            hint={choice.hint}
            defaultChecked={shown.proof === choice.proof}
          />
        ))}
      </fieldset>
      <Choice
        key={String(shown.requirePkce)}
        type="checkbox"
        id="requirePkce"
        label="Require PKCE"
        hint="Every authorization must bring a code challenge (S256), also where a secret is shown."
        defaultChecked={shown.requirePkce}
      />
      {state.status === 'confirm' ? <ConfirmChange ends={state.ends} /> : null}
      <div className="flex justify-end">
        {state.status === 'confirm' ? (
          <SubmitButton variant="danger" name="confirmed" value={confirmation(state)} pendingLabel="Changing…">
            Change and end {connections(state.ends)}
          </SubmitButton>
        ) : (
          <SubmitButton variant="primary" pendingLabel="Saving…">
            Save proof settings
          </SubmitButton>
        )}
      </div>
    </form>
  );
}

function connections(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`;
}

function ConfirmChange({ ends }: { ends: number }) {
  return (
    <Alert tone="warn" role="alert" title={`This ends ${connections(ends)} that ${ends === 1 ? 'lives' : 'live'} now.`}>
      They began in a way that this setting no longer allows. Their users must connect the application again. Nothing
      has been changed yet.
    </Alert>
  );
}
