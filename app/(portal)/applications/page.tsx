import type { Metadata } from 'next';
import { AppList } from '@/components/applications/app-list';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PlusIcon } from '@/components/ui/icons';
import { listApps } from '@/lib/store/app-views';
import { getI18n } from '@/lib/web/i18n';
import { requireAppsViewer } from '@/lib/web/organisation-in-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('applications.title') };
}

type Query = { [key: string]: string | string[] | undefined };

export default async function ApplicationsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { organisation, mayEdit, looksAround } = await requireAppsViewer('/applications');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const { apps, older } = await listApps(organisation.id, { olderThan: idOf(query.older) });
  const ended = endedByDeletion(query.deleted);
  const create = mayEdit ? (
    <ButtonLink href="/applications/new" variant="primary">
      <PlusIcon />
      {t('applications.create')}
    </ButtonLink>
  ) : null;
  return (
    <>
      <PageHeader
        title={t(looksAround ? 'applications.title_of_other' : 'applications.title')}
        lead={t.rich('applications.lead', { bdi: PLAIN_BDI, organisation: organisation.displayName })}
      >
        {apps.length > 0 ? create : null}
      </PageHeader>
      {ended !== null ? (
        <Alert tone="ok" role="status" className="mb-4">
          {t('applications.deleted', { count: ended })}
        </Alert>
      ) : null}
      {apps.length > 0 ? (
        <>
          <AppList apps={apps} i18n={i18n} mayEdit={mayEdit} />
          {older === null ? null : (
            <ButtonLink href={`/applications?older=${older}`} variant="secondary">
              {t('applications.older')}
            </ButtonLink>
          )}
        </>
      ) : (
        <EmptyState
          title={t(mayEdit ? 'applications.empty.title' : 'applications.empty.title_of_other')}
          action={create}
        >
          {mayEdit ? <p>{t('applications.empty.text')}</p> : null}
        </EmptyState>
      )}
    </>
  );
}

/** The number in an address, or null when there is none. */
function idOf(text: string | string[] | undefined): number | null {
  return typeof text === 'string' && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : null;
}

/** What a deletion that led here ended. The address carries a number only: whoever writes it can say nothing with it. */
function endedByDeletion(ended: string | string[] | undefined): number | null {
  return typeof ended === 'string' && /^[0-9]{1,9}$/.test(ended) ? Number(ended) : null;
}
