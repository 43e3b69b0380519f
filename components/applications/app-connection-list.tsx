import { grantedAccessText } from '@/components/connections/granted-access';
import { Badge } from '@/components/ui/badge';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { Ago, Day } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import { ENDED_REASONS } from '@/lib/apps/ended-reasons';
import type { I18n } from '@/lib/i18n/i18n';

type Connection = {
  id: string;
  username: string;
  userAgent: string;
  scopes: string;
  connectedAt: Date;
  lastActivityAt: Date;
  playground: boolean;
  ended: { at: Date | null; reason: string } | null;
};
type Listed = { i18n: I18n; now: Date };

/** Who has connected an application, with what, and what became of it. */
export function AppConnectionList({ i18n, now, connections }: Listed & { connections: Connection[] }) {
  const { t } = i18n;
  return (
    <DataTable
      caption={t('applications.sections.connections')}
      columns={[
        t('applications.connections.user'),
        t('connections.list.client_short'),
        t('connections.list.connected'),
        t('connections.list.activity'),
        t('applications.connections.state'),
      ]}
    >
      <RowGroup>
        {connections.map((connection) => (
          <ConnectionRow key={connection.id} i18n={i18n} now={now} connection={connection} />
        ))}
      </RowGroup>
    </DataTable>
  );
}

function ConnectionRow({ i18n, now, connection }: Listed & { connection: Connection }) {
  const { t } = i18n;
  return (
    <Row>
      <Cell head className="md:w-1/2">
        <bdi className="font-semibold">{connection.username}</bdi>
        <p className="text-muted md:max-w-96">{grantedAccessText(i18n, connection.scopes)}</p>
      </Cell>
      <Cell label={t('connections.list.client_short')} className="md:whitespace-nowrap">
        {describeDevice(connection.userAgent) ?? t('common.unknown_device')}{' '}
        {connection.playground ? <Badge>{t('connections.list.playground')}</Badge> : null}
      </Cell>
      <Cell label={t('connections.list.connected')}>
        <Day date={connection.connectedAt} i18n={i18n} />
      </Cell>
      <Cell label={t('connections.list.activity')}>
        <Ago date={connection.lastActivityAt} now={now} i18n={i18n} />
      </Cell>
      <Cell label={t('applications.connections.state')} className="md:min-w-44">
        <State i18n={i18n} now={now} ended={connection.ended} />
      </Cell>
    </Row>
  );
}

function State({ i18n, now, ended }: Listed & { ended: Connection['ended'] }) {
  const { t } = i18n;
  if (!ended) return <Badge tone="ok">{t('applications.connections.live')}</Badge>;
  const reason = ENDED_REASONS.find((known) => known === ended.reason) ?? 'other';
  return (
    <>
      <Badge>{t('applications.connections.ended')}</Badge>
      <p className="mt-1 text-muted md:max-w-48">
        {t(`applications.ended.${reason}`)}
        {ended.at ? (
          <>
            {', '}
            <Ago date={ended.at} now={now} i18n={i18n} />
          </>
        ) : null}
      </p>
    </>
  );
}
