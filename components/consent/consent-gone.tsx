import { buttonClass } from '@/components/ui/button';

type GoneReason = 'expired' | 'used' | 'not_yours';

const REASONS: Record<GoneReason, { title: string; text: string }> = {
  expired: {
    title: 'This request has expired',
    text: 'A request for access waits ten minutes for an answer. Nothing was allowed. Go back to the app and connect again.',
  },
  used: {
    title: 'This request was answered already',
    text: 'Every request for access takes one answer. If the app did not get it, go back to the app and connect again.',
  },
  not_yours: {
    title: 'This request does not belong here',
    text: 'It was started by another account or in another browser. Nothing was allowed. Go back to the app and connect again.',
  },
};

/** Stands in place of the grant screen when there is nothing left to decide. */
export function ConsentGone({ reason }: { reason: GoneReason }) {
  const { title, text } = REASONS[reason];
  return (
    <div className="text-center">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-2 text-sm text-muted">{text}</p>
      <p className="mt-6">
        <a href="/connections" className={buttonClass('secondary')}>
          See your app connections
        </a>
      </p>
    </div>
  );
}
