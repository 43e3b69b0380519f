'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { AccessValues, FormState } from '@/components/applications/form-state';
import { updateApp } from '@/lib/store/apps';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';

/** Saves who may connect the application, and what a refresh that comes too soon gets. */
export async function saveAccess(
  id: unknown,
  _previous: FormState<AccessValues>,
  form: FormData,
): Promise<FormState<AccessValues>> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const values = {
    limitToAccount: form.get('limitToAccount') !== null,
    refreshReplay: form.get('refreshReplay') !== null,
  };
  if (!(await updateApp(actorOf(user), appId, values))) notFound();
  refresh();
  return { status: 'saved', message: (await getI18n()).t('applications.access.saved') };
}
