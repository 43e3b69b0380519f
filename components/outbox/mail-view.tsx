import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader, Panel } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { Moment } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type MailViewProps = {
  i18n: I18n;
  to: string;
  at: Date;
  /** Null: it cannot be opened. */
  mail: { subject: string; text: string; language: string } | null;
  /** Where its HTML is. */
  htmlHref: string;
};

/** A mail: to whom, and what it says in both forms. The HTML stands in a frame that runs nothing. */
export function MailView({ i18n, to, at, mail, htmlHref }: MailViewProps) {
  const { t } = i18n;
  return (
    <>
      <PageHeader title={<bdi>{mail?.subject ?? t('outbox.sealed')}</bdi>}>
        <ButtonLink href="/outbox">{t('outbox.back')}</ButtonLink>
      </PageHeader>
      <Panel id="envelope" title={t('outbox.envelope')}>
        <DescriptionList
          items={[
            { term: t('outbox.to'), details: <span className="wrap-anywhere">{to}</span> },
            { term: t('outbox.time'), details: <Moment date={at} i18n={i18n} /> },
          ]}
        />
      </Panel>
      {mail ? (
        <>
          <Panel id="html" title={t('outbox.html')}>
            <iframe
              src={htmlHref}
              title={t('outbox.html')}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              className="block h-144 w-full rounded-md border border-line"
            />
          </Panel>
          <Panel id="text" title={t('outbox.text')}>
            <pre lang={mail.language} className="font-mono text-sm whitespace-pre-wrap wrap-anywhere">
              {mail.text}
            </pre>
          </Panel>
        </>
      ) : (
        <Alert tone="warn">{t('outbox.sealed_text')}</Alert>
      )}
    </>
  );
}
