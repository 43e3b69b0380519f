import type { Route } from 'next';
import type { ReactNode } from 'react';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { PageHeader } from '@/components/ui/card';
import { SectionNav } from '@/components/ui/section-nav';
import { canSetPolicy } from '@/lib/apps/roles';
import { MESSAGES } from '@/lib/i18n/messages';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { maySeeOrganisation, organisationInView } from '@/lib/web/organisation-in-view';

const SECTIONS = ['overview', 'members', 'app_policy', 'requests', 'connections', 'audit'] as const;

/** What surrounds the sections of an organisation: whose they are, and the way between them. */
export default async function OrganisationLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  // Each section asks its own guard, which knows where to come back to after sign-in.
  if (!user || !maySeeOrganisation(user)) return children;
  const [i18n, { organisation }] = await Promise.all([getI18n(), organisationInView(user)]);
  const { t } = i18n;
  const own = organisation.id === user.tenant.id;
  const waiting = own ? user.waitingRequests : 0;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['organisation']}>
      <PageHeader
        title={t('organisation.title')}
        lead={t.rich('organisation.lead', { bdi: PLAIN_BDI, name: organisation.displayName })}
      />
      {own && canSetPolicy(user.role) ? null : <Alert className="mb-6">{t('organisation.looks_around')}</Alert>}
      <SectionNav
        label={t('organisation.sections.label')}
        sections={SECTIONS.map((section) => ({
          href: (section === 'overview' ? '/organisation' : `/organisation/${section.replace('_', '-')}`) as Route,
          label: t(`organisation.sections.${section}`),
          ...(section === 'requests' && waiting > 0 ? { count: i18n.number(waiting) } : {}),
        }))}
      >
        {children}
      </SectionNav>
    </ClientMessages>
  );
}
