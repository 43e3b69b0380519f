'use server';

import { refresh } from 'next/cache';
import { notFound } from 'next/navigation';
import type { ScopesState } from '@/components/applications/form-state';
import { parseScopesForm, validateScopes } from '@/lib/apps/scopes';
import { saveScopes } from '@/lib/store/face-changes';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';

/** Saves what the application may ask for. */
export async function declareScopes(id: unknown, _previous: ScopesState, form: FormData): Promise<ScopesState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const lines = parseScopesForm(form);
  const judged = validateScopes(lines);
  const { t, sayEach } = await getI18n();
  if (!judged.ok) return { status: 'refused', lines, errors: sayEach(judged.errors) };
  const saved = await saveScopes(actorOf(user), appId, judged.value);
  if (!saved.ok) {
    if (saved.reason !== 'needs_scope') notFound();
    return { status: 'refused', lines, errors: { '': t('applications.scopes.needs_live') } };
  }
  refresh();
  return { status: 'saved', message: t('applications.scopes.saved', { count: saved.pending.scopes?.length ?? 0 }) };
}
