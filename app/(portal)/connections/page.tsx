import type { Metadata } from 'next';
import { ConnectionList } from '@/components/connections/connection-list';
import { RevokeBoundary } from '@/components/connections/revoke';
import { SortLinks } from '@/components/connections/sort-links';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { SearchField } from '@/components/ui/search-field';
import { MESSAGES } from '@/lib/i18n/messages';
import { CONNECTION_SORTS, listConnectedApps } from '@/lib/store/connection-views';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { revoke } from './actions';
import { listed } from './listed';
import { listPath, readListQuery } from './query';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('connections.title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Fewer are seen at a glance. */
const WORTH_SEARCHING = 5;

export default async function ConnectionsPage({ searchParams }: Props) {
  const user = await requireUser('/connections');
  const query = readListQuery(await searchParams);
  const [{ apps, next }, i18n] = await Promise.all([listConnectedApps(user.id, query), getI18n()]);
  const { t } = i18n;
  const asked = query.search !== '' || query.after !== null || query.sort !== 'activity';
  const grants = apps.map((app) => listed(app, user.tenant.connectionAddresses));
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['connections']}>
      <PageHeader title={t('connections.title')} lead={t('connections.lead')}>
        {grants.length > 0 ? <ButtonLink href="/connections/idle">{t('connections.idle.open')}</ButtonLink> : null}
      </PageHeader>
      {asked || next || grants.length >= WORTH_SEARCHING ? (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <SearchField
            i18n={i18n}
            label={t('connections.search')}
            value={query.search}
            action="/connections"
            keep={query.sort === 'activity' ? {} : { sort: query.sort }}
          />
          <SortLinks
            i18n={i18n}
            sorts={CONNECTION_SORTS.map((sort) => ({
              sort,
              href: listPath({ ...query, sort, after: null }),
              current: sort === query.sort,
            }))}
          />
        </div>
      ) : null}
      <RevokeBoundary action={revoke}>
        {grants.length > 0 ? (
          <>
            <Alert className="mb-6">{t('connections.about_revoking')}</Alert>
            <ConnectionList grants={grants} now={new Date()} i18n={i18n} />
            <Pagination
              i18n={i18n}
              newer={query.after ? listPath({ ...query, after: null }) : null}
              older={next && listPath({ ...query, after: next })}
            />
          </>
        ) : asked ? (
          <EmptyState
            title={t('connections.none_found')}
            action={<ButtonLink href="/connections">{t('connections.show_all')}</ButtonLink>}
          />
        ) : (
          <EmptyState title={t('connections.empty.title')}>
            <p>{t('connections.empty.text')}</p>
          </EmptyState>
        )}
      </RevokeBoundary>
    </ClientMessages>
  );
}
