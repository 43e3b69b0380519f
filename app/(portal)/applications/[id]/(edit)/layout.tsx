import type { Route } from 'next';
import type { ReactNode } from 'react';
import { AppHeader } from '@/components/applications/app-header';
import { AppWarnings } from '@/components/applications/app-warnings';
import { SectionNav } from '@/components/ui/section-nav';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { type AppParams, appOfRequest } from '../app-of-request';
import { takeOver } from '../owner-actions';

const SECTIONS = [
  'general',
  'credentials',
  'redirect-urls',
  'scopes',
  'access',
  'connections',
  'activity',
  'playground',
  'verification',
  'danger',
] as const;

/** What surrounds the sections of an application: whose they are, and the way between them. */
export default async function AppLayout({ params, children }: AppParams & { children: ReactNode }) {
  // Each section asks its own guard, which knows where to come back to after sign-in.
  if (!(await currentUser())) return children;
  const { app } = await appOfRequest((await params).id);
  const i18n = await getI18n();
  const { t } = i18n;
  const base = `/applications/${app.id}`;
  return (
    <>
      <AppHeader i18n={i18n} app={app} />
      <AppWarnings i18n={i18n} app={app} takeOver={takeOver.bind(null, app.id)} />
      <SectionNav
        label={t('applications.sections.label')}
        sections={SECTIONS.map((section) => ({
          href: (section === 'general' ? base : `${base}/${section}`) as Route,
          label: t(`applications.sections.${section.replace('-', '_') as SectionName}`),
          danger: section === 'danger',
        }))}
      >
        {children}
      </SectionNav>
    </>
  );
}

type SectionName = Exclude<(typeof SECTIONS)[number], 'redirect-urls'> | 'redirect_urls';
