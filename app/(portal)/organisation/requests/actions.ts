'use server';

import type { Route } from 'next';
import { redirect } from 'next/navigation';
import type { ActState } from '@/components/review/act-state';
import { MAX_NOTE_LENGTH } from '@/lib/apps/app-policy';
import { type DecideOutcome, decideRequests } from '@/lib/store/policy-changes';
import { getI18n } from '@/lib/web/i18n';
import { typedText } from '@/lib/web/text';
import { appIdOf } from '../../ids';
import { acting } from '../acting';

const PAGE = '/organisation/requests';

/** Lets an app in for everybody: the members who asked go on. */
export async function approveApp(id: unknown, _form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  answer(await decideRequests(actor, appIdOf(id), { kind: 'approve' }), 'approved');
}

/** Says no to those who asked, and to everybody for good where the app is blocked. */
export async function denyApp(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { actor } = await acting(PAGE);
  const appId = appIdOf(id);
  const note = typedText(form.get('note'));
  if (note.length > MAX_NOTE_LENGTH) {
    const message = (await getI18n()).t('organisation.requests.note_too_long', { max: MAX_NOTE_LENGTH });
    return { status: 'refused', message, errors: { note: message }, values: { note } };
  }
  return answer(
    await decideRequests(actor, appId, { kind: 'deny', note, block: form.get('block') !== null }),
    'denied',
  );
}

function answer(outcome: DecideOutcome, done: string): never {
  redirect(`${PAGE}?${outcome.ok ? `done=${done}` : `problem=${outcome.reason}`}` as Route);
}
