import { PLAIN_BDI } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import type { I18n } from '@/lib/i18n/i18n';
import { AccessList } from './access-list';
import { AppHeading } from './app-heading';
import { AccountLine, Decision } from './decision';
import type { ConsentQuestion } from './question';

type ConsentCardProps = { i18n: I18n; question: ConsentQuestion; brandName: string; now: Date };

/** The grant screen: who asks, who is asked, for what, for how long, and where the answer goes. Plain forms only. */
export function ConsentCard({ i18n, question, brandName, now }: ConsentCardProps) {
  const { app, askedAgain } = question;
  return (
    <>
      <Heading i18n={i18n} app={app} brandName={brandName} />
      <div className="mt-5 space-y-4 text-sm">
        {askedAgain ? (
          <Alert tone={askedAgain === 'nothing_ticked' ? 'warn' : 'info'} role="alert">
            {i18n.t(`consent.again.${askedAgain}`)}
          </Alert>
        ) : null}
        {app.verified ? null : <UnverifiedWarning i18n={i18n} brandName={brandName} />}
        <AccessList i18n={i18n} question={question} />
        <EvictionNotice i18n={i18n} evicts={question.evicts} now={now} />
        <AccountLine i18n={i18n} account={question.account} transactionId={question.transactionId} />
        <Decision i18n={i18n} question={question} />
      </div>
    </>
  );
}

function Heading({ i18n, app, brandName }: { i18n: I18n; app: ConsentQuestion['app']; brandName: string }) {
  const title = i18n.t.rich('consent.heading', { bdi: PLAIN_BDI, name: app.name, brand: brandName });
  return (
    <AppHeading i18n={i18n} app={app} brandName={brandName} title={title}>
      {app.description ? (
        <p className="mt-2 line-clamp-3 text-sm text-muted">
          <bdi>{app.description}</bdi>
        </p>
      ) : null}
    </AppHeading>
  );
}

function UnverifiedWarning({ i18n: { t }, brandName }: { i18n: I18n; brandName: string }) {
  return (
    <Alert tone="warn" title={t('consent.unverified_title', { brand: brandName })}>
      {t('consent.unverified_text', { brand: brandName })}
    </Alert>
  );
}

type EvictionNoticeProps = { i18n: I18n; evicts: ConsentQuestion['evicts']; now: Date };

function EvictionNotice({ i18n: { t, ago }, evicts, now }: EvictionNoticeProps) {
  if (!evicts) return null;
  return (
    <Alert tone="warn" title={t('consent.evicts_title')}>
      {t('consent.evicts_text', {
        device: evicts.device ?? t('common.unknown_device'),
        ago: ago(evicts.connectedAt, now),
      })}
    </Alert>
  );
}
