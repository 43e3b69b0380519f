'use server';

import { randomBytes } from 'node:crypto';
import type { Route } from 'next';
import { refresh } from 'next/cache';
import { notFound, redirect } from 'next/navigation';
import type { InviteState } from '@/components/organisation/invite-state';
import { isEmail, roleOf } from '@/lib/apps/members';
import { digestOf, newId } from '@/lib/flows/ids';
import { runtime } from '@/lib/runtime/runtime';
import { createInvitation, withdrawInvitation } from '@/lib/store/invitations';
import { changeMember, type MemberChange } from '@/lib/store/members';
import { getI18n } from '@/lib/web/i18n';
import { typedText } from '@/lib/web/text';
import { uuidOf } from '../../ids';
import { acting } from '../acting';

const PAGE = '/organisation/members';

/** Invites somebody: by mail, or by a link that this answer shows once. */
export async function invite(_previous: InviteState, form: FormData): Promise<InviteState> {
  const { actor, language } = await acting(PAGE);
  const { t, locale } = await getI18n();
  const role = roleOf(form.get('role')) ?? notFound();
  const typed = typedText(form.get('email'));
  const refused = (message: string): InviteState => ({ status: 'refused', message, email: typed, role });
  if (typed !== '' && !isEmail(typed)) return refused(t('organisation.invite.bad_email'));
  const { mails, settings } = runtime();
  const email = typed === '' || mails.kind === 'none' ? null : typed;
  const token = newId(randomBytes);
  const path = `/invitations/${token}`;
  const invitation = { digest: digestOf(token), path, email, role, language: language ?? locale };
  const outcome = await createInvitation(actor, invitation);
  if (!outcome.ok) return refused(t(`organisation.invite.problem.${outcome.reason}`));
  refresh();
  // Whoever is mailed proves the address with the link: nobody else may see it.
  return { status: 'made', email, link: email === null ? `${settings.publicUrl}${path}` : null };
}

/** Takes an open invitation back. */
export async function withdrawInvite(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  const withdrawn = await withdrawInvitation(actor, uuidOf(form.get('invitation')));
  redirect(`${PAGE}?${withdrawn ? 'done=withdrawn' : 'problem=not_found'}`);
}

/** Gives a member another role. */
export async function changeRole(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  const [from, to] = [roleOf(form.get('from')) ?? notFound(), roleOf(form.get('role')) ?? notFound()];
  await change(actor, form, { kind: 'role', from, to }, 'role');
}

/** Locks a member out. */
export async function disableMember(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  await change(actor, form, { kind: 'disable' }, 'disabled');
}

/** Lets a member in again. */
export async function enableMember(form: FormData): Promise<void> {
  const { actor } = await acting(PAGE);
  await change(actor, form, { kind: 'enable' }, 'enabled');
}

/** Leads back to the member, with what came of it. */
async function change(
  actor: Parameters<typeof changeMember>[0],
  form: FormData,
  wanted: MemberChange,
  done: string,
): Promise<never> {
  const memberId = uuidOf(form.get('member'));
  const outcome = await changeMember(actor, memberId, wanted);
  if (!outcome.ok) {
    if (outcome.reason === 'not_found') notFound();
    redirect(`${PAGE}?problem=${outcome.reason}` as Route);
  }
  // Whoever is an admin no longer finds nothing here.
  if (wanted.kind === 'role' && memberId === actor.userId && wanted.to !== 'ADMIN') redirect('/account?done=role');
  const said = outcome.changed ? done : 'role_kept';
  redirect(`${PAGE}?${new URLSearchParams({ q: outcome.username, done: said })}` as Route);
}
