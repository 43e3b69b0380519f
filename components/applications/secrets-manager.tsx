'use client';

import { type ReactNode, useActionState, useEffect, useRef, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { CopyField } from '@/components/ui/copy-field';
import { closeDialog, Dialog, DialogActions, DialogTrigger } from '@/components/ui/dialog';
import { SelectField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { SECRET_LIFETIMES_DAYS } from '@/lib/apps/secret-lifetimes';
import type { FormAction, SecretsState } from './form-state';

/** A stored secret: only its end is known, and the times come written for the reader. */
export type ListedSecret = {
  id: string;
  lastFour: string;
  created: ReactNode;
  lastUsed: ReactNode;
  /** When it expires or has expired; null: never. */
  expires: ReactNode;
};

type SecretsManagerProps = {
  secrets: ListedSecret[];
  /** Why no secret can be generated now, if so. */
  generateProblem: string | null;
  /** Why none can be deleted now, if so. */
  removeProblem: string | null;
  generate: FormAction<SecretsState>;
  remove: FormAction<SecretsState>;
};

/** The client secrets of an application: generate, see once, delete. */
export function SecretsManager({ secrets, generateProblem, removeProblem, generate, remove }: SecretsManagerProps) {
  const [generated, submitGenerate] = useActionState<SecretsState, FormData>(generate, { status: 'idle' });
  const [removed, submitRemove] = useActionState<SecretsState, FormData>(remove, { status: 'idle' });
  const answer = useLatest(generated, removed);

  return (
    <div className="space-y-4">
      <SecretsAnswer answer={answer} />
      {secrets.length > 0 ? (
        <ul className="divide-y divide-line rounded-md border border-line">
          {secrets.map((secret) => (
            <SecretLine
              key={secret.id}
              secret={secret}
              submit={submitRemove}
              only={secrets.length === 1}
              problem={removeProblem}
            />
          ))}
        </ul>
      ) : (
        <p className="text-sm text-muted">No client secret yet.</p>
      )}
      <form action={submitGenerate} className="flex flex-wrap items-end gap-x-4 gap-y-2">
        {generateProblem ? null : (
          <SelectField id="lifetime" label="Expires" defaultValue="never" className="w-44">
            <option value="never">Never</option>
            {SECRET_LIFETIMES_DAYS.map((days) => (
              <option key={days} value={days}>
                In {days} days
              </option>
            ))}
          </SelectField>
        )}
        <SubmitButton disabled={generateProblem !== null} pendingLabel="Generating…">
          Generate client secret
        </SubmitButton>
        {generateProblem ? <p className="flex-1 basis-56 self-center text-sm text-muted">{generateProblem}</p> : null}
      </form>
    </div>
  );
}

/** Of two answers the one that came last, so that an old secret does not stay on screen after a later deletion. */
function useLatest(generated: SecretsState, removed: SecretsState): SecretsState {
  const [latest, setLatest] = useState(removed.status === 'idle' ? generated : removed);
  const [seen, setSeen] = useState({ generated, removed });
  if (generated !== seen.generated || removed !== seen.removed) {
    const newest = generated !== seen.generated ? generated : removed;
    setSeen({ generated, removed });
    setLatest(newest);
    return newest;
  }
  return latest;
}

function SecretsAnswer({ answer }: { answer: SecretsState }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answer.status !== 'idle') box.current?.focus();
  }, [answer]);
  return (
    <div ref={box} tabIndex={-1} className="outline-none empty:hidden">
      {answer.status === 'created' ? (
        <Alert role="status" title="Make sure to copy your new client secret now. You won’t be able to see it again.">
          <div className="mt-2">
            <CopyField label="New client secret" value={answer.secret} hideLabel />
          </div>
        </Alert>
      ) : null}
      {answer.status === 'deleted' ? (
        <Alert tone="ok" role="status">
          The client secret ending in <code className="font-mono">{answer.lastFour}</code> was deleted.
        </Alert>
      ) : null}
      {answer.status === 'refused' ? (
        <Alert tone="danger" role="alert">
          {answer.message}
        </Alert>
      ) : null}
    </div>
  );
}

type SecretLineProps = {
  secret: ListedSecret;
  submit: (form: FormData) => void;
  only: boolean;
  problem: string | null;
};

function SecretLine({ secret, submit, only, problem }: SecretLineProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-3">
      <div className="min-w-0 text-sm">
        <p className="font-mono">
          <span aria-hidden="true">••••••••</span>
          <span className="sr-only">Secret ending in </span>
          {secret.lastFour}
        </p>
        <p className="text-muted">
          Added {secret.created} · {secret.lastUsed}
          {secret.expires ? <> · {secret.expires}</> : null}
        </p>
      </div>
      {problem ? (
        <p className="text-sm text-muted">{problem}</p>
      ) : (
        <DeleteSecret secret={secret} submit={submit} only={only} />
      )}
    </li>
  );
}

function DeleteSecret({ secret, submit, only }: Omit<SecretLineProps, 'problem'>) {
  const dialog = `delete-secret-${secret.id}`;
  return (
    <>
      <DialogTrigger
        dialog={dialog}
        variant="danger-outline"
        size="sm"
        label={`Delete the secret ending in ${secret.lastFour}`}
      >
        Delete
      </DialogTrigger>
      <Dialog id={dialog} title="Delete this client secret?">
        <p>
          Servers that still show the secret ending in <code className="font-mono">{secret.lastFour}</code> are refused
          from now on. {secret.lastUsed}.
        </p>
        {only ? <p className="mt-2">It is the only client secret of this application.</p> : null}
        <form action={submit} onSubmit={() => closeDialog(dialog)}>
          <input type="hidden" name="secretId" value={secret.id} />
          <DialogActions dialog={dialog}>
            <SubmitButton variant="danger">Delete secret</SubmitButton>
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
