import type { Route } from 'next';
import Link from 'next/link';
import { RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { SubmitButton } from '@/components/ui/submit-button';
import type { I18n } from '@/lib/i18n/i18n';

type WarnedApp = {
  id: number;
  suspended: boolean;
  suspendedReason: string | null;
  owner: { username: string; able: boolean };
};

type AppWarningsProps = { i18n: I18n; app: WarnedApp; takeOver: () => Promise<void> };

/** What is wrong with an application as a whole, above every section. */
export function AppWarnings({ i18n: { t }, app, takeOver }: AppWarningsProps) {
  return (
    <>
      {app.suspended ? (
        <Alert tone="danger" title={t('applications.suspended.title')} className="mb-4">
          <p>{t('applications.suspended.text')}</p>
          {app.suspendedReason ? (
            <p className="mt-1">{t.rich('applications.suspended.reason', { ...RICH, reason: app.suspendedReason })}</p>
          ) : null}
          <p className="mt-1">
            <Link
              href={`/applications/${app.id}/verification#thread` as Route}
              prefetch={false}
              className="inline-flex min-h-6 items-center underline underline-offset-4"
            >
              {t('applications.suspended.next')}
            </Link>
          </p>
        </Alert>
      ) : null}
      {app.owner.able ? null : (
        <Alert tone="warn" title={t('applications.owner.gone_title')} className="mb-4">
          <p>{t.rich('applications.owner.gone_text', { ...RICH, name: app.owner.username })}</p>
          <form action={takeOver} className="mt-2">
            <SubmitButton size="sm" pendingLabel={t('applications.offers.pending')}>
              {t('applications.owner.take_over')}
            </SubmitButton>
          </form>
        </Alert>
      )}
    </>
  );
}
