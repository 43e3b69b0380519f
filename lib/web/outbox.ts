import 'server-only';
import { notFound } from 'next/navigation';
import { runtime } from '@/lib/runtime/runtime';
import type { OutboxReader } from '@/lib/store/outbox';
import { requireUser, type SessionUser } from './guards';

/** Whether the outbox is there for a user: where mails are not sent, in development and with demo data. */
export function mayReadOutbox(user: SessionUser): boolean {
  const { mails } = runtime();
  return mails.kind === 'outbox' && (mails.everybody || user.platformAdmin);
}

/** A user who may read the outbox; for others there is nothing here. Platform admins read all of it. */
export async function requireOutboxReader(returnTo?: string): Promise<OutboxReader> {
  const user = await requireUser(returnTo);
  if (!mayReadOutbox(user)) notFound();
  return { userId: user.id, all: user.platformAdmin };
}
