import { AppIcon } from '@/components/ui/app-icon';
import { Ago } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';

type Idle = {
  grantId: string;
  connectionId: string | null;
  appName: string;
  iconDigest: string | null;
  userAgent: string;
  idleSince: Date;
};

type IdleListProps = { i18n: I18n; now: Date; idle: readonly Idle[]; count: number; days: number };

/** What has not been used for a time, by name. */
export function IdleList({ i18n, now, idle, count, days }: IdleListProps) {
  const { t } = i18n;
  if (count === 0) return <p className="text-sm text-muted">{t('connections.idle.none', { days })}</p>;
  const unnamed = count - idle.length;
  return (
    <>
      <h2 className="font-semibold">{t('connections.idle.ends', { count })}</h2>
      <ul className="mt-2 divide-y divide-line text-sm">
        {idle.map(({ grantId, connectionId, appName, iconDigest, userAgent, idleSince }) => (
          <li key={connectionId ?? grantId} className="flex items-center gap-3 py-2.5">
            <AppIcon name={appName} src={iconPath(iconDigest)} size="sm" />
            <div className="min-w-0">
              <p className="font-medium">
                <bdi>{appName}</bdi>
              </p>
              <p className="text-muted">
                {connectionId
                  ? (describeDevice(userAgent) ?? t('common.unknown_device'))
                  : t('connections.list.not_connected')}{' '}
                · <Ago date={idleSince} now={now} i18n={i18n} />
              </p>
            </div>
          </li>
        ))}
      </ul>
      {unnamed > 0 ? <p className="mt-2 text-sm text-muted">{t('connections.idle.more', { count: unnamed })}</p> : null}
    </>
  );
}
