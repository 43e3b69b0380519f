import type { ReactNode } from 'react';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PortalShell } from '@/components/shell/portal-shell';
import { canManageApps } from '@/lib/apps/roles';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  // Each page asks its own guard, which knows where to come back to after sign-in.
  if (!user) return children;
  const i18n = await getI18n();
  return (
    <PortalShell
      i18n={i18n}
      brandName={runtime().settings.brandName}
      account={{
        displayName: `${user.firstName} ${user.lastName}`.trim() || user.username,
        username: user.username,
        organisation: user.tenant.displayName,
      }}
      mayManageApps={canManageApps(user.role)}
    >
      <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} namespaces={['common']}>
        {children}
      </ClientMessages>
    </PortalShell>
  );
}
