import type { ReactNode } from 'react';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Button, buttonClass } from '@/components/ui/button';
import { TextArea } from '@/components/ui/field';
import { ClockIcon } from '@/components/ui/icons';
import { MAX_REASON_LENGTH } from '@/lib/apps/app-policy';
import type { I18n } from '@/lib/i18n/i18n';
import type { ScopeDescription } from '@/lib/oauth/scopes';
import { AppHeading } from './app-heading';
import { AccountLine } from './decision';
import { ScopeItem } from './scope-text';

/** What is shown of an app that the user's organisation keeps out. */
export type BlockedQuestion = {
  transactionId: string;
  app: {
    name: string;
    publisher: string;
    publisherDomain: string | null;
    verified: boolean;
    iconDigest: string | null;
  };
  account: { username: string; displayName: string; organisation: string };
  why: 'blocked' | 'not_verified' | 'not_listed';
  note: string;
  scopes: (ScopeDescription & { scope: string })[];
  request: { status: 'PENDING' | 'DENIED'; reason: string; note: string; createdAt: Date } | null;
  mayAsk: boolean;
};

/** A request that was not taken: why, and what was typed. */
export type AskAgain = { problem: 'missing' | 'too_long' | 'too_many' | 'denied_lately'; reason: string } | null;

type BlockedCardProps = { i18n: I18n; question: BlockedQuestion; again: AskAgain; brandName: string; now: Date };

/**
 * Stands in place of the grant screen while the user's organisation keeps the app out: which app, whose rule, and what can be
 * done. Plain forms only.
 */
export function BlockedCard({ i18n, question, again, brandName, now }: BlockedCardProps) {
  const { app, account, request } = question;
  return (
    <>
      <Heading i18n={i18n} question={question} brandName={brandName} />
      <div className="mt-5 space-y-4 text-sm">
        <Rule i18n={i18n} question={question} />
        {request?.status === 'PENDING' ? <Waiting i18n={i18n} question={question} asked={request} now={now} /> : null}
        {request?.status === 'DENIED' && question.why !== 'blocked' ? (
          <Note i18n={i18n} title={i18n.t('approval.denied.note')} note={request.note} />
        ) : null}
        {question.why === 'blocked' ? (
          <Note i18n={i18n} title={i18n.t('approval.denied.note')} note={question.note} />
        ) : null}
        {question.mayAsk ? <AskForm i18n={i18n} question={question} again={again} /> : null}
        <Asked i18n={i18n} question={question} />
        <AccountLine i18n={i18n} account={account} transactionId={question.transactionId} />
        <form action={`/consent/${question.transactionId}/decision`} method="post">
          <button
            type="submit"
            name="decision"
            value="deny"
            className={buttonClass('secondary', 'md', 'w-full py-2 whitespace-normal')}
          >
            <span className="whitespace-normal wrap-anywhere text-balance">
              {i18n.t.rich('approval.back', { bdi: PLAIN_BDI, name: app.name })}
            </span>
          </button>
        </form>
      </div>
    </>
  );
}

type PartProps = { i18n: I18n; question: BlockedQuestion };

function stateOf({ why, request }: BlockedQuestion): 'blocked' | 'waiting' | 'denied' | 'asks' {
  if (why === 'blocked') return 'blocked';
  if (request) return request.status === 'PENDING' ? 'waiting' : 'denied';
  return 'asks';
}

function Heading({ i18n, question, brandName }: PartProps & { brandName: string }) {
  const { t } = i18n;
  const { app, account } = question;
  const values = { bdi: PLAIN_BDI, name: app.name, organisation: account.organisation };
  return (
    <AppHeading
      i18n={i18n}
      app={app}
      brandName={brandName}
      title={t.rich(`approval.heading.${stateOf(question)}`, values)}
      unverified={<Badge tone="warn">{t('approval.unverified')}</Badge>}
    />
  );
}

function Rule({ i18n: { t }, question: { why, account, app, request } }: PartProps) {
  const values = { ...RICH, organisation: account.organisation, name: app.name };
  return (
    <Alert tone={why === 'blocked' || request?.status === 'DENIED' ? 'danger' : 'warn'}>
      {t.rich(`approval.rule.${why}`, values)}
    </Alert>
  );
}

function Note({ i18n: { t }, title, note }: { i18n: I18n; title: string; note: string }) {
  return (
    <div role="status" className="rounded-md border border-line p-3">
      <p className="font-medium">{title}</p>
      <p className="mt-1 wrap-anywhere whitespace-pre-line text-muted">
        {note === '' ? t('approval.denied.no_note') : <bdi>{note}</bdi>}
      </p>
    </div>
  );
}

type WaitingProps = PartProps & { asked: NonNullable<BlockedQuestion['request']>; now: Date };

function Waiting({ i18n, question, asked, now }: WaitingProps) {
  const { t, ago } = i18n;
  const path = `/consent/${question.transactionId}`;
  return (
    <>
      <div className="rounded-md border border-line p-3">
        <p role="status" className="flex items-center gap-2 font-medium">
          <ClockIcon className="size-4 shrink-0 text-muted" />
          {t('approval.waiting.title', { ago: ago(asked.createdAt, now) })}
        </p>
        <p className="mt-1 wrap-anywhere whitespace-pre-line text-muted">
          {t.rich('approval.waiting.reason', { bdi: PLAIN_BDI, reason: asked.reason })}
        </p>
      </div>
      <p data-waits-at={`${path}/state`}>{t('approval.waiting.text')}</p>
      <p className="text-muted">{t('approval.waiting.later')}</p>
      <noscript>
        <meta httpEquiv="refresh" content="20" />
      </noscript>
      <p>
        <a href={path} className={buttonClass('primary', 'md', 'w-full')}>
          {t('approval.waiting.check')}
        </a>
      </p>
    </>
  );
}

function AskForm({ i18n: { t }, question, again }: PartProps & { again: AskAgain }) {
  const { account, transactionId } = question;
  const about = again?.problem === 'missing' || again?.problem === 'too_long';
  return (
    <form action={`/consent/${transactionId}/request`} method="post" className="space-y-3">
      {again && !about ? (
        <Alert tone="danger" role="alert">
          {t(`approval.problem.${again.problem}`)}
        </Alert>
      ) : null}
      <TextArea
        id="reason"
        label={t('approval.ask.label')}
        hint={t('approval.ask.hint', { organisation: account.organisation })}
        error={again && about ? t(`approval.problem.${again.problem}`, { max: MAX_REASON_LENGTH }) : undefined}
        rows={3}
        required
        maxLength={MAX_REASON_LENGTH}
        defaultValue={again?.reason ?? ''}
        autoFocus={Boolean(again)}
      />
      <Button type="submit" variant="primary" className="w-full">
        {t('approval.ask.submit')}
      </Button>
    </form>
  );
}

/** What the app asked for: whoever asks an admin should know what for. */
function Asked({ i18n, question: { scopes } }: PartProps): ReactNode {
  const { t } = i18n;
  return (
    <details className="rounded-md border border-line px-3 py-2.5">
      <summary className="cursor-pointer font-medium">{t('approval.scopes', { count: scopes.length })}</summary>
      <ul className="mt-2 space-y-1.5">
        {scopes.map((scope) => (
          <ScopeItem key={scope.scope} i18n={i18n} scope={scope} />
        ))}
      </ul>
    </details>
  );
}

/** What is left of a request after its authorization is over. */
export type Waited = {
  appName: string;
  website: string | null;
  status: 'PENDING' | 'APPROVED' | 'DENIED';
  note: string;
};

/** The authorization has waited for an admin as long as it may: how it goes on. */
export function ApprovalOver({ i18n: { t }, request }: { i18n: I18n; request: Waited }) {
  const { appName, website, status, note } = request;
  const values = { bdi: PLAIN_BDI, name: appName };
  return (
    <div className="text-center">
      <h1 className="text-xl font-semibold tracking-tight text-balance">
        {t.rich(`approval.over.${status}.title`, values)}
      </h1>
      <p className="mt-2 text-sm text-muted">{t.rich(`approval.over.${status}.text`, values)}</p>
      {status === 'DENIED' && note !== '' ? (
        <p className="mt-2 text-sm wrap-anywhere whitespace-pre-line">
          <bdi>{note}</bdi>
        </p>
      ) : null}
      <p className="mt-6">
        {website && status !== 'DENIED' ? (
          <a href={website} rel="noreferrer" className={buttonClass('primary')}>
            <span>{t.rich('approval.over.website', values)}</span>
          </a>
        ) : (
          <a href="/connections" className={buttonClass('secondary')}>
            {t('consent.gone.see_connections')}
          </a>
        )}
      </p>
    </div>
  );
}
