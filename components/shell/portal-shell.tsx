import type { Route } from 'next';
import type { ReactNode } from 'react';
import { type LinkTab, LinkTabs } from '@/components/ui/link-tabs';
import type { I18n } from '@/lib/i18n/i18n';
import { type Account, AccountMenu } from './account-menu';
import { Brand, type BrandMark } from './brand';
import { type OrganisationChoice, OrganisationSwitch } from './organisation-switch';

type PortalShellProps = {
  i18n: I18n;
  brand: BrandMark;
  account: Account;
  mayManageApps: boolean;
  /** Of a platform admin; null: the organisation is one's own. */
  organisationChoice: OrganisationChoice | null;
  /** Decides about the organisation's policy. */
  mayAdminister: boolean;
  /** Mails are not sent but kept where this person reads them. */
  mayReadOutbox: boolean;
  /** New connections that the user has not said anything about. */
  newConnections: number;
  /** Apps that members have asked for, for who decides. */
  waitingRequests: number;
  children: ReactNode;
};

/** What surrounds every page of the portal: brand, organisation, account menu, tabs. */
export function PortalShell({
  i18n,
  brand,
  account,
  mayManageApps,
  mayAdminister,
  mayReadOutbox,
  newConnections,
  waitingRequests,
  organisationChoice,
  children,
}: PortalShellProps) {
  const { t } = i18n;
  const reviews = organisationChoice !== null;
  const tabs: LinkTab[] = [
    {
      href: '/connections',
      label: t('shell.tabs.connections'),
      ...(newConnections > 0 ? { count: i18n.number(newConnections) } : {}),
    },
  ];
  if (mayManageApps || reviews) tabs.push({ href: '/applications', label: t('shell.tabs.applications') });
  if (mayAdminister || reviews)
    tabs.push({
      href: '/organisation',
      label: t('shell.tabs.organisation'),
      ...(waitingRequests > 0 ? { count: i18n.number(waitingRequests) } : {}),
    });
  if (reviews) tabs.push({ href: '/review' as Route, label: t('shell.tabs.review') });
  if (mayManageApps || reviews) tabs.push({ href: '/guides', label: t('shell.tabs.guides') });
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-md bg-accent text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10 focus:px-4 focus:py-2.5"
      >
        {t('shell.skip')}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-14 max-w-page items-center justify-between gap-2 px-4">
          <div className="flex min-w-0 items-center gap-2">
            <a href="/" className="inline-flex min-h-11 shrink-0 items-center no-underline">
              <Brand brand={brand} compact={organisationChoice !== null} />
            </a>
            {organisationChoice ? (
              <>
                <span aria-hidden="true" className="text-line">
                  /
                </span>
                <OrganisationSwitch i18n={i18n} choice={organisationChoice} />
              </>
            ) : null}
          </div>
          <AccountMenu
            i18n={i18n}
            account={account}
            manageHref={mayManageApps || reviews ? '/applications' : '/connections'}
            mayAdminister={mayAdminister}
            mayReadOutbox={mayReadOutbox}
          />
        </div>
        <div className="mx-auto max-w-page px-1">
          <LinkTabs label={t('shell.portal')} tabs={tabs} />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-page px-4 py-8 outline-none">
        {children}
      </main>
    </>
  );
}
