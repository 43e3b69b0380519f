import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { RICH } from '@/components/i18n/rich';
import { ActForm } from '@/components/review/act-form';
import { checkText } from '@/components/review/check-text';
import { Differences } from '@/components/review/differences';
import { DomainList } from '@/components/review/domain-list';
import { PastRequests } from '@/components/review/past-requests';
import { Screenshots } from '@/components/review/screenshots';
import { Thread } from '@/components/review/thread';
import { VerificationState } from '@/components/review/verification-state';
import { ButtonLink } from '@/components/ui/button';
import { Panel } from '@/components/ui/card';
import { Checklist } from '@/components/ui/checklist';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Flash } from '@/components/ui/flash';
import { SubmitButton } from '@/components/ui/submit-button';
import { type Check, MAX_SCREENSHOTS, unusualRedirects } from '@/lib/apps/checklist';
import { type Difference, differences, nothingPending, snapshotOf, wantedFace } from '@/lib/apps/verification';
import type { I18n } from '@/lib/i18n/i18n';
import { runtime } from '@/lib/runtime/runtime';
import { listDomains } from '@/lib/store/domains';
import { findVerification, type Request, type Verification } from '@/lib/store/verification';
import { requireDeveloper } from '@/lib/web/guards';
import { getI18n } from '@/lib/web/i18n';
import { appIdOf } from '../../../../ids';
import { sectionTitle } from '../../section-title';
import {
  addPicture,
  addPublisherDomain,
  beginRequest,
  checkPublisherDomain,
  choosePublisherDomain,
  discardChanges,
  removePicture,
  removePublisherDomain,
  saveRequest,
  sendMessage,
  withdraw,
} from '../../verification/actions';

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ [key: string]: string | string[] | undefined }>;
};

const viewOfRequest = cache(async (id: string) => {
  const appId = appIdOf(id);
  const user = await requireDeveloper(`/applications/${appId}/verification`);
  const view = (await findVerification(user.tenant.id, appId)) ?? notFound();
  return { user, view };
});

export const generateMetadata = ({ params }: Props): Promise<Metadata> => sectionTitle(params, 'verification');

/** Answers of actions that lead back here. The address says which, and nothing else. */
const ANSWERS = {
  submitted: 'verification.request.submitted',
  withdrawn: 'verification.request.withdrawn',
  draft_discarded: 'verification.request.discarded',
  decided: 'verification.request.decided',
  stays: 'verification.request.stays',
  discarded: 'verification.pending.discarded',
  domain_removed: 'verification.domains.removed',
  picture_removed: 'verification.screenshots.removed',
} as const;
/** What was asked for was not done. */
const IN_VAIN = ['decided', 'stays'];

export default async function VerificationPage({ params, searchParams }: Props) {
  const { user, view } = await viewOfRequest((await params).id);
  const [i18n, domains, { done }] = await Promise.all([getI18n(), listDomains(user.tenant.id), searchParams]);
  const { t } = i18n;
  const now = new Date();
  const { app, open } = view;
  const answer = ANSWERS[String(done) as keyof typeof ANSWERS];
  const preparing = open && open.submittedAt === null ? open : null;
  const waiting = open && open.submittedAt !== null ? open : null;
  return (
    <>
      {answer ? <Flash tone={IN_VAIN.includes(String(done)) ? 'warn' : 'ok'}>{t(answer)}</Flash> : null}
      <div>
        <Panel id="state" title={t('verification.state.title')} lead={t('verification.lead')}>
          <VerificationState i18n={i18n} now={now} view={view}>
            {open ? null : <BeginForm i18n={i18n} view={view} />}
            {waiting && !app.suspended ? <WithdrawForm i18n={i18n} appId={app.id} request={waiting} /> : null}
            {waiting && app.suspended ? <p>{t('verification.request.stays')}</p> : null}
          </VerificationState>
        </Panel>
        {app.suspended && !waiting ? <SuspendedSection i18n={i18n} now={now} view={view} /> : null}
        <PendingSection i18n={i18n} view={view} waiting={waiting} />
        <Panel id="checklist" title={t('verification.checks.title')} lead={t('verification.checks.lead')}>
          <Checks i18n={i18n} view={view} />
        </Panel>
        <Panel
          id="domains"
          title={t('verification.domains.title')}
          lead={t.rich('verification.domains.lead', { ...RICH, organisation: user.tenant.displayName })}
        >
          <DomainList
            i18n={i18n}
            now={now}
            domains={domains}
            check={checkPublisherDomain.bind(null, app.id)}
            remove={removePublisherDomain.bind(null, app.id)}
            add={addPublisherDomain.bind(null, app.id)}
            choose={choosePublisherDomain.bind(null, app.id)}
            chosen={wantedFace(app.face, app.pending).publisherDomain}
          />
        </Panel>
        {preparing ? <PrepareSections i18n={i18n} appId={app.id} request={preparing} /> : null}
        {waiting ? <WaitingSections i18n={i18n} now={now} app={app} request={waiting} /> : null}
        {view.past.length > 0 ? (
          <Panel id="past" title={t('verification.request.past')}>
            <PastRequests i18n={i18n} now={now} requests={view.past} />
            {!open && !app.suspended && view.past[0]?.status === 'REJECTED' ? (
              <div className="mt-4 border-t border-line pt-4">
                <MessageForm i18n={i18n} appId={app.id} request={view.past[0]} />
              </div>
            ) : null}
          </Panel>
        ) : null}
      </div>
    </>
  );
}

function BeginForm({ i18n: { t }, view }: { i18n: I18n; view: Verification }) {
  const { app, past } = view;
  if (app.suspended || (app.verified && nothingPending(app.pending))) return null;
  const again = past[0]?.status === 'REJECTED' || past[0]?.status === 'WITHDRAWN';
  const words = app.verified ? 'verification.begin_changes' : again ? 'verification.begin_again' : 'verification.begin';
  return (
    <form action={beginRequest.bind(null, app.id)} className="mt-4">
      <SubmitButton variant="primary" pendingLabel={t('verification.beginning')}>
        {t(words)}
      </SubmitButton>
    </form>
  );
}

function WithdrawForm({ i18n: { t }, appId, request }: { i18n: I18n; appId: number; request: Request }) {
  const sent = request.submittedAt !== null;
  return (
    <div className="mt-4">
      <ConfirmDialog
        id="withdraw"
        trigger={t(sent ? 'verification.request.withdraw' : 'verification.request.withdraw_draft')}
        title={t(sent ? 'verification.request.withdraw_question' : 'verification.request.discard_question')}
        action={withdraw.bind(null, appId)}
        fields={{ requestId: String(request.id) }}
        confirm={t(sent ? 'verification.request.withdraw' : 'verification.request.withdraw_draft')}
      >
        <p>{t(sent ? 'verification.request.withdraw_text' : 'verification.request.discard_text')}</p>
      </ConfirmDialog>
    </div>
  );
}

function PendingSection({ i18n, view, waiting }: { i18n: I18n; view: Verification; waiting: Request | null }) {
  const { t } = i18n;
  const { app } = view;
  const wanted = snapshotOf(app, wantedFace(app.face, app.pending));
  const later: Difference[] = waiting?.asked ? differences(waiting.asked, wanted) : [];
  if (nothingPending(app.pending) && later.length === 0) return null;
  return (
    <Panel id="pending" title={t('verification.pending.title')} lead={t('verification.pending.lead')}>
      <div className="space-y-4">
        {nothingPending(app.pending) ? null : (
          <>
            <Differences i18n={i18n} name={app.name} lines={differences(snapshotOf(app, app.face), wanted)} />
            <ConfirmDialog
              id="discard"
              trigger={t('verification.pending.discard')}
              title={t('verification.pending.discard_question')}
              action={discardChanges.bind(null, app.id)}
              confirm={t('verification.pending.discard')}
            >
              <p>{t(app.suspended ? 'verification.pending.discard_suspended' : 'verification.pending.discard_text')}</p>
            </ConfirmDialog>
          </>
        )}
        {later.length > 0 ? (
          <div className="space-y-2">
            <h3 className="text-sm font-medium">{t('verification.pending.later')}</h3>
            <p className="text-sm text-muted">{t('verification.pending.later_text')}</p>
            <Differences i18n={i18n} name={app.name} lines={later} />
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

/** Where what is missing can be added: on the app's edit view, or here. */
const PLACES: Partial<Record<Check, string>> = {
  icon: '#icon-title',
  description: '#profile',
  website: '#profile',
  privacy: '#profile',
  support: '#profile',
  scopes: '/scopes',
  purposes: '/scopes',
  redirects: '/redirect-urls',
};
const HERE: Partial<Record<Check, string>> = {
  domain: '#domains',
  explained: '#redirectNote',
  purpose: '#purpose',
  screenshots: '#screenshots',
};

function Checks({ i18n, view }: { i18n: I18n; view: Verification }) {
  const { t, list } = i18n;
  const unusual = unusualRedirects(wantedFace(view.app.face, view.app.pending));
  const preparing = view.open !== null && view.open.submittedAt === null;
  const states = {
    done: t('verification.checks.done'),
    waiting: t('verification.checks.waiting'),
    missing: t('verification.checks.missing'),
  };
  return (
    <Checklist
      states={states}
      items={view.checks.map(({ check, done }) => {
        const place = PLACES[check] ? `/applications/${view.app.id}${PLACES[check]}` : HERE[check];
        // Fields of a request are there while it is being prepared.
        const absent = place?.startsWith('#') && check !== 'domain' && !preparing;
        return {
          id: check,
          state: done ? 'done' : 'missing',
          label: checkText(i18n, check),
          detail:
            check === 'explained' && !done ? (
              <p className="break-all">{t('verification.checks.explained_hint', { list: list(unusual) })}</p>
            ) : null,
          action:
            done || !place || absent ? null : (
              <ButtonLink
                href={place as '/'}
                size="sm"
                aria-label={`${t('verification.checks.go')}: ${checkText(i18n, check)}`}
              >
                {t('verification.checks.go')}
              </ButtonLink>
            ),
        };
      })}
    />
  );
}

function PrepareSections({ i18n, appId, request }: { i18n: I18n; appId: number; request: Request }) {
  const { t } = i18n;
  return (
    <>
      <Panel id="screenshots" title={t('verification.screenshots.title')} lead={t('verification.screenshots.lead')}>
        <div className="space-y-6">
          <Screenshots
            i18n={i18n}
            screenshots={request.screenshots}
            act={(id, place) => (
              <form action={removePicture.bind(null, appId)}>
                <input type="hidden" name="screenshotId" value={id} />
                <SubmitButton size="sm" aria-label={t('verification.screenshots.remove_named', { place })}>
                  {t('verification.screenshots.remove')}
                </SubmitButton>
              </form>
            )}
          />
          {request.screenshots.length >= MAX_SCREENSHOTS ? null : (
            <ActForm
              action={addPicture.bind(null, appId)}
              fields={[
                {
                  kind: 'file',
                  id: 'screenshot',
                  label: t('verification.screenshots.file'),
                  hint: t('verification.screenshots.file_hint'),
                  accept: 'image/jpeg,image/png,image/gif,image/webp',
                },
              ]}
              buttons={[{ label: t('verification.screenshots.add'), pending: t('verification.screenshots.adding') }]}
            />
          )}
        </div>
      </Panel>
      <Panel id="request" title={t('verification.request.title')} lead={t('verification.request.lead')}>
        <ActForm
          action={saveRequest.bind(null, appId)}
          fields={[
            {
              kind: 'area',
              id: 'purpose',
              label: t('verification.request.purpose'),
              hint: t('verification.request.purpose_hint'),
              value: request.purpose,
              rows: 6,
            },
            {
              kind: 'area',
              id: 'redirectNote',
              label: t('verification.request.note'),
              hint: t('verification.request.note_hint'),
              value: request.redirectNote,
              rows: 3,
            },
          ]}
          buttons={[
            { label: t('verification.request.save'), pending: t('common.saving'), name: 'intent', value: 'save' },
            {
              label: t('verification.request.submit'),
              pending: t('verification.request.submitting'),
              variant: 'primary',
              name: 'intent',
              value: 'submit',
            },
          ]}
        />
        <WithdrawForm i18n={i18n} appId={appId} request={request} />
      </Panel>
    </>
  );
}

type WaitingProps = { i18n: I18n; now: Date; app: Verification['app']; request: Request };

function WaitingSections({ i18n, now, app, request }: WaitingProps) {
  const { t } = i18n;
  return (
    <>
      <Panel id="request" title={t('verification.request.title')} lead={t('verification.request.lead')}>
        <div className="space-y-4 text-sm">
          <p className="break-words whitespace-pre-line">
            <bdi>{request.purpose}</bdi>
          </p>
          {request.redirectNote ? (
            <p className="break-words whitespace-pre-line">
              <bdi>{request.redirectNote}</bdi>
            </p>
          ) : null}
          <Screenshots i18n={i18n} screenshots={request.screenshots} />
        </div>
      </Panel>
      <Panel
        id="thread"
        title={t('verification.thread.title')}
        lead={t(app.suspended ? 'verification.thread.suspended' : 'verification.thread.lead')}
      >
        <div className="space-y-4">
          <Thread i18n={i18n} now={now} messages={request.messages} />
          <MessageForm i18n={i18n} appId={app.id} request={request} />
        </div>
      </Panel>
    </>
  );
}

/** The way to the reviewers of a suspended app: the conversation about the last request that was decided. */
function SuspendedSection({ i18n, now, view: { app, decided } }: { i18n: I18n; now: Date; view: Verification }) {
  const { t } = i18n;
  const { brandName } = runtime().settings;
  return (
    <Panel
      id="thread"
      title={t('verification.thread.suspended_title')}
      lead={decided ? t('verification.thread.suspended') : null}
    >
      {decided ? (
        <div className="space-y-4">
          <Thread i18n={i18n} now={now} messages={decided.messages} />
          <MessageForm i18n={i18n} appId={app.id} request={decided} />
        </div>
      ) : (
        <p className="text-sm">{t('verification.thread.suspended_none', { brand: brandName })}</p>
      )}
    </Panel>
  );
}

function MessageForm({ i18n: { t }, appId, request }: { i18n: I18n; appId: number; request: Request }) {
  return (
    <ActForm
      action={sendMessage.bind(null, appId)}
      hidden={{ requestId: String(request.id) }}
      fields={[{ kind: 'area', id: 'body', label: t('verification.thread.message'), rows: 3 }]}
      buttons={[{ label: t('verification.thread.send'), pending: t('verification.thread.sending') }]}
    />
  );
}
