import type { Metadata } from 'next';
import { AppList } from '@/components/applications/app-list';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { PlusIcon } from '@/components/ui/icons';
import { listApps } from '@/lib/store/app-views';
import { requireDeveloper } from '@/lib/web/guards';

export const metadata: Metadata = { title: 'Your applications' };

type Query = { [key: string]: string | string[] | undefined };

export default async function ApplicationsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const user = await requireDeveloper('/applications');
  const query = await searchParams;
  const { apps, older } = await listApps(user.tenant.id, { olderThan: idOf(query.older) });
  const notice = deletionNotice(query.deleted);
  const create = (
    <ButtonLink href="/applications/new" variant="primary">
      <PlusIcon />
      Create new application
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Your applications"
        lead={`Applications of ${user.tenant.displayName} that use its users’ accounts.`}
      >
        {apps.length > 0 ? create : null}
      </PageHeader>
      {notice ? (
        <Alert tone="ok" role="status" className="mb-4">
          {notice}
        </Alert>
      ) : null}
      {apps.length > 0 ? (
        <>
          <AppList apps={apps} times={{ timeZone: user.timezone, locale: user.language }} />
          {older === null ? null : (
            <ButtonLink href={`/applications?older=${older}`} variant="secondary">
              Older applications
            </ButtonLink>
          )}
        </>
      ) : (
        <EmptyState title="Register your first application" action={create}>
          <p>
            An application gets a client id and lets users connect their accounts to it with OAuth2. You choose a name,
            say what it does, and enter where users return to.
          </p>
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
function deletionNotice(ended: string | string[] | undefined): string | null {
  if (typeof ended !== 'string' || !/^[0-9]{1,9}$/.test(ended)) return null;
  const count = Number(ended);
  if (count === 0) return 'The application was deleted.';
  return `The application was deleted. ${count === 1 ? '1 connection has' : `${count} connections have`} ended.`;
}
