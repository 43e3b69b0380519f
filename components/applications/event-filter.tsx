import type { Route } from 'next';
import { Button, ButtonLink, buttonClass } from '@/components/ui/button';
import { SelectField, TextField } from '@/components/ui/field';
import { EVENT_KINDS, readOutcome } from '@/lib/apps/event-causes';
import type { I18n } from '@/lib/i18n/i18n';
import { causeText } from './event-list';

/** What the filter's form says. */
export type EventQuery = Record<'kind' | 'outcome' | 'request' | 'connection' | 'period', string>;

type FilterProps = {
  i18n: I18n;
  asked: EventQuery;
  /** What is wrong with what was typed, by field. */
  problems: Partial<Record<keyof EventQuery, string>>;
  /** Outcomes that the application has met. */
  outcomes: readonly string[];
  /** Without a filter. */
  address: Route;
  exportAddress: string;
};

/** Looks for events by request, outcome and more: a form that is sent by GET, so that what it found has an address. */
export function EventFilter({ i18n, asked, problems, outcomes, address, exportAddress }: FilterProps) {
  const { t } = i18n;
  const further = asked.kind !== '' || asked.connection !== '' || asked.period !== '';
  const filtered = Object.values(asked).some((value) => value !== '');
  return (
    <search>
      <form action={address} className="mb-4 grid gap-4 sm:grid-cols-2">
        <TextField
          id="request"
          label={t('events.filter.request')}
          hint={t('events.filter.request_hint')}
          defaultValue={asked.request}
          autoComplete="off"
          spellCheck={false}
          className="self-end"
          {...(problems.request ? { error: problems.request } : {})}
        />
        <SelectField
          id="outcome"
          key={`outcome ${asked.outcome}`}
          label={t('events.filter.outcome')}
          defaultValue={asked.outcome}
          className="self-end"
        >
          <option value="">{t('events.filter.all')}</option>
          <option value="failures">{t('events.filter.failures')}</option>
          <Outcomes i18n={i18n} outcomes={outcomes} asked={asked.outcome} />
        </SelectField>
        <details open={further} className="sm:col-span-full">
          <summary className="inline-flex min-h-11 items-center text-sm text-accent-text underline md:min-h-8">
            {t('events.filter.more')}
          </summary>
          <div className="mt-2 grid gap-4 sm:grid-cols-3">
            <SelectField
              id="kind"
              key={`kind ${asked.kind}`}
              label={t('events.filter.kind')}
              defaultValue={asked.kind}
              className="self-end"
            >
              <option value="">{t('events.filter.all_kinds')}</option>
              {EVENT_KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`events.kind.${kind}`)}
                </option>
              ))}
            </SelectField>
            <SelectField
              id="period"
              key={`period ${asked.period}`}
              label={t('events.filter.period')}
              defaultValue={asked.period}
              className="self-end"
            >
              <option value="">{t('events.period.all')}</option>
              <option value="day">{t('events.period.day')}</option>
              <option value="week">{t('events.period.week')}</option>
              <option value="month">{t('events.period.month')}</option>
              <option value="quarter">{t('events.period.quarter')}</option>
            </SelectField>
            <TextField
              id="connection"
              label={t('events.filter.connection')}
              placeholder={t('events.filter.connection_hint')}
              defaultValue={asked.connection}
              autoComplete="off"
              spellCheck={false}
              className="self-end"
              {...(problems.connection ? { error: problems.connection } : {})}
            />
          </div>
        </details>
        <div className="flex flex-wrap gap-2 sm:col-span-full">
          <Button type="submit" variant="primary">
            {t('events.filter.apply')}
          </Button>
          {filtered ? <ButtonLink href={address}>{t('events.filter.reset')}</ButtonLink> : null}
          <a href={exportAddress} download className={buttonClass()}>
            {t('events.filter.export')}
          </a>
        </div>
      </form>
    </search>
  );
}

/** Outcomes of the application, and the one that is asked for even where there are none. */
function Outcomes({ i18n, outcomes, asked }: { i18n: I18n; outcomes: readonly string[]; asked: string }) {
  const { t } = i18n;
  const all = [...new Set([...outcomes, ...(asked === '' || asked === 'failures' ? [] : [asked])])].sort();
  const harmless = all.filter((outcome) => readOutcome(outcome).tone !== 'danger');
  const causes = all.filter((outcome) => !harmless.includes(outcome));
  const option = (outcome: string) => (
    <option key={outcome} value={outcome}>
      {outcomeText(i18n, outcome)}
    </option>
  );
  return (
    <>
      {harmless.map(option)}
      {causes.length > 0 ? <optgroup label={t('events.filter.causes')}>{causes.map(option)}</optgroup> : null}
    </>
  );
}

function outcomeText(i18n: I18n, outcome: string): string {
  if (outcome === 'ok') return i18n.t('events.filter.ok');
  if (outcome === 'shown') return i18n.t('events.filter.shown');
  const { cause } = readOutcome(outcome);
  return cause && cause.said !== 'nowhere' ? causeText(i18n, cause) : outcome;
}
