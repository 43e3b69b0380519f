'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { RICH } from '@/components/i18n/rich';
import { buttonClass } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { DELETE_FIELD_ID } from './delete-field';
import type { DeleteState, FormAction } from './form-state';

type DeleteAppFormProps = { action: FormAction<DeleteState>; name: string /** What it ends. */; effect: string };

/** Deletes an application once its name has been typed. */
export function DeleteAppForm({ action, name, effect }: DeleteAppFormProps) {
  const [state, submit] = useActionState<DeleteState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const refused = state.status === 'refused';
  return (
    <div className="text-sm">
      <p className="text-muted">{effect}</p>
      {/* A link to the field opens this before React looks at it. */}
      <details open={refused || undefined} suppressHydrationWarning className="group mt-4 text-right">
        <summary className={buttonClass('danger-outline', 'md', 'list-none group-open:hidden')}>
          {t('applications.delete.open')}
        </summary>
        <Form action={submit} answer={state} noValidate className="space-y-4 text-left">
          <TextField
            id={DELETE_FIELD_ID}
            name="typedName"
            label={t.rich('applications.delete.type_name', { ...RICH, name })}
            autoComplete="off"
            spellCheck={false}
            defaultValue={refused ? state.typed : ''}
            error={refused ? state.error : undefined}
          />
          <div className="flex justify-end">
            <SubmitButton variant="danger" pendingLabel={t('common.deleting')}>
              {t('applications.delete.submit')}
            </SubmitButton>
          </div>
        </Form>
      </details>
    </div>
  );
}
