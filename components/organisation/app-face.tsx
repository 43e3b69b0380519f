import { PLAIN_BDI } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { VerifiedIcon } from '@/components/ui/icons';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';

type AppFaceProps = {
  i18n: I18n;
  app: { name: string; iconDigest: string | null; publisher: string; verified: boolean; own?: boolean };
};

/** An app as a line of a list: icon, name, who publishes it, and whether it is verified. */
export function AppFace({ i18n: { t }, app }: AppFaceProps) {
  return (
    <div className="flex items-start gap-3">
      <AppIcon name={app.name} src={iconPath(app.iconDigest)} />
      <div className="min-w-0">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="font-semibold wrap-anywhere">{app.name}</bdi>
          {app.own ? (
            <Badge>{t('organisation.connections.own')}</Badge>
          ) : app.verified ? (
            <Badge tone="ok">
              <VerifiedIcon className="size-3.5" />
              {t('organisation.requests.verified')}
            </Badge>
          ) : (
            <Badge tone="warn">{t('organisation.requests.unverified')}</Badge>
          )}
        </span>
        <p className="text-muted">{t.rich('organisation.requests.by', { bdi: PLAIN_BDI, publisher: app.publisher })}</p>
      </div>
    </div>
  );
}
