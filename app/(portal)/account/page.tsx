import type { Metadata } from 'next';
import { MailChoiceForm } from '@/components/account/mail-choice-form';
import { PasswordForm } from '@/components/account/password-form';
import { ClientMessages } from '@/components/i18n/client-messages';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader, Section } from '@/components/ui/card';
import { Flash } from '@/components/ui/flash';
import { MIN_PASSWORD_LENGTH } from '@/lib/apps/passwords';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { wantsMailAboutApps } from '@/lib/store/users';
import { requireUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { oneOf, type Query } from '../applications/query';
import { changePassword, saveMailChoice } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('account.title') };
}

/** One's own account, a section for each subject. */
export default async function AccountPage({ searchParams }: { searchParams: Promise<Query> }) {
  const user = await requireUser('/account');
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['account']}>
      {oneOf(query.done, ['role']) ? <Flash>{t('account.role_changed')}</Flash> : null}
      <PageHeader title={t('account.title')} />
      <div className="divide-y divide-line">
        <Section id="password" title={t('account.password.title')} lead={t('account.password.lead')}>
          <PasswordForm
            action={changePassword}
            username={user.username}
            minLength={MIN_PASSWORD_LENGTH}
            asksAboutApps={runtime().settings.passwordChangeEndsConnections === 'ask'}
          />
        </Section>
        {runtime().mails.kind === 'none' ? null : (
          <Section id="mails" title={t('account.mails.title')} lead={t('account.mails.lead')}>
            <MailChoiceForm action={saveMailChoice} wanted={await wantsMailAboutApps(user.id)} />
          </Section>
        )}
        <Section id="activity" title={t('account.activity.title')} lead={t('account.activity.lead')}>
          <ButtonLink href="/account/activity">{t('account.activity.open')}</ButtonLink>
        </Section>
      </div>
    </ClientMessages>
  );
}
