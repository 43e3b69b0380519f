import type { Metadata } from 'next';
import { ClientMessages } from '@/components/i18n/client-messages';
import { PlaygroundCallback } from '@/components/playground/callback';
import { Brand } from '@/components/shell/brand';
import { Alert } from '@/components/ui/alert';
import { CenteredPage } from '@/components/ui/centered-page';
import { MESSAGES } from '@/lib/i18n/messages';
import { runtime } from '@/lib/runtime/runtime';
import { getI18n } from '@/lib/web/i18n';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('playground.callback.title') };
}

/**
 * Where the playground's answers arrive. The server does nothing with them and shows nothing of them: what stands in the
 * address is read by the tab, and only who has the verifier or the secret can use it.
 */
export default async function PlaygroundCallbackPage() {
  const i18n = await getI18n();
  return (
    <CenteredPage brand={<Brand brand={runtime().brand} />}>
      <noscript>
        <Alert tone="warn" className="mb-4">
          {i18n.t('playground.callback.needs_script')}
        </Alert>
      </noscript>
      <ClientMessages i18n={i18n} messages={MESSAGES[i18n.locale]} parts={['playground']}>
        <PlaygroundCallback issuer={runtime().settings.publicUrl} />
      </ClientMessages>
    </CenteredPage>
  );
}
