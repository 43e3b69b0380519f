import Link from 'next/link';
import { buttonClass } from '@/components/ui/button';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Monogram } from '@/components/ui/monogram';
import { Day, type TimeStyle } from '@/components/ui/time';
import { countText } from '@/lib/apps/counts';
import { type AppState, AppStateBadge } from './app-state';
import { DELETE_FIELD_ID } from './delete-field';

type ListedApp = { id: number; name: string; description: string; state: AppState; createdAt: Date; users: number };

/** An organisation's applications. */
export function AppList({ apps, times }: { apps: ListedApp[]; times: TimeStyle }) {
  return (
    <DataTable
      caption="Your applications"
      columns={[
        'Name',
        'App state',
        'Created on',
        'Users',
        <span key="actions" className="sr-only">
          Actions
        </span>,
      ]}
    >
      <RowGroup>
        {apps.map((app) => (
          <AppRow key={app.id} app={app} times={times} />
        ))}
      </RowGroup>
    </DataTable>
  );
}

function AppRow({ app, times }: { app: ListedApp; times: TimeStyle }) {
  const href = `/applications/${app.id}` as const;
  return (
    <Row>
      <Cell head>
        <div className="flex gap-3">
          <Monogram text={app.name} />
          <div className="min-w-0">
            <Link
              href={href}
              prefetch={false}
              className="inline-block min-h-6 font-semibold text-ink underline-offset-4 hover:underline"
            >
              <bdi>{app.name}</bdi>
            </Link>
            {app.description ? <p className="line-clamp-2 text-muted md:max-w-96">{app.description}</p> : null}
          </div>
        </div>
      </Cell>
      <Cell label="App state">
        <AppStateBadge state={app.state} />
      </Cell>
      <Cell label="Created on">
        <Day date={app.createdAt} style={times} />
      </Cell>
      <Cell label="Users">{countText(app.users, 'en')}</Cell>
      <Cell align="end">
        <div className="flex gap-2 max-md:mt-2 md:justify-end">
          <Link href={href} prefetch={false} className={buttonClass('secondary', 'sm')} aria-label={`Edit ${app.name}`}>
            Edit
          </Link>
          {/* A native link: the browser then opens the folded confirmation that the fragment points into. */}
          <a
            href={`${href}#${DELETE_FIELD_ID}`}
            className={buttonClass('danger-outline', 'sm')}
            aria-label={`Delete ${app.name}`}
          >
            Delete
          </a>
        </div>
      </Cell>
    </Row>
  );
}
