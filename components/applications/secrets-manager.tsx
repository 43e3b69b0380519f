'use client';

import { type ReactNode, useActionState, useEffect, useRef, useState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { CopyField } from '@/components/ui/copy-field';
import { SelectField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
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
  /** Nothing else proves the application now. */
  only: boolean;
  /** Why it cannot be deleted now, if so. */
  removeProblem: string | null;
};

type SecretsManagerProps = {
  secrets: ListedSecret[];
  /** Why no secret can be generated now, if so. */
  generateProblem: string | null;
  generate: FormAction<SecretsState>;
  remove: FormAction<SecretsState>;
};

/** The client secrets of an application: generate, see once, delete. */
export function SecretsManager({ secrets, generateProblem, generate, remove }: SecretsManagerProps) {
  const [generated, submitGenerate] = useActionState<SecretsState, FormData>(generate, { status: 'idle' });
  const [removed, submitRemove] = useActionState<SecretsState, FormData>(remove, { status: 'idle' });
  const { t } = useI18n();
  const answer = useLatest(generated, removed);

  return (
    <div className="space-y-4">
      <SecretsAnswer answer={answer} />
      {secrets.length > 0 ? (
        <ul className="divide-y divide-line rounded-md border border-line">
          {secrets.map((secret) => (
            <SecretLine key={secret.id} secret={secret} submit={submitRemove} />
          ))}
        </ul>
      ) : (
        <p className="text-sm text-muted">{t('applications.secrets.none')}</p>
      )}
      <Form action={submitGenerate} answer={generated} className="flex flex-wrap items-end gap-x-4 gap-y-2">
        {generateProblem ? null : (
          <SelectField id="lifetime" label={t('applications.secrets.lifetime')} defaultValue="never" className="w-44">
            <option value="never">{t('applications.secrets.lifetime_never')}</option>
            {SECRET_LIFETIMES_DAYS.map((days) => (
              <option key={days} value={days}>
                {t('applications.secrets.lifetime_days', { days })}
              </option>
            ))}
          </SelectField>
        )}
        <SubmitButton disabled={generateProblem !== null} pendingLabel={t('applications.secrets.generating')}>
          {t('applications.secrets.generate')}
        </SubmitButton>
        {generateProblem ? <p className="flex-1 basis-56 self-center text-sm text-muted">{generateProblem}</p> : null}
      </Form>
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
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answer.status !== 'idle') box.current?.focus();
  }, [answer]);
  return (
    <div ref={box} tabIndex={-1} className="outline-none empty:hidden">
      {answer.status === 'created' ? (
        <Alert role="status" title={t('applications.secrets.copy_now')}>
          <div className="mt-2">
            <CopyField label={t('applications.secrets.new_label')} value={answer.secret} hideLabel />
          </div>
        </Alert>
      ) : null}
      {answer.status === 'deleted' ? (
        <Alert tone="ok" role="status">
          {t.rich('applications.secrets.deleted', { ...RICH, lastFour: answer.lastFour })}
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
};

function SecretLine({ secret, submit }: SecretLineProps) {
  const { t } = useI18n();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-3">
      <div className="min-w-0 flex-1 basis-40 text-sm">
        <p className="font-mono">
          <span aria-hidden="true">••••••••{secret.lastFour}</span>
          <span className="sr-only">{t('applications.secrets.ending_in', { lastFour: secret.lastFour })}</span>
        </p>
        <p className="text-muted">
          {t.rich('applications.secrets.added', { date: () => secret.created })} · {secret.lastUsed}
          {secret.expires ? <> · {secret.expires}</> : null}
        </p>
      </div>
      {secret.removeProblem ? (
        <p className="text-sm text-muted">{secret.removeProblem}</p>
      ) : (
        <DeleteSecret secret={secret} submit={submit} />
      )}
    </li>
  );
}

function DeleteSecret({ secret, submit }: SecretLineProps) {
  const { t } = useI18n();
  return (
    <ConfirmDialog
      id={`delete-secret-${secret.id}`}
      trigger={t('applications.secrets.delete')}
      triggerLabel={t('applications.secrets.delete_named', { lastFour: secret.lastFour })}
      title={t('applications.secrets.delete_question')}
      action={submit}
      fields={{ secretId: secret.id }}
      confirm={t('applications.secrets.delete_submit')}
    >
      <p>
        {t.rich('applications.secrets.delete_effect', { ...RICH, lastFour: secret.lastFour })} {secret.lastUsed}.
      </p>
      {secret.only ? <p>{t('applications.secrets.delete_only')}</p> : null}
    </ConfirmDialog>
  );
}
