import type { ReactNode } from 'react';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { buttonClass } from '@/components/ui/button';
import { CheckIcon, VerifiedIcon, WarningIcon } from '@/components/ui/icons';
import { Monogram } from '@/components/ui/monogram';
import { countText } from '@/lib/apps/counts';
import type { I18n } from '@/lib/i18n/i18n';
import { type ScopeDescription, wordsIn } from '@/lib/oauth/scopes';

/** What the grant screen shows. */
export type ConsentQuestion = {
  transactionId: string;
  renderedToken: string;
  app: { name: string; description: string; publisher: string; verified: boolean; createdAt: Date; users: number };
  account: { username: string; displayName: string; organisation: string };
  scopes: ({ scope: string } & ScopeDescription)[];
  newOnly: boolean;
  offline: 'none' | 'year' | 'never_expires';
  redirectTarget: { kind: 'host'; host: string } | { kind: 'app'; scheme: string };
  loopback: boolean;
  evicts: { device: string | null; connectedAt: Date } | null;
  askedAgain: string | null;
};

type ConsentCardProps = { i18n: I18n; question: ConsentQuestion; brandName: string; now: Date };

/** The grant screen: who asks, who is asked, for what, for how long, and where the answer goes. Plain forms only. */
export function ConsentCard({ i18n, question, brandName, now }: ConsentCardProps) {
  const { app } = question;
  return (
    <>
      <Heading i18n={i18n} app={app} brandName={brandName} />
      <div className="mt-5 space-y-4 text-sm">
        {question.askedAgain ? (
          <Alert tone="info" role="alert">
            {i18n.t('consent.asked_again')}
          </Alert>
        ) : null}
        {app.verified ? null : <UnverifiedWarning i18n={i18n} brandName={brandName} />}
        <AccessList i18n={i18n} question={question} />
        <EvictionNotice i18n={i18n} evicts={question.evicts} now={now} />
        <AccountLine i18n={i18n} account={question.account} transactionId={question.transactionId} />
        <Decision i18n={i18n} question={question} />
      </div>
    </>
  );
}

function Heading({ i18n: { t }, app, brandName }: { i18n: I18n; app: ConsentQuestion['app']; brandName: string }) {
  return (
    <div className="text-center">
      <Monogram text={app.name} size="lg" />
      <h1 className="mt-3 text-xl font-semibold tracking-tight">
        {t.rich('consent.heading', { bdi: PLAIN_BDI, name: app.name, brand: brandName })}
      </h1>
      <p className="mt-1.5 flex flex-wrap items-center justify-center gap-2 text-sm text-muted">
        <span>{t.rich('consent.by', { bdi: PLAIN_BDI, publisher: app.publisher })}</span>
        {app.verified ? (
          <Badge tone="ok">
            <VerifiedIcon className="size-3.5" />
            {t('consent.verified', { brand: brandName })}
          </Badge>
        ) : null}
      </p>
      {app.description ? (
        <p className="mt-2 line-clamp-3 text-sm text-muted">
          <bdi>{app.description}</bdi>
        </p>
      ) : null}
    </div>
  );
}

function UnverifiedWarning({ i18n: { t }, brandName }: { i18n: I18n; brandName: string }) {
  return (
    <Alert tone="warn" title={t('consent.unverified_title', { brand: brandName })}>
      {t('consent.unverified_text', { brand: brandName })}
    </Alert>
  );
}

function AccessList({ i18n, question }: { i18n: I18n; question: ConsentQuestion }) {
  const { t } = i18n;
  const { app, scopes, newOnly, offline } = question;
  return (
    <div>
      <h2 className="font-semibold">
        {t.rich(newOnly ? 'consent.allows_more' : 'consent.allows', { bdi: PLAIN_BDI, name: app.name })}
      </h2>
      <ul className="mt-2 divide-y divide-line rounded-md border border-line">
        {scopes.map((scope) => (
          <AccessLine key={scope.scope} deletes={scope.access === 'd'}>
            <ScopeText i18n={i18n} scope={scope} />
          </AccessLine>
        ))}
        {/* Where offline access alone is asked for, the list would be empty without it. */}
        {scopes.length === 0 ? <AccessLine>{t('consent.stay_connected')}</AccessLine> : null}
      </ul>
      {newOnly ? <p className="mt-2 text-muted">{t('consent.allowed_before')}</p> : null}
      <p className="mt-3">{t(`consent.offline.${offline}`)}</p>
    </div>
  );
}

function AccessLine({ deletes = false, children }: { deletes?: boolean; children: ReactNode }) {
  return (
    <li className="flex items-start gap-2.5 px-3 py-2.5">
      {deletes ? (
        <WarningIcon className="mt-0.5 size-4 shrink-0 text-danger-text" />
      ) : (
        <CheckIcon className="mt-0.5 size-4 shrink-0 text-ok-text" />
      )}
      <span className="min-w-0 flex-1">{children}</span>
    </li>
  );
}

function ScopeText({ i18n: { t, locale }, scope }: { i18n: I18n; scope: ScopeDescription }) {
  const label = wordsIn(scope.label, locale);
  return (
    <>
      {t.rich(`consent.scope.${scope.access}`, { ...RICH, label })}
      {scope.also ? (
        <span className="text-muted">{t('consent.also', { also: wordsIn(scope.also, locale) })}</span>
      ) : null}{' '}
      {scope.access === 'd' ? <Badge tone="danger">{t('consent.can_delete')}</Badge> : null}
    </>
  );
}

type EvictionNoticeProps = { i18n: I18n; evicts: ConsentQuestion['evicts']; now: Date };

function EvictionNotice({ i18n: { t, ago }, evicts, now }: EvictionNoticeProps) {
  if (!evicts) return null;
  return (
    <Alert tone="warn" title={t('consent.evicts_title')}>
      {t('consent.evicts_text', {
        device: evicts.device ?? t('common.unknown_device'),
        ago: ago(evicts.connectedAt, now),
      })}
    </Alert>
  );
}

type AccountLineProps = { i18n: I18n; account: ConsentQuestion['account']; transactionId: string };

function AccountLine({ i18n: { t }, account, transactionId }: AccountLineProps) {
  return (
    <div className="flex items-center gap-3 rounded-md bg-subtle px-3 py-2.5">
      <Monogram text={account.username} size="sm" />
      <div className="min-w-0 flex-1">
        <p>{t.rich('consent.signed_in_as', { ...RICH, name: account.displayName })}</p>
        <p className="text-muted">
          {account.username} · <bdi>{account.organisation}</bdi>
        </p>
      </div>
      <form action="/signout/submit" method="post">
        <input type="hidden" name="transaction" value={transactionId} />
        <button
          type="submit"
          className="min-h-11 rounded-sm px-1 text-accent-text underline underline-offset-4 md:min-h-6"
        >
          {t('consent.not_you')}
        </button>
      </form>
    </div>
  );
}

function Decision({ i18n, question }: { i18n: I18n; question: ConsentQuestion }) {
  return (
    <form action={`/consent/${question.transactionId}/decision`} method="post">
      <input type="hidden" name="rendered" value={question.renderedToken} />
      {/* Cancel comes first in the source: it is what the Enter key means. */}
      <div className="grid grid-cols-2 gap-3">
        <button type="submit" name="decision" value="deny" className={buttonClass('secondary', 'md', 'md:min-h-10')}>
          {i18n.t('consent.cancel')}
        </button>
        <button
          type="submit"
          name="decision"
          value="allow"
          className={buttonClass('primary', 'md', 'md:min-h-10')}
          data-consent-allow
          // The guard script may have switched it off before React looks at it.
          suppressHydrationWarning
        >
          {i18n.t('consent.allow')}
        </button>
      </div>
      <p className="mt-3 text-center text-balance text-muted">
        <RedirectSentence i18n={i18n} question={question} />
      </p>
    </form>
  );
}

function RedirectSentence({ i18n: { t }, question }: { i18n: I18n; question: ConsentQuestion }) {
  const { redirectTarget: target, loopback } = question;
  if (target.kind === 'app') return t.rich('consent.redirect.app', { ...RICH, target: `${target.scheme}:` });
  return t.rich(loopback ? 'consent.redirect.loopback' : 'consent.redirect.host', { ...RICH, target: target.host });
}

/** How old and how widely used the app is, and where access is taken back. Stands under the card. */
export function ConsentFootnote({ i18n: { t, ago, formatLocale }, question, brandName, now }: ConsentCardProps) {
  const { createdAt, users } = question.app;
  return (
    <div className="space-y-1 text-center text-sm text-muted">
      <p>
        {t('consent.registered', { ago: ago(createdAt, now) })} ·{' '}
        {t('consent.users', { count: users, text: countText(users, formatLocale), brand: brandName })}
      </p>
      <p>{t.rich('consent.remove_later', { link: connectionsLink })}</p>
    </div>
  );
}

function connectionsLink(text: ReactNode) {
  return (
    <a href="/connections" className="text-accent-text underline underline-offset-4">
      {text}
    </a>
  );
}
