import { RICH } from '@/components/i18n/rich';
import { SubmitButton } from '@/components/ui/submit-button';
import { Ago } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type PendingTransferProps = {
  i18n: I18n;
  now: Date;
  offer: {
    to: { displayName: string; username: string | null };
    withinOrganisation: boolean;
    suspended: boolean;
    expiresAt: Date;
  };
  takeBack: () => Promise<void>;
};

/** An offer that waits for the other side. */
export function PendingTransfer({ i18n, now, offer, takeBack }: PendingTransferProps) {
  const { to, withinOrganisation, suspended, expiresAt } = offer;
  const { t } = i18n;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 text-sm">
      <p className="min-w-0 flex-1 basis-64">
        {t.rich('applications.transfer.waiting', { ...RICH, name: to.username ?? to.displayName })}{' '}
        <span className="text-muted">
          {t.rich('applications.offers.expires', { date: () => <Ago date={expiresAt} now={now} i18n={i18n} /> })}
        </span>
        {suspended && !withinOrganisation ? ` ${t('applications.transfer.suspended_waiting')}` : null}
      </p>
      <form action={takeBack}>
        <SubmitButton pendingLabel={t('applications.offers.pending')}>
          {t('applications.transfer.take_back')}
        </SubmitButton>
      </form>
    </div>
  );
}
