'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { classes } from '@/components/ui/classes';

export type Tab = { href: '/connections' | '/applications'; label: string };

/** The portal's tabs. The one whose page or sub-page is shown is marked for the eye and for screen readers. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto">
      {tabs.map(({ href, label: words }) => {
        const here = pathname === href;
        const within = here || pathname.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            prefetch={false}
            aria-current={here ? 'page' : within ? 'true' : undefined}
            className={classes(
              'inline-flex min-h-11 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap no-underline motion-safe:transition-colors',
              within
                ? 'border-accent-text text-ink'
                : 'border-transparent text-muted hover:border-field hover:text-ink',
            )}
          >
            {words}
          </Link>
        );
      })}
    </nav>
  );
}
