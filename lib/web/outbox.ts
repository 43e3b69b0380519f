import 'server-only';
import { notFound } from 'next/navigation';
import { runtime } from '@/lib/runtime/runtime';
import { requireUser, type SessionUser } from './guards';

/** Whether the outbox is there for a user: where mails are not sent, in development and with demo data. */
export function mayReadOutbox(user: SessionUser): boolean {
  const { mails } = runtime();
  return mails.kind === 'outbox' && (mails.everybody || user.platformAdmin);
}

/** A user who may read the outbox; for others there is nothing here. */
export async function requireOutboxReader(returnTo?: string): Promise<SessionUser> {
  const user = await requireUser(returnTo);
  if (!mayReadOutbox(user)) notFound();
  return user;
}
