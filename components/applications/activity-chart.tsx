import { Card } from '@/components/ui/card';
import { classes } from '@/components/ui/classes';
import { roundTop, type Series } from '@/lib/apps/activity-charts';
import type { I18n } from '@/lib/i18n/i18n';

export type NamedSeries = Series & { label: string };

type ChartProps = {
  i18n: I18n;
  /** Unique on the page. */
  id: string;
  title: string;
  /** What is counted, for everybody; and what it comes to, in a few words. */
  text: string;
  summary: string;
  /** Bars stand on each other, told apart by patterns; a line is one series. */
  kind: 'bars' | 'line';
  series: readonly NamedSeries[];
  /** When each stretch begins, and how it is written. */
  stretches: readonly Date[];
  stretchText: (stretch: Date) => string;
};

// Units of the drawing: about pixels on a phone.
const WIDTH = 340;
const HEIGHT = 150;
const LEFT = 36;
const TOP = 10;
const BOTTOM = 22;
const INNER_WIDTH = WIDTH - LEFT - 4;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;

/** A chart drawn by the server, with everything that it shows in a table behind it. */
export function ActivityChart(props: ChartProps) {
  const { i18n, id, title, text, summary, series } = props;
  return (
    <Card className="min-w-0 p-4">
      <section aria-labelledby={`${id}-heading`}>
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h3 id={`${id}-heading`} className="font-semibold">
            {title}
          </h3>
          <p className="text-sm text-muted">{summary}</p>
        </div>
        <p className="text-sm text-muted">{text}</p>
        <Drawing {...props} />
        {series.length > 1 ? <Legend id={id} series={series} /> : null}
        <details className="mt-2 text-sm">
          <summary className="inline-flex min-h-11 items-center text-accent-text underline md:min-h-8">
            {i18n.t('events.charts.table')}
            <span className="sr-only">: {title}</span>
          </summary>
          <Numbers {...props} />
        </details>
      </section>
    </Card>
  );
}

function Drawing({ i18n, id, title, text, summary, kind, series, stretches, stretchText }: ChartProps) {
  const sums = stretches.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const top = roundTop(Math.max(0, ...sums));
  const y = (value: number) => TOP + INNER_HEIGHT * (1 - value / top);
  const step = INNER_WIDTH / stretches.length;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
      className="mt-2 block h-auto w-full"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{`${text}. ${summary}.`}</desc>
      <Patterns id={id} />
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={WIDTH - 4} y1={y(value)} y2={y(value)} className="stroke-line" strokeWidth={1} />
          <text x={LEFT - 6} y={y(value) + 4} textAnchor="end" fontSize={11} className="fill-muted">
            {shortNumber(i18n, value)}
          </text>
        </g>
      ))}
      {kind === 'bars' ? (
        <Bars id={id} series={series} step={step} y={y} />
      ) : (
        <Line series={series[0] as NamedSeries} step={step} y={y} />
      )}
      {[0, Math.floor(stretches.length / 2), stretches.length - 1].map((at, place) => (
        <text
          key={at}
          x={LEFT + step * (place === 2 ? at + 1 : place === 1 ? at + 0.5 : at)}
          y={HEIGHT - 6}
          textAnchor={place === 0 ? 'start' : place === 1 ? 'middle' : 'end'}
          fontSize={11}
          className="fill-muted"
        >
          {stretchText(stretches[at] as Date)}
        </text>
      ))}
    </svg>
  );
}

const shortNumber = ({ formatLocale }: I18n, value: number) =>
  new Intl.NumberFormat(formatLocale, { notation: 'compact' }).format(value);

/** Four looks that differ without their colour: full, striped, dotted, empty. */
const LOOKS = 4;

function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-look-0`} width={6} height={6} patternUnits="userSpaceOnUse">
        <rect width={6} height={6} className="fill-accent" />
      </pattern>
      <pattern id={`${id}-look-1`} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={5} height={5} className="fill-surface" />
        <rect width={2.5} height={5} className="fill-accent-text" />
      </pattern>
      <pattern id={`${id}-look-2`} width={5} height={5} patternUnits="userSpaceOnUse">
        <rect width={5} height={5} className="fill-accent-soft" />
        <circle cx={2.5} cy={2.5} r={1.1} className="fill-accent-text" />
      </pattern>
      <pattern id={`${id}-look-3`} width={6} height={6} patternUnits="userSpaceOnUse">
        <rect width={6} height={6} className="fill-surface" />
      </pattern>
    </defs>
  );
}

const look = (id: string, at: number) => `url(#${id}-look-${at % LOOKS})`;

type Drawn = { step: number; y: (value: number) => number };

function Bars({ id, series, step, y }: Drawn & { id: string; series: readonly NamedSeries[] }) {
  const gap = Math.min(4, step * 0.2);
  const heights = (series[0]?.values ?? []).map(() => 0);
  return series.map(({ name, values }, place) => (
    <g key={name} className="stroke-accent-text" strokeWidth={place === 0 ? 0 : 0.75}>
      {values.map((value, at) => {
        const from = heights[at] ?? 0;
        heights[at] = from + (value ?? 0);
        if (!value) return null;
        return (
          <rect
            // A stretch's place is its identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            x={LEFT + at * step + gap / 2}
            width={step - gap}
            y={y(from + value)}
            height={Math.max(1, y(from) - y(from + value))}
            fill={look(id, place)}
          />
        );
      })}
    </g>
  ));
}

/** Steps from count to count; where nothing is known there is nothing. */
function Line({ series: { values }, step, y }: Drawn & { series: NamedSeries }) {
  const path = values
    .map((value, at) => {
      if (value === null) return '';
      const begin = at === 0 || values[at - 1] === null ? 'M' : 'L';
      return `${begin}${LEFT + at * step} ${y(value)}H${LEFT + (at + 1) * step}`;
    })
    .join('');
  return <path d={path} fill="none" strokeWidth={2} className="stroke-accent-text" />;
}

function Legend({ id, series }: { id: string; series: readonly NamedSeries[] }) {
  return (
    <ul className="mt-1 space-y-1 text-sm">
      {series.map(({ name, label }, at) => (
        <li key={name} className="flex gap-2">
          <svg viewBox="0 0 14 14" aria-hidden="true" className="mt-1 size-3.5 shrink-0 stroke-accent-text">
            <rect x={0.5} y={0.5} width={13} height={13} fill={look(id, at)} />
          </svg>
          <span>{label}</span>
        </li>
      ))}
    </ul>
  );
}

function Numbers({ i18n, title, series, stretches, stretchText }: ChartProps) {
  const { t } = i18n;
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={`${title}: ${t('events.charts.table')}`}
      className="max-h-80 overflow-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-left wrap-normal">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-subtle">
          <tr>
            <th scope="col" className="px-3 py-2 text-xs font-medium text-muted">
              {t('events.charts.time')}
            </th>
            {series.map(({ name, label }) => (
              <th key={name} scope="col" className="min-w-28 px-3 py-2 text-right text-xs font-medium text-muted">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stretches.map((stretch, at) => (
            <tr key={stretch.toISOString()} className={classes(at > 0 && 'border-t border-line')}>
              <th scope="row" className="px-3 py-1.5 font-normal whitespace-nowrap">
                <time dateTime={stretch.toISOString()}>{stretchText(stretch)}</time>
              </th>
              {series.map(({ name, values }) => (
                <td key={name} className="px-3 py-1.5 text-right tabular-nums">
                  {values[at] == null ? t('events.charts.not_counted') : i18n.number(values[at])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
