import type { I18n } from '@/lib/i18n/i18n';

type TimeProps = { date: Date; i18n: I18n };

/** A day, with the exact moment on hover. */
export function Day({ date, i18n }: TimeProps) {
  return (
    <time dateTime={date.toISOString()} title={i18n.moment(date)} className="whitespace-nowrap">
      {i18n.day(date)}
    </time>
  );
}

/** A distance in time, with the exact moment on hover. */
export function Ago({ date, now, i18n }: TimeProps & { now: Date }) {
  return (
    <time dateTime={date.toISOString()} title={i18n.moment(date)} className="whitespace-nowrap">
      {i18n.ago(date, now)}
    </time>
  );
}

/** The exact moment, with its zone. */
export function Moment({ date, i18n }: TimeProps) {
  return (
    <time dateTime={date.toISOString()} className="whitespace-nowrap">
      {i18n.moment(date)}
    </time>
  );
}
