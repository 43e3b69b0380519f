import { redirect } from 'next/navigation';
import { canManageApps } from '@/lib/apps/roles';
import { requireUser } from '@/lib/web/guards';

/** The front door leads developers to their applications and everybody else to their connections. */
export default async function Home() {
  const user = await requireUser();
  redirect(canManageApps(user.role) ? '/applications' : '/connections');
}
