import type { Metadata, Route } from 'next';
import { AuditEvents, AuditFilterForm } from '@/components/audit/audit-log';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Pagination } from '@/components/ui/pagination';
import { runtime } from '@/lib/runtime/runtime';
import { AUDIT_PER_PAGE, listAudit } from '@/lib/store/audit-views';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import type { Query } from '../../applications/query';
import { auditQueryOf, filterOf, placeOf, queryText } from '../../review/audit/filter';
import { sectionTitle } from '../section-title';

export const generateMetadata = (): Promise<Metadata> => sectionTitle('organisation.sections.audit');

/** What happened in an organisation. */
export default async function OrganisationAuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { organisation } = await requireOrganisation('/organisation/audit');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const asked = { ...auditQueryOf(query), organisation: '' };
  const before = placeOf(query.before);
  const rows = await listAudit(
    { tenantId: organisation.id },
    filterOf(asked, i18n.timeZone),
    before,
    AUDIT_PER_PAGE + 1,
  );
  const entries = rows.slice(0, AUDIT_PER_PAGE);
  const last = entries.at(-1);
  const address = (extra: Record<string, string>) => `/organisation/audit?${queryText(asked, extra)}` as Route;
  return (
    <section aria-labelledby="audit">
      <h2 id="audit" className="text-lg font-semibold">
        {t('organisation.sections.audit')}
      </h2>
      <p className="mt-0.5 mb-4 text-sm text-muted">
        {t.rich('audit.organisation_lead', { bdi: PLAIN_BDI, name: organisation.displayName })}
      </p>
      <AuditFilterForm i18n={i18n} asked={asked} ofOne exportHref={`/organisation/audit/export?${queryText(asked)}`} />
      <AuditEvents
        i18n={i18n}
        entries={entries}
        ofOne
        brandName={runtime().settings.brandName}
        subjectHref={(subject) => address({ subject })}
      />
      <Pagination
        i18n={i18n}
        newer={before === null ? null : address({})}
        older={rows.length > AUDIT_PER_PAGE && last ? address({ before: String(last.id) }) : null}
      />
    </section>
  );
}
