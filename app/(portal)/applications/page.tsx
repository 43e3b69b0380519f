import type { Metadata, Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AppList } from '@/components/applications/app-list';
import { TransferOffers } from '@/components/applications/transfer-offers';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Flash } from '@/components/ui/flash';
import { PlusIcon } from '@/components/ui/icons';
import { Pagination } from '@/components/ui/pagination';
import { SearchField } from '@/components/ui/search-field';
import type { I18n } from '@/lib/i18n/i18n';
import { type AppPage, listApps } from '@/lib/store/app-views';
import { listTransfersTo } from '@/lib/store/transfers';
import { getI18n } from '@/lib/web/i18n';
import { requireAppsViewer } from '@/lib/web/organisation-in-view';
import { actorOf } from './actor';
import { numberOf, oneOf, type Query, textOf } from './query';
import { acceptOffer, declineOffer } from './transfer-actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('applications.title') };
}

export default async function ApplicationsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { user, organisation, mayEdit, looksAround } = await requireAppsViewer('/applications');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const search = textOf(query.q);
  const [page, { offers, further }] = await Promise.all([
    listApps(organisation.id, { search, olderThan: numberOf(query.older), newerThan: numberOf(query.newer) }),
    mayEdit ? listTransfersTo(actorOf(user)) : { offers: [], further: 0 },
  ]);
  const now = new Date();
  const some = page.apps.length > 0 || search !== '';
  return (
    <>
      <Said i18n={i18n} query={query} />
      <PageHeader
        title={t(looksAround ? 'applications.title_of_other' : 'applications.title')}
        lead={t.rich('applications.lead', { bdi: PLAIN_BDI, organisation: organisation.displayName })}
      >
        {some && mayEdit ? <CreateLink i18n={i18n} /> : null}
      </PageHeader>
      {looksAround ? <Alert className="mb-4">{t('applications.list.looking_around')}</Alert> : null}
      <TransferOffers
        i18n={i18n}
        now={now}
        further={further}
        offers={offers.map((offer) => ({
          ...offer,
          from: offer.from.displayName,
          accept: acceptOffer.bind(null, offer.appId),
          decline: declineOffer.bind(null, offer.appId),
        }))}
      />
      {some ? (
        <Found i18n={i18n} search={search} page={page}>
          <AppList apps={page.apps} i18n={i18n} now={now} mayEdit={mayEdit} />
        </Found>
      ) : (
        <EmptyState
          title={t(mayEdit ? 'applications.empty.title' : 'applications.empty.title_of_other')}
          action={mayEdit ? <CreateLink i18n={i18n} /> : null}
        >
          {mayEdit ? (
            <>
              <p>{t('applications.empty.text')}</p>
              <p className="mt-2">
                {t.rich('applications.empty.guide', {
                  start: (text) => (
                    <Link
                      href="/guides/get-started"
                      prefetch={false}
                      className="text-accent-text underline underline-offset-4"
                    >
                      {text}
                    </Link>
                  ),
                })}
              </p>
            </>
          ) : null}
        </EmptyState>
      )}
    </>
  );
}

function CreateLink({ i18n: { t } }: { i18n: I18n }) {
  return (
    <ButtonLink href="/applications/new" variant="primary">
      <PlusIcon />
      {t('applications.create')}
    </ButtonLink>
  );
}

type FoundProps = { i18n: I18n; search: string; page: AppPage; children: ReactNode };

/** The search, and what it found. */
function Found({ i18n, search, page, children }: FoundProps) {
  const { t } = i18n;
  return (
    <>
      <div className="mb-4">
        <SearchField i18n={i18n} action="/applications" label={t('applications.list.search')} value={search} />
      </div>
      {page.apps.length > 0 ? (
        children
      ) : (
        <EmptyState
          title={t('applications.list.nothing_found', { search })}
          action={<ButtonLink href="/applications">{t('applications.list.show_all')}</ButtonLink>}
        >
          <p>{t('applications.list.nothing_found_text')}</p>
        </EmptyState>
      )}
      <Pagination
        i18n={i18n}
        newer={page.newer === null ? null : pageAddress(search, 'newer', page.newer)}
        older={page.older === null ? null : pageAddress(search, 'older', page.older)}
      />
    </>
  );
}

const pageAddress = (search: string, towards: 'newer' | 'older', id: number) =>
  `/applications?${new URLSearchParams({ ...(search === '' ? {} : { q: search }), [towards]: String(id) })}` as Route;

/** What was done before this page was shown. */
function Said({ i18n: { t }, query }: { i18n: I18n; query: Query }) {
  const ended = numberOf(query.deleted);
  const offer = oneOf(query.offer, ['declined', 'gone', 'suspended'] as const);
  return (
    <>
      {ended === null ? null : <Flash>{t('applications.deleted', { count: ended })}</Flash>}
      {offer ? (
        <Flash tone={offer === 'declined' ? 'ok' : 'warn'}>{t(`applications.offers.said.${offer}`)}</Flash>
      ) : null}
    </>
  );
}
