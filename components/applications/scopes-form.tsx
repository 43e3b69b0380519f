'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Badge } from '@/components/ui/badge';
import { Form } from '@/components/ui/form';
import { FormErrorSummary } from '@/components/ui/form-error-summary';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ScopeLine } from '@/lib/apps/scopes';
import { FormMessage } from './form-message';
import type { FormAction, ScopesState } from './form-state';
import { ScopeFields } from './scope-fields';

/** A scope of the catalogue, in the reader's words. */
export type OfferedScope = { name: string; label: string };

type ScopesFormProps = {
  action: FormAction<ScopesState>;
  offered: readonly OfferedScope[];
  saved: ScopeLine[];
  /** Names of those whose addition or change waits for a reviewer. */
  pending: string[];
};

/** What an application may ask for, a line a scope. What belongs to a scope is folded away until it is chosen, without scripts. */
export function ScopesForm({ action, offered, saved, pending }: ScopesFormProps) {
  const [state, submit] = useActionState<ScopesState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused';
  const lines = new Map((refused ? state.lines : saved).map((line) => [line.name, line]));
  const errors = refused ? state.errors : {};
  const wrong = [
    ...(errors[''] ? [{ fieldId: `access.${offered[0]?.name}`, message: errors[''] }] : []),
    ...offered.flatMap(({ name, label }) =>
      errors[name] ? [{ fieldId: `purpose.${name}`, message: `${label}: ${errors[name]}` }] : [],
    ),
  ];
  return (
    <Form action={submit} answer={state} noValidate>
      {state.status === 'saved' ? <FormMessage state={state} /> : null}
      <FormErrorSummary title={t('applications.form.not_saved')} errors={wrong} />
      <ul className="-mx-4 divide-y divide-line md:-mx-5">
        {offered.map(({ name, label }) => {
          const line = lines.get(name);
          if (!line) return null;
          return (
            <li key={name} className="px-4 py-3 first:pt-0 md:px-5">
              <ScopeFields
                line={line}
                label={label}
                note={pending.includes(name) ? <Badge tone="accent">{t('applications.pending')}</Badge> : null}
                error={errors[name]}
              />
            </li>
          );
        })}
      </ul>
      <div className="flex justify-end border-t border-line pt-4">
        <SubmitButton variant="primary" pendingLabel={t('common.saving')}>
          {t('applications.scopes.submit')}
        </SubmitButton>
      </div>
    </Form>
  );
}
