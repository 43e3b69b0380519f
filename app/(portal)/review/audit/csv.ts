import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { type AuditEntry, type AuditScope, exportAudit } from '@/lib/store/audit-views';
import { getI18n } from '@/lib/web/i18n';
import { auditQueryOf, filterOf } from './filter';

const COLUMNS = ['id', 'time', 'kind', 'organisation', 'actor', 'user', 'subject', 'data'];

async function* recordsOf(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string[]> {
  for await (const entry of entries) yield recordOf(entry);
}

const recordOf = ({ id, at, kind, organisation, actor, user, subject, data }: AuditEntry): string[] => [
  String(id),
  at.toISOString(),
  kind,
  organisation ?? '',
  actor ?? '',
  user ?? '',
  subject,
  JSON.stringify(data),
];

/**
 * Every audit event of a scope that fits the filter in the request's query, whose days are those of the reader's time zone, as
 * CSV (RFC 4180, UTF-8 with a mark that spreadsheets need to see that it is), times in UTC (ISO 8601), kinds as programs know
 * them. Read and sent batch by batch; what a spreadsheet would take for a formula is escaped.
 */
export async function auditCsv(scope: AuditScope, request: Request): Promise<Response> {
  const query = auditQueryOf(Object.fromEntries(new URL(request.url).searchParams));
  const { timeZone } = await getI18n();
  const rows = Readable.from(recordsOf(exportAudit(scope, filterOf(query, timeZone))));
  const csv = rows.pipe(
    stringify({ header: true, columns: COLUMNS, bom: true, escape_formulas: true, record_delimiter: 'windows' }),
  );
  rows.on('error', (error) => csv.destroy(error));
  return new Response(Readable.toWeb(csv) as ReadableStream, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="audit.csv"',
      'Cache-Control': 'no-store',
    },
  });
}
