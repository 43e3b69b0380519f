import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ConsentCard, ConsentFootnote } from '@/components/consent/consent-card';
import { ConsentGone } from '@/components/consent/consent-gone';
import { Brand } from '@/components/shell/brand';
import { CenteredPage } from '@/components/ui/centered-page';
import { loadConsent } from '@/lib/flows/consent';
import { runtime } from '@/lib/runtime/runtime';
import { currentUser, requestMeta } from '@/lib/web/guards';
import { browserId } from '@/lib/web/visitor';

export const metadata: Metadata = { title: 'Allow access' };

type Props = { params: Promise<{ transaction: string }>; searchParams: Promise<{ again?: string | string[] }> };

export default async function ConsentPage({ params, searchParams }: Props) {
  const { transaction } = await params;
  const { again } = await searchParams;
  const user = await currentUser();
  if (!user) redirect(`/signin?transaction=${encodeURIComponent(transaction)}`);
  const { brandName } = runtime().settings;
  const brand = <Brand name={brandName} />;
  const consent = await loadConsent(transaction, { user, browserId: await browserId() }, again !== undefined);
  if (consent.kind === 'gone') {
    return (
      <CenteredPage brand={brand}>
        <ConsentGone reason={consent.reason} />
      </CenteredPage>
    );
  }
  const shown = { question: consent.view, brandName, now: new Date() };
  const { nonce } = await requestMeta();
  return (
    <CenteredPage brand={brand} below={<ConsentFootnote {...shown} />}>
      <ConsentCard {...shown} />
      <script src="/consent.js" nonce={nonce} defer suppressHydrationWarning />
    </CenteredPage>
  );
}
