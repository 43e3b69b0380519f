import type { Metadata, Route } from 'next';
import { EventList } from '@/components/applications/event-list';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { listAppEvents } from '@/lib/store/app-events';
import { getI18n } from '@/lib/web/i18n';
import type { Query } from '../../../query';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { eventIdOf } from '../../places';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'activity');

export default async function ActivityPage({ params, searchParams }: AppParams & { searchParams: Promise<Query> }) {
  const { app, user } = await appOfRequest((await params).id, '/activity');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const { events, older, newer } = await listAppEvents(user.tenant.id, app.id, {
    olderThan: eventIdOf(query.older),
    newerThan: eventIdOf(query.newer),
  });
  const address = (towards: 'older' | 'newer', id: string | null) =>
    id === null ? null : (`/applications/${app.id}/activity?${towards}=${id}` as Route);
  return (
    <section aria-labelledby="activity">
      <h2 id="activity" className="text-lg font-semibold">
        {t('applications.sections.activity')}
      </h2>
      <p className="mt-0.5 mb-3 max-w-form text-sm text-muted">{t('application_log.lead')}</p>
      {events.length > 0 ? (
        <EventList i18n={i18n} now={new Date()} events={events} />
      ) : (
        <EmptyState title={t('application_log.none')}>
          <p>{t('application_log.none_text')}</p>
        </EmptyState>
      )}
      <Pagination i18n={i18n} newer={address('newer', newer)} older={address('older', older)} />
    </section>
  );
}
