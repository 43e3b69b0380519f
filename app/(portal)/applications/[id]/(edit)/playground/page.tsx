import type { Metadata } from 'next';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Playground } from '@/components/playground/playground';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { proofChoices } from '@/lib/apps/playground';
import { MESSAGES } from '@/lib/i18n/messages';
import { playgroundCallback } from '@/lib/oauth/playground';
import { describeScope, formatScope, SCOPE_CATALOGUE, type Scope, wordsIn } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import type { AppDetail } from '@/lib/store/app-views';
import { requestMeta } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { liveSecretsOf } from '../../../live-secrets';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'playground');

export default async function PlaygroundPage({ params }: AppParams) {
  const { app } = await appOfRequest((await params).id, '/playground');
  const [i18n, { origin }] = await Promise.all([getI18n(), requestMeta()]);
  const { t } = i18n;
  return (
    <section aria-labelledby="playground">
      <h2 id="playground" className="text-lg font-semibold">
        {t('applications.sections.playground')}
      </h2>
      <p className="mt-0.5 mb-4 max-w-form text-sm text-muted">{t('playground.lead')}</p>
      <noscript>
        <Alert tone="warn" className="mb-4">
          {t('playground.needs_script')}
        </Alert>
      </noscript>
      <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['playground', 'common']}>
        {await content(app, origin)}
      </ClientMessages>
    </section>
  );
}

/** The steps, or what must be done before there are any. */
async function content(app: AppDetail, origin: string) {
  const { t, locale } = await getI18n();
  const { publicUrl } = runtime().settings;
  const path = `/applications/${app.id}/playground` as const;
  // The endpoints and the answer are at the issuer; an organisation's own host is another origin.
  if (origin !== publicUrl) {
    return (
      <EmptyState title={t('playground.elsewhere')} action={<ElsewhereLink href={`${publicUrl}${path}`} />}>
        <p>{t('playground.elsewhere_text')}</p>
      </EmptyState>
    );
  }
  if (app.suspended) return <EmptyState title={t('playground.suspended')} />;
  const hasSecret = liveSecretsOf(app, new Date()).length > 0;
  const proofs = proofChoices({ proof: app.proof, requirePkce: app.requirePkce, hasSecret });
  if (proofs.length === 0) {
    return (
      <EmptyState
        title={t('playground.no_secret')}
        action={
          <ButtonLink href={`/applications/${app.id}/credentials`}>{t('applications.sections.credentials')}</ButtonLink>
        }
      >
        <p>{t('playground.no_secret_text')}</p>
      </EmptyState>
    );
  }
  const scopes = offeredScopes(app);
  const offered = scopes.map((scope) => ({
    scope: formatScope(scope),
    label: wordsIn(describeScope(scope).label, locale),
  }));
  return (
    <Playground
      app={{ id: app.id, clientId: app.clientId, issuer: publicUrl, callback: playgroundCallback(publicUrl) }}
      offered={offered}
      preset={app.scopes ? offered.map(({ scope }) => scope) : ['profile']}
      proofs={proofs}
    />
  );
}

async function ElsewhereLink({ href }: { href: string }) {
  const { t } = await getI18n();
  return (
    <a href={href} className="text-accent-text underline underline-offset-4">
      {t('playground.elsewhere_link')}
    </a>
  );
}

/** What the app has declared; one that has not said may ask for everything. */
function offeredScopes({ scopes }: AppDetail): Scope[] {
  return scopes ?? SCOPE_CATALOGUE.map(({ name }) => ({ name, access: 'r' as const }));
}
