import { Button } from '@/components/ui/button';
import { ChevronIcon } from '@/components/ui/icons';
import { Monogram } from '@/components/ui/monogram';
import type { I18n } from '@/lib/i18n/i18n';
import { LanguageChooser } from './language-chooser';

export type Account = { displayName: string; username: string; organisation: string };

const ITEM =
  'flex min-h-11 w-full items-center rounded-sm border-0 px-3 text-left text-sm font-normal text-ink no-underline hover:bg-subtle md:min-h-9';

type AccountMenuProps = { i18n: I18n; account: Account; manageHref: string; mayAdminister: boolean };

/**
 * The account menu, on the browser's own popover: it opens, closes on Escape or on a click elsewhere, and keeps
 * aria-expanded right without any script.
 */
export function AccountMenu({ i18n, account, manageHref, mayAdminister }: AccountMenuProps) {
  const { t } = i18n;
  return (
    <>
      <Button
        variant="quiet"
        popoverTarget="account-menu"
        className="px-1.5"
        aria-label={t('shell.menu.open', { name: account.displayName })}
      >
        <Monogram text={account.username} size="sm" />
        <span className="max-w-40 truncate max-sm:hidden">{account.displayName}</span>
        <ChevronIcon />
      </Button>
      <div
        id="account-menu"
        popover="auto"
        className="menu-popover w-64 rounded-md border border-line bg-surface p-1.5 text-ink shadow-float"
      >
        <div className="border-b border-line px-3 pt-1.5 pb-2.5 text-sm">
          <p className="font-medium">
            <bdi>{account.displayName}</bdi>
          </p>
          <p className="text-muted">{account.username}</p>
          <p className="mt-1 text-muted">
            <bdi>{account.organisation}</bdi>
          </p>
        </div>
        <a href="/account" className={`${ITEM} mt-1.5`}>
          {t('shell.menu.account')}
        </a>
        <a href={manageHref} className={ITEM}>
          {t('shell.menu.manage')}
        </a>
        {mayAdminister ? (
          <a href="/organisation" className={ITEM}>
            {t('shell.menu.organisation')}
          </a>
        ) : null}
        <LanguageChooser i18n={i18n} withBrowser className="justify-start border-y border-line px-1 py-1" />
        <form action="/signout/submit" method="post">
          <button type="submit" className={ITEM}>
            {t('shell.menu.sign_out')}
          </button>
        </form>
      </div>
    </>
  );
}
