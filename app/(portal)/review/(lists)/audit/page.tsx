import type { Metadata, Route } from 'next';
import { AuditEvents, AuditFilterForm } from '@/components/audit/audit-log';
import { Pagination } from '@/components/ui/pagination';
import { runtime } from '@/lib/runtime/runtime';
import { AUDIT_PER_PAGE, listAudit } from '@/lib/store/audit-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { auditQueryOf, filterOf, placeOf, queryText } from '../../audit/filter';
import type { Query } from '../../cursor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('review.tabs.audit') };
}

/** What happened in all organisations. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  await requireReviewer('/review/audit');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const asked = auditQueryOf(query);
  const before = placeOf(query.before);
  const rows = await listAudit(null, filterOf(asked, i18n.timeZone), before, AUDIT_PER_PAGE + 1);
  const entries = rows.slice(0, AUDIT_PER_PAGE);
  const last = entries.at(-1);
  const address = (extra: Record<string, string>) => `/review/audit?${queryText(asked, extra)}` as Route;
  return (
    <>
      <p className="mb-4 text-sm text-muted">{i18n.t('review.audit.lead')}</p>
      <AuditFilterForm
        i18n={i18n}
        asked={asked}
        ofOne={false}
        exportHref={`/review/audit/export?${queryText(asked)}`}
      />
      <AuditEvents
        i18n={i18n}
        entries={entries}
        ofOne={false}
        brandName={runtime().settings.brandName}
        subjectHref={(subject) => address({ subject })}
      />
      <Pagination
        i18n={i18n}
        newer={before === null ? null : address({})}
        older={rows.length > AUDIT_PER_PAGE && last ? address({ before: String(last.id) }) : null}
      />
    </>
  );
}
