import { Badge } from '@/components/ui/badge';
import { Ago } from '@/components/ui/time';
import type { I18n } from '@/lib/i18n/i18n';

type ThreadProps = {
  i18n: I18n;
  now: Date;
  messages: readonly { id: bigint; fromReviewer: boolean; author: string; body: string; at: Date }[];
};

/** What developers and reviewers wrote to each other, the oldest first. */
export function Thread({ i18n, now, messages }: ThreadProps) {
  const { t } = i18n;
  if (messages.length === 0) return <p className="text-sm text-muted">{t('verification.thread.none')}</p>;
  return (
    <ol className="space-y-3">
      {messages.map(({ id, fromReviewer, author, body, at }) => (
        <li key={String(id)} className="rounded-md border border-line p-3 text-sm">
          <p className="flex flex-wrap items-center gap-2 text-muted">
            <bdi className="font-medium text-ink">{author}</bdi>
            {fromReviewer ? <Badge tone="accent">{t('verification.thread.reviewer')}</Badge> : null}
            <Ago date={at} now={now} i18n={i18n} />
          </p>
          <p className="mt-1 break-words whitespace-pre-line">
            <bdi>{body}</bdi>
          </p>
        </li>
      ))}
    </ol>
  );
}
