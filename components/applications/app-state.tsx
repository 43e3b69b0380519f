import { Badge } from '@/components/ui/badge';
import { ClockIcon, VerifiedIcon, WarningIcon } from '@/components/ui/icons';
import type { I18n } from '@/lib/i18n/i18n';

export type AppStanding = { state: 'DEVELOPMENT' | 'VERIFIED'; inReview: boolean; suspended: boolean };

/** Where an app stands between its first line and its review; a suspension stands before everything else. */
export function AppStateBadges({ i18n: { t }, app }: { i18n: I18n; app: AppStanding }) {
  const verified = app.state === 'VERIFIED';
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {app.suspended ? (
        <Badge tone="danger">
          <WarningIcon className="size-3.5" />
          {t('applications.state.suspended')}
        </Badge>
      ) : null}
      {verified ? (
        <Badge tone="ok">
          <VerifiedIcon className="size-3.5" />
          {t('applications.state.verified')}
        </Badge>
      ) : null}
      {app.inReview ? (
        <Badge tone="accent">
          <ClockIcon className="size-3.5" />
          {t(verified ? 'applications.state.changes_in_review' : 'applications.state.review')}
        </Badge>
      ) : null}
      {verified || app.inReview || app.suspended ? null : <Badge>{t('applications.state.development')}</Badge>}
    </span>
  );
}
