import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { PLAIN_BDI, RICH } from '@/components/i18n/rich';
import { ActForm } from '@/components/review/act-form';
import { AppFacts } from '@/components/review/app-facts';
import { checkText } from '@/components/review/check-text';
import { Differences } from '@/components/review/differences';
import { PastRequests } from '@/components/review/past-requests';
import { RejectForm } from '@/components/review/reject-form';
import { RequestStatusBadge } from '@/components/review/request-status';
import { RiskList } from '@/components/review/risk-signs';
import { Screenshots } from '@/components/review/screenshots';
import { Thread } from '@/components/review/thread';
import { Quote } from '@/components/review/verification-state';
import { buttonClass } from '@/components/ui/button';
import { PageHeader, Section } from '@/components/ui/card';
import { Checklist } from '@/components/ui/checklist';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Flash } from '@/components/ui/flash';
import { Day, Moment } from '@/components/ui/time';
import { differences, snapshotOf, wantedFace } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { isFromOwner, isOwn } from '@/lib/store/review';
import { findReview, type Review } from '@/lib/store/review-views';
import { getI18n } from '@/lib/web/i18n';
import { requireReviewer } from '@/lib/web/reviewer';
import { rowIdOf } from '../../../ids';
import { approve, reject, reply } from '../../actions';
import { CANNED, PROBLEMS } from '../../canned';
import type { Query } from '../../cursor';

type Props = { params: Promise<{ request: string }>; searchParams: Promise<Query> };

const reviewOfRequest = cache(async (id: string) => {
  const requestId = rowIdOf(id);
  const user = await requireReviewer(`/review/requests/${requestId}`);
  const review = (await findReview(requestId, new Date())) ?? notFound();
  return { user, review };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { review } = await reviewOfRequest((await params).request);
  return { title: (await getI18n()).t('review.request.plain_title', { name: review.app.name }) };
}

export default async function RequestPage({ params, searchParams }: Props) {
  const { user, review } = await reviewOfRequest((await params).request);
  const [i18n, query] = await Promise.all([getI18n(), searchParams]);
  const { t } = i18n;
  const now = new Date();
  const { app, request } = review;
  const { submittedAt } = request;
  return (
    <>
      <Link
        href="/review/open"
        prefetch={false}
        className="mb-2 inline-flex min-h-11 items-center text-sm text-accent-text underline-offset-4 hover:underline md:min-h-6"
      >
        {t('review.title')}
      </Link>
      <PageHeader
        title={t.rich('review.request.title', { bdi: PLAIN_BDI, name: app.name })}
        lead={t.rich('review.request.lead', {
          person: PLAIN_BDI,
          username: review.sender.username,
          date: () => (submittedAt ? <Moment date={submittedAt} i18n={i18n} /> : null),
        })}
      >
        <span className="flex flex-wrap items-center gap-2">
          <RequestStatusBadge i18n={i18n} status={request.status} />
          <a href="#decide" className={buttonClass()}>
            {t('review.request.decide')}
          </a>
        </span>
      </PageHeader>
      <Answer i18n={i18n} query={query} />
      <div className="divide-y divide-line">
        <Asked i18n={i18n} review={review} />
        <Section id="risk" title={t('review.request.risk')}>
          <RiskList i18n={i18n} signs={review.signs} />
        </Section>
        <Said i18n={i18n} review={review} />
        <Section
          id="facts"
          title={t('review.app.facts')}
          lead={
            <Link
              href={`/review/apps/${app.id}`}
              prefetch={false}
              className="text-accent-text underline underline-offset-4"
            >
              {t('review.app.open')}
            </Link>
          }
        >
          <AppFacts i18n={i18n} app={app} />
        </Section>
        <Section id="checks" title={t('review.request.checks')}>
          <Checklist
            states={{
              done: t('verification.checks.done'),
              waiting: t('verification.checks.waiting'),
              missing: t('verification.checks.missing'),
            }}
            items={review.checks.map(({ check, done }) => ({
              id: check,
              state: done ? 'done' : 'missing',
              label: checkText(i18n, check),
            }))}
          />
        </Section>
        <Section id="thread" title={t('verification.thread.title')}>
          <div className="space-y-4">
            {app.suspended && isFromOwner(request.asked, app) ? (
              <p className="text-sm">
                {t.rich('review.request.suspended', {
                  link: (text) => (
                    <Link
                      href={`/review/apps/${app.id}#reinstate`}
                      prefetch={false}
                      className="text-accent-text underline underline-offset-4"
                    >
                      {text}
                    </Link>
                  ),
                })}
              </p>
            ) : null}
            <Thread i18n={i18n} now={now} messages={request.messages} />
            <Reply i18n={i18n} review={review} />
          </div>
        </Section>
        <Section id="others" title={t('review.request.others')}>
          {review.others.length > 0 ? (
            <PastRequests
              i18n={i18n}
              now={now}
              requests={review.others}
              link={(id) => (
                <Link href={`/review/requests/${id}`} prefetch={false} className="text-accent-text underline">
                  #{id}
                </Link>
              )}
            />
          ) : (
            <p className="text-sm text-muted">{t('review.request.others_none')}</p>
          )}
        </Section>
        <Section id="decide" title={t('review.request.decide')}>
          <Decide i18n={i18n} review={review} own={isOwn({ userId: user.id }, app) || review.sender.id === user.id} />
        </Section>
      </div>
    </>
  );
}

function Answer({ i18n: { t }, query: { done, problem } }: { i18n: I18n; query: Query }) {
  if (done === 'approved' || done === 'rejected') return <Flash>{t(`review.request.${done}`)}</Flash>;
  const known = PROBLEMS.find((name) => name === problem);
  return known ? <Flash tone="danger">{t(`review.problem.${known}`)}</Flash> : null;
}

function Asked({ i18n, review: { app, request, icons } }: { i18n: I18n; review: Review }) {
  const { t } = i18n;
  if (!request.asked) return null;
  const title = t(request.before ? 'review.request.diff_changes' : 'review.request.diff_first');
  const now = snapshotOf(app, wantedFace(app.face, app.pending));
  const later = request.status === 'OPEN' ? differences(request.asked, now) : [];
  return (
    <Section id="asked" title={t('verification.diff.title')} lead={title}>
      <div className="space-y-4">
        <Differences i18n={i18n} name={app.name} lines={differences(request.before, request.asked)} icons={icons} />
        {later.length > 0 ? (
          <div className="space-y-2">
            <h3 className="text-sm font-medium">{t('review.request.later')}</h3>
            <p className="text-sm text-muted">{t('review.request.later_text')}</p>
            <Differences i18n={i18n} name={app.name} lines={later} icons={icons} />
          </div>
        ) : null}
      </div>
    </Section>
  );
}

/** What became of pictures that are not there; null: nothing, or there never were any. */
function wherePicturesAre(i18n: I18n, { screenshots, picturesMovedAt, picturesDeletedAt: gone }: Review['request']) {
  const { t } = i18n;
  if (picturesMovedAt)
    return t(screenshots.length > 0 ? 'verification.screenshots.moved_some' : 'verification.screenshots.moved');
  if (gone && screenshots.length === 0)
    return t.rich('verification.screenshots.deleted', { date: () => <Day date={gone} i18n={i18n} /> });
  return null;
}

function Said({ i18n, review: { request } }: { i18n: I18n; review: Review }) {
  const { t } = i18n;
  const elsewhere = wherePicturesAre(i18n, request);
  return (
    <Section id="said" title={t('review.request.purpose')}>
      <div className="space-y-4 text-sm">
        <Quote>{request.purpose}</Quote>
        <div>
          <h3 className="font-medium">{t('review.request.note')}</h3>
          {request.redirectNote ? (
            <Quote>{request.redirectNote}</Quote>
          ) : (
            <p className="text-muted">{t('review.request.note_none')}</p>
          )}
        </div>
        <div className="space-y-2">
          <h3 className="font-medium">{t('verification.screenshots.title')}</h3>
          <Screenshots i18n={i18n} screenshots={request.screenshots} none={elsewhere} />
          {elsewhere && request.screenshots.length > 0 ? <p className="text-muted">{elsewhere}</p> : null}
        </div>
      </div>
    </Section>
  );
}

function Reply({ i18n: { t }, review: { app, request } }: { i18n: I18n; review: Review }) {
  if (!isFromOwner(request.asked, app)) return <p className="text-sm">{t('review.request.former_owner')}</p>;
  if (request.status === 'WITHDRAWN') return null;
  return (
    <ActForm
      action={reply.bind(null, request.id)}
      fields={[{ kind: 'area', id: 'body', label: t('verification.thread.message'), rows: 3 }]}
      buttons={[{ label: t('verification.thread.send'), pending: t('verification.thread.sending') }]}
    />
  );
}

function Decide({ i18n, review: { app, request }, own }: { i18n: I18n; review: Review; own: boolean }) {
  const { t } = i18n;
  if (request.status !== 'OPEN')
    return (
      <div className="space-y-2 text-sm">
        <RequestStatusBadge i18n={i18n} status={request.status} />
        {request.reason ? <Quote>{request.reason}</Quote> : null}
      </div>
    );
  if (own) return <p className="text-sm">{t('review.request.own')}</p>;
  return (
    <div className="space-y-6">
      <ConfirmDialog
        id="approve"
        variant="primary"
        size="md"
        confirmVariant="primary"
        trigger={t('review.request.approve')}
        title={t('review.request.approve_question')}
        action={approve.bind(null, request.id)}
        confirm={t('review.request.approve')}
        pendingLabel={t('review.request.approving')}
      >
        <p>{t.rich(app.verified ? 'review.request.approve_changes' : 'review.request.approve_first', { ...RICH })}</p>
      </ConfirmDialog>
      <div className="border-t border-line pt-4">
        <RejectForm
          action={reject.bind(null, request.id)}
          canned={CANNED.map((name) => ({
            name,
            title: t(`review.canned.${name}.title`),
            text: t(`review.canned.${name}.text`),
          }))}
          words={{
            canned: t('review.request.canned'),
            cannedHint: t('review.request.canned_hint'),
            choose: t('review.request.choose'),
            insert: t('review.request.insert'),
            reason: t('review.request.reason'),
            hint: t('review.request.reason_hint'),
            submit: t('review.request.reject'),
            pending: t('review.request.rejecting'),
          }}
        />
      </div>
    </div>
  );
}
