import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';
import { CheckIcon, InfoIcon, WarningIcon } from './icons';

export type AlertTone = 'info' | 'ok' | 'warn' | 'danger';

const TONES: Record<AlertTone, { box: string; icon: string; Icon: typeof InfoIcon }> = {
  info: { box: 'border-accent-line bg-accent-soft', icon: 'text-accent-text', Icon: InfoIcon },
  ok: { box: 'border-ok-line bg-ok-soft', icon: 'text-ok-text', Icon: CheckIcon },
  warn: { box: 'border-warn-line bg-warn-soft', icon: 'text-warn-text', Icon: WarningIcon },
  danger: { box: 'border-danger-line bg-danger-soft', icon: 'text-danger-text', Icon: WarningIcon },
};

type AlertProps = Omit<ComponentProps<'div'>, 'title'> & { tone?: AlertTone; title?: ReactNode };

/** A quiet panel with a message. Give it role="status" or role="alert" where it appears in answer to something. */
export function Alert({ tone = 'info', title, className, children, ...rest }: AlertProps) {
  const { box, icon, Icon } = TONES[tone];
  return (
    <div className={classes('flex gap-3 rounded-md border p-3 text-sm', box, className)} {...rest}>
      <Icon className={classes('mt-0.5 size-4 shrink-0', icon)} />
      <div className="min-w-0 flex-1">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children}
      </div>
    </div>
  );
}
