'use server';

import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import type { DeleteState, RevokeAllState, TransferState } from '@/components/applications/form-state';
import { countText } from '@/lib/apps/counts';
import { DECLINED_DAYS, MAX_OPEN_OFFERS } from '@/lib/apps/transfers';
import type { I18n } from '@/lib/i18n/i18n';
import { findApp } from '@/lib/store/app-views';
import { deleteApp, revokeAppTokens } from '@/lib/store/apps';
import { cancelTransfer, type OfferOutcome, offerTransfer, type Recipient } from '@/lib/store/transfers';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { typedText } from '@/lib/web/text';
import { appIdOf } from '../../ids';
import { actorOf } from '../actor';

/** Offers the application to a colleague or to another organisation; nothing changes until they accept. */
export async function offer(id: unknown, _previous: TransferState, form: FormData): Promise<TransferState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const typed = { kind: form.get('kind') === 'organisation' ? 'organisation' : 'member', to: textOf(form) } as const;
  const { t } = await getI18n();
  const field = typed.kind === 'member' ? 'username' : 'organisation';
  if (typed.to === '') {
    if (!(await findApp(user.tenant.id, appId))) notFound();
    return { status: 'refused', typed, error: t(`applications.transfer.missing.${field}`) };
  }
  const recipient: Recipient =
    typed.kind === 'member' ? { kind: 'member', username: typed.to } : { kind: 'organisation', name: typed.to };
  const offered = await offerTransfer(actorOf(user), appId, recipient);
  if (offered.ok) {
    refresh();
    return { status: 'offered', message: t('applications.transfer.offered', { name: offered.to }) };
  }
  if (offered.reason === 'not_found') notFound();
  return { status: 'refused', typed, ...refusalOf(offered, t, field) };
}

type Refused = Exclude<Extract<OfferOutcome, { ok: false }>, { reason: 'not_found' }>;

/** What the form says of it. */
function refusalOf(refused: Refused, t: I18n['t'], field: 'username' | 'organisation') {
  switch (refused.reason) {
    case 'suspended':
      return { error: t('applications.transfer.suspended') };
    case 'declined_lately':
      return { error: t('applications.transfer.declined_lately', { name: refused.to, days: DECLINED_DAYS }) };
    case 'too_many_offers': {
      const { to: name, waiting } = refused;
      return { error: t('applications.transfer.too_many_offers', { name, max: MAX_OPEN_OFFERS }), waiting };
    }
    default:
      return { error: t(`applications.transfer.${refused.reason}.${field}`) };
  }
}

function textOf(form: FormData): string {
  return typedText(form.get(form.get('kind') === 'organisation' ? 'organisation' : 'username'));
}

/** Takes the offer back. */
export async function takeBack(id: unknown): Promise<void> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const cancelled = await cancelTransfer(actorOf(user), appId);
  if (!cancelled && !(await findApp(user.tenant.id, appId))) notFound();
  refresh();
}

/** Ends every token of the application; what users have consented to stands. */
export async function revokeAll(id: unknown, _previous: RevokeAllState, _form: FormData): Promise<RevokeAllState> {
  const user = await requireDeveloper();
  const revoked = (await revokeAppTokens(actorOf(user), appIdOf(id))) ?? notFound();
  refresh();
  const { t, formatLocale } = await getI18n();
  const { endedConnections: count } = revoked;
  return {
    status: 'done',
    message: t('applications.revoke_all.done', { count, text: countText(count, formatLocale) }),
  };
}

/** Deletes the application and everything users have allowed it, once its name has been typed. */
export async function deleteApplication(id: unknown, _previous: DeleteState, form: FormData): Promise<DeleteState> {
  const user = await requireDeveloper();
  const appId = appIdOf(id);
  const app = (await findApp(user.tenant.id, appId)) ?? notFound();
  const typed = form.get('typedName');
  if (typeof typed !== 'string' || typed.trim() !== app.name) {
    const error = (await getI18n()).t('applications.delete.wrong_name');
    return { status: 'refused', typed: typeof typed === 'string' ? typed : '', error };
  }
  const deleted = (await deleteApp(actorOf(user), appId)) ?? notFound();
  redirect(`/applications?deleted=${deleted.endedConnections}`);
}
