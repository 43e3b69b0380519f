import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { RequestStatusBadge } from '@/components/review/request-status';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { Day } from '@/components/ui/time';
import { listDecided } from '@/lib/store/review-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { cursorOf, cursorText, type Query } from '../../cursor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('review.tabs.decided') };
}

export default async function DecidedPage({ searchParams }: { searchParams: Promise<Query> }) {
  await requireReviewer('/review/decided');
  const [i18n, { before }] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const cursor = cursorOf(before);
  const { entries, next } = await listDecided(cursor);
  if (entries.length === 0) {
    return (
      <EmptyState title={t('review.decided.none')}>
        <p>{t('review.decided.none_text')}</p>
      </EmptyState>
    );
  }
  const columns = [t('review.open.app'), t('review.decided.status'), t('review.decided.when'), t('review.decided.by')];
  return (
    <>
      <p className="mb-4 text-sm text-muted">{t('review.decided.lead')}</p>
      <DataTable caption={t('review.tabs.decided')} columns={columns}>
        <RowGroup>
          {entries.map(({ id, appName, organisation, status, decidedAt, reviewer }) => (
            <Row key={id}>
              <Cell head>
                <Link
                  href={`/review/requests/${id}`}
                  prefetch={false}
                  className="font-medium break-words text-accent-text underline-offset-4 hover:underline"
                >
                  <bdi>{appName}</bdi>
                </Link>
                <p className="text-muted">{t.rich('review.open.by', { bdi: PLAIN_BDI, publisher: organisation })}</p>
              </Cell>
              <Cell label={t('review.decided.status')}>
                <RequestStatusBadge i18n={i18n} status={status} />
              </Cell>
              <Cell label={t('review.decided.when')}>
                <Day date={decidedAt} i18n={i18n} />
              </Cell>
              <Cell label={t('review.decided.by')}>
                <bdi>{reviewer ?? ''}</bdi>
              </Cell>
            </Row>
          ))}
        </RowGroup>
      </DataTable>
      <Pagination
        i18n={i18n}
        newer={cursor ? '/review/decided' : null}
        older={next ? (`/review/decided?before=${cursorText(next)}` as Route) : null}
      />
    </>
  );
}
