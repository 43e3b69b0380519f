import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AppStateBadge } from '@/components/applications/app-state';
import { DeleteAppForm } from '@/components/applications/delete-app-form';
import { EndpointList } from '@/components/applications/endpoint-list';
import { GeneralForm } from '@/components/applications/general-form';
import { ProofForm } from '@/components/applications/proof-form';
import { RedirectUrlsForm } from '@/components/applications/redirect-urls-form';
import { SecretsManager } from '@/components/applications/secrets-manager';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader, Section } from '@/components/ui/card';
import { CopyField } from '@/components/ui/copy-field';
import { Ago, Day } from '@/components/ui/time';
import { deleteSecretProblem, newSecretProblem } from '@/lib/apps/secrets';
import { wantedFace } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { MAX_REDIRECT_URIS } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { type AppDetail, findApp } from '@/lib/store/app-views';
import { findFace } from '@/lib/store/face-changes';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { deleteApplication, generateSecret, removeSecret, saveGeneral, saveProof, saveRedirectUrls } from '../actions';
import { endpointsOf } from '../endpoints';

type Props = { params: Promise<{ id: string }> };

/** The app named by the address, if it belongs to the developer's organisation; asked once a request. */
const appOfRequest = cache(async (id: string) => {
  const appId = appIdOf(id);
  const user = await requireDeveloper(`/applications/${appId}`);
  const app = (await findApp(user.tenant.id, appId)) ?? notFound();
  return { app, user };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { app } = await appOfRequest((await params).id);
  return { title: app.name };
}

export default async function ManageApplicationPage({ params }: Props) {
  const { app, user } = await appOfRequest((await params).id);
  const organisation = user.tenant.displayName;
  const i18n = await getI18n();
  const { t } = i18n;
  const face = await findFace(user.tenant.id, app.id);
  const wanted = face && wantedFace(face.live, face.pending);
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} namespaces={['applications']}>
      <Link
        href="/applications"
        prefetch={false}
        className="mb-2 inline-flex min-h-11 items-center text-sm text-accent-text underline-offset-4 hover:underline md:min-h-6"
      >
        {t('applications.title')}
      </Link>
      <PageHeader
        title={t('applications.manage.title')}
        lead={t.rich('applications.manage.lead', {
          ...RICH,
          name: app.name,
          person: PLAIN_BDI,
          creator: app.createdBy,
          date: () => <Day date={app.createdAt} i18n={i18n} />,
        })}
      >
        <span className="flex flex-wrap items-center gap-2">
          <AppStateBadge i18n={i18n} state={app.state} />
          {app.suspended ? <Badge tone="danger">{t('review.suspended')}</Badge> : null}
          <ButtonLink href={`/applications/${app.id}/verification`}>{t('verification.title')}</ButtonLink>
        </span>
      </PageHeader>
      <div className="divide-y divide-line">
        <Section id="general" title={t('applications.general.title')} lead={t('applications.general.lead')}>
          <GeneralForm
            action={saveGeneral.bind(null, app.id)}
            name={app.name}
            organisation={organisation}
            saved={{ description: app.description, limitToAccount: app.limitToAccount }}
          />
        </Section>
        <OAuthSections app={app} i18n={i18n} wantedUris={wanted?.redirectUris ?? []} />
        <Section id="danger" title={t('applications.danger.title')} danger>
          <DeleteAppForm
            action={deleteApplication.bind(null, app.id)}
            name={app.name}
            connections={app.connections}
            users={app.users}
          />
        </Section>
      </div>
    </ClientMessages>
  );
}

type OAuthProps = {
  app: AppDetail;
  i18n: I18n /** Those that are live and those that wait for a review. */;
  wantedUris: string[];
};

function OAuthSections({ app, i18n, wantedUris }: OAuthProps) {
  const { t } = i18n;
  const endpoints = endpointsOf(runtime().settings, app.clientId);
  return (
    <section aria-labelledby="oauth2" className="py-6">
      <h2 id="oauth2" className="text-lg font-semibold">
        {t('applications.oauth.title')}
      </h2>
      <div className="divide-y divide-line">
        <Section
          id="credentials"
          level={3}
          title={t('applications.credentials.title')}
          lead={t('applications.credentials.lead')}
        >
          <Credentials app={app} i18n={i18n} />
        </Section>
        <Section
          id="redirect-urls"
          level={3}
          title={t('applications.redirects.title')}
          lead={t('applications.redirects.lead')}
        >
          <RedirectUrlsForm action={saveRedirectUrls.bind(null, app.id)} saved={wantedUris} limit={MAX_REDIRECT_URIS} />
        </Section>
        <Section id="proof" level={3} title={t('applications.proof.title')} lead={t('applications.proof.lead')}>
          <ProofForm action={saveProof.bind(null, app.id)} saved={{ proof: app.proof, requirePkce: app.requirePkce }} />
        </Section>
        <Section
          id="endpoints"
          level={3}
          title={t('applications.endpoints.title')}
          lead={t('applications.endpoints.lead')}
        >
          <EndpointList i18n={i18n} endpoints={endpoints} />
        </Section>
      </div>
    </section>
  );
}

function Credentials({ app, i18n }: { app: AppDetail; i18n: I18n }) {
  const { t, say } = i18n;
  const now = new Date();
  const live = app.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const state = { proof: app.proof, liveSecrets: live.length };
  const secrets = app.secrets.map(({ id, lastFour, createdAt, lastUsedAt, expiresAt }) => ({
    id,
    lastFour,
    created: <Ago date={createdAt} now={now} i18n={i18n} />,
    lastUsed: lastUsedAt
      ? t.rich('applications.secrets.last_used', { date: () => <Ago date={lastUsedAt} now={now} i18n={i18n} /> })
      : t('applications.secrets.never_used'),
    expires:
      expiresAt &&
      t.rich(expiresAt > now ? 'applications.secrets.expires' : 'applications.secrets.expired', {
        date: () => <Day date={expiresAt} i18n={i18n} />,
      }),
  }));
  return (
    <div className="space-y-6">
      <CopyField label={t('applications.credentials.client_id')} value={app.clientId} />
      <div>
        <h4 className="mb-2 text-sm font-medium">{t('applications.secrets.title')}</h4>
        <SecretsManager
          secrets={secrets}
          generateProblem={say(newSecretProblem(state)) ?? null}
          removeProblem={say(deleteSecretProblem(state)) ?? null}
          generate={generateSecret.bind(null, app.id)}
          remove={removeSecret.bind(null, app.id)}
        />
      </div>
    </div>
  );
}
