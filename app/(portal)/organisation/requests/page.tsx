import type { Metadata, Route } from 'next';
import { RequestList } from '@/components/organisation/request-list';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Flash } from '@/components/ui/flash';
import { Pagination } from '@/components/ui/pagination';
import { mergeScopes } from '@/lib/oauth/scopes';
import { type AskedApp, listAskedApps } from '@/lib/store/access-requests';
import { storedScopes } from '@/lib/store/grants';
import { getI18n } from '@/lib/web/i18n';
import { requireOrganisation } from '@/lib/web/organisation-in-view';
import { numberOf, oneOf, type Query } from '../../applications/query';
import { cursorOf, cursorText } from '../../review/cursor';
import { sectionTitle } from '../section-title';
import { approveApp, denyApp } from './actions';

export const generateMetadata = (): Promise<Metadata> => sectionTitle('organisation.sections.requests');

/** Apps that members ask for: what the admins decide about. */
export default async function RequestsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const appId = numberOf(query.app);
  const { organisation, mayEdit } = await requireOrganisation(
    appId === null ? '/organisation/requests' : `/organisation/requests?app=${appId}`,
  );
  const i18n = await getI18n();
  const { t } = i18n;
  const now = new Date();
  const after = cursorOf(query.after);
  const { entries, next } = await listAskedApps(organisation.id, { appId, after }, now);
  const [done, problem] = [
    oneOf(query.done, ['approved', 'denied']),
    oneOf(query.problem, ['decided_already', 'allowed_already', 'app_gone']),
  ];
  return (
    <section aria-labelledby="requests">
      {done ? <Flash>{t(`organisation.requests.done.${done}`)}</Flash> : null}
      {problem ? <Flash tone="danger">{t(`organisation.requests.problem.${problem}`)}</Flash> : null}
      <h2 id="requests" className="text-lg font-semibold">
        {t('organisation.sections.requests')}
      </h2>
      <p className="mt-0.5 mb-4 max-w-form text-sm text-muted">{t('organisation.requests.lead')}</p>
      {entries.length > 0 ? (
        <RequestList
          i18n={i18n}
          now={now}
          apps={entries.map(requestedOf)}
          acts={mayEdit ? { approve: approveApp, deny: denyApp } : null}
        />
      ) : appId === null ? (
        <EmptyState
          title={t('organisation.requests.none')}
          action={<ButtonLink href="/organisation/app-policy">{t('organisation.requests.see_policy')}</ButtonLink>}
        >
          <p>{t('organisation.requests.none_text')}</p>
        </EmptyState>
      ) : (
        <EmptyState
          title={t('organisation.requests.gone')}
          action={<ButtonLink href="/organisation/requests">{t('organisation.requests.show_all')}</ButtonLink>}
        >
          <p>{t('organisation.requests.gone_text')}</p>
        </EmptyState>
      )}
      <Pagination
        i18n={i18n}
        newer={after ? '/organisation/requests' : null}
        older={next && (`/organisation/requests?after=${cursorText(next)}` as Route)}
      />
    </section>
  );
}

const requestedOf = (app: AskedApp) => ({
  ...app,
  scopes: app.requesters.reduce<ReturnType<typeof storedScopes>>(
    (all, { scopes }) => mergeScopes(all, storedScopes(scopes)),
    [],
  ),
  offline: app.requesters.some(({ offlineAccess }) => offlineAccess),
});
