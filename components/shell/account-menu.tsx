import { Menu, MenuChoices, MenuGroup, MenuItem, MenuLink } from '@/components/ui/menu';
import { Monogram } from '@/components/ui/monogram';
import { LOCALES } from '@/lib/i18n/catalogue';
import type { I18n } from '@/lib/i18n/i18n';
import { LanguageChooser } from './language-chooser';

export type Account = { displayName: string; username: string; organisation: string };

const ITEM =
  'flex min-h-11 w-full items-center rounded-sm border-0 px-3 text-left text-sm font-normal text-ink no-underline hover:bg-subtle md:min-h-9';
const SIGN_OUT = 'account-menu-sign-out';
const languageButton = (language: string) => `account-menu-${language}`;

type AccountMenuProps = {
  i18n: I18n;
  account: Account;
  manageHref: string;
  mayAdminister: boolean;
  mayReadOutbox: boolean;
};

/** The account menu: whose it is, the account's pages, the language, and the way out. */
export function AccountMenu({ i18n, account, manageHref, mayAdminister, mayReadOutbox }: AccountMenuProps) {
  const { t, locale } = i18n;
  const links = [
    { href: '/account', label: t('shell.menu.account') },
    { href: manageHref, label: t('shell.menu.manage') },
    ...(mayAdminister ? [{ href: '/organisation', label: t('shell.menu.organisation') }] : []),
    ...(mayReadOutbox ? [{ href: '/outbox', label: t('outbox.title') }] : []),
  ];
  const languages = [
    ...LOCALES.map((language) => ({ value: language, label: t(`shell.language.${language}`), lang: language })),
    { value: 'browser', label: t('shell.language.browser') },
  ];
  return (
    <Menu
      id="account-menu"
      label={t('shell.menu.open', { name: account.displayName })}
      className="px-1.5"
      trigger={
        <>
          <Monogram text={account.username} size="sm" />
          <span className="max-w-40 truncate max-sm:hidden">{account.displayName}</span>
        </>
      }
      fallback={
        <>
          <div className="border-b border-line px-3 pt-1.5 pb-2.5 text-sm text-muted">
            <Who account={account} />
          </div>
          {links.map(({ href, label }, place) => (
            <a key={href} href={href} className={`${ITEM} ${place === 0 ? 'mt-1.5' : ''}`}>
              {label}
            </a>
          ))}
          <LanguageChooser
            i18n={i18n}
            withBrowser
            buttonId={languageButton}
            className="justify-start border-y border-line px-1 py-1"
          />
          <form action="/signout/submit" method="post">
            <button id={SIGN_OUT} type="submit" className={ITEM}>
              {t('shell.menu.sign_out')}
            </button>
          </form>
        </>
      }
    >
      <MenuGroup label={<Who account={account} />}>
        {links.map(({ href, label }) => (
          <MenuLink key={href} href={href}>
            {label}
          </MenuLink>
        ))}
      </MenuGroup>
      <MenuChoices
        label={t('shell.language.label')}
        value={locale}
        options={languages.map((language) => ({ ...language, presses: languageButton(language.value) }))}
      />
      <div className="pt-1.5">
        <MenuItem presses={SIGN_OUT}>{t('shell.menu.sign_out')}</MenuItem>
      </div>
    </Menu>
  );
}

function Who({ account: { displayName, username, organisation } }: { account: Account }) {
  return (
    <>
      <p className="font-medium text-ink">
        <bdi>{displayName}</bdi>
      </p>
      <p>{username}</p>
      <p className="mt-1">
        <bdi>{organisation}</bdi>
      </p>
    </>
  );
}
