import type { ReactNode } from 'react';
import type { I18n } from '@/lib/i18n/i18n';
import { classes } from './classes';
import { Ago } from './time';

export type TimelineTone = 'neutral' | 'ok' | 'warn' | 'danger';
export type TimelineItem = {
  id: string;
  at: Date;
  tone?: TimelineTone;
  title: ReactNode;
  /** Who did it, from where, and the like. */
  detail?: ReactNode;
  /** What can be done about it. */
  action?: ReactNode;
};

const DOTS: Record<TimelineTone, string> = {
  neutral: 'bg-field',
  ok: 'bg-ok-text',
  warn: 'bg-warn-text',
  danger: 'bg-danger-text',
};

/** What happened, the newest first. */
export function Timeline({ i18n, now, items }: { i18n: I18n; now: Date; items: readonly TimelineItem[] }) {
  return (
    <ol className="ml-1.5 border-l border-line text-sm">
      {items.map(({ id, at, tone = 'neutral', title, detail, action }) => (
        <li key={id} className="relative pb-5 pl-5 last:pb-0">
          <span
            aria-hidden="true"
            className={classes(
              'absolute top-1.5 -left-[0.3125rem] size-2.5 rounded-full ring-4 ring-surface',
              DOTS[tone],
            )}
          />
          <div className="flex items-start justify-between gap-x-4 gap-y-1 max-sm:flex-col">
            <div className="min-w-0">
              <p className="font-medium">{title}</p>
              {detail ? <div className="text-muted">{detail}</div> : null}
            </div>
            <span className="text-muted">
              <Ago date={at} now={now} i18n={i18n} />
            </span>
          </div>
          {action ? <div className="mt-2">{action}</div> : null}
        </li>
      ))}
    </ol>
  );
}
