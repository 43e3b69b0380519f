import type { ReactNode } from 'react';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { buttonClass } from '@/components/ui/button';
import { CheckIcon, VerifiedIcon, WarningIcon } from '@/components/ui/icons';
import { Monogram } from '@/components/ui/monogram';
import { agoText } from '@/components/ui/time';

/** What the grant screen shows. */
export type ConsentQuestion = {
  transactionId: string;
  renderedToken: string;
  app: { name: string; description: string; publisher: string; verified: boolean; createdAt: Date; users: number };
  account: { username: string; displayName: string; organisation: string };
  scopes: { scope: string; verbs: string; label: string; also?: string; deletes: boolean }[];
  newOnly: boolean;
  offline: 'none' | 'year' | 'never_expires';
  redirectTarget: { kind: 'host'; host: string } | { kind: 'app'; scheme: string };
  loopback: boolean;
  evicts: { device: string; connectedAt: Date } | null;
  askedAgain: boolean;
};

type ConsentCardProps = { question: ConsentQuestion; brandName: string; now: Date };

/** The grant screen: who asks, who is asked, for what, for how long, and where the answer goes. Plain forms only. */
export function ConsentCard({ question, brandName, now }: ConsentCardProps) {
  const { app } = question;
  return (
    <>
      <Heading app={app} brandName={brandName} />
      <div className="mt-5 space-y-4 text-sm">
        {question.askedAgain ? (
          <Alert tone="info" role="alert">
            That was very quick. Please check what is asked for, then choose again.
          </Alert>
        ) : null}
        {app.verified ? null : <UnverifiedWarning brandName={brandName} />}
        <AccessList question={question} />
        <EvictionNotice evicts={question.evicts} now={now} />
        <AccountLine account={question.account} transactionId={question.transactionId} />
        <Decision question={question} />
      </div>
    </>
  );
}

function Heading({ app, brandName }: { app: ConsentQuestion['app']; brandName: string }) {
  return (
    <div className="text-center">
      <Monogram text={app.name} size="lg" />
      <h1 className="mt-3 text-xl font-semibold tracking-tight">
        <bdi>{app.name}</bdi> wants to access your {brandName} account
      </h1>
      <p className="mt-1.5 flex flex-wrap items-center justify-center gap-2 text-sm text-muted">
        <span>
          by <bdi>{app.publisher}</bdi>
        </span>
        {app.verified ? (
          <Badge tone="ok">
            <VerifiedIcon className="size-3.5" />
            Verified by {brandName}
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

function UnverifiedWarning({ brandName }: { brandName: string }) {
  return (
    <Alert tone="warn" title={`${brandName} has not verified this app`}>
      Nobody at {brandName} has checked who is behind it or what it does with your data. Allow it only if you know and
      trust its publisher.
    </Alert>
  );
}

function AccessList({ question }: { question: ConsentQuestion }) {
  const { app, scopes, newOnly, offline } = question;
  return (
    <div>
      <h2 className="font-semibold">
        This will {newOnly ? 'additionally ' : ''}allow <bdi>{app.name}</bdi> to:
      </h2>
      <ul className="mt-2 divide-y divide-line rounded-md border border-line">
        {scopes.map((scope) => (
          <AccessLine key={scope.scope} deletes={scope.deletes}>
            {scope.verbs} <strong className="font-semibold">{scope.label}</strong> in your name
            {scope.also ? <span className="text-muted">, and {scope.also}</span> : null}{' '}
            {scope.deletes ? <Badge tone="danger">Can delete</Badge> : null}
          </AccessLine>
        ))}
        {/* Where offline access alone is asked for, the list would be empty without it. */}
        {scopes.length === 0 ? <AccessLine>Stay connected while you are not using it</AccessLine> : null}
      </ul>
      {newOnly ? <p className="mt-2 text-muted">What you have allowed before stays allowed.</p> : null}
      <p className="mt-3">{OFFLINE[offline]}</p>
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

const OFFLINE: Record<ConsentQuestion['offline'], string> = {
  none: 'It stays connected for up to 1 hour, then it has to ask again.',
  year: 'It stays connected up to 1 year, also while you are not using it.',
  never_expires: 'It stays connected until you remove it, also while you are not using it.',
};

function EvictionNotice({ evicts, now }: { evicts: ConsentQuestion['evicts']; now: Date }) {
  if (!evicts) return null;
  return (
    <Alert tone="warn" title="This ends your oldest connection of this app">
      You have reached the limit of connections. The one on {evicts.device}, connected{' '}
      {agoText(evicts.connectedAt, now)}, ends when you allow this.
    </Alert>
  );
}

function AccountLine({ account, transactionId }: { account: ConsentQuestion['account']; transactionId: string }) {
  return (
    <div className="flex items-center gap-3 rounded-md bg-subtle px-3 py-2.5">
      <Monogram text={account.username} size="sm" />
      <div className="min-w-0 flex-1">
        <p>
          Signed in as <bdi className="font-medium">{account.displayName}</bdi>
        </p>
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
          Not you?
        </button>
      </form>
    </div>
  );
}

function Decision({ question }: { question: ConsentQuestion }) {
  return (
    <form action={`/consent/${question.transactionId}/decision`} method="post">
      <input type="hidden" name="rendered" value={question.renderedToken} />
      {/* Cancel comes first in the source: it is what the Enter key means. */}
      <div className="grid grid-cols-2 gap-3">
        <button type="submit" name="decision" value="deny" className={buttonClass('secondary', 'md', 'md:min-h-10')}>
          Cancel
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
          Allow
        </button>
      </div>
      <p className="mt-3 text-center text-balance text-muted">
        <RedirectSentence question={question} />
      </p>
    </form>
  );
}

function RedirectSentence({ question }: { question: ConsentQuestion }) {
  const { redirectTarget, loopback } = question;
  const target: ReactNode =
    redirectTarget.kind === 'host' ? (
      <strong className="font-semibold text-ink">{redirectTarget.host}</strong>
    ) : (
      <>
        an app on this device (<strong className="font-semibold text-ink">{redirectTarget.scheme}:</strong>)
      </>
    );
  return (
    <>
      Allowing will redirect to {target}
      {loopback ? ', a program on this device' : ''}
    </>
  );
}

/** How old and how widely used the app is, and where access is taken back. Stands under the card. */
export function ConsentFootnote({ question, brandName, now }: ConsentCardProps) {
  const { createdAt, users } = question.app;
  return (
    <div className="space-y-1 text-center text-sm text-muted">
      <p>
        Registered {agoText(createdAt, now)} · {usersText(users, brandName)}
      </p>
      <p>
        You can remove its access at any time under{' '}
        <a href="/connections" className="text-accent-text underline underline-offset-4">
          App connections
        </a>
        .
      </p>
    </div>
  );
}

function usersText(users: number, brandName: string): string {
  if (users === 0) return `No ${brandName} users yet`;
  if (users === 1) return `1 ${brandName} user`;
  return `${users.toLocaleString('en')} ${brandName} users`;
}
