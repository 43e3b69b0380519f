import type { ReactNode } from 'react';
import { Alert } from '@/components/ui/alert';
import { VerifiedIcon } from '@/components/ui/icons';
import { Day } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type StateProps = {
  i18n: I18n;
  now: Date;
  view: {
    app: { verified: boolean };
    open: { submittedAt: Date | null } | null;
    past: readonly { status: string; reason: string | null }[];
  };
  /** What can be done next. */
  children: ReactNode;
};

/** Where an app stands on the way to its badge, and what a reviewer said last. */
export function VerificationState({ i18n, view: { app, open, past }, children }: StateProps) {
  const { t } = i18n;
  const [last] = past;
  return (
    <div className="space-y-3 text-sm">
      {app.verified ? (
        <>
          <p className="flex items-center gap-2 font-medium text-ok-text">
            <VerifiedIcon className="size-4" />
            {t('verification.state.verified')}
          </p>
          <p className="text-muted">{t('verification.state.bound')}</p>
        </>
      ) : (
        <p>{t('verification.state.development')}</p>
      )}
      {open?.submittedAt ? (
        <Alert title={t('verification.state.waiting')}>
          <p>{t.rich('verification.state.waiting_since', { date: () => dayOf(i18n, open.submittedAt) })}</p>
        </Alert>
      ) : null}
      {open && !open.submittedAt ? <p>{t('verification.state.preparing')}</p> : null}
      {last?.status === 'REJECTED' && !open?.submittedAt ? (
        <Alert tone="warn" title={t('verification.state.rejected')}>
          <Quote>{last.reason ?? ''}</Quote>
        </Alert>
      ) : null}
      {children}
    </div>
  );
}

const dayOf = (i18n: I18n, date: Date | null) => (date ? <Day date={date} i18n={i18n} /> : null);

/** What somebody wrote. */
export function Quote({ children }: { children: string }) {
  return (
    <p className="mt-1 break-words whitespace-pre-line">
      <bdi>{children}</bdi>
    </p>
  );
}
