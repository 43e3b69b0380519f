import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { AcceptanceForm } from '@/components/invitations/acceptance-form';
import { Brand } from '@/components/shell/brand';
import { LanguageChooser } from '@/components/shell/language-chooser';
import { buttonClass } from '@/components/ui/button';
import { CenteredPage } from '@/components/ui/centered-page';
import { INVITATION_DAYS } from '@/lib/apps/members';
import { MIN_PASSWORD_LENGTH } from '@/lib/apps/passwords';
import { invitationMark, openInvitation } from '@/lib/flows/accept-invitation';
import type { I18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { cookieName, INVITATION_COOKIE } from '@/lib/web/cookies';
import { currentUser, type SessionUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { acceptInvitation } from './actions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('invitations.title') };
}

/** Where the link of an invitation leads: the token came with a cookie. */
export default async function InvitationPage() {
  const token = (await cookies()).get(cookieName(INVITATION_COOKIE))?.value;
  const [i18n, user, invitation] = await Promise.all([getI18n(), currentUser(), openInvitation(token)]);
  const { t } = i18n;
  if (!invitation)
    return (
      <Frame
        i18n={i18n}
        title={t('invitations.gone.title')}
        text={t('invitations.gone.text', { days: INVITATION_DAYS })}
      >
        <a href={user ? '/' : '/signin'} className={buttonClass('secondary', 'md', 'w-full')}>
          {t(user ? 'invitations.signed_in.stay' : 'invitations.gone.sign_in')}
        </a>
      </Frame>
    );
  if (user) return <SignedIn i18n={i18n} user={user} />;
  const role = t(`organisation.members.roles.${invitation.role}`);
  return (
    <Frame
      i18n={i18n}
      title={t.rich('invitations.heading', { bdi: PLAIN_BDI, organisation: invitation.organisation })}
      text={t('invitations.lead', { role, brand: runtime().settings.brandName })}
    >
      <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['invitations']}>
        <AcceptanceForm
          action={acceptInvitation}
          shown={invitationMark(token)}
          email={invitation.email}
          minLength={MIN_PASSWORD_LENGTH}
        />
      </ClientMessages>
    </Frame>
  );
}

/** An account belongs to one organisation: who has one is told so. */
function SignedIn({ i18n, user }: { i18n: I18n; user: SessionUser }) {
  const { t } = i18n;
  const values = { ...RICH, username: user.username, organisation: user.tenant.displayName };
  return (
    <Frame i18n={i18n} title={t('invitations.signed_in.title')} text={t.rich('invitations.signed_in.text', values)}>
      <form action="/signout/submit" method="post" className="space-y-3">
        <input type="hidden" name="next" value="/invitations" />
        <button type="submit" className={buttonClass('primary', 'md', 'w-full')}>
          {t('invitations.signed_in.sign_out')}
        </button>
        <a href="/" className={buttonClass('secondary', 'md', 'w-full')}>
          {t('invitations.signed_in.stay')}
        </a>
      </form>
    </Frame>
  );
}

type FrameProps = { i18n: I18n; title: ReactNode; text: ReactNode; children: ReactNode };

function Frame({ i18n, title, text, children }: FrameProps) {
  return (
    <CenteredPage
      brand={<Brand brand={runtime().brand} />}
      below={<LanguageChooser i18n={i18n} returnTo="/invitations" />}
    >
      <h1 className="text-xl font-semibold tracking-tight text-balance">{title}</h1>
      <p className="mt-1 mb-5 text-sm text-muted">{text}</p>
      {children}
    </CenteredPage>
  );
}
