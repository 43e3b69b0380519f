import type { Metadata, Route } from 'next';
import { AppConnectionList } from '@/components/applications/app-connection-list';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { SearchField } from '@/components/ui/search-field';
import { countText } from '@/lib/apps/counts';
import { type ConnectionPlace, listAppConnections } from '@/lib/store/app-connections';
import { getI18n } from '@/lib/web/i18n';
import { type Query, textOf } from '../../../query';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { connectionPlaceOf, writePlace } from '../../places';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'connections');

export default async function AppConnectionsPage({
  params,
  searchParams,
}: AppParams & { searchParams: Promise<Query> }) {
  const { app, user } = await appOfRequest((await params).id, '/connections');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const username = textOf(query.q);
  const { connections, older, newer } = await listAppConnections(user.tenant.id, app.id, {
    username,
    olderThan: connectionPlaceOf(query.older),
    newerThan: connectionPlaceOf(query.newer),
  });
  const base = `/applications/${app.id}/connections` as const;
  const address = (towards: 'older' | 'newer', place: ConnectionPlace | null) =>
    place &&
    (`${base}?${new URLSearchParams({ ...(username ? { q: username } : {}), [towards]: writePlace(place) })}` as Route);
  return (
    <section aria-labelledby="connections">
      <h2 id="connections" className="text-lg font-semibold">
        {t('applications.sections.connections')}
      </h2>
      <p className="mt-0.5 mb-3 max-w-form text-sm text-muted">
        {t('applications.connections.lead', {
          count: app.connections,
          text: countText(app.connections, i18n.formatLocale),
        })}
      </p>
      {connections.length > 0 || username !== '' ? (
        <div className="mb-4">
          <SearchField i18n={i18n} action={base} label={t('applications.connections.search')} value={username} />
        </div>
      ) : null}
      {connections.length > 0 ? (
        <AppConnectionList i18n={i18n} now={new Date()} connections={connections} />
      ) : username === '' ? (
        <EmptyState title={t('applications.connections.none')}>
          <p>{t('applications.connections.none_text')}</p>
        </EmptyState>
      ) : (
        <EmptyState
          title={t('applications.connections.nothing_found', { username })}
          action={<ButtonLink href={base}>{t('applications.connections.show_all')}</ButtonLink>}
        />
      )}
      <Pagination i18n={i18n} newer={address('newer', newer)} older={address('older', older)} />
    </section>
  );
}
