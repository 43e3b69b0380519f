import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Alert, type AlertTone } from '@/components/ui/alert';

const LINK = 'text-accent-text underline underline-offset-4';

/** A part of a guide, with an address of its own. */
export function Part({ id, title, children }: { id: string; title: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="mt-10">
      <h2 id={id} className="scroll-mt-4 text-xl font-semibold tracking-tight">
        <a href={`#${id}`} className="text-ink no-underline hover:underline">
          {title}
        </a>
      </h2>
      {children}
    </section>
  );
}

/** A paragraph. */
export function P({ children }: { children: ReactNode }) {
  return <p className="mt-3 max-w-form">{children}</p>;
}

/** Points without an order. */
export function Points({ items }: { items: readonly ReactNode[] }) {
  return (
    <ul className="mt-3 max-w-form list-disc space-y-2 pl-5">
      {items.map((item, at) => (
        // Points never move: their place is their identity.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={at}>{item}</li>
      ))}
    </ul>
  );
}

/** Words and what they mean. */
export function Terms({ items }: { items: readonly { term: ReactNode; meaning: ReactNode }[] }) {
  return (
    <dl className="mt-4 max-w-form divide-y divide-line border-y border-line">
      {items.map(({ term, meaning }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words never move
        <div key={at} className="gap-6 py-3 sm:grid sm:grid-cols-[10rem_minmax(0,1fr)]">
          <dt className="font-medium">{term}</dt>
          <dd className="text-muted">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Something to keep in mind. */
export function Note({ tone = 'info', children }: { tone?: AlertTone; children: ReactNode }) {
  return (
    <Alert tone={tone} className="mt-4 max-w-form">
      {children}
    </Alert>
  );
}

/** A link between guides, or to a page of the portal. */
export function GuideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href as Route} prefetch={false} className={LINK}>
      {children}
    </Link>
  );
}

/** A word that is typed as it stands. */
export function Word({ children }: { children: ReactNode }) {
  return <code className="rounded-sm bg-subtle px-1 py-0.5 font-mono text-sm">{children}</code>;
}
