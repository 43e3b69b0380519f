import type { ReactNode } from 'react';
import { GuideShell } from '@/components/guides/guide-shell';
import { ClientMessages } from '@/components/i18n/client-messages';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';

/** The guides are for everybody. Who is signed in has the portal around them already. */
export default async function GuidesLayout({ children }: { children: ReactNode }) {
  if (await currentUser()) return children;
  const i18n = await getI18n();
  const { name, logo } = runtime().brand;
  return (
    <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['common']}>
      <GuideShell i18n={i18n} brand={{ name, logo: logo && { path: logo.path } }}>
        {children}
      </GuideShell>
    </ClientMessages>
  );
}
