'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { classes } from './classes';

export type LinkTab = {
  href: Route;
  label: string;
  /** A number that waits there. */
  count?: string;
  /** What lies below its address has tabs of its own. */
  alone?: boolean;
};

/** Tabs that are links: the one whose page or sub-page is shown is marked for the eye and for screen readers. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto">
      {tabs.map(({ href, label: words, count, alone = false }) => {
        const here = pathname === href;
        const within = here || (!alone && pathname.startsWith(`${href}/`));
        return (
          <Link
            key={href}
            href={href}
            prefetch={false}
            aria-current={here ? 'page' : within ? 'true' : undefined}
            className={classes(
              'inline-flex min-h-11 items-center gap-2 border-b-2 px-3 text-sm font-medium whitespace-nowrap no-underline motion-safe:transition-colors',
              within
                ? 'border-accent-text text-ink'
                : 'border-transparent text-muted hover:border-field hover:text-ink',
            )}
          >
            {words}
            {count ? <span className="rounded-full bg-subtle px-2 text-xs text-muted">{count}</span> : null}
          </Link>
        );
      })}
    </nav>
  );
}
