import type { Metadata } from 'next';
import { ConnectionList } from '@/components/connections/connection-list';
import { RevokeBoundary } from '@/components/connections/revoke';
import { Alert } from '@/components/ui/alert';
import { PageHeader } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { listConnectedApps } from '@/lib/store/connections';
import { requireUser } from '@/lib/web/guards';
import { revoke } from './actions';

export const metadata: Metadata = { title: 'Your app connections' };

export default async function ConnectionsPage() {
  const user = await requireUser('/connections');
  const grants = await listConnectedApps(user.id);
  const times = { timeZone: user.timezone, locale: user.language };
  return (
    <>
      <PageHeader
        title="Your app connections"
        lead="Applications that you have granted access to your account, with their last activity."
      />
      <RevokeBoundary action={revoke}>
        {grants.length > 0 ? (
          <>
            <Alert className="mb-6">
              Revoking an app’s access makes its refresh token invalid at once. The access token that it holds stays
              valid until it expires, at most one hour.
            </Alert>
            <ConnectionList grants={grants} now={new Date()} times={times} />
          </>
        ) : (
          <EmptyState title="No app is connected to your account">
            <p>
              When you allow an app to use your account, it stands here: what it may do, on which device you allowed it
              and when it was last active. You can take the access back at any time.
            </p>
          </EmptyState>
        )}
      </RevokeBoundary>
    </>
  );
}
