import type { ReactNode } from 'react';
import type { I18n } from '@/lib/i18n/i18n';
import { type Account, AccountMenu } from './account-menu';
import { Brand } from './brand';
import { type Tab, Tabs } from './tabs';

type PortalShellProps = {
  i18n: I18n;
  brandName: string;
  account: Account;
  mayManageApps: boolean;
  children: ReactNode;
};

/** What surrounds every page of the portal: brand, account menu, tabs. */
export function PortalShell({ i18n, brandName, account, mayManageApps, children }: PortalShellProps) {
  const { t } = i18n;
  const tabs: Tab[] = [{ href: '/connections', label: t('shell.tabs.connections') }];
  if (mayManageApps) tabs.push({ href: '/applications', label: t('shell.tabs.applications') });
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-md bg-accent text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-4 focus:py-2.5"
      >
        {t('shell.skip')}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-page items-center justify-between gap-4 px-4">
          <a href="/" className="inline-flex min-h-11 items-center no-underline">
            <Brand name={brandName} />
          </a>
          <AccountMenu i18n={i18n} account={account} manageHref={mayManageApps ? '/applications' : '/connections'} />
        </div>
        <div className="mx-auto max-w-page px-1">
          <Tabs label={t('shell.portal')} tabs={tabs} />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-page px-4 py-8 outline-none">
        {children}
      </main>
    </>
  );
}
