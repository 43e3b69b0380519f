import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ApprovalOver, type AskAgain, BlockedCard } from '@/components/consent/blocked-card';
import { ConsentCard } from '@/components/consent/consent-card';
import { ConsentGone } from '@/components/consent/consent-gone';
import { ConsentFootnote } from '@/components/consent/footnote';
import { Brand } from '@/components/shell/brand';
import { LanguageChooser } from '@/components/shell/language-chooser';
import { CenteredPage } from '@/components/ui/centered-page';
import { ASK_PROBLEMS } from '@/lib/flows/approval';
import { loadConsent } from '@/lib/flows/consent';
import { ASKED_AGAIN, type Untaken } from '@/lib/flows/consent-screen';
import { runtime } from '@/lib/runtime/runtime';
import { type ReasonFlash, readReasonFlash } from '@/lib/web/flash';
import { currentUser, requestMeta } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { browserId } from '@/lib/web/visitor';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('consent.title') };
}

type Words = string | string[] | undefined;
type Props = {
  params: Promise<{ transaction: string }>;
  searchParams: Promise<{ again?: Words; unticked?: Words }>;
};

export default async function ConsentPage({ params, searchParams }: Props) {
  const { transaction } = await params;
  const { again, unticked } = await searchParams;
  const user = await currentUser();
  if (!user) redirect(`/signin?transaction=${encodeURIComponent(transaction)}`);
  const { brandName } = runtime().settings;
  const brand = <Brand brand={runtime().brand} />;
  const i18n = await getI18n();
  const language = <LanguageChooser i18n={i18n} returnTo={`/consent/${encodeURIComponent(transaction)}`} />;
  const consent = await loadConsent(transaction, { user, browserId: await browserId() }, untaken(again, unticked));
  if (consent.kind === 'gone') {
    return (
      <CenteredPage brand={brand} below={language}>
        <ConsentGone i18n={i18n} reason={consent.reason} />
      </CenteredPage>
    );
  }
  if (consent.kind === 'waited') {
    return (
      <CenteredPage brand={brand} below={language}>
        <ApprovalOver i18n={i18n} request={consent.request} />
      </CenteredPage>
    );
  }
  const { nonce } = await requestMeta();
  if (consent.kind === 'blocked') {
    const again = askAgain(await readReasonFlash());
    return (
      <CenteredPage brand={brand} below={language}>
        <BlockedCard i18n={i18n} question={consent.view} again={again} brandName={brandName} now={new Date()} />
        {consent.view.request?.status === 'PENDING' ? (
          <script src="/waiting.js" nonce={nonce} defer suppressHydrationWarning />
        ) : null}
      </CenteredPage>
    );
  }
  const shown = { i18n, question: consent.view, brandName, now: new Date() };
  return (
    <CenteredPage
      brand={brand}
      below={
        <>
          <ConsentFootnote {...shown} />
          {language}
        </>
      }
    >
      <ConsentCard {...shown} />
      <script src="/consent.js" nonce={nonce} defer suppressHydrationWarning />
    </CenteredPage>
  );
}

/** What the request's route says of a request that was not taken. */
function askAgain(flash: ReasonFlash | null): AskAgain {
  const problem = ASK_PROBLEMS.find((known) => known === flash?.problem);
  return problem && flash ? { problem, reason: flash.reason } : null;
}

/** What the decision's route says of an answer that was not taken. */
function untaken(again: Words, unticked: Words): Untaken | null {
  const why = ASKED_AGAIN.find((known) => known === again);
  return why ? { why, unticked: [unticked ?? []].flat() } : null;
}
