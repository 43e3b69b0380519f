import Link from 'next/link';
import { AppIcon } from '@/components/ui/app-icon';
import { buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Ago, Day } from '@/components/ui/time';
import { countText } from '@/lib/apps/counts';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';
import { type AppStanding, AppStateBadges } from './app-state';
import { DELETE_FIELD_ID } from './delete-field';

type ListedApp = AppStanding & {
  id: number;
  name: string;
  description: string;
  suspendedReason: string | null;
  iconDigest: string | null;
  createdAt: Date;
  users: number;
  lastActivityAt: Date | null;
};

type AppListProps = { apps: ListedApp[]; i18n: I18n; now: Date; mayEdit: boolean };

/** An organisation's applications. */
export function AppList({ apps, i18n, now, mayEdit }: AppListProps) {
  const { t } = i18n;
  return (
    <DataTable
      caption={t('applications.title')}
      columns={[
        t('applications.list.name'),
        t('applications.list.state'),
        t('applications.list.created'),
        t('applications.list.users'),
        t('applications.list.activity'),
        <span key="actions" className="sr-only">
          {t('common.actions')}
        </span>,
      ]}
    >
      <RowGroup>
        {apps.map((app) => (
          <AppRow key={app.id} app={app} i18n={i18n} now={now} mayEdit={mayEdit} />
        ))}
      </RowGroup>
    </DataTable>
  );
}

type AppRowProps = Omit<AppListProps, 'apps'> & { app: ListedApp };

function AppRow({ app, i18n, now, mayEdit }: AppRowProps) {
  const { t } = i18n;
  return (
    <Row>
      <Cell head className="md:w-full">
        <div className="flex gap-3">
          <AppIcon name={app.name} src={iconPath(app.iconDigest)} />
          <div className="min-w-0">
            <AppName app={app} mayEdit={mayEdit} />
            {app.description ? <p className="line-clamp-2 text-muted md:max-w-96">{app.description}</p> : null}
            {app.suspended && app.suspendedReason ? (
              <p className="line-clamp-3 text-danger-text md:max-w-96">
                {t('applications.list.suspended', { reason: app.suspendedReason })}
              </p>
            ) : null}
          </div>
        </div>
      </Cell>
      <Cell label={t('applications.list.state')}>
        <AppStateBadges i18n={i18n} app={app} />
      </Cell>
      <Cell label={t('applications.list.created')}>
        <Day date={app.createdAt} i18n={i18n} />
      </Cell>
      <Cell label={t('applications.list.users')}>{countText(app.users, i18n.formatLocale)}</Cell>
      <Cell label={t('applications.list.activity')}>
        {app.lastActivityAt ? (
          <Ago date={app.lastActivityAt} now={now} i18n={i18n} />
        ) : (
          <span className="whitespace-nowrap text-muted">{t('applications.list.no_activity')}</span>
        )}
      </Cell>
      <Cell align="end">{mayEdit ? <RowActions app={app} i18n={i18n} /> : null}</Cell>
    </Row>
  );
}

function AppName({ app: { id, name }, mayEdit }: { app: ListedApp; mayEdit: boolean }) {
  if (!mayEdit) return <bdi className="font-semibold">{name}</bdi>;
  return (
    <Link
      href={`/applications/${id}`}
      prefetch={false}
      className="inline-block min-h-6 font-semibold text-ink underline-offset-4 hover:underline"
    >
      <bdi>{name}</bdi>
    </Link>
  );
}

function RowActions({ app, i18n: { t } }: { app: ListedApp; i18n: I18n }) {
  const href = `/applications/${app.id}` as const;
  return (
    <div className="flex gap-2 max-md:mt-2 md:justify-end">
      <Link
        href={href}
        prefetch={false}
        className={buttonClass('secondary', 'sm')}
        aria-label={t('applications.list.edit_named', { name: app.name })}
      >
        {t('applications.list.edit')}
      </Link>
      {/* A native link: the browser then opens the folded confirmation that the fragment points into. */}
      <a
        href={`${href}/danger#${DELETE_FIELD_ID}`}
        className={buttonClass('danger-outline', 'sm')}
        aria-label={t('applications.list.delete_named', { name: app.name })}
      >
        {t('applications.list.delete')}
      </a>
    </div>
  );
}
