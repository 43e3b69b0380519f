import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AppStateBadges } from '@/components/applications/app-state';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { ActForm } from '@/components/review/act-form';
import { AppFacts } from '@/components/review/app-facts';
import { PastRequests } from '@/components/review/past-requests';
import { Quote } from '@/components/review/verification-state';
import { Alert } from '@/components/ui/alert';
import { PageHeader, Section } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Choice } from '@/components/ui/field';
import { Flash } from '@/components/ui/flash';
import { Form } from '@/components/ui/form';
import { SubmitButton } from '@/components/ui/submit-button';
import { Moment } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';
import { isOwn } from '@/lib/store/review';
import { findReviewedApp, listRequests, type ReviewedApp } from '@/lib/store/review-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { appIdOf } from '../../../ids';
import { allowNeverExpires, endNeverExpires, reinstate, suspend } from '../../actions';
import { PROBLEMS } from '../../canned';
import type { Query } from '../../cursor';

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Query> };

const appOfRequest = cache(async (id: string) => {
  const appId = appIdOf(id);
  const user = await requireReviewer(`/review/apps/${appId}`);
  const app = (await findReviewedApp(appId)) ?? notFound();
  return { user, app };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await appOfRequest((await params).id)).app.name };
}

export default async function ReviewedAppPage({ params, searchParams }: Props) {
  const { user, app } = await appOfRequest((await params).id);
  const [i18n, query, requests] = await Promise.all([getI18n(), searchParams, listRequests(app.id)]);
  const { t } = i18n;
  const now = new Date();
  const own = isOwn({ userId: user.id }, app);
  return (
    <>
      <Link
        href="/review/apps"
        prefetch={false}
        className="mb-2 inline-flex min-h-11 items-center text-sm text-accent-text underline-offset-4 hover:underline md:min-h-6"
      >
        {t('review.tabs.apps')}
      </Link>
      <PageHeader
        title={<bdi>{app.name}</bdi>}
        lead={t.rich('review.open.by', { bdi: PLAIN_BDI, publisher: app.about.tenant.displayName })}
      >
        <AppStateBadges
          i18n={i18n}
          app={{ state: app.verified ? 'VERIFIED' : 'DEVELOPMENT', inReview: false, suspended: app.suspended }}
        />
      </PageHeader>
      <Answer i18n={i18n} query={query} />
      <div className="divide-y divide-line">
        <Section id="facts" title={t('review.app.facts')}>
          <AppFacts i18n={i18n} app={app} />
        </Section>
        <Section id="requests" title={t('review.app.requests')}>
          {requests.length > 0 ? (
            <PastRequests
              i18n={i18n}
              now={now}
              requests={requests}
              link={(id) => (
                <Link href={`/review/requests/${id}`} prefetch={false} className="text-accent-text underline">
                  #{id}
                </Link>
              )}
            />
          ) : (
            <p className="text-sm text-muted">{t('review.app.requests_none')}</p>
          )}
        </Section>
        <Section id="never-expires" title={t('review.never_expires.title')} lead={t('review.never_expires.lead')}>
          <NeverExpires i18n={i18n} app={app} own={own} />
        </Section>
        {app.suspended ? (
          <Section id="reinstate" title={t('review.reinstate.title')} lead={t('review.reinstate.lead')}>
            <Reinstate i18n={i18n} app={app} own={own} />
          </Section>
        ) : (
          <Section id="suspend" title={t('review.suspend.title')} lead={t('review.suspend.lead')} danger>
            <p className="mb-4 text-sm">{t('review.suspend.effect')}</p>
            <ActForm
              action={suspend.bind(null, app.id)}
              fields={[{ kind: 'area', id: 'reason', label: t('review.suspend.reason'), rows: 3 }]}
              buttons={[{ label: t('review.suspend.submit'), pending: t('review.suspend.pending'), variant: 'danger' }]}
            />
          </Section>
        )}
      </div>
    </>
  );
}

const ANSWERS = {
  suspended: 'review.suspend.done',
  reinstated: 'review.reinstate.done',
  granted: 'review.never_expires.granted',
  withdrawn: 'review.never_expires.withdrawn',
} as const;

function Answer({ i18n: { t }, query: { done, problem } }: { i18n: I18n; query: Query }) {
  const answer = ANSWERS[String(done) as keyof typeof ANSWERS];
  if (answer) return <Flash>{t(answer)}</Flash>;
  const known = PROBLEMS.find((name) => name === problem);
  return known ? <Flash tone="danger">{t(`review.problem.${known}`)}</Flash> : null;
}

type AppProps = { i18n: I18n; app: ReviewedApp; own: boolean };

function NeverExpires({ i18n: { t }, app, own }: AppProps) {
  if (app.neverExpires)
    return (
      <div className="space-y-4 text-sm">
        <p>{t('review.never_expires.on')}</p>
        <ConfirmDialog
          id="end-never-expires"
          trigger={t('review.never_expires.withdraw')}
          title={t('review.never_expires.question')}
          action={endNeverExpires.bind(null, app.id)}
          confirm={t('review.never_expires.withdraw')}
          pendingLabel={t('review.never_expires.pending')}
        >
          <p>{t('review.never_expires.effect')}</p>
        </ConfirmDialog>
      </div>
    );
  const possible = app.verified && app.proof === 'SECRET_REQUIRED';
  return (
    <div className="space-y-4 text-sm">
      <p>{t('review.never_expires.off')}</p>
      {possible ? null : <p className="text-muted">{t('review.never_expires.not_backend')}</p>}
      {possible && own ? <p className="text-muted">{t('review.problem.own_app')}</p> : null}
      {possible && !own ? (
        <form action={allowNeverExpires.bind(null, app.id)}>
          <SubmitButton pendingLabel={t('review.never_expires.pending')}>
            {t('review.never_expires.grant')}
          </SubmitButton>
        </form>
      ) : null}
    </div>
  );
}

function Reinstate({ i18n, app, own }: AppProps) {
  const { t } = i18n;
  const { suspendedAt, suspendedReason } = app.about;
  return (
    <div className="space-y-4 text-sm">
      <Alert tone="danger">
        <p>
          {t.rich('review.suspend.since', {
            date: () => (suspendedAt ? <Moment date={suspendedAt} i18n={i18n} /> : null),
          })}
        </p>
        <Quote>{suspendedReason ?? ''}</Quote>
      </Alert>
      <p>{t('review.reinstate.effect')}</p>
      {own ? (
        <p className="text-muted">{t('review.problem.own_app')}</p>
      ) : (
        <Form action={reinstate.bind(null, app.id)} className="space-y-4">
          <Choice
            type="checkbox"
            id="endConnections"
            label={t('review.reinstate.end_connections')}
            hint={t('review.reinstate.end_connections_hint')}
          />
          <SubmitButton variant="primary" pendingLabel={t('review.reinstate.pending')}>
            {t('review.reinstate.submit')}
          </SubmitButton>
        </Form>
      )}
    </div>
  );
}
