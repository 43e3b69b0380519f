import Link from 'next/link';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Day } from '@/components/ui/time';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';
import { type AppStanding, AppStateBadges } from './app-state';

type ShownApp = AppStanding & { name: string; iconDigest: string | null; createdBy: string; createdAt: Date };

/** Which application all this is about. */
export function AppHeader({ i18n, app }: { i18n: I18n; app: ShownApp }) {
  const { t } = i18n;
  return (
    <header className="mb-6">
      <p className="mb-2 flex flex-wrap items-center gap-x-2 text-sm text-muted">
        <Link
          href="/applications"
          prefetch={false}
          className="inline-flex min-h-11 items-center text-accent-text underline-offset-4 hover:underline md:min-h-6"
        >
          {t('applications.title')}
        </Link>
        <span aria-hidden="true">/</span>
        <span>{t('applications.manage.title')}</span>
      </p>
      <div className="flex items-center gap-4">
        <AppIcon name={app.name} src={iconPath(app.iconDigest)} size="lg" />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold tracking-tight">
              <bdi>{app.name}</bdi>
            </h1>
            <AppStateBadges i18n={i18n} app={app} />
          </div>
          <p className="mt-0.5 text-sm text-muted">
            {t.rich('applications.manage.created', {
              person: PLAIN_BDI,
              creator: app.createdBy,
              date: () => <Day date={app.createdAt} i18n={i18n} />,
            })}
          </p>
        </div>
      </div>
    </header>
  );
}
