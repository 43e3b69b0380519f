import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ButtonLink, buttonClass } from '@/components/ui/button';
import { Panel } from '@/components/ui/card';
import { Checklist } from '@/components/ui/checklist';
import type { Step } from '@/lib/apps/next-steps';
import type { I18n } from '@/lib/i18n/i18n';

type NextStepsProps = {
  i18n: I18n;
  appId: number;
  steps: readonly { step: Step; done: boolean }[];
  /** Shows the grant screen; null: only the app can. */
  tryAddress: string | null;
};

const SECTION_OF: Record<Exclude<Step, 'try'>, string> = {
  redirect: 'redirect-urls',
  scopes: 'scopes',
  secret: 'credentials',
};

const guideLink = (href: string) => (text: ReactNode) => (
  <Link href={href as Route} prefetch={false} className="text-accent-text underline underline-offset-4">
    {text}
  </Link>
);

/** What is left to do with a new application; nothing once it is in use. */
export function NextSteps({ i18n: { t }, appId, steps, tryAddress }: NextStepsProps) {
  if (steps.every(({ done }) => done)) return null;
  const action = (step: Step) => {
    if (step !== 'try')
      return (
        <ButtonLink
          href={`/applications/${appId}/${SECTION_OF[step]}` as Route}
          size="sm"
          aria-label={t(`applications.steps.${step}.action_named`)}
        >
          {t(`applications.steps.${step}.action`)}
        </ButtonLink>
      );
    return tryAddress ? (
      <a href={tryAddress} target="_blank" rel="noreferrer" className={buttonClass('secondary', 'sm')}>
        {t('applications.steps.try.action')}
        <span className="sr-only"> {t('common.new_tab')}</span>
      </a>
    ) : null;
  };
  return (
    <Panel id="next-steps" title={t('applications.steps.title')} lead={t('applications.steps.lead')}>
      <Checklist
        states={{
          done: t('applications.steps.done'),
          waiting: t('applications.steps.open'),
          missing: t('applications.steps.open'),
        }}
        items={steps.map(({ step, done }) => ({
          id: step,
          state: done ? 'done' : 'missing',
          label: t(`applications.steps.${step}.label`),
          detail: done ? null : t(`applications.steps.${step}.detail`),
          action: done ? null : action(step),
        }))}
      />
      <p className="mt-3 border-t border-line pt-3 text-sm text-muted">
        {t.rich('applications.steps.guides', {
          backend: guideLink(`/guides/backend-app?app=${appId}`),
          native: guideLink(`/guides/web-or-native-app?app=${appId}`),
        })}
      </p>
    </Panel>
  );
}
