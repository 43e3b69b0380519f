import type { Metadata } from 'next';
import { AccessForm } from '@/components/applications/access-form';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Panel } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { MESSAGES } from '@/lib/i18n/messages';
import { getI18n } from '@/lib/web/i18n';
import { saveAccess } from '../../access-actions';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'access');

export default async function AccessPage({ params }: AppParams) {
  const { app, user } = await appOfRequest((await params).id, '/access');
  const i18n = await getI18n();
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['applications.access']}>
      <Panel id="access" title={t('applications.access.title')} lead={t('applications.access.lead')}>
        <AccessForm
          action={saveAccess.bind(null, app.id)}
          organisation={user.tenant.displayName}
          saved={{ limitToAccount: app.limitToAccount, refreshReplay: app.refreshReplay }}
        />
      </Panel>
      <Panel id="lifetimes" title={t('applications.lifetimes.title')} lead={t('applications.lifetimes.lead')}>
        <DescriptionList
          items={[
            { term: t('applications.lifetimes.code'), details: t('applications.lifetimes.code_text') },
            { term: t('applications.lifetimes.access'), details: t('applications.lifetimes.access_text') },
            {
              term: t('applications.lifetimes.refresh'),
              details: t(`applications.lifetimes.refresh_${app.neverExpires ? 'never' : 'year'}`),
            },
            { term: t('applications.lifetimes.rotation'), details: t('applications.lifetimes.rotation_text') },
          ]}
        />
      </Panel>
    </ClientMessages>
  );
}
