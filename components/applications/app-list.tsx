import Link from 'next/link';
import { buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Monogram } from '@/components/ui/monogram';
import { Day } from '@/components/ui/time';
import { countText } from '@/lib/apps/counts';
import type { I18n } from '@/lib/i18n/i18n';
import { type AppState, AppStateBadge } from './app-state';
import { DELETE_FIELD_ID } from './delete-field';

type ListedApp = { id: number; name: string; description: string; state: AppState; createdAt: Date; users: number };

/** An organisation's applications. */
export function AppList({ apps, i18n, mayEdit }: { apps: ListedApp[]; i18n: I18n; mayEdit: boolean }) {
  const { t } = i18n;
  return (
    <DataTable
      caption={t('applications.title')}
      columns={[
        t('applications.list.name'),
        t('applications.list.state'),
        t('applications.list.created'),
        t('applications.list.users'),
        <span key="actions" className="sr-only">
          {t('common.actions')}
        </span>,
      ]}
    >
      <RowGroup>
        {apps.map((app) => (
          <AppRow key={app.id} app={app} i18n={i18n} mayEdit={mayEdit} />
        ))}
      </RowGroup>
    </DataTable>
  );
}

function AppRow({ app, i18n, mayEdit }: { app: ListedApp; i18n: I18n; mayEdit: boolean }) {
  const { t } = i18n;
  const href = `/applications/${app.id}` as const;
  return (
    <Row>
      <Cell head>
        <div className="flex gap-3">
          <Monogram text={app.name} />
          <div className="min-w-0">
            {mayEdit ? (
              <Link
                href={href}
                prefetch={false}
                className="inline-block min-h-6 font-semibold text-ink underline-offset-4 hover:underline"
              >
                <bdi>{app.name}</bdi>
              </Link>
            ) : (
              <bdi className="font-semibold">{app.name}</bdi>
            )}
            {app.description ? <p className="line-clamp-2 text-muted md:max-w-96">{app.description}</p> : null}
          </div>
        </div>
      </Cell>
      <Cell label={t('applications.list.state')}>
        <AppStateBadge i18n={i18n} state={app.state} />
      </Cell>
      <Cell label={t('applications.list.created')}>
        <Day date={app.createdAt} i18n={i18n} />
      </Cell>
      <Cell label={t('applications.list.users')}>{countText(app.users, i18n.formatLocale)}</Cell>
      <Cell align="end">{mayEdit ? <RowActions app={app} i18n={i18n} /> : null}</Cell>
    </Row>
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
        href={`${href}#${DELETE_FIELD_ID}`}
        className={buttonClass('danger-outline', 'sm')}
        aria-label={t('applications.list.delete_named', { name: app.name })}
      >
        {t('applications.list.delete')}
      </a>
    </div>
  );
}
