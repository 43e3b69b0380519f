import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { RiskBadges } from '@/components/review/risk-signs';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { DAY_MS } from '@/lib/apps/time-zones';
import type { I18n } from '@/lib/i18n/i18n';
import { listQueue, type QueueEntry } from '@/lib/store/review-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { cursorOf, cursorText, type Query } from '../../cursor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('review.title') };
}

export default async function OpenRequestsPage({ searchParams }: { searchParams: Promise<Query> }) {
  await requireReviewer('/review/open');
  const [i18n, { after }] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const now = new Date();
  const cursor = cursorOf(after);
  const { entries, next } = await listQueue(cursor, now);
  if (entries.length === 0) {
    return (
      <EmptyState title={t('review.open.none')}>
        <p>{t('review.open.none_text')}</p>
      </EmptyState>
    );
  }
  return (
    <>
      <p className="mb-4 text-sm text-muted">{t('review.open.lead')}</p>
      <DataTable
        caption={t('review.tabs.open')}
        columns={[t('review.open.app'), t('review.open.kind'), t('review.open.age'), t('review.open.signs')]}
      >
        <RowGroup>
          {entries.map((entry) => (
            <QueueRow key={entry.id} i18n={i18n} entry={entry} now={now} />
          ))}
        </RowGroup>
      </DataTable>
      <Pagination
        i18n={i18n}
        newer={cursor ? '/review/open' : null}
        older={next ? (`/review/open?after=${cursorText(next)}` as Route) : null}
      />
    </>
  );
}

function QueueRow({ i18n, entry, now }: { i18n: I18n; entry: QueueEntry; now: Date }) {
  const { t } = i18n;
  const days = Math.max(0, Math.floor((now.getTime() - entry.since.getTime()) / DAY_MS));
  return (
    <Row>
      <Cell head>
        <div className="flex items-start gap-3">
          <AppIcon name={entry.appName} src={entry.icon && `/icons/${entry.icon}.png`} />
          <div className="min-w-0">
            <Link
              href={`/review/requests/${entry.id}${entry.suspension ? '#thread' : ''}`}
              prefetch={false}
              className="font-medium break-words text-accent-text underline-offset-4 hover:underline"
            >
              <bdi>{entry.appName}</bdi>
            </Link>
            <p className="text-muted">{t.rich('review.open.by', { bdi: PLAIN_BDI, publisher: entry.organisation })}</p>
          </div>
        </div>
      </Cell>
      <Cell label={t('review.open.kind')}>
        <span className="flex flex-wrap gap-1">
          {t(entry.suspension ? 'review.open.suspension' : entry.changes ? 'review.open.changes' : 'review.open.first')}
          {entry.answered && !entry.suspension ? <Badge tone="accent">{t('review.open.answered')}</Badge> : null}
        </span>
      </Cell>
      <Cell label={t('review.open.age')}>
        <time dateTime={entry.since.toISOString()} title={i18n.moment(entry.since)}>
          {t('review.open.days', { days })}
        </time>
      </Cell>
      <Cell label={t('review.open.signs')}>
        <RiskBadges i18n={i18n} signs={entry.signs} />
      </Cell>
    </Row>
  );
}
