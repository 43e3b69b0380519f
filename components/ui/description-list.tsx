import type { ReactNode } from 'react';

export type Description = { term: string; details: ReactNode };

/** Facts by name, side by side on wide screens. */
export function DescriptionList({ items }: { items: readonly Description[] }) {
  return (
    <dl className="divide-y divide-line text-sm">
      {items.map(({ term, details }) => (
        <div key={term} className="gap-4 py-2.5 first:pt-0 last:pb-0 sm:grid sm:grid-cols-[12rem_minmax(0,1fr)]">
          <dt className="text-muted">{term}</dt>
          <dd className="min-w-0">{details}</dd>
        </div>
      ))}
    </dl>
  );
}
