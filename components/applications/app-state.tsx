import { Badge } from '@/components/ui/badge';
import { VerifiedIcon } from '@/components/ui/icons';
import type { I18n } from '@/lib/i18n/i18n';

export type AppState = 'DEVELOPMENT' | 'VERIFIED';

/** Where an app stands between its first line and its review. */
export function AppStateBadge({ i18n: { t }, state }: { i18n: I18n; state: AppState }) {
  if (state === 'DEVELOPMENT') return <Badge>{t('applications.state.development')}</Badge>;
  return (
    <Badge tone="ok">
      <VerifiedIcon className="size-3.5" />
      {t('applications.state.verified')}
    </Badge>
  );
}
