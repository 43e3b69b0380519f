import Link from 'next/link';
import { grantedAccessText } from '@/components/connections/granted-access';
import { RICH } from '@/components/i18n/rich';
import { Badge } from '@/components/ui/badge';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Ago, Day } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import type { I18n } from '@/lib/i18n/i18n';
import { AppFace } from './app-face';

/** A live connection of somebody of the organisation. */
export type ListedConnection = {
  id: string;
  username: string;
  app: { id: number; name: string; iconDigest: string | null; verified: boolean; publisher: string; own: boolean };
  scopes: string;
  userAgent: string;
  /** As the organisation lets it be seen. */
  address: string | null;
  connectedAt: Date;
  lastActivityAt: Date;
  suspended: boolean;
};

type MemberConnectionsProps = {
  i18n: I18n;
  now: Date;
  connections: readonly ListedConnection[];
  /** They are all of one app: there is nothing to narrow. */
  onlyOneApp: boolean;
  /** null: whoever looks may end nothing. */
  end: ((form: FormData) => Promise<void>) | null;
};

/** What an organisation's people have connected. */
export function MemberConnections({ i18n, now, connections, onlyOneApp, end }: MemberConnectionsProps) {
  const { t } = i18n;
  const columns = [
    t('organisation.connections.app'),
    t('organisation.connections.member'),
    t('organisation.connections.device'),
    t('organisation.connections.connected'),
    t('organisation.connections.activity'),
    ...(end ? [t('common.actions')] : []),
  ];
  return (
    <DataTable caption={t('organisation.connections.caption')} columns={columns}>
      <RowGroup>
        {connections.map((connection) => (
          <ConnectionRow
            key={connection.id}
            i18n={i18n}
            now={now}
            connection={connection}
            onlyOneApp={onlyOneApp}
            end={end}
          />
        ))}
      </RowGroup>
    </DataTable>
  );
}

type RowProps = Omit<MemberConnectionsProps, 'connections'> & { connection: ListedConnection };

function ConnectionRow({ i18n, now, connection, onlyOneApp, end }: RowProps) {
  const { t } = i18n;
  const { app, username, userAgent, address, connectedAt, lastActivityAt, suspended, scopes } = connection;
  const device = describeDevice(userAgent) ?? t('common.unknown_device');
  return (
    <Row>
      <Cell head className="md:w-2/5">
        <AppFace i18n={i18n} app={app} />
        <p className="mt-1 text-muted md:max-w-96">{grantedAccessText(i18n, scopes)}</p>
        {suspended ? <Badge tone="danger">{t('organisation.connections.suspended')}</Badge> : null}
        {onlyOneApp ? null : (
          <p className="mt-1">
            <Link
              href={`/organisation/connections?only=${app.id}`}
              prefetch={false}
              className="text-accent-text underline underline-offset-4"
            >
              {t('organisation.connections.only')}
              <span className="sr-only">: {app.name}</span>
            </Link>
          </p>
        )}
      </Cell>
      <Cell label={t('organisation.connections.member')} className="md:whitespace-nowrap">
        <bdi>{username}</bdi>
      </Cell>
      <Cell label={t('organisation.connections.device')} className="md:whitespace-nowrap">
        {device}
        {address ? <p className="text-muted">{address}</p> : null}
      </Cell>
      <Cell label={t('organisation.connections.connected')}>
        <Day date={connectedAt} i18n={i18n} />
      </Cell>
      <Cell label={t('organisation.connections.activity')}>
        <Ago date={lastActivityAt} now={now} i18n={i18n} />
      </Cell>
      {end ? (
        <Cell align="end">
          <ConfirmDialog
            id={`end-${connection.id}`}
            trigger={t('organisation.connections.end')}
            triggerLabel={t('organisation.connections.end_of', { username, name: app.name })}
            title={t.rich('organisation.connections.end_title', { ...RICH, username })}
            action={end}
            fields={{ connection: connection.id }}
            confirm={t('organisation.connections.end_confirm')}
          >
            <p>{t.rich('organisation.connections.end_text', { ...RICH, name: app.name, device, username })}</p>
          </ConfirmDialog>
        </Cell>
      ) : null}
    </Row>
  );
}
