import type { Route } from 'next';
import Link from 'next/link';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Button, buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { SelectField, TextField } from '@/components/ui/field';
import { Moment } from '@/components/ui/time';
import { auditDetails } from '@/lib/apps/audit-details';
import { AUDIT_KINDS, auditKindOf } from '@/lib/apps/audit-kinds';
import type { I18n } from '@/lib/i18n/i18n';
import { AuditDetails } from './audit-details';

/** What the filter's form says. */
export type AuditQuestion = Record<'kind' | 'organisation' | 'person' | 'subject' | 'from' | 'until', string>;

export type ListedEvent = {
  id: bigint;
  at: Date;
  kind: string;
  subject: string;
  /** Name of the app that is the subject, as long as there is one. */
  appName: string | null;
  actor: string | null;
  /** Somebody of the platform, whose name is not told. */
  platform: boolean;
  /** Somebody of this organisation, whose name is not told. */
  otherSide: string | null;
  user: string | null;
  organisation: string | null;
  data: unknown;
};

type FilterProps = {
  i18n: I18n;
  asked: AuditQuestion;
  /** One organisation's log: there is none to choose. */
  ofOne: boolean;
  /** Address of the CSV with the same filter. */
  exportHref: string;
};

/** The kind of an event in words; what nothing writes any more as it is. */
export function auditKindText({ t }: I18n, kind: string): string {
  const known = auditKindOf(kind);
  return known === null ? kind : t(`audit.kind.${known}`);
}

/** A filter by a plain GET form: what it finds has an address. */
export function AuditFilterForm({ i18n, asked, ofOne, exportHref }: FilterProps) {
  const { t, locale } = i18n;
  const kinds = AUDIT_KINDS.map((kind) => ({ kind, words: auditKindText(i18n, kind) })).sort((a, b) =>
    a.words.localeCompare(b.words, locale),
  );
  return (
    <search>
      <form className="mb-6 grid items-end gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <SelectField key={asked.kind} id="kind" label={t('review.audit.kind')} defaultValue={asked.kind}>
          <option value="">{t('review.audit.all_kinds')}</option>
          {kinds.map(({ kind, words }) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </SelectField>
        {ofOne ? null : (
          <TextField
            id="organisation"
            label={t('review.audit.organisation')}
            placeholder={t('review.audit.organisation_hint')}
            defaultValue={asked.organisation}
            autoComplete="off"
          />
        )}
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
          <a href={exportHref} download className={buttonClass()}>
            {t('review.audit.export')}
          </a>
        </div>
      </form>
    </search>
  );
}

type EventsProps = {
  i18n: I18n;
  entries: readonly ListedEvent[];
  ofOne: boolean;
  brandName: string;
  /** Where only the events of a subject are. */
  subjectHref: (subject: string) => Route;
};

/** Who did what to whom. */
export function AuditEvents({ i18n, entries, ...shown }: EventsProps) {
  const { t } = i18n;
  if (entries.length === 0) {
    return (
      <EmptyState title={t('review.audit.none')}>
        <p>{t('review.audit.none_text')}</p>
      </EmptyState>
    );
  }
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
        {entries.map((entry) => (
          <EventRow key={String(entry.id)} entry={entry} i18n={i18n} {...shown} />
        ))}
      </RowGroup>
    </DataTable>
  );
}

type RowProps = Omit<EventsProps, 'entries'> & { entry: ListedEvent };

function EventRow({ i18n, entry, ofOne, brandName, subjectHref }: RowProps) {
  const { t } = i18n;
  const details = auditDetails(entry.kind, entry.data);
  return (
    <Row>
      <Cell label={t('review.audit.when')}>
        <Moment date={entry.at} i18n={i18n} />
      </Cell>
      <Cell label={t('review.audit.kind')}>{auditKindText(i18n, entry.kind)}</Cell>
      <Cell label={t('review.audit.who')} className="md:whitespace-nowrap">
        <Who i18n={i18n} entry={entry} ofOne={ofOne} brandName={brandName} />
      </Cell>
      <Cell label={t('review.audit.subject')}>
        {entry.appName === null ? null : <bdi className="block wrap-anywhere">{entry.appName}</bdi>}
        <Link
          href={subjectHref(entry.subject)}
          prefetch={false}
          aria-label={t('audit.only', { subject: entry.subject })}
          className="text-accent-text wrap-anywhere underline"
        >
          {entry.subject}
        </Link>
      </Cell>
      <Cell label={t('review.audit.details')} className={details.length > 0 ? 'md:min-w-60' : 'max-md:hidden'}>
        {details.length > 0 ? <AuditDetails i18n={i18n} details={details} /> : null}
      </Cell>
    </Row>
  );
}

type WhoProps = { i18n: I18n; entry: ListedEvent; ofOne: boolean; brandName: string };

/** Who has done it, as far as the reader may know. */
function actorText(t: I18n['t'], { actor, otherSide, platform }: ListedEvent, brandName: string): string | null {
  if (actor !== null) return actor;
  if (otherSide !== null) return t('audit.other_side', { organisation: otherSide });
  return platform ? t('audit.platform', { brand: brandName }) : null;
}

/** The account that it touches, and who else has done it. */
function Who({ i18n: { t }, entry, ofOne, brandName }: WhoProps) {
  const { user, organisation } = entry;
  const by = actorText(t, entry, brandName);
  const first = user ?? by ?? t('review.audit.nobody');
  return (
    <>
      <bdi>{first}</bdi>
      {by !== null && by !== first ? (
        <p className="text-muted">{t.rich('audit.by', { bdi: PLAIN_BDI, name: by })}</p>
      ) : null}
      {organisation && !ofOne ? (
        <p className="text-muted">
          <bdi>{organisation}</bdi>
        </p>
      ) : null}
    </>
  );
}
