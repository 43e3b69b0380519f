import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { type AppEvent, exportAppEvents } from '@/lib/store/app-events';
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
 * Every event of an application that fits the filter, as CSV (RFC 4180, UTF-8 with a mark that spreadsheets need to see that
 * it is), times in UTC (ISO 8601). Read and sent page by page; what a spreadsheet would take for a formula is escaped.
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
  const rows = Readable.from(recordsOf(events));
  const csv = rows.pipe(
    stringify({ header: true, columns: COLUMNS, bom: true, escape_formulas: true, record_delimiter: 'windows' }),
  );
  rows.on('error', (error) => csv.destroy(error));
  return new Response(Readable.toWeb(csv) as ReadableStream, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="activity-${app.id}.csv"`,
      'Cache-Control': 'no-store',
    },
  });
}
