import { Readable } from 'node:stream';
import { type AppEvent, exportAppEvents } from '@/lib/store/app-events';
import { csvResponse } from '@/lib/web/csv';
import { eventFilterOf, eventQueryOf, unreadable } from '../../activity-query';
import { appOfRequest } from '../../app-of-request';

const COLUMNS = ['id', 'time', 'kind', 'outcome', 'endpoints', 'request_id', 'connection', 'user', 'events', 'details'];

async function* recordsOf(events: AsyncIterable<AppEvent>): AsyncGenerator<string[]> {
  for await (const event of events) yield recordOf(event);
}

const recordOf = (event: AppEvent): string[] => [
  event.id,
  event.at.toISOString(),
  event.kind,
  event.outcome,
  event.dialect ?? '',
  event.requestId,
  event.connectionId ?? '',
  event.username ?? '',
  String(event.repeats),
  event.details ? JSON.stringify(event.details) : '',
];

/**
 * Every event of an application that fits the filter, as CSV, times in UTC (ISO 8601). Read page by page.
 */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { app, user } = await appOfRequest((await params).id, '/activity');
  const asked = eventQueryOf(Object.fromEntries(new URL(request.url).searchParams));
  const wrong = unreadable(asked);
  // Nothing fits what cannot be looked for.
  const events =
    wrong.request || wrong.connection
      ? Readable.from([])
      : exportAppEvents(user.tenant.id, app.id, eventFilterOf(asked, new Date()));
  return csvResponse(`activity-${app.id}`, COLUMNS, recordsOf(events));
}
