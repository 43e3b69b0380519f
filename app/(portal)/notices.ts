'use server';

import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import { dismissConnectionNotices } from '@/lib/store/connection-notices';
import { reportConnection } from '@/lib/store/connections';
import { requireUser } from '@/lib/web/guards';
import { uuidOf } from './ids';

/** "This was me": of the connections that the form names, those that are the user's own are no news any more. */
export async function dismissNotices(form: FormData): Promise<void> {
  const user = await requireUser('/connections');
  await dismissConnectionNotices(user.id, form.getAll('connection').map(uuidOf));
  refresh();
}

/** "This wasn't me": ends the connection and everything it holds, and leads to what to do next. */
export async function reportNewConnection(form: FormData): Promise<void> {
  const user = await requireUser('/connections');
  const id = uuidOf(form.get('connection'));
  if (!(await reportConnection(user.id, id))) notFound();
  refresh();
  redirect(`/connections/reported/${id}`);
}
