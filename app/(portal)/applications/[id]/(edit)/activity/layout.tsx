import type { Route } from 'next';
import type { ReactNode } from 'react';
import { LinkTabs } from '@/components/ui/link-tabs';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { type AppParams, appOfRequest } from '../../app-of-request';

/** The log of an application and its charts. */
export default async function ActivityLayout({ params, children }: AppParams & { children: ReactNode }) {
  // Each page asks its own guard, which knows where to come back to after sign-in.
  if (!(await currentUser())) return children;
  const { app } = await appOfRequest((await params).id, '/activity');
  const { t } = await getI18n();
  const base = `/applications/${app.id}/activity`;
  return (
    <section aria-labelledby="activity">
      <h2 id="activity" className="text-lg font-semibold">
        {t('applications.sections.activity')}
      </h2>
      <div className="mb-4 border-b border-line">
        <LinkTabs
          label={t('events.views.label')}
          tabs={[
            { href: base as Route, label: t('events.views.log'), alone: true },
            { href: `${base}/charts` as Route, label: t('events.views.charts') },
          ]}
        />
      </div>
      {children}
    </section>
  );
}
