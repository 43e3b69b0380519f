'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useRef } from 'react';
import { classes } from './classes';

export type SectionLink = {
  href: Route;
  label: string;
  danger?: boolean /** A number that waits there. */;
  count?: string;
};

type SectionNavProps = { label: string; sections: readonly SectionLink[]; children: ReactNode };

/**
 * A page with many sections, each with an address of its own: the sections' names at the left on wide screens, in a
 * row that scrolls on phones.
 */
export function SectionNav({ label, sections, children }: SectionNavProps) {
  const pathname = usePathname();
  const current = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is another link to bring into view
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <div className="gap-8 md:grid md:grid-cols-[12rem_minmax(0,1fr)]">
      <nav
        aria-label={label}
        className="-mx-4 mb-6 flex gap-1 overflow-x-auto border-b border-line px-4 pb-2 md:mx-0 md:mb-0 md:sticky md:top-4 md:block md:space-y-0.5 md:self-start md:overflow-visible md:border-0 md:p-0"
      >
        {sections.map(({ href, label: words, danger, count }) => {
          const path = href.split('?', 1)[0] ?? href;
          const here = pathname === path;
          // A section may have pages of its own; the first one is the beginning of all the others.
          const within = here || (href !== sections[0]?.href && pathname.startsWith(`${path}/`));
          return (
            <Link
              key={href}
              ref={within ? current : null}
              href={href}
              prefetch={false}
              aria-current={here ? 'page' : within ? 'true' : undefined}
              className={classes(
                'flex min-h-11 shrink-0 items-center rounded-md px-3 text-sm whitespace-nowrap no-underline md:min-h-9 md:whitespace-normal',
                within ? 'bg-subtle font-medium' : 'hover:bg-subtle',
                danger ? 'text-danger-text' : within ? 'text-ink' : 'text-muted hover:text-ink',
              )}
            >
              {words}
              {count ? (
                <span className="ml-2 rounded-full bg-accent-soft px-2 text-xs text-accent-text">{count}</span>
              ) : null}
            </Link>
          );
        })}
      </nav>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
