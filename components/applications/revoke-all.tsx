'use client';

import { useActionState } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FormMessage } from './form-message';
import type { FormAction, RevokeAllState } from './form-state';

type RevokeAllProps = {
  action: FormAction<RevokeAllState>;
  connections: number;
  /** The same in words. */
  text: string;
  /** How often users are asked again who have allowed it. */
  asked: 'always' | 'sometimes' | 'rarely';
};

/** Ends every token of an application, once asked. */
export function RevokeAll({ action, connections, text, asked }: RevokeAllProps) {
  const [state, submit] = useActionState<RevokeAllState, FormData>(action, { status: 'idle' });
  const { t } = useI18n();
  const effect = t('applications.revoke_all.effect', { count: connections, text, asked });
  return (
    <div className="text-sm">
      {state.status === 'done' ? <FormMessage state={{ ...state, status: 'saved' }} /> : null}
      <p className="text-muted">{effect}</p>
      <div className="mt-4 flex justify-end">
        <ConfirmDialog
          id="revoke-all"
          size="md"
          trigger={t('applications.revoke_all.open')}
          title={t('applications.revoke_all.question')}
          action={submit}
          confirm={t('applications.revoke_all.submit')}
          pendingLabel={t('applications.offers.pending')}
        >
          <p>{effect}</p>
        </ConfirmDialog>
      </div>
    </div>
  );
}
