'use server';

import { redirect } from 'next/navigation';
import { endOtherSessions } from '@/lib/store/sessions';
import { requireUser } from '@/lib/web/guards';
import { uuidOf } from '../../ids';

/** Signs another browser of the user's out, or, where the form names none, all of them. */
export async function signOutBrowsers(form: FormData): Promise<void> {
  const user = await requireUser('/account/activity');
  const named = form.get('session');
  await endOtherSessions(user, named === null ? null : uuidOf(named));
  // The list tells it in its first line.
  redirect('/account/activity');
}
