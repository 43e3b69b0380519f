import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { AppStateBadges } from '@/components/applications/app-state';
import { AppIcon } from '@/components/ui/app-icon';
import { buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { SearchField } from '@/components/ui/search-field';
import { Day } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';
import { type AnyApp, type AppState, searchApps } from '@/lib/store/review-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { paramOf, type Query } from '../../cursor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('review.tabs.apps') };
}

const STATES: readonly AppState[] = ['all', 'verified', 'development', 'suspended'];

export default async function AllAppsPage({ searchParams }: { searchParams: Promise<Query> }) {
  await requireReviewer('/review/apps');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const search = paramOf(query.q);
  const state = STATES.find((known) => known === query.state) ?? 'all';
  const olderThan = /^[1-9]\d{0,8}$/.test(paramOf(query.older)) ? Number(query.older) : null;
  const { apps, older } = await searchApps({ search, state, olderThan });
  const address = (change: Record<string, string>) =>
    `/review/apps?${new URLSearchParams({ ...(search ? { q: search } : {}), state, ...change })}` as Route;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-4">
        <div className="min-w-0 flex-1 basis-72">
          <SearchField i18n={i18n} label={t('review.apps.search')} value={search} keep={{ state }} />
        </div>
        <nav aria-label={t('review.apps.filter.label')} className="flex flex-wrap gap-1">
          {STATES.map((known) => (
            <Link
              key={known}
              href={address({ state: known })}
              prefetch={false}
              aria-current={known === state ? 'true' : undefined}
              className={buttonClass(known === state ? 'secondary' : 'quiet', 'sm')}
            >
              {t(`review.apps.filter.${known}`)}
            </Link>
          ))}
        </nav>
      </div>
      {apps.length === 0 ? (
        <EmptyState title={t('review.apps.none')}>
          <p>{t('review.apps.none_text')}</p>
        </EmptyState>
      ) : (
        <AppsTable i18n={i18n} apps={apps} />
      )}
      <Pagination
        i18n={i18n}
        newer={olderThan === null ? null : address({})}
        older={older === null ? null : address({ older: String(older) })}
      />
    </>
  );
}

function AppsTable({ i18n, apps }: { i18n: I18n; apps: readonly AnyApp[] }) {
  const { t } = i18n;
  const columns = [
    t('review.open.app'),
    t('review.apps.organisation'),
    t('review.apps.state'),
    t('review.apps.created'),
  ];
  return (
    <DataTable caption={t('review.tabs.apps')} columns={columns}>
      <RowGroup>
        {apps.map(({ id, name, icon, organisation, verified, suspended, createdAt }) => (
          <Row key={id}>
            <Cell head>
              <div className="flex items-center gap-3">
                <AppIcon name={name} src={icon && `/icons/${icon}.png`} />
                <Link
                  href={`/review/apps/${id}`}
                  prefetch={false}
                  className="min-w-0 font-medium break-words text-accent-text underline-offset-4 hover:underline"
                >
                  <bdi>{name}</bdi>
                </Link>
              </div>
            </Cell>
            <Cell label={t('review.apps.organisation')}>
              <bdi>{organisation}</bdi>
            </Cell>
            <Cell label={t('review.apps.state')}>
              <AppStateBadges
                i18n={i18n}
                app={{ state: verified ? 'VERIFIED' : 'DEVELOPMENT', inReview: false, suspended }}
              />
            </Cell>
            <Cell label={t('review.apps.created')}>
              <Day date={createdAt} i18n={i18n} />
            </Cell>
          </Row>
        ))}
      </RowGroup>
    </DataTable>
  );
}
