import type { Metadata } from 'next';
import { EndpointList } from '@/components/applications/endpoint-list';
import { ProofForm } from '@/components/applications/proof-form';
import { RotationGuide } from '@/components/applications/rotation-guide';
import { type ListedSecret, SecretsManager } from '@/components/applications/secrets-manager';
import { ClientMessages } from '@/components/i18n/client-messages';
import { Panel } from '@/components/ui/card';
import { CopyField } from '@/components/ui/copy-field';
import { Ago, Day } from '@/components/ui/time';
import { rotationStep } from '@/lib/apps/secret-rotation';
import { deleteSecretProblem, newSecretProblem } from '@/lib/apps/secrets';
import type { I18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import type { AppDetail } from '@/lib/store/app-views';
import { getI18n } from '@/lib/web/i18n';
import { endpointsOf } from '../../../endpoints';
import { liveSecretsOf } from '../../../live-secrets';
import { type AppParams, appOfRequest } from '../../app-of-request';
import { generateSecret, removeSecret, saveProof } from '../../credential-actions';
import { sectionTitle } from '../../section-title';

export const generateMetadata = ({ params }: AppParams): Promise<Metadata> => sectionTitle(params, 'credentials');

export default async function CredentialsPage({ params }: AppParams) {
  const { app } = await appOfRequest((await params).id, '/credentials');
  const i18n = await getI18n();
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['applications.secrets', 'applications.proof']}>
      <Panel id="client-id" title={t('applications.credentials.client_id')} lead={t('applications.credentials.lead')}>
        <CopyField label={t('applications.credentials.client_id')} value={app.clientId} hideLabel />
      </Panel>
      <Panel id="secrets" title={t('applications.secrets.title')} lead={t('applications.secrets.lead')}>
        <Secrets app={app} i18n={i18n} />
      </Panel>
      <Panel id="proof" title={t('applications.proof.title')} lead={t('applications.proof.lead')}>
        <ProofForm action={saveProof.bind(null, app.id)} saved={{ proof: app.proof, requirePkce: app.requirePkce }} />
      </Panel>
      <Panel id="endpoints" title={t('applications.endpoints.title')} lead={t('applications.endpoints.lead')}>
        <EndpointList i18n={i18n} endpoints={endpointsOf(runtime().settings, app.clientId)} />
      </Panel>
    </ClientMessages>
  );
}

function Secrets({ app, i18n }: { app: AppDetail; i18n: I18n }) {
  const { say } = i18n;
  const now = new Date();
  const live = liveSecretsOf(app, now);
  return (
    <div className="space-y-4">
      <SecretsManager
        secrets={app.secrets.map((secret) => ({
          ...listedSecret(i18n, secret, now),
          only: live.length === 1 && live[0]?.id === secret.id,
          removeProblem: say(deleteSecretProblem({ proof: app.proof, otherLive: otherThan(secret, live) })) ?? null,
        }))}
        generateProblem={say(newSecretProblem({ proof: app.proof, liveSecrets: live.length })) ?? null}
        generate={generateSecret.bind(null, app.id)}
        remove={removeSecret.bind(null, app.id)}
      />
      <RotationGuide i18n={i18n} now={now} at={rotationStep(app.secrets, now)} />
    </div>
  );
}

type Stored = AppDetail['secrets'][number];

const otherThan = (secret: Stored, live: readonly Stored[]) => live.filter(({ id }) => id !== secret.id).length;

function listedSecret(i18n: I18n, secret: Stored, now: Date): Omit<ListedSecret, 'only' | 'removeProblem'> {
  const { t } = i18n;
  const { id, lastFour, createdAt, lastUsedAt, expiresAt } = secret;
  return {
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
  };
}
