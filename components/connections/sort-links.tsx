import type { Route } from 'next';
import Link from 'next/link';
import { classes } from '@/components/ui/classes';
import type { I18n } from '@/lib/i18n/i18n';

type Sort = { sort: 'activity' | 'name' | 'connected'; href: Route; current: boolean };

/** The orders that the list can have. */
export function SortLinks({ i18n: { t }, sorts }: { i18n: I18n; sorts: readonly Sort[] }) {
  return (
    <nav aria-label={t('connections.sort.label')} className="flex flex-wrap items-center gap-x-3 text-sm">
      <span className="text-muted">{t('connections.sort.label')}</span>
      {sorts.map(({ sort, href, current }) => (
        <Link
          key={sort}
          href={href}
          prefetch={false}
          aria-current={current ? 'true' : undefined}
          className={classes(
            'inline-flex min-h-11 items-center underline-offset-4 md:min-h-8',
            current ? 'font-medium text-ink no-underline' : 'text-accent-text underline',
          )}
        >
          {t(`connections.sort.${sort}`)}
        </Link>
      ))}
    </nav>
  );
}
