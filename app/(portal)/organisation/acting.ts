import 'server-only';
import type { Actor } from '@/lib/store/audit';
import { requireAdmin } from '@/lib/web/guards';

/** The admin who acts, in their own organisation; others find nothing here. */
export async function acting(returnTo: string): Promise<{ actor: Actor; language: string | null }> {
  const user = await requireAdmin(returnTo);
  return { actor: { userId: user.id, tenantId: user.tenant.id }, language: user.language };
}
