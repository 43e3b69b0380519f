import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Ago } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type OutboxListProps = {
  i18n: I18n;
  now: Date;
  mails: readonly { id: string; to: string; at: Date /** Null: it cannot be opened. */; subject: string | null }[];
};

/** Mails, newest first. */
export function OutboxList({ i18n, now, mails }: OutboxListProps) {
  const { t } = i18n;
  return (
    <DataTable caption={t('outbox.title')} columns={[t('outbox.subject'), t('outbox.to'), t('outbox.time')]}>
      <RowGroup>
        {mails.map(({ id, to, at, subject }) => (
          <Row key={id}>
            <Cell head>
              {/* No router's link: the page of a mail has a policy of its own, which lets it show a frame. */}
              <a href={`/outbox/${id}`} className="font-medium text-ink underline underline-offset-4 wrap-anywhere">
                <bdi>{subject ?? t('outbox.sealed')}</bdi>
              </a>
            </Cell>
            <Cell label={t('outbox.to')} className="wrap-anywhere">
              {to}
            </Cell>
            <Cell label={t('outbox.time')}>
              <Ago date={at} now={now} i18n={i18n} />
            </Cell>
          </Row>
        ))}
      </RowGroup>
    </DataTable>
  );
}
