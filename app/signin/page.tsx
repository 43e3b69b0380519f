import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Brand } from '@/components/shell/brand';
import { DemoAccounts } from '@/components/shell/demo-accounts';
import { SignInForm, type SignInTarget } from '@/components/shell/sign-in-form';
import { CenteredPage } from '@/components/ui/centered-page';
import { runtime } from '@/lib/runtime/runtime';
import { demoDataPresent } from '@/lib/store/installation';
import { readSignInFlash } from '@/lib/web/flash';
import { currentUser } from '@/lib/web/guards';
import { ownPath } from '@/lib/web/own-path';

export const metadata: Metadata = { title: 'Sign in' };

type Query = { [key: string]: string | string[] | undefined };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const [query, user] = await Promise.all([searchParams, currentUser()]);
  const target = targetOf(query);
  // Whoever is signed in has nothing to do here; with an authorization that waits, another account may want to.
  if (user && target?.name !== 'transaction') redirect(ownPath(target?.value ?? '') ?? '/');
  const [problem, demo] = await Promise.all([readSignInFlash(), demoDataPresent()]);
  const { brandName } = runtime().settings;
  return (
    <CenteredPage brand={<Brand name={brandName} />} below={demo ? <DemoAccounts /> : null}>
      <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
      {/* Neutral on purpose: the name of an app that waits is for its own users only (they are known after this). */}
      <p className="mt-1 mb-5 text-sm text-muted">
        {target?.name === 'transaction' ? 'Sign in to continue.' : `Use your ${brandName} account.`}
      </p>
      <SignInForm problem={problem} target={target} />
    </CenteredPage>
  );
}

/** Carried on as it came: whether it may be followed is judged where the form arrives. */
function targetOf(query: Query): SignInTarget {
  if (typeof query.transaction === 'string') return { name: 'transaction', value: query.transaction };
  if (typeof query.next === 'string') return { name: 'next', value: query.next };
  return null;
}
