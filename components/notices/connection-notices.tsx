import { RICH } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Button, buttonClass } from '@/components/ui/button';
import { Ago } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';

/** A new connection that the user has said nothing about yet. */
export type Notice = {
  connectionId: string;
  app: { id: number; name: string; iconDigest: string | null };
  userAgent: string;
  /** As the organisation lets it be seen. */
  address: string | null;
  connectedAt: Date;
};

type FormAction = (form: FormData) => Promise<void>;
type Actions = { dismiss: FormAction; report: FormAction };
type ConnectionNoticesProps = { i18n: I18n; now: Date; notices: readonly Notice[]; count: number } & Actions;

/** Above every page until the user has said whose they are: new connections, each with a yes and a no. */
export function ConnectionNotices({ i18n, now, notices, count, ...actions }: ConnectionNoticesProps) {
  if (notices.length === 0) return null;
  const { t } = i18n;
  const more = count - notices.length;
  return (
    <section
      aria-labelledby="new-connections"
      className="mb-6 overflow-clip rounded-lg border border-accent-line bg-accent-soft text-sm"
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 pt-3">
        <h2 id="new-connections" className="font-semibold">
          {t('notices.title', { count })}
        </h2>
        {notices.length > 1 ? (
          <form action={actions.dismiss}>
            {notices.map(({ connectionId }) => (
              <input key={connectionId} type="hidden" name="connection" value={connectionId} />
            ))}
            <Button type="submit" size="sm">
              {t('notices.all_me', { count: notices.length })}
            </Button>
          </form>
        ) : null}
      </div>
      <ul className="divide-y divide-accent-line">
        {notices.map((notice) => (
          <NoticeLine key={notice.connectionId} i18n={i18n} now={now} notice={notice} {...actions} />
        ))}
      </ul>
      {more > 0 ? (
        <p className="border-t border-accent-line px-4 py-3">
          <a href="/connections" className="text-accent-text underline underline-offset-4">
            {t('notices.more', { count: more })}
          </a>
        </p>
      ) : null}
    </section>
  );
}

function NoticeLine({ i18n, now, notice, dismiss, report }: { i18n: I18n; now: Date; notice: Notice } & Actions) {
  const { t } = i18n;
  const { connectionId, app, userAgent, address, connectedAt } = notice;
  const device = describeDevice(userAgent) ?? t('common.unknown_device');
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3">
      <AppIcon name={app.name} src={iconPath(app.iconDigest)} size="sm" />
      <div className="min-w-48 flex-1">
        <p>
          <a href={`/connections/${app.id}`} className="text-ink underline underline-offset-4">
            {t.rich('notices.connected', { ...RICH, name: app.name })}
          </a>
        </p>
        <p className="text-muted">
          {address ? t('notices.on_from', { device, address }) : t('notices.on', { device })} ·{' '}
          <Ago date={connectedAt} now={now} i18n={i18n} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2 max-sm:w-full">
        <form action={dismiss} className="max-sm:flex-1">
          <input type="hidden" name="connection" value={connectionId} />
          <button
            type="submit"
            className={buttonClass('secondary', 'sm', 'w-full')}
            aria-label={t('notices.me_named', { name: app.name, device })}
          >
            {t('notices.me')}
          </button>
        </form>
        <form action={report} className="max-sm:flex-1">
          <input type="hidden" name="connection" value={connectionId} />
          <button
            type="submit"
            className={buttonClass('danger-outline', 'sm', 'w-full')}
            aria-label={t('notices.not_me_named', { name: app.name, device })}
          >
            {t('notices.not_me')}
          </button>
        </form>
      </div>
    </li>
  );
}
