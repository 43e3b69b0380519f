import type { ReactNode } from 'react';
import { classes } from './classes';

const TONES = {
  neutral: 'border-line bg-subtle text-muted',
  accent: 'border-accent-line bg-accent-soft text-accent-text',
  ok: 'border-ok-line bg-ok-soft text-ok-text',
  warn: 'border-warn-line bg-warn-soft text-warn-text',
  danger: 'border-danger-line bg-danger-soft text-danger-text',
};

/** One or two words about a state. */
export function Badge({ tone = 'neutral', children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 rounded-full border px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
