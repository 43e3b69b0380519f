'use server';

import { refresh } from 'next/cache';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { ACCEPTANCE_FIELDS, type AcceptanceState, SHOWN_FIELD } from '@/components/invitations/acceptance-state';
import { acceptByToken } from '@/lib/flows/accept-invitation';
import { cookieAttributes, cookieName, INVITATION_COOKIE } from '@/lib/web/cookies';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';

/** Makes the account that this browser's invitation is for. Whoever is signed in has one. */
export async function acceptInvitation(_previous: AcceptanceState, form: FormData): Promise<AcceptanceState> {
  if (await currentUser()) redirect('/invitations');
  const jar = await cookies();
  const typed = Object.fromEntries(
    ACCEPTANCE_FIELDS.map((name) => {
      const value = form.get(name);
      return [name, typeof value === 'string' ? value.replaceAll('\0', '') : ''];
    }),
  ) as Record<(typeof ACCEPTANCE_FIELDS)[number], string>;
  const outcome = await acceptByToken(jar.get(cookieName(INVITATION_COOKIE))?.value, form.get(SHOWN_FIELD), typed);
  if (outcome.kind === 'gone') redirect('/invitations');
  if (outcome.kind === 'accepted') {
    jar.set(cookieName(INVITATION_COOKIE), '', { ...cookieAttributes(), maxAge: 0 });
    redirect('/signin?welcome=1');
  }
  const { t, sayEach } = await getI18n();
  const { password: _password, repeated: _repeated, ...values } = typed;
  if (outcome.kind === 'another') {
    refresh();
    return { status: 'refused', message: t('invitations.another'), errors: {}, values };
  }
  if (outcome.kind === 'busy') return { status: 'refused', message: t('invitations.busy'), errors: {}, values };
  return { status: 'refused', message: t('invitations.summary'), errors: sayEach(outcome.problems), values };
}
