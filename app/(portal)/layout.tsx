import { CSPProvider } from '@base-ui/react/csp-provider';
import type { ReactNode } from 'react';
import { ClientMessages } from '@/components/i18n/client-messages';
import { ConnectionNotices } from '@/components/notices/connection-notices';
import type { OrganisationChoice } from '@/components/shell/organisation-switch';
import { PortalShell } from '@/components/shell/portal-shell';
import { shownAddress } from '@/lib/apps/addresses';
import { canManageApps, canSetPolicy } from '@/lib/apps/roles';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { listConnectionNotices } from '@/lib/store/connection-notices';
import { listOrganisations } from '@/lib/store/organisations';
import { currentUser, requestMeta, type SessionUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { organisationInView } from '@/lib/web/organisation-in-view';
import { mayReadOutbox } from '@/lib/web/outbox';
import { dismissNotices, reportNewConnection } from './notices';

const NO_NEWS = { notices: [], count: 0 };

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  // Each page asks its own guard, which knows where to come back to after sign-in.
  if (!user) return children;
  const [i18n, choice, { nonce }, news] = await Promise.all([
    getI18n(),
    organisationChoice(user),
    requestMeta(),
    user.mayHaveNews ? listConnectionNotices(user.id) : NO_NEWS,
  ]);
  const { name, logo } = runtime().brand;
  return (
    <PortalShell
      i18n={i18n}
      brand={{ name, logo: logo && { path: logo.path } }}
      account={{
        displayName: `${user.firstName} ${user.lastName}`.trim() || user.username,
        username: user.username,
        organisation: user.tenant.displayName,
      }}
      mayManageApps={canManageApps(user.role)}
      organisationChoice={choice}
      mayAdminister={canSetPolicy(user.role)}
      mayReadOutbox={mayReadOutbox(user)}
      newConnections={news.count}
      waitingRequests={user.waitingRequests}
    >
      <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['common']}>
        <CSPProvider nonce={nonce}>
          <ConnectionNotices
            i18n={i18n}
            now={new Date()}
            count={news.count}
            notices={news.notices.map(({ ip, ...notice }) => ({
              ...notice,
              address: shownAddress(ip, user.tenant.connectionAddresses),
            }))}
            dismiss={dismissNotices}
            report={reportNewConnection}
          />
          {children}
        </CSPProvider>
      </ClientMessages>
    </PortalShell>
  );
}

async function organisationChoice(user: SessionUser): Promise<OrganisationChoice | null> {
  if (!user.platformAdmin) return null;
  const [{ organisation }, offered] = await Promise.all([organisationInView(user), listOrganisations()]);
  return { shown: organisation, own: user.tenant, offered };
}
