import 'server-only';
import { notFound } from 'next/navigation';
import { requireUser, type SessionUser } from './guards';

/** A platform admin, who reviews apps of all organisations; for others there is nothing here (case 88). */
export async function requireReviewer(returnTo?: string): Promise<SessionUser> {
  const user = await requireUser(returnTo);
  if (!user.platformAdmin) notFound();
  return user;
}
