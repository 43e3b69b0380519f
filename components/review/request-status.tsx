import { Badge } from '@/components/ui/badge';
import type { I18n } from '@/lib/i18n/i18n';

const TONES = { OPEN: 'accent', APPROVED: 'ok', REJECTED: 'danger', WITHDRAWN: 'neutral' } as const;

/** What became of a request. */
export function RequestStatusBadge({ i18n: { t }, status }: { i18n: I18n; status: keyof typeof TONES }) {
  return <Badge tone={TONES[status]}>{t(`verification.status.${status}`)}</Badge>;
}
