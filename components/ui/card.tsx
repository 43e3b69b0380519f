import type { ReactNode } from 'react';
import { classes } from './classes';

type CardProps = { danger?: boolean; className?: string; children: ReactNode };

/** A raised surface. */
export function Card({ danger = false, className, children }: CardProps) {
  const border = danger ? 'border-danger-line' : 'border-line';
  return <div className={classes('rounded-lg border bg-surface shadow-lift', border, className)}>{children}</div>;
}

/** The title row of a page, with what can be done at its right. */
export function PageHeader({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        {lead ? <p className="mt-1 max-w-form text-sm text-muted">{lead}</p> : null}
      </div>
      {children}
    </div>
  );
}

type SectionProps = {
  id: string;
  title: ReactNode;
  lead?: ReactNode;
  level?: 2 | 3;
  danger?: boolean;
  children: ReactNode;
};

/** One subject of a settings page: its title and explanation at the left, its controls in a card at the right. */
export function Section({ id, title, lead, level = 2, danger = false, children }: SectionProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section aria-labelledby={id} className="grid gap-4 py-6 md:grid-cols-[15rem_minmax(0,1fr)] md:gap-8">
      <div>
        <Heading
          id={id}
          className={classes('font-semibold', level === 2 ? 'text-lg' : 'text-base', danger && 'text-danger-text')}
        >
          {title}
        </Heading>
        {lead ? <p className="mt-1 text-sm text-muted">{lead}</p> : null}
      </div>
      <Card danger={danger} className="p-4 md:p-5">
        {children}
      </Card>
    </section>
  );
}

type PanelProps = SectionProps & {
  /** Further controls beside the title. */
  actions?: ReactNode;
};

/** One subject beside the navigation of a page with sections: its title above, its controls in a card below. */
export function Panel({ id, title, lead, level = 2, danger = false, actions, children }: PanelProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section aria-labelledby={id} className="not-last:mb-8">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <Heading id={id} className={classes('text-lg font-semibold', danger && 'text-danger-text')}>
            {title}
          </Heading>
          {lead ? <p className="mt-0.5 max-w-form text-sm text-muted">{lead}</p> : null}
        </div>
        {actions}
      </div>
      <Card danger={danger} className="p-4 md:p-5">
        {children}
      </Card>
    </section>
  );
}
