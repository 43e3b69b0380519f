import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ConnectionList } from '@/components/connections/connection-list';
import { RevokeBoundary } from '@/components/connections/revoke';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { MESSAGES } from '@/lib/i18n/messages';
import { listConnectedApps } from '@/lib/store/connection-views';
import { findPublicAppName } from '@/lib/store/public-apps';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { revoke } from '../actions';
import { listed } from '../listed';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('connections.title') };
}

/** The connections of one app: where other pages, and mails, lead to. */
export default async function ConnectedAppPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const user = await requireUser(`/connections/${encodeURIComponent(id)}`);
  const appId = appIdOf(id);
  const [{ apps }, i18n] = await Promise.all([listConnectedApps(user.id, { appId }), getI18n()]);
  const { t } = i18n;
  const [app] = apps;
  // Whoever has ever decided about the app knows its name; for others there is nothing here.
  const name = app?.app.name ?? (await findPublicAppName(user.id, appId)) ?? notFound();
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['connections']}>
      <PageHeader title={t.rich('connections.one.title', { bdi: PLAIN_BDI, name })} lead={t('connections.lead')}>
        <ButtonLink href="/connections">{t('connections.show_all')}</ButtonLink>
      </PageHeader>
      <RevokeBoundary action={revoke}>
        {app ? (
          <>
            <Alert className="mb-6">{t('connections.about_revoking')}</Alert>
            <ConnectionList
              grants={[listed(app, user.tenant.connectionAddresses)]}
              now={new Date()}
              i18n={i18n}
              linked={false}
            />
          </>
        ) : (
          <EmptyState title={t('connections.one.none')} />
        )}
      </RevokeBoundary>
    </ClientMessages>
  );
}
