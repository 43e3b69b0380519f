import type { ReactNode } from 'react';
import { CheckIcon, ClockIcon } from './icons';

export type CheckState = 'done' | 'waiting' | 'missing';
export type CheckItem = {
  id: string;
  state: CheckState;
  label: ReactNode;
  /** What is missing, or what is waited for. */
  detail?: ReactNode;
  /** A link or button that leads to what is missing. */
  action?: ReactNode;
};

const LOOKS = {
  done: { Icon: CheckIcon, look: 'border-ok-line bg-ok-soft text-ok-text' },
  waiting: { Icon: ClockIcon, look: 'border-warn-line bg-warn-soft text-warn-text' },
  // An open circle: what is yet to be done is no failure.
  missing: { Icon: null, look: 'border-dashed border-field' },
};

type ChecklistProps = {
  /** How each state is read out. */ states: Record<CheckState, string>;
  items: readonly CheckItem[];
};

/** What is done and what is missing on the way to something. */
export function Checklist({ states, items }: ChecklistProps) {
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {items.map(({ id, state, label, detail, action }) => {
        const { Icon, look } = LOOKS[state];
        return (
          <li key={id} className="flex flex-wrap items-start gap-x-3 gap-y-2 p-3 text-sm">
            <span
              className={`mt-px inline-flex size-5 shrink-0 items-center justify-center rounded-full border ${look}`}
            >
              {Icon ? <Icon className="size-3" /> : null}
            </span>
            <div className="min-w-0 flex-1 basis-48">
              <p className="font-medium">
                <span className="sr-only">{states[state]}: </span>
                {label}
              </p>
              {detail ? <div className="text-muted">{detail}</div> : null}
            </div>
            {action ? <div className="max-sm:ml-8">{action}</div> : null}
          </li>
        );
      })}
    </ul>
  );
}
