'use client';

import { createContext, type ReactNode, useActionState, useContext, useEffect, useRef } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { RevokeAction, RevokeState, RevokeTarget } from './revoke-state';

const Submit = createContext<((form: FormData) => void) | null>(null);

/**
 * Holds the answer of the last revoke above the list, because the row that asked is gone by then, and hands the
 * rows below their form action.
 */
export function RevokeBoundary({ action, children }: { action: RevokeAction; children: ReactNode }) {
  const [state, submit] = useActionState<RevokeState, FormData>(action, { status: 'idle' });
  return (
    <Submit value={submit}>
      <RevokeAnswer state={state} />
      {children}
    </Submit>
  );
}

function RevokeAnswer({ state }: { state: RevokeState }) {
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The pressed button is gone with its row: without this the keyboard would start again at the top of the page.
    if (state.status !== 'idle') box.current?.focus();
  }, [state]);
  return (
    <div ref={box} tabIndex={-1} className="mb-4 outline-none empty:hidden">
      {state.status === 'revoked' ? (
        <Alert tone="ok" role="status">
          {t.rich('connections.revoked', { ...RICH, name: state.appName })}{' '}
          {state.endsAt ? t('connections.revoked_until', { time: state.endsAt }) : t('connections.revoked_over')}
        </Alert>
      ) : null}
      {state.status === 'gone' ? (
        <Alert tone="info" role="status">
          {t('connections.gone')}
        </Alert>
      ) : null}
    </div>
  );
}

type RevokeButtonProps = {
  target: RevokeTarget;
  /** The words on the button that opens the question. */
  label: string;
  /** The same with the app's name, for those who do not see the row around it. */
  accessibleLabel: string;
  title: ReactNode;
  children: ReactNode;
};

/** A revoke with its question; `children` say what ends. */
export function RevokeButton({ target, label, accessibleLabel, title, children }: RevokeButtonProps) {
  const submit = useContext(Submit);
  const { t } = useI18n();
  if (!submit) throw new Error('RevokeButton stands outside RevokeBoundary');
  return (
    <ConfirmDialog
      id={`revoke-${target.kind}-${target.id}`}
      trigger={label}
      triggerLabel={accessibleLabel}
      title={title}
      action={submit}
      fields={{ kind: target.kind, id: target.id }}
      confirm={t('connections.revoke.submit')}
    >
      {children}
    </ConfirmDialog>
  );
}
