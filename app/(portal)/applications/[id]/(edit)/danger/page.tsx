import type { Metadata } from 'next';
import { DeleteAppForm } from '@/components/applications/delete-app-form';
import { PendingTransfer } from '@/components/applications/pending-transfer';
import { RevokeAll } from '@/components/applications/revoke-all';
import { TransferForm } from '@/components/applications/transfer-form';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Panel } from '@/components/ui/card';
import { countText } from '@/lib/apps/counts';
import { MESSAGES } from '@/lib/i18n/messages';
import { askedAgain } from '@/lib/oauth/consent';
import { findTransfer } from '@/lib/store/transfers';
import { listDevelopers } from '@/lib/store/users';
import { getI18n } from '@/lib/web/i18n';
import { liveSecretsOf } from '../../../live-secrets';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { deleteApplication, offer, revokeAll, takeBack } from '../../danger-actions';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'danger');

export default async function DangerPage({ params }: AppParams) {
  const { app, user } = await appOfRequest((await params).id, '/danger');
  const [i18n, pending, developers] = await Promise.all([
    getI18n(),
    findTransfer(user.tenant.id, app.id),
    listDevelopers(user.tenant.id),
  ]);
  const { t, formatLocale } = i18n;
  const connections = countText(app.connections, formatLocale);
  return (
    <ClientMessages
      i18n={i18n}
      messages={MESSAGES[i18n.locale]}
      parts={['applications.transfer', 'applications.offers', 'applications.revoke_all', 'applications.delete']}
    >
      <Panel danger id="transfer" title={t('applications.transfer.title')} lead={t('applications.transfer.lead')}>
        {pending ? (
          <PendingTransfer i18n={i18n} now={new Date()} offer={pending} takeBack={takeBack.bind(null, app.id)} />
        ) : (
          <TransferForm
            action={offer.bind(null, app.id)}
            limited={app.limitToAccount}
            suspended={app.suspended}
            colleagues={developers.filter(({ username }) => username !== app.owner.username)}
          />
        )}
      </Panel>
      <Panel danger id="revoke-all-title" title={t('applications.revoke_all.title')}>
        <RevokeAll
          action={revokeAll.bind(null, app.id)}
          connections={app.connections}
          text={connections}
          asked={askedAgain({ proof: app.proof, secrets: liveSecretsOf(app, new Date()) }, app.redirectUris)}
        />
      </Panel>
      <Panel danger id="delete" title={t('applications.delete.title')}>
        <DeleteAppForm
          action={deleteApplication.bind(null, app.id)}
          name={app.name}
          effect={t('applications.delete.effect', {
            connections: app.connections,
            users: app.users,
            connectionsText: connections,
            usersText: countText(app.users, formatLocale),
          })}
        />
      </Panel>
    </ClientMessages>
  );
}
