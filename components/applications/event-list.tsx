import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { PLAIN_BDI } from '@/components/i18n/rich';
import { Card } from '@/components/ui/card';
import { CopyButton } from '@/components/ui/copy-field';
import { Moment } from '@/components/ui/time';
import { Timeline } from '@/components/ui/timeline';
import { EVENT_KINDS, type EventCause, type ReadOutcome, readOutcome } from '@/lib/apps/event-causes';
import type { I18n } from '@/lib/i18n/i18n';
import { EventExplanation, type ExplainedDetails } from './event-explanation';

type ListedEvent = {
  id: string;
  kind: string;
  outcome: string;
  dialect: string | null;
  requestId: string;
  at: Date;
  repeats: number;
  details: ExplainedDetails | null;
  connectionId: string | null;
  username: string | null;
};

type Shown = { i18n: I18n; event: ListedEvent; outcome: ReadOutcome };

/** What happened to an application at the endpoints, the newest first: of every refusal its cause, and what to do. */
export function EventList({
  i18n,
  now,
  events,
  connectionAddress,
}: {
  i18n: I18n;
  now: Date;
  events: ListedEvent[];
  /** Where the events of a connection are. */
  connectionAddress: (connectionId: string) => Route;
}) {
  return (
    <Card className="p-4 md:p-5">
      <Timeline
        i18n={i18n}
        now={now}
        items={events.map((event) => {
          const outcome = readOutcome(event.outcome);
          const shown = { i18n, event, outcome };
          return {
            id: event.id,
            at: event.at,
            tone: outcome.tone,
            title: titleText(shown),
            detail: <Detail {...shown} connectionAddress={connectionAddress} />,
          };
        })}
      />
    </Card>
  );
}

function titleText({ i18n: { t }, event, outcome }: Shown): string {
  if (event.outcome === 'shown') return t('application_log.done.shown');
  if (event.outcome === 'consent_denied') return t('application_log.done.denied');
  if (outcome.letIn && event.details?.silent) return t('application_log.done.silent');
  const kind = EVENT_KINDS.find((known) => known === event.kind) ?? 'other';
  return t(`application_log.${outcome.letIn ? 'done' : 'refused'}.${kind}`);
}

function Detail({
  i18n,
  event,
  outcome,
  connectionAddress,
}: Shown & { connectionAddress: (connectionId: string) => Route }) {
  const { t } = i18n;
  const { cause, code, referenced } = outcome;
  const { details, repeats, connectionId, dialect, username, requestId } = event;
  return (
    <>
      {cause ? <p className="text-ink">{causeText(i18n, cause)}</p> : null}
      <EventExplanation i18n={i18n} code={code} cause={cause} details={details ?? {}} />
      {details?.summed ? <p className="text-ink">{t('events.summed', { count: repeats })}</p> : null}
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs">
        <Moment date={event.at} i18n={i18n} />
        {username ? <span>{t.rich('application_log.user', { bdi: PLAIN_BDI, username })}</span> : null}
        {connectionId ? (
          <span>
            {t.rich('events.connection', {
              id: connectionId.slice(0, 8),
              link: (id) => (
                <Link
                  href={connectionAddress(connectionId)}
                  prefetch={false}
                  className="font-mono text-accent-text underline"
                >
                  {id}
                </Link>
              ),
            })}
          </span>
        ) : null}
        {cause ? <CauseCode code={code} referenced={referenced} /> : null}
        {dialect === 'native' || dialect === 'rfc' ? <span>{t(`events.dialect.${dialect}`)}</span> : null}
        {requestId ? <RequestId i18n={i18n} id={requestId} /> : null}
      </p>
    </>
  );
}

function RequestId({ i18n: { t }, id }: { i18n: I18n; id: string }) {
  const code = (text: ReactNode) => <code className="font-mono text-ink">{text}</code>;
  return (
    <span className="inline-flex items-center gap-1">
      <span>{t.rich('application_log.request', { code, id })}</span>
      <CopyButton compact value={id} label={t('events.copy_request', { id })} />
    </span>
  );
}

/** The word of a cause, with the way to what the reference says about it. */
function CauseCode({ code, referenced }: { code: string; referenced: boolean }) {
  const word = <code className="font-mono">{code}</code>;
  if (!referenced) return word;
  return (
    <Link href={`/guides/reference#${code}`} prefetch={false} className="text-accent-text underline underline-offset-4">
      {word}
    </Link>
  );
}

/** The sentence of a cause. */
export function causeText({ t }: I18n, cause: EventCause): string {
  switch (cause.said) {
    case 'on_page':
      return t(`errors.reason.${cause.cause}`);
    case 'in_log':
      return t(`application_log.cause.${cause.cause}`);
    case 'nowhere':
      return t('application_log.no_words');
  }
}
