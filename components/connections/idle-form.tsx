'use client';

import { type ReactNode, useActionState, useEffect, useRef } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Alert } from '@/components/ui/alert';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';

/** How many ended; null: nothing was asked for yet. */
export type IdleState = { ended: number | null };

type IdleFormProps = {
  action: (previous: IdleState, form: FormData) => Promise<IdleState>;
  days: number;
  count: number;
  children: ReactNode;
};

/** The list of what would end, and the button that ends it. */
export function IdleForm({ action, days, count, children }: IdleFormProps) {
  const [{ ended }, submit] = useActionState(action, { ended: null });
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button is gone with the list.
    if (ended !== null) box.current?.focus();
  }, [ended]);
  return (
    <>
      <div ref={box} tabIndex={-1} className="mb-4 outline-none empty:hidden">
        {ended === null ? null : (
          <Alert tone="ok" role="status">
            {t('connections.idle.ended', { count: ended })}
          </Alert>
        )}
      </div>
      {children}
      {count > 0 ? (
        <Form action={submit} className="mt-4 space-y-3">
          <input type="hidden" name="days" value={days} />
          <p className="text-sm text-muted">{t('connections.idle.effect')}</p>
          <SubmitButton variant="danger" pendingLabel={t('connections.idle.pending')}>
            {t('connections.idle.submit', { count })}
          </SubmitButton>
        </Form>
      ) : null}
    </>
  );
}
