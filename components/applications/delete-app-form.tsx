'use client';

import { useActionState } from 'react';
import { buttonClass } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { DELETE_FIELD_ID } from './delete-field';
import type { DeleteState, FormAction } from './form-state';

type DeleteAppFormProps = { action: FormAction<DeleteState>; name: string; connections: number; users: number };

/** Deletes an application once its name has been typed. */
export function DeleteAppForm({ action, name, connections, users }: DeleteAppFormProps) {
  const [state, submit] = useActionState<DeleteState, FormData>(action, { status: 'idle' });
  const refused = state.status === 'refused';
  return (
    <div className="text-sm">
      <p className="font-medium">Delete this application</p>
      <p className="mt-1 text-muted">
        {endsText(connections, users)} Its client id and its secrets stop working at once. This cannot be undone.
      </p>
      {/* A link to the field opens this before React looks at it. */}
      <details open={refused || undefined} suppressHydrationWarning className="group mt-4">
        <summary className={buttonClass('danger-outline', 'md', 'list-none group-open:hidden')}>
          Delete application…
        </summary>
        <form action={submit} noValidate className="max-w-form space-y-4">
          <TextField
            id={DELETE_FIELD_ID}
            name="typedName"
            label={
              <>
                To confirm, type <bdi className="font-semibold">{name}</bdi>
              </>
            }
            autoComplete="off"
            spellCheck={false}
            defaultValue={refused ? state.typed : ''}
            error={refused ? state.error : undefined}
          />
          <SubmitButton variant="danger" pendingLabel="Deleting…">
            Delete this application
          </SubmitButton>
        </form>
      </details>
    </div>
  );
}

function endsText(connections: number, users: number): string {
  if (connections === 0) return 'No connection lives now.';
  const what = connections === 1 ? '1 connection' : `${connections} connections`;
  const whose = users === 1 ? '1 user' : `${users} users`;
  return `This ends ${what} of ${whose}.`;
}
