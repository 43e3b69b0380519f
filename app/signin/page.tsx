import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Brand } from '@/components/shell/brand';
import { DemoAccounts } from '@/components/shell/demo-accounts';
import { LanguageChooser } from '@/components/shell/language-chooser';
import { SignInForm, type SignInTarget } from '@/components/shell/sign-in-form';
import { CenteredPage } from '@/components/ui/centered-page';
import { Flash } from '@/components/ui/flash';
import { runtime } from '@/lib/runtime/runtime';
import { demoDataPresent } from '@/lib/store/installation';
import { readSignInFlash } from '@/lib/web/flash';
import { currentUser } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { ownPath } from '@/lib/web/own-path';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getI18n()).t('signin.title') };
}

type Query = { [key: string]: string | string[] | undefined };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const [query, user] = await Promise.all([searchParams, currentUser()]);
  const target = targetOf(query);
  // Whoever is signed in has nothing to do here; with an authorization that waits, another account may want to.
  if (user && target?.name !== 'transaction') redirect(ownPath(target?.value ?? '') ?? '/');
  const [i18n, problem, demo] = await Promise.all([getI18n(), readSignInFlash(), demoDataPresent()]);
  const { t } = i18n;
  const { brandName } = runtime().settings;
  return (
    <CenteredPage
      brand={<Brand brand={runtime().brand} />}
      below={
        <>
          {demo ? <DemoAccounts i18n={i18n} /> : null}
          <LanguageChooser i18n={i18n} returnTo={addressOf(target)} />
        </>
      }
    >
      <h1 className="text-xl font-semibold tracking-tight">{t('signin.title')}</h1>
      {/* Neutral on purpose: the name of an app that waits is for its own users only (they are known after this). */}
      <p className="mt-1 mb-5 text-sm text-muted">
        {target?.name === 'transaction' ? t('signin.to_continue') : t('signin.use_account', { brand: brandName })}
      </p>
      {query.welcome === undefined || problem ? null : <Flash>{t('invitations.accepted')}</Flash>}
      <SignInForm i18n={i18n} problem={problem} target={target} />
    </CenteredPage>
  );
}

/** This page, with what waits behind it. */
function addressOf(target: SignInTarget): string {
  return target ? `/signin?${new URLSearchParams({ [target.name]: target.value })}` : '/signin';
}

/** Carried on as it came: whether it may be followed is judged where the form arrives. */
function targetOf(query: Query): SignInTarget {
  if (typeof query.transaction === 'string') return { name: 'transaction', value: query.transaction };
  if (typeof query.next === 'string') return { name: 'next', value: query.next };
  return null;
}
