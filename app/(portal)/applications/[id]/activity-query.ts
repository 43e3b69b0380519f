import { z } from 'zod';
import type { EventQuery } from '@/components/applications/event-filter';
import { PERIODS, periodStart } from '@/lib/apps/activity-charts';
import { EVENT_KINDS } from '@/lib/apps/event-causes';
import { readRequestId } from '@/lib/oauth/request-id';
import type { EventFilter } from '@/lib/store/app-events';
import { oneOf, type Query, textOf } from '../query';

const uuid = z.uuid();

/** What the filter of an application's log was set to. */
export function eventQueryOf(query: Query): EventQuery {
  return {
    kind: oneOf(query.kind, EVENT_KINDS) ?? '',
    outcome: /^[a-z_]{1,64}$/.test(textOf(query.outcome)) ? textOf(query.outcome) : '',
    request: textOf(query.request),
    connection: textOf(query.connection),
    period: oneOf(query.period, PERIODS) ?? '',
  };
}

/** Fields whose text is nothing that could be looked for. */
export function unreadable({ request, connection }: EventQuery): { request: boolean; connection: boolean } {
  return {
    request: request !== '' && readRequestId(request) === null,
    connection: connection !== '' && !uuid.safeParse(connection).success,
  };
}

/** The same for the store. @param asked with nothing unreadable in it */
export function eventFilterOf(asked: EventQuery, now: Date): EventFilter {
  const period = oneOf(asked.period, PERIODS);
  return {
    kind: asked.kind || null,
    outcome: asked.outcome || null,
    connectionId: asked.connection || null,
    request: readRequestId(asked.request),
    since: period && periodStart(period, now),
  };
}

/** The filter as the query of an address, without what is empty. */
export function eventQueryText(asked: EventQuery, extra: Record<string, string> = {}): string {
  const text = new URLSearchParams(
    Object.entries({ ...asked, ...extra }).filter(([, value]) => value !== ''),
  ).toString();
  return text === '' ? '' : `?${text}`;
}
