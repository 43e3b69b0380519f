'use server';

import type { Route } from 'next';
import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import type { ActState } from '@/components/review/act-state';
import { MAX_REQUEST_TEXT_LENGTH } from '@/lib/apps/checklist';
import {
  approveRequest,
  grantNeverExpires,
  reinstateApp,
  rejectRequest,
  suspendApp,
  withdrawNeverExpires,
  writeToDevelopers,
} from '@/lib/store/review';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { MAX_MESSAGE_LENGTH, refusedText, textOf } from '../applications/[id]/verification/texts';
import { appIdOf, rowIdOf } from '../ids';
import { CANNED } from './canned';

const MAX_SUSPENSION_REASON = 2000;

async function reviewing() {
  const user = await requireReviewer();
  return { reviewer: { userId: user.id }, i18n: await getI18n() };
}

type Outcome = { ok: true } | { ok: false; reason: string };

/** Leads back to a page that says what came of it. */
function answer(path: string, outcome: Outcome, done: string): never {
  if (!outcome.ok && outcome.reason === 'not_found') notFound();
  redirect(`${path}?${outcome.ok ? `done=${done}` : `problem=${outcome.reason}`}` as Route);
}

/** Approves exactly what the request asks for. */
export async function approve(id: unknown, _form: FormData): Promise<void> {
  const { reviewer } = await reviewing();
  const requestId = rowIdOf(id);
  answer(`/review/requests/${requestId}`, await approveRequest(reviewer, requestId), 'approved');
}

/** Rejects with a reason: a ready-made one, one's own words, or both. */
export async function reject(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { reviewer, i18n } = await reviewing();
  const { t } = i18n;
  const requestId = rowIdOf(id);
  const canned = CANNED.find((name) => name === form.get('canned'));
  const typed = textOf(form, 'reason');
  const reason = [typed, canned ? t(`review.canned.${canned}.text`) : ''].filter(Boolean).join('\n\n');
  const refusal = (message: string): ActState => ({
    status: 'refused',
    message,
    errors: { reason: message },
    values: { reason: typed },
  });
  if (reason === '') return refusal(t('review.request.reason_empty'));
  if (reason.length > MAX_REQUEST_TEXT_LENGTH)
    return refusal(t('verification.request.too_long', { max: MAX_REQUEST_TEXT_LENGTH }));
  const outcome = await rejectRequest(reviewer, requestId, reason);
  answer(`/review/requests/${requestId}`, outcome, 'rejected');
}

/** Writes to the developers. */
export async function reply(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { reviewer, i18n } = await reviewing();
  const { t } = i18n;
  const body = textOf(form, 'body');
  const refusal = (message: string) => refusedText('body', body, message);
  if (body === '') return refusal(t('verification.thread.empty'));
  if (body.length > MAX_MESSAGE_LENGTH) return refusal(t('verification.request.too_long', { max: MAX_MESSAGE_LENGTH }));
  const outcome = await writeToDevelopers(reviewer, rowIdOf(id), body);
  if (outcome === 'not_found') return refusal(t('verification.thread.gone'));
  if (outcome === 'former_owner') return refusal(t('review.request.former_owner'));
  if (outcome === 'too_many') return refusal(t('verification.thread.too_many'));
  refresh();
  return { status: 'done', message: t('verification.thread.sent') };
}

/** Stops an app at once. */
export async function suspend(id: unknown, _previous: ActState, form: FormData): Promise<ActState> {
  const { reviewer, i18n } = await reviewing();
  const { t } = i18n;
  const appId = appIdOf(id);
  const reason = textOf(form, 'reason');
  const refusal = (message: string) => refusedText('reason', reason, message);
  if (reason === '') return refusal(t('review.suspend.empty'));
  if (reason.length > MAX_SUSPENSION_REASON)
    return refusal(t('verification.request.too_long', { max: MAX_SUSPENSION_REASON }));
  answer(`/review/apps/${appId}`, await suspendApp(reviewer, appId, reason), 'suspended');
}

/** Lets a suspended app work again. */
export async function reinstate(id: unknown, form: FormData): Promise<void> {
  const { reviewer } = await reviewing();
  const appId = appIdOf(id);
  const endConnections = form.get('endConnections') !== null;
  answer(`/review/apps/${appId}`, await reinstateApp(reviewer, appId, { endConnections }), 'reinstated');
}

/** Lets a verified backend app have refresh tokens that never expire. */
export async function allowNeverExpires(id: unknown, _form: FormData): Promise<void> {
  const { reviewer } = await reviewing();
  const appId = appIdOf(id);
  answer(`/review/apps/${appId}`, await grantNeverExpires(reviewer, appId), 'granted');
}

/** Takes that back. */
export async function endNeverExpires(id: unknown, _form: FormData): Promise<void> {
  const { reviewer } = await reviewing();
  const appId = appIdOf(id);
  answer(`/review/apps/${appId}`, await withdrawNeverExpires(reviewer, appId), 'withdrawn');
}
