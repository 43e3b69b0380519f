import type { Metadata, Route } from 'next';
import { EventFilter, type EventQuery } from '@/components/applications/event-filter';
import { EventList } from '@/components/applications/event-list';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import type { I18n } from '@/lib/i18n/i18n';
import { type EventPage, listAppEvents, listEventKinds } from '@/lib/store/app-events';
import { getI18n } from '@/lib/web/i18n';
import type { Query } from '../../../query';
import { eventFilterOf, eventQueryOf, eventQueryText, unreadable } from '../../activity-query';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { eventIdOf } from '../../places';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'activity');

const NOTHING: EventPage = { events: [], older: null, newer: null };

export default async function ActivityPage({ params, searchParams }: AppParams & { searchParams: Promise<Query> }) {
  const { app, user } = await appOfRequest((await params).id, '/activity');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const now = new Date();
  const asked = eventQueryOf(query);
  const wrong = unreadable(asked);
  const place = { olderThan: eventIdOf(query.older), newerThan: eventIdOf(query.newer) };
  const [{ events, older, newer }, kinds] = await Promise.all([
    wrong.request || wrong.connection
      ? NOTHING
      : listAppEvents(user.tenant.id, app.id, eventFilterOf(asked, now), place),
    listEventKinds(user.tenant.id, app.id),
  ]);
  const base = `/applications/${app.id}/activity`;
  const address = (changed: Partial<EventQuery>, extra: Record<string, string> = {}) =>
    `${base}${eventQueryText({ ...asked, ...changed }, extra)}` as Route;
  return (
    <>
      <p className="mb-4 max-w-form text-sm text-muted">{t('application_log.lead')}</p>
      {kinds.length > 0 ? (
        <EventFilter
          i18n={i18n}
          asked={asked}
          problems={{
            ...(wrong.request ? { request: t('events.filter.request_none') } : {}),
            ...(wrong.connection ? { connection: t('events.filter.connection_none') } : {}),
          }}
          outcomes={[...new Set(kinds.map(({ outcome }) => outcome))]}
          address={base as Route}
          exportAddress={`${base}/export${wrong.request || wrong.connection ? '' : eventQueryText(asked)}`}
        />
      ) : null}
      {events.length > 0 ? (
        <EventList
          i18n={i18n}
          now={now}
          events={events}
          connectionAddress={(connection) => address({ connection, request: '' })}
        />
      ) : kinds.length > 0 ? (
        <NothingFits i18n={i18n} asked={asked} all={base as Route} />
      ) : (
        <EmptyState title={t('application_log.none')}>
          <p>{t('application_log.none_text')}</p>
        </EmptyState>
      )}
      <Pagination
        i18n={i18n}
        newer={newer === null ? null : address({}, { newer })}
        older={older === null ? null : address({}, { older })}
      />
    </>
  );
}

function NothingFits({ i18n: { t }, asked, all }: { i18n: I18n; asked: EventQuery; all: Route }) {
  return (
    <EmptyState title={t('events.nothing')} action={<ButtonLink href={all}>{t('events.filter.reset')}</ButtonLink>}>
      <p>{asked.request === '' ? t('events.nothing_text') : t('events.nothing_request')}</p>
    </EmptyState>
  );
}
