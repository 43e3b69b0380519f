import type { Actor } from '@/lib/store/audit';
import type { SessionUser } from '@/lib/store/sessions';

/** Who acts, and for which organisation: from the session, never from a form. */
export function actorOf(user: SessionUser): Actor {
  return { userId: user.id, tenantId: user.tenant.id };
}
