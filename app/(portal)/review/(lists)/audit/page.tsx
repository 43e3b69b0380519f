import type { Metadata, Route } from 'next';
import { Button, buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { SelectField, TextField } from '@/components/ui/field';
import { Pagination } from '@/components/ui/pagination';
import { Moment } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';
import { AUDIT_PER_PAGE, type AuditEntry, listAudit, listAuditKinds } from '@/lib/store/audit-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { type AuditQuery, auditQueryOf, filterOf, queryText } from '../../audit/filter';
import { paramOf, type Query } from '../../cursor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('review.tabs.audit') };
}

export default async function AuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  await requireReviewer('/review/audit');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const asked = auditQueryOf(query);
  const before = /^[1-9]\d{0,17}$/.test(paramOf(query.before)) ? BigInt(paramOf(query.before)) : null;
  const [rows, kinds] = await Promise.all([listAudit(filterOf(asked), before, AUDIT_PER_PAGE + 1), listAuditKinds()]);
  const entries = rows.slice(0, AUDIT_PER_PAGE);
  const last = entries.at(-1);
  const address = (extra: Record<string, string>) => `/review/audit?${queryText(asked, extra)}` as Route;
  return (
    <>
      <p className="mb-4 text-sm text-muted">{t('review.audit.lead')}</p>
      <FilterForm i18n={i18n} asked={asked} kinds={kinds} />
      {entries.length === 0 ? (
        <EmptyState title={t('review.audit.none')}>
          <p>{t('review.audit.none_text')}</p>
        </EmptyState>
      ) : (
        <Events i18n={i18n} entries={entries} />
      )}
      <Pagination
        i18n={i18n}
        newer={before === null ? null : address({})}
        older={rows.length > AUDIT_PER_PAGE && last ? address({ before: String(last.id) }) : null}
      />
    </>
  );
}

function FilterForm({ i18n: { t }, asked, kinds }: { i18n: I18n; asked: AuditQuery; kinds: readonly string[] }) {
  return (
    <search>
      <form className="mb-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <SelectField key={asked.kind} id="kind" label={t('review.audit.kind')} defaultValue={asked.kind}>
          <option value="">{t('review.audit.all_kinds')}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </SelectField>
        <TextField
          id="organisation"
          label={t('review.audit.organisation')}
          placeholder={t('review.audit.organisation_hint')}
          defaultValue={asked.organisation}
          autoComplete="off"
        />
        <TextField
          id="person"
          label={t('review.audit.person')}
          placeholder={t('review.audit.person_hint')}
          defaultValue={asked.person}
          autoComplete="off"
        />
        <TextField
          id="subject"
          label={t('review.audit.subject')}
          placeholder={t('review.audit.subject_hint')}
          defaultValue={asked.subject}
          autoComplete="off"
        />
        <TextField id="from" type="date" label={t('review.audit.from')} defaultValue={asked.from} />
        <TextField id="until" type="date" label={t('review.audit.until')} defaultValue={asked.until} />
        <div className="flex flex-wrap gap-2 sm:col-span-full">
          <Button type="submit" variant="primary">
            {t('review.audit.apply')}
          </Button>
          <a href={`/review/audit/export?${queryText(asked)}`} download className={buttonClass()}>
            {t('review.audit.export')}
          </a>
        </div>
      </form>
    </search>
  );
}

function Events({ i18n, entries }: { i18n: I18n; entries: readonly AuditEntry[] }) {
  const { t } = i18n;
  const columns = [
    t('review.audit.when'),
    t('review.audit.kind'),
    t('review.audit.who'),
    t('review.audit.subject'),
    t('review.audit.details'),
  ];
  return (
    <DataTable caption={t('review.audit.caption')} columns={columns}>
      <RowGroup>
        {entries.map(({ id, at, kind, actor, user, organisation, subject, data }) => (
          <Row key={String(id)}>
            <Cell label={t('review.audit.when')}>
              <Moment date={at} i18n={i18n} />
            </Cell>
            <Cell label={t('review.audit.kind')}>
              <span className="font-mono text-xs break-words md:whitespace-nowrap">{kind}</span>
            </Cell>
            <Cell label={t('review.audit.who')}>
              <bdi>{actor ?? user ?? t('review.audit.nobody')}</bdi>
              {organisation ? (
                <p className="text-muted">
                  <bdi>{organisation}</bdi>
                </p>
              ) : null}
            </Cell>
            <Cell label={t('review.audit.subject')}>
              <span className="break-words">{subject}</span>
            </Cell>
            <Cell label={t('review.audit.details')}>
              <span className="block max-w-md font-mono text-xs break-all">
                {JSON.stringify(data) === '{}' ? '' : JSON.stringify(data)}
              </span>
            </Cell>
          </Row>
        ))}
      </RowGroup>
    </DataTable>
  );
}
