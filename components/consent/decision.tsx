import { RICH } from '@/components/i18n/rich';
import { buttonClass } from '@/components/ui/button';
import { Monogram } from '@/components/ui/monogram';
import type { I18n } from '@/lib/i18n/i18n';
import { type ConsentQuestion, DECISION_FORM } from './question';

type AccountLineProps = { i18n: I18n; account: ConsentQuestion['account']; transactionId: string };

/** Who is being asked, and the way out for somebody else. */
export function AccountLine({ i18n: { t }, account, transactionId }: AccountLineProps) {
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

/** The two buttons, and where they lead. */
export function Decision({ i18n, question }: { i18n: I18n; question: ConsentQuestion }) {
  return (
    <form id={DECISION_FORM} action={`/consent/${question.transactionId}/decision`} method="post">
      <input type="hidden" name="rendered" value={question.renderedToken} />
      <input type="hidden" name="shown" value={question.shownToken} />
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
