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
import { PageHeader, Section } from '@/components/ui/card';
import { CopyField } from '@/components/ui/copy-field';
import { Ago, Day, type TimeStyle } from '@/components/ui/time';
import { deleteSecretProblem, newSecretProblem } from '@/lib/apps/secrets';
import { MAX_REDIRECT_URIS } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { type AppDetail, findApp } from '@/lib/store/app-views';
import { requireDeveloper } from '@/lib/web/guards';
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
  const times: TimeStyle = { timeZone: user.timezone, locale: user.language };
  return (
    <>
      <Link
        href="/applications"
        prefetch={false}
        className="mb-2 inline-flex min-h-11 items-center text-sm text-accent-text underline-offset-4 hover:underline md:min-h-6"
      >
        Your applications
      </Link>
      <PageHeader
        title="Manage application"
        lead={
          <>
            <bdi className="font-medium text-ink">{app.name}</bdi>, created on{' '}
            <Day date={app.createdAt} style={times} /> by <bdi>{app.createdBy}</bdi>
          </>
        }
      >
        <AppStateBadge state={app.state} />
      </PageHeader>
      <div className="divide-y divide-line">
        <Section id="general" title="General" lead="What users read when they are asked for access.">
          <GeneralForm
            action={saveGeneral.bind(null, app.id)}
            name={app.name}
            organisation={organisation}
            saved={{ description: app.description, limitToAccount: app.limitToAccount }}
          />
        </Section>
        <OAuthSections app={app} times={times} />
        <Section id="danger" title="Danger zone" danger>
          <DeleteAppForm
            action={deleteApplication.bind(null, app.id)}
            name={app.name}
            connections={app.connections}
            users={app.users}
          />
        </Section>
      </div>
    </>
  );
}

function OAuthSections({ app, times }: { app: AppDetail; times: TimeStyle }) {
  const endpoints = endpointsOf(runtime().settings, app.clientId);
  return (
    <section aria-labelledby="oauth2" className="py-6">
      <h2 id="oauth2" className="text-lg font-semibold">
        Required for OAuth2 authorization of your application
      </h2>
      <div className="divide-y divide-line">
        <Section
          id="credentials"
          level={3}
          title="Client id and secrets"
          lead="The client id names the application and is public. A client secret proves it and stays on your servers."
        >
          <Credentials app={app} times={times} />
        </Section>
        <Section
          id="redirect-urls"
          level={3}
          title="Redirect URLs"
          lead="Where users are sent back to once they have decided. Nothing else is ever redirected to."
        >
          <RedirectUrlsForm
            action={saveRedirectUrls.bind(null, app.id)}
            saved={app.redirectUris}
            limit={MAX_REDIRECT_URIS}
          />
        </Section>
        <Section
          id="proof"
          level={3}
          title="How the application proves itself"
          lead="Decides what the token endpoint accepts beside a code."
        >
          <ProofForm action={saveProof.bind(null, app.id)} saved={{ proof: app.proof, requirePkce: app.requirePkce }} />
        </Section>
        <Section id="endpoints" level={3} title="Endpoints" lead="The addresses that your OAuth client asks for.">
          <EndpointList endpoints={endpoints} />
        </Section>
      </div>
    </section>
  );
}

function Credentials({ app, times }: { app: AppDetail; times: TimeStyle }) {
  const now = new Date();
  const live = app.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const state = { proof: app.proof, liveSecrets: live.length };
  const secrets = app.secrets.map(({ id, lastFour, createdAt, lastUsedAt, expiresAt }) => ({
    id,
    lastFour,
    created: <Ago date={createdAt} now={now} style={times} />,
    lastUsed: lastUsedAt ? (
      <>
        Last used <Ago date={lastUsedAt} now={now} style={times} />
      </>
    ) : (
      'Never used'
    ),
    expires: expiresAt && (
      <>
        {expiresAt > now ? 'Expires' : 'Expired'} on <Day date={expiresAt} style={times} />
      </>
    ),
  }));
  return (
    <div className="space-y-6">
      <CopyField label="Client id" value={app.clientId} />
      <div>
        <h4 className="mb-2 text-sm font-medium">Client secrets</h4>
        <SecretsManager
          secrets={secrets}
          generateProblem={newSecretProblem(state)}
          removeProblem={deleteSecretProblem(state)}
          generate={generateSecret.bind(null, app.id)}
          remove={removeSecret.bind(null, app.id)}
        />
      </div>
    </div>
  );
}
