import { ScopeItem } from '@/components/consent/scope-text';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { ActForm } from '@/components/review/act-form';
import type { ActState } from '@/components/review/act-state';
import { RiskList } from '@/components/review/risk-signs';
import { Card } from '@/components/ui/card';
import { CheckIcon } from '@/components/ui/icons';
import { SubmitButton } from '@/components/ui/submit-button';
import { MAX_NOTE_LENGTH } from '@/lib/apps/app-policy';
import type { RiskSign } from '@/lib/apps/risk';
import type { I18n } from '@/lib/i18n/i18n';
import { describeScope, formatScope, type Scope } from '@/lib/oauth/scopes';
import { AppFace } from './app-face';

/** An app that members ask for. */
export type RequestedApp = {
  id: number;
  name: string;
  iconDigest: string | null;
  publisher: string;
  publisherDomain: string | null;
  verified: boolean;
  since: Date;
  count: number;
  requesters: { username: string; name: string; reason: string }[];
  /** All that the requests ask for. */
  scopes: Scope[];
  offline: boolean;
  signs: RiskSign[];
};

export type RequestActs = {
  approve: (appId: number, form: FormData) => Promise<void>;
  deny: (appId: number, previous: ActState, form: FormData) => Promise<ActState>;
};

type RequestListProps = {
  i18n: I18n;
  now: Date;
  apps: readonly RequestedApp[];
  /** null: whoever looks may decide nothing. */
  acts: RequestActs | null;
};

/** Apps that wait for a decision: an entry an app, with those who ask for it. */
export function RequestList({ i18n, now, apps, acts }: RequestListProps) {
  return (
    <ul className="space-y-6">
      {apps.map((app) => (
        <li key={app.id}>
          <Card className="p-4 md:p-5">
            <Entry i18n={i18n} now={now} app={app} acts={acts} />
          </Card>
        </li>
      ))}
    </ul>
  );
}

type EntryProps = { i18n: I18n; now: Date; app: RequestedApp; acts: RequestActs | null };

function Entry({ i18n, now, app, acts }: EntryProps) {
  const { t } = i18n;
  return (
    <article aria-labelledby={`app-${app.id}`} className="space-y-4 text-sm">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <h3 id={`app-${app.id}`} className="font-normal">
          <AppFace i18n={i18n} app={app} />
        </h3>
        <p className="text-muted">
          {t('organisation.requests.asked', { count: app.count, ago: i18n.ago(app.since, now) })}
        </p>
      </div>
      {app.publisherDomain ? (
        <p className="flex items-center gap-1 text-muted">
          <CheckIcon className="size-3.5 shrink-0 text-ok-text" />
          <span>{t.rich('organisation.requests.domain', { bdi: PLAIN_BDI, domain: app.publisherDomain })}</span>
        </p>
      ) : null}
      <Requesters i18n={i18n} app={app} />
      <div className="grid gap-4 lg:grid-cols-2">
        <AskedScopes i18n={i18n} app={app} />
        <div>
          <h4 className="mb-2 font-medium">{t('organisation.requests.signs')}</h4>
          <RiskList i18n={i18n} signs={app.signs} />
        </div>
      </div>
      {acts ? <Decide i18n={i18n} app={app} acts={acts} /> : null}
    </article>
  );
}

type AppProps = { i18n: I18n; app: RequestedApp };

function Requesters({ i18n: { t }, app: { requesters, count } }: AppProps) {
  return (
    <div>
      <h4 className="mb-2 font-medium">{t('organisation.requests.reasons')}</h4>
      <ul className="divide-y divide-line rounded-md border border-line">
        {requesters.map(({ username, name, reason }) => (
          <li key={username} className="px-3 py-2.5">
            <p>
              <bdi className="font-medium">{name}</bdi> <bdi className="text-muted">{username}</bdi>
            </p>
            <p className="mt-0.5 wrap-anywhere whitespace-pre-line">
              <bdi>{reason}</bdi>
            </p>
          </li>
        ))}
      </ul>
      {count > requesters.length ? (
        <p className="mt-1 text-muted">{t('organisation.requests.more', { count: count - requesters.length })}</p>
      ) : null}
    </div>
  );
}

function AskedScopes({ i18n, app: { scopes, offline } }: AppProps) {
  const { t } = i18n;
  return (
    <div>
      <h4 className="mb-2 font-medium">{t('organisation.requests.scopes')}</h4>
      <ul className="space-y-1.5">
        {scopes.map((scope) => (
          <ScopeItem key={formatScope(scope)} i18n={i18n} scope={describeScope(scope)} />
        ))}
        {offline ? (
          <li className="flex items-start gap-2">
            <CheckIcon className="mt-0.5 size-4 shrink-0 text-muted" />
            {t('organisation.requests.offline')}
          </li>
        ) : null}
      </ul>
    </div>
  );
}

function Decide({ i18n: { t }, app, acts }: AppProps & { acts: RequestActs }) {
  return (
    <div className="space-y-3 border-t border-line pt-4">
      <p className="text-muted">{t('organisation.requests.approve_text')}</p>
      <form action={acts.approve.bind(null, app.id)}>
        <SubmitButton
          variant="primary"
          pendingLabel={t('common.saving')}
          aria-label={t('organisation.requests.approve_of', { name: app.name })}
        >
          {t('organisation.requests.approve')}
        </SubmitButton>
      </form>
      <details>
        <summary className="w-fit cursor-pointer py-2 font-medium text-danger-text">
          {t('organisation.requests.deny')}
        </summary>
        <div className="mt-2 max-w-form">
          <ActForm
            action={acts.deny.bind(null, app.id)}
            fields={[
              {
                kind: 'area',
                id: 'note',
                label: t('organisation.requests.note'),
                hint: t('organisation.requests.note_hint'),
                rows: 3,
                maxLength: MAX_NOTE_LENGTH,
              },
              {
                kind: 'tick',
                id: 'block',
                label: t('organisation.requests.block'),
                hint: t('organisation.requests.block_hint'),
              },
            ]}
            buttons={[
              {
                label: t('organisation.requests.deny_confirm'),
                pending: t('organisation.requests.denying'),
                variant: 'danger',
              },
            ]}
          />
        </div>
      </details>
    </div>
  );
}
