import type { Metadata } from 'next';
import { ConnectionList } from '@/components/connections/connection-list';
import { RevokeBoundary } from '@/components/connections/revoke';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Alert } from '@/components/ui/alert';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { MESSAGES } from '@/lib/i18n/messages';
import { listConnectedApps } from '@/lib/store/connections';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { revoke } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('connections.title') };
}

export default async function ConnectionsPage() {
  const user = await requireUser('/connections');
  const grants = await listConnectedApps(user.id);
  const i18n = await getI18n();
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} namespaces={['connections']}>
      <PageHeader title={t('connections.title')} lead={t('connections.lead')} />
      <RevokeBoundary action={revoke}>
        {grants.length > 0 ? (
          <>
            <Alert className="mb-6">{t('connections.about_revoking')}</Alert>
            <ConnectionList grants={grants} now={new Date()} i18n={i18n} />
          </>
        ) : (
          <EmptyState title={t('connections.empty.title')}>
            <p>{t('connections.empty.text')}</p>
          </EmptyState>
        )}
      </RevokeBoundary>
    </ClientMessages>
  );
}
