import type { Metadata, Route } from 'next';
import { OutboxList } from '@/components/outbox/outbox-list';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { renderMail } from '@/lib/mail/render';
import { runtime } from '@/lib/runtime/runtime';
import { listOutbox, type OutboxMail } from '@/lib/store/outbox';
import { getI18n } from '@/lib/web/i18n';
import { requireOutboxReader } from '@/lib/web/outbox';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('outbox.title') };
}

type Props = { searchParams: Promise<{ before?: string | string[] }> };

/** The mails that would have been sent. */
export default async function OutboxPage({ searchParams }: Props) {
  const reader = await requireOutboxReader('/outbox');
  const before = readCursor((await searchParams).before);
  const [{ mails, older }, i18n] = await Promise.all([listOutbox(reader, before), getI18n()]);
  const { t } = i18n;
  return (
    <>
      <PageHeader title={t('outbox.title')} lead={t('outbox.lead')} />
      {mails.length === 0 ? (
        <EmptyState title={t('outbox.empty.title')}>
          <p>{t('outbox.empty.text')}</p>
        </EmptyState>
      ) : (
        <OutboxList
          i18n={i18n}
          now={new Date()}
          mails={mails.map((mail) => ({
            id: mail.id,
            to: mail.reader.address,
            at: mail.at,
            subject: subjectOf(mail),
          }))}
        />
      )}
      <Pagination
        i18n={i18n}
        newer={before === null ? null : '/outbox'}
        older={older === null ? null : (`/outbox?before=${older}` as Route)}
      />
    </>
  );
}

const subjectOf = ({ notice, reader }: OutboxMail): string | null =>
  notice && renderMail(notice.kind, notice.data, reader, runtime().settings).subject;

/** Where a page begins; what can't be read is the first one. */
const readCursor = (text: string | string[] | undefined): string | null =>
  typeof text === 'string' && /^[1-9][0-9]{0,17}$/.test(text) ? text : null;
