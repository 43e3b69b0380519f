import type { Metadata } from 'next';
import { ScopePreview } from '@/components/applications/scope-preview';
import { ScopesForm } from '@/components/applications/scopes-form';
import { VerifiedNote } from '@/components/applications/verified-note';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Alert } from '@/components/ui/alert';
import { Panel } from '@/components/ui/card';
import { linesOf } from '@/lib/apps/scopes';
import { wantedFace } from '@/lib/apps/verification';
import { MESSAGES } from '@/lib/i18n/messages';
import { SCOPE_CATALOGUE, wordsIn } from '@/lib/oauth/scopes';
import type { AppDetail } from '@/lib/store/app-views';
import { getI18n } from '@/lib/web/i18n';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { declareScopes } from '../../scope-actions';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'scopes');

export default async function ScopesPage({ params }: AppParams) {
  const { app } = await appOfRequest((await params).id, '/scopes');
  const i18n = await getI18n();
  const { t, locale } = i18n;
  return (
    <ClientMessages
      i18n={i18n}
      messages={MESSAGES[i18n.locale]}
      parts={['applications.scopes', 'applications.form', 'applications.pending']}
    >
      <VerifiedNote i18n={i18n} app={app} />
      {app.scopes === null ? (
        <Alert tone="warn" title={t('applications.scopes.undeclared_title')} className="mb-4">
          {t('applications.scopes.undeclared_text')}
        </Alert>
      ) : null}
      <Panel id="scopes" title={t('applications.scopes.title')} lead={t('applications.scopes.lead')}>
        <ScopesForm
          action={declareScopes.bind(null, app.id)}
          offered={SCOPE_CATALOGUE.map(({ name, label }) => ({ name, label: wordsIn(label, locale) }))}
          saved={linesOf(wanted(app))}
          pending={(app.pending.scopes ?? []).map(({ name }) => name)}
        />
      </Panel>
      {app.scopes ? (
        <Panel id="preview" title={t('applications.scopes.preview')} lead={t('applications.scopes.preview_lead')}>
          <ScopePreview i18n={i18n} app={app} scopes={app.scopes} />
        </Panel>
      ) : null}
    </ClientMessages>
  );
}

/** What is live with what waits laid over it: what the developers left in the form. */
function wanted({ redirectUris, scopes, pending }: AppDetail) {
  return wantedFace({ redirectUris, scopes, icon: null, publisherDomain: null }, pending).scopes;
}
