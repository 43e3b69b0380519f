import type { Metadata } from 'next';
import { RedirectUrlsForm } from '@/components/applications/redirect-urls-form';
import { VerifiedNote } from '@/components/applications/verified-note';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Panel } from '@/components/ui/card';
import { MESSAGES } from '@/lib/i18n/messages';
import { MAX_REDIRECT_URIS } from '@/lib/oauth/redirect-uri';
import { getI18n } from '@/lib/web/i18n';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { saveRedirectUrls } from '../../redirect-actions';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'redirect_urls');

export default async function RedirectUrlsPage({ params }: AppParams) {
  const { app } = await appOfRequest((await params).id, '/redirect-urls');
  const i18n = await getI18n();
  const { t } = i18n;
  const pending = app.pending.redirectUris ?? [];
  return (
    <ClientMessages
      i18n={i18n}
      messages={MESSAGES[i18n.locale]}
      parts={['applications.redirects', 'applications.form', 'applications.pending']}
    >
      <VerifiedNote i18n={i18n} app={app} />
      <Panel id="redirect-urls" title={t('applications.redirects.title')} lead={t('applications.redirects.lead')}>
        <RedirectUrlsForm
          action={saveRedirectUrls.bind(null, app.id)}
          saved={[...app.redirectUris, ...pending]}
          pending={pending}
          limit={MAX_REDIRECT_URIS}
        />
      </Panel>
    </ClientMessages>
  );
}
