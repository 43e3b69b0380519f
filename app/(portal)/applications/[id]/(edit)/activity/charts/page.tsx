import type { Metadata, Route } from 'next';
import Link from 'next/link';
import { ActivityChart, type NamedSeries } from '@/components/applications/activity-chart';
import { causeText } from '@/components/applications/event-list';
import { classes } from '@/components/ui/classes';
import { EmptyState } from '@/components/ui/empty-state';
import {
  failuresOf,
  grantsOf,
  liveOf,
  OTHER_CAUSES,
  PERIODS,
  type Period,
  refreshesOf,
  type Series,
  stretchesOf,
  totalOf,
} from '@/lib/apps/activity-charts';
import { readOutcome } from '@/lib/apps/event-causes';
import type { I18n } from '@/lib/i18n/i18n';
import { countActivity } from '@/lib/store/event-counts';
import { getI18n } from '@/lib/web/i18n';
import { oneOf, type Query } from '../../../../query';
import { type AppParams, appOfRequest } from '../../../app-of-request';
import { sectionTitle } from '../../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'activity');

export default async function ChartsPage({ params, searchParams }: AppParams & { searchParams: Promise<Query> }) {
  const { app, user } = await appOfRequest((await params).id, '/activity/charts');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const period = oneOf(query.period, PERIODS) ?? 'week';
  const stretches = stretchesOf(period, new Date(), i18n.timeZone);
  const counts = await countActivity(user.tenant.id, app.id, stretches);
  const length = stretches.length;
  const live = liveOf(counts.live, counts.liveBefore, length);
  const nothing = counts.events.length === 0 && live.values.every((value) => !value);
  const shared = {
    i18n,
    stretches,
    stretchText: (stretch: Date) => (period === 'day' ? i18n.clock(stretch) : i18n.dayOfYear(stretch)),
  };
  const total = (series: readonly Series[]) =>
    t('events.charts.total', { count: i18n.number(series.reduce((sum, one) => sum + totalOf(one), 0)) });
  const grants = [{ ...grantsOf(counts.events, length), label: t('events.charts.allowed') }];
  const refreshes = [{ ...refreshesOf(counts.events, length), label: t('events.charts.refreshed') }];
  const failures = failuresOf(counts.events, length).map((one) => ({ ...one, label: causeLabel(i18n, one.name) }));
  return (
    <>
      <p className="mb-3 max-w-form text-sm text-muted">{t('events.charts.lead')}</p>
      <PeriodLinks i18n={i18n} base={`/applications/${app.id}/activity/charts`} period={period} />
      {nothing ? (
        <EmptyState title={t('events.charts.none')}>
          <p>{t('events.charts.none_text')}</p>
        </EmptyState>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <ActivityChart
            {...shared}
            id="grants"
            title={t('events.charts.grants')}
            text={t('events.charts.grants_text')}
            summary={total(grants)}
            kind="bars"
            series={grants}
          />
          <ActivityChart
            {...shared}
            id="refreshes"
            title={t('events.charts.refreshes')}
            text={t('events.charts.refreshes_text')}
            summary={total(refreshes)}
            kind="bars"
            series={refreshes}
          />
          <ActivityChart
            {...shared}
            id="failures"
            title={t('events.charts.failures')}
            text={t('events.charts.failures_text')}
            summary={total(failures)}
            kind="bars"
            series={failures.length > 0 ? failures : [noFailures(i18n, length)]}
          />
          <ActivityChart
            {...shared}
            id="live"
            title={t('events.charts.live')}
            text={t('events.charts.live_text')}
            summary={lastOf(i18n, live)}
            kind="line"
            series={[{ ...live, label: t('events.charts.connections') }]}
          />
        </div>
      )}
    </>
  );
}

function PeriodLinks({ i18n: { t }, base, period }: { i18n: I18n; base: string; period: Period }) {
  return (
    <nav aria-label={t('events.filter.period')} className="mb-4 flex flex-wrap gap-x-1 text-sm">
      {PERIODS.map((one) => (
        <Link
          key={one}
          href={`${base}?period=${one}` as Route}
          prefetch={false}
          aria-current={one === period ? 'true' : undefined}
          className={classes(
            'inline-flex min-h-11 items-center rounded-md px-3 no-underline md:min-h-9',
            one === period ? 'bg-subtle font-medium text-ink' : 'text-muted hover:bg-subtle hover:text-ink',
          )}
        >
          {t(`events.period.${one}`)}
        </Link>
      ))}
    </nav>
  );
}

function causeLabel(i18n: I18n, name: string): string {
  if (name === OTHER_CAUSES) return i18n.t('events.charts.other_causes');
  const { cause } = readOutcome(name);
  return cause && cause.said !== 'nowhere' ? causeText(i18n, cause) : name;
}

const noFailures = ({ t }: I18n, length: number): NamedSeries => ({
  name: 'none',
  label: t('events.charts.failures'),
  values: new Array<number>(length).fill(0),
});

function lastOf(i18n: I18n, { values }: Series): string {
  const last = values.at(-1);
  return last == null ? i18n.t('events.charts.not_counted') : i18n.t('events.charts.now', { count: i18n.number(last) });
}
