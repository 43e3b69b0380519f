import { type AuditEntry, type AuditScope, exportAudit } from '@/lib/store/audit-views';
import { csvResponse } from '@/lib/web/csv';
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
 * CSV, times in UTC (ISO 8601), kinds as programs know them. Read batch by batch.
 */
export async function auditCsv(scope: AuditScope, request: Request): Promise<Response> {
  const query = auditQueryOf(Object.fromEntries(new URL(request.url).searchParams));
  const { timeZone } = await getI18n();
  return csvResponse('audit', COLUMNS, recordsOf(exportAudit(scope, filterOf(query, timeZone))));
}
