/** How a person wants times written: IANA time zone and BCP 47 language. */
export type TimeStyle = { timeZone: string; locale: string };

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** A stored zone or language may be unknown to this runtime; a page must not fail over it. */
function format(date: Date, style: TimeStyle, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(style.locale, { ...options, timeZone: style.timeZone }).format(date);
  } catch {
    return new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(date);
  }
}

/** "Nov 22, 2026" in the person's zone and language. */
export function dayText(date: Date, style: TimeStyle): string {
  return format(date, style, { dateStyle: 'medium' });
}

/** "14:32" in the person's zone. */
export function clockText(date: Date, style: TimeStyle): string {
  return format(date, style, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** "Nov 22, 2026, 14:32 GMT+1". */
export function momentText(date: Date, style: TimeStyle): string {
  return format(date, style, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

/** "5 minutes ago", "yesterday"; less than a minute is "just now". */
export function agoText(date: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const unit = UNITS.find(([, length]) => seconds >= length);
  if (!unit) return 'just now';
  const [name, length] = unit;
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(seconds / length), name);
}

/** A day, with the exact moment on hover. */
export function Day({ date, style }: { date: Date; style: TimeStyle }) {
  return (
    <time dateTime={date.toISOString()} title={momentText(date, style)} className="whitespace-nowrap">
      {dayText(date, style)}
    </time>
  );
}

/** A distance in time, with the exact moment on hover. */
export function Ago({ date, now, style }: { date: Date; now: Date; style: TimeStyle }) {
  return (
    <time dateTime={date.toISOString()} title={momentText(date, style)} className="whitespace-nowrap">
      {agoText(date, now)}
    </time>
  );
}
