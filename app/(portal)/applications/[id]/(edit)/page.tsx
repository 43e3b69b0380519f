import type { Metadata } from 'next';
import { IconForm } from '@/components/applications/icon-form';
import { NextSteps } from '@/components/applications/next-steps';
import { ProfileForm } from '@/components/applications/profile-form';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Panel } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { Flash } from '@/components/ui/flash';
import { countText } from '@/lib/apps/counts';
import { iconPath } from '@/lib/apps/icons';
import { nextSteps, tryAddress } from '@/lib/apps/next-steps';
import type { I18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { formatScopes } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import type { AppDetail } from '@/lib/store/app-views';
import { getI18n } from '@/lib/web/i18n';
import { endpointsOf } from '../../endpoints';
import { liveSecretsOf } from '../../live-secrets';
import { oneOf, type Query } from '../../query';
import { type AppParams, appOfRequest } from '../app-of-request';
import { changeIcon, saveProfile } from '../general-actions';

export async function generateMetadata({ params }: AppParams): Promise<Metadata> {
  const { app } = await appOfRequest((await params).id);
  return { title: app.name };
}

export default async function GeneralPage({ params, searchParams }: AppParams & { searchParams: Promise<Query> }) {
  const { app } = await appOfRequest((await params).id);
  const i18n = await getI18n();
  const { t } = i18n;
  const accepted = oneOf((await searchParams).offer, ['accepted'] as const);
  return (
    <ClientMessages
      i18n={i18n}
      messages={MESSAGES[i18n.locale]}
      parts={['applications.general', 'applications.icon', 'applications.form', 'applications.pending']}
    >
      {accepted ? <Flash>{t('applications.offers.said.accepted')}</Flash> : null}
      <Steps i18n={i18n} app={app} />
      <Panel id="profile" title={t('applications.general.title')} lead={t('applications.general.lead')}>
        <ProfileForm
          action={saveProfile.bind(null, app.id)}
          saved={{
            description: app.description,
            website: app.website ?? '',
            termsUrl: app.termsUrl ?? '',
            privacyUrl: app.privacyUrl ?? '',
            supportEmail: app.supportEmail ?? '',
          }}
        />
      </Panel>
      <Panel id="icon-title" title={t('applications.icon.title')} lead={t('applications.icon.lead')}>
        <IconForm
          action={changeIcon.bind(null, app.id)}
          name={app.name}
          live={iconPath(app.iconDigest)}
          pending={iconPath(app.pending.icon ?? null)}
        />
      </Panel>
      <Panel id="facts" title={t('applications.facts.title')}>
        <Facts i18n={i18n} app={app} />
      </Panel>
    </ClientMessages>
  );
}

function Steps({ i18n, app }: { i18n: I18n; app: AppDetail }) {
  const steps = nextSteps({ ...app, liveSecrets: liveSecretsOf(app, new Date()).length });
  const scope = app.scopes ? formatScopes(app.scopes) : 'profile';
  const { authorize } = endpointsOf(runtime().settings, app.clientId);
  return <NextSteps i18n={i18n} appId={app.id} steps={steps} tryAddress={tryAddress(authorize, { ...app, scope })} />;
}

function Facts({ i18n, app }: { i18n: I18n; app: AppDetail }) {
  const { t } = i18n;
  const { owner } = app;
  return (
    <DescriptionList
      items={[
        {
          term: t('applications.general.name'),
          details: (
            <>
              <bdi className="font-medium">{app.name}</bdi>
              <span className="block text-muted">{t('applications.general.name_fixed')}</span>
            </>
          ),
        },
        { term: t('applications.facts.app_id'), details: <code className="font-mono">{app.id}</code> },
        {
          term: t('applications.facts.owner'),
          details: (
            <>
              <bdi>{owner.name || owner.username}</bdi> <bdi className="text-muted">({owner.username})</bdi>
              <span className="block text-muted">{t('applications.facts.owner_hint')}</span>
            </>
          ),
        },
        { term: t('applications.list.users'), details: countText(app.users, i18n.formatLocale) },
      ]}
    />
  );
}
