import { PLAIN_BDI } from '@/components/i18n/rich';
import { Card } from '@/components/ui/card';
import { Timeline } from '@/components/ui/timeline';
import { type EventCause, type ReadOutcome, readOutcome } from '@/lib/apps/event-causes';
import type { I18n } from '@/lib/i18n/i18n';

type ListedEvent = {
  id: string;
  kind: string;
  outcome: string;
  requestId: string;
  at: Date;
  username: string | null;
};

const KINDS = ['authorize', 'token', 'refresh', 'revoke'] as const;

/** What happened to an application at the endpoints, the newest first, with the cause of every refusal. */
export function EventList({ i18n, now, events }: { i18n: I18n; now: Date; events: ListedEvent[] }) {
  const { t } = i18n;
  return (
    <Card className="p-4 md:p-5">
      <Timeline
        i18n={i18n}
        now={now}
        items={events.map((event) => {
          const outcome = readOutcome(event.outcome);
          const kind = KINDS.find((known) => known === event.kind) ?? 'other';
          return {
            id: event.id,
            at: event.at,
            tone: outcome.cause === null ? 'ok' : outcome.letIn ? 'warn' : 'danger',
            title: t(`application_log.${outcome.letIn ? 'done' : 'refused'}.${kind}`),
            detail: <Detail i18n={i18n} event={event} outcome={outcome} />,
          };
        })}
      />
    </Card>
  );
}

function Detail({ i18n, event, outcome }: { i18n: I18n; event: ListedEvent; outcome: ReadOutcome }) {
  const { t } = i18n;
  const { cause, code, detail } = outcome;
  return (
    <>
      {cause ? (
        <p>
          {causeText(i18n, cause)} {detail && 'reason' in detail ? t(`application_log.because.${detail.reason}`) : null}
          {detail && 'text' in detail ? (
            <code className="font-mono">
              <bdi>{detail.text}</bdi>
            </code>
          ) : null}
        </p>
      ) : null}
      <p className="flex flex-wrap gap-x-3 text-xs">
        {event.username ? (
          <span>{t.rich('application_log.user', { bdi: PLAIN_BDI, username: event.username })}</span>
        ) : null}
        {cause ? <code className="font-mono">{code}</code> : null}
        {event.requestId ? (
          <span>
            {t.rich('application_log.request', {
              code: (id) => <code className="font-mono">{id}</code>,
              id: event.requestId,
            })}
          </span>
        ) : null}
      </p>
    </>
  );
}

function causeText({ t }: I18n, cause: EventCause): string {
  switch (cause.said) {
    case 'on_page':
      return t(`errors.reason.${cause.cause}`);
    case 'in_log':
      return t(`application_log.cause.${cause.cause}`);
    case 'nowhere':
      return t('application_log.no_words');
  }
}
