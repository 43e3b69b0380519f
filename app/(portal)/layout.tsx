import type { ReactNode } from 'react';
import { PortalShell } from '@/components/shell/portal-shell';
import { canManageApps } from '@/lib/apps/roles';
import { runtime } from '@/lib/runtime/runtime';
import { currentUser } from '@/lib/web/guards';

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  // Each page asks its own guard, which knows where to come back to after sign-in.
  if (!user) return children;
  return (
    <PortalShell
      brandName={runtime().settings.brandName}
      account={{
        displayName: `${user.firstName} ${user.lastName}`.trim() || user.username,
        username: user.username,
        organisation: user.tenant.displayName,
      }}
      mayManageApps={canManageApps(user.role)}
    >
      {children}
    </PortalShell>
  );
}
