'use server';

import type { MailChoiceState } from '@/components/account/mail-choice-form';
import type { PasswordField, PasswordState } from '@/components/account/password-state';
import { type PasswordProblem, passwordSentence } from '@/lib/apps/passwords';
import * as flow from '@/lib/flows/change-password';
import { setMailAboutApps } from '@/lib/store/users';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { visitor } from '@/lib/web/visitor';

/** Changes the password of who is signed in, who shows the one before. */
export async function changePassword(_previous: PasswordState, form: FormData): Promise<PasswordState> {
  const user = await requireUser('/account');
  const field = (name: PasswordField) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const disconnectApps = form.get('disconnectApps') !== null;
  const outcome = await flow.changePassword({
    user,
    current: field('currentPassword'),
    next: field('newPassword'),
    repeated: field('repeatedPassword'),
    disconnectApps,
    address: (await visitor()).address,
  });
  const { t, say } = await getI18n();
  switch (outcome.kind) {
    case 'changed':
      return {
        status: 'changed',
        message: t('account.password.changed', {
          sessions: outcome.sessionsEnded,
          apps: outcome.appsDisconnected ? 'ended' : 'kept',
        }),
      };
    case 'refused': {
      const errors = { [fieldOf(outcome.problem)]: say(passwordSentence(outcome.problem)) };
      return { status: 'refused', errors, disconnectApps };
    }
    case 'wrong':
      return { status: 'refused', errors: { currentPassword: t('account.password.wrong') }, disconnectApps };
    case 'limited': {
      const minutes = Math.max(1, Math.ceil(outcome.retryAfterSeconds / 60));
      return { status: 'refused', errors: {}, message: t('account.password.limited', { minutes }), disconnectApps };
    }
  }
}

/** Which mails the user wants, beyond those that keep the account safe. */
export async function saveMailChoice(_previous: MailChoiceState, form: FormData): Promise<MailChoiceState> {
  const user = await requireUser('/account');
  const wanted = form.get('mailAboutApps') !== null;
  await setMailAboutApps(user.id, wanted);
  return { saved: wanted };
}

function fieldOf(problem: PasswordProblem): PasswordField {
  if (problem === 'current_missing') return 'currentPassword';
  return problem === 'not_repeated' ? 'repeatedPassword' : 'newPassword';
}
