import type { ReactNode } from 'react';
import { Day } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';
import { RequestStatusBadge } from './request-status';
import { Thread } from './thread';
import { Quote } from './verification-state';

type PastRequest = {
  id: number;
  status: 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';
  decidedAt: Date | null;
  submittedAt: Date | null;
  reason: string | null;
  messages: Parameters<typeof Thread>[0]['messages'];
};

type PastRequestsProps = {
  i18n: I18n;
  now: Date;
  requests: readonly PastRequest[];
  /** A link to each. */
  link?: (id: number) => ReactNode;
};

/** What became of requests, with the reason and what was written about each. */
export function PastRequests({ i18n, now, requests, link }: PastRequestsProps) {
  const { t } = i18n;
  return (
    <ul className="divide-y divide-line">
      {requests.map(({ id, status, decidedAt, submittedAt, reason, messages }) => {
        const date = decidedAt ?? submittedAt;
        return (
          <li key={id} className="space-y-2 py-3 text-sm first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2 text-muted">
              {t.rich('verification.request.past_line', {
                status: () => <RequestStatusBadge i18n={i18n} status={status} />,
                date: () => (date ? <Day date={date} i18n={i18n} /> : null),
              })}
              {link?.(id)}
            </p>
            {reason ? <Quote>{reason}</Quote> : null}
            {messages.length > 0 ? (
              <details>
                <summary className="cursor-pointer text-accent-text">{t('verification.thread.title')}</summary>
                <div className="mt-2">
                  <Thread i18n={i18n} now={now} messages={messages} />
                </div>
              </details>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
