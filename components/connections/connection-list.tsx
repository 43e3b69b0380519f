import { PLAIN_BDI } from '@/components/i18n/rich';
import { AppIcon } from '@/components/ui/app-icon';
import { Badge } from '@/components/ui/badge';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { VerifiedIcon } from '@/components/ui/icons';
import { Ago, Day } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import { iconPath } from '@/lib/apps/icons';
import type { I18n } from '@/lib/i18n/i18n';
import { grantedAccessText } from './granted-access';
import { RevokeButton } from './revoke';

type Connection = {
  id: string;
  userAgent: string;
  /** As the organisation lets it be seen. */
  address: string | null;
  connectedAt: Date;
  lastActivityAt: Date | null;
  hasRefreshToken: boolean;
  accessEndsAt: Date | null;
  endedAt: Date | null;
  /** Made by the playground of the app's developers. */
  playground: boolean;
  /** The user has not said yet whose it is. */
  isNew: boolean;
};

/** An app that a user has granted access, with its connected clients. */
export type ListedGrant = {
  grantId: string;
  /** The consent stands, whether or not a client is connected. */
  standing: boolean;
  app: { id: number; name: string; iconDigest: string | null; verified: boolean; publisher: string; keptOut: boolean };
  scopes: string;
  grantedAt: Date;
  connections: Connection[];
  /** What the ten-token cap has ended of late. */
  evicted: { id: string; userAgent: string; connectedAt: Date; endedAt: Date; accessEndsAt: Date | null }[];
};

type Moment = {
  now: Date;
  i18n: I18n;
  /** Whether names lead to the app's own page. */
  linked?: boolean;
};

function columns({ t }: I18n) {
  return [
    t('connections.list.name'),
    t('connections.list.client'),
    t('connections.list.connected'),
    t('connections.list.activity'),
    t('connections.list.access'),
    <span key="actions" className="sr-only">
      {t('common.actions')}
    </span>,
  ];
}

/** What a user has granted: one group an app, one row under it a connected client. Stands inside a RevokeBoundary. */
export function ConnectionList({ grants, ...moment }: { grants: ListedGrant[] } & Moment) {
  return (
    <DataTable caption={moment.i18n.t('connections.title')} columns={columns(moment.i18n)}>
      {grants.map((grant) => (
        <RowGroup key={grant.grantId} id={`app-${grant.app.id}`}>
          {grant.connections.length === 0 ? (
            <BareGrantRow grant={grant} {...moment} />
          ) : (
            grant.connections.map((connection, index) => (
              <ConnectionRow
                key={connection.id}
                grant={grant}
                connection={connection}
                first={index === 0}
                {...moment}
              />
            ))
          )}
          <RevokeAllRow grant={grant} {...moment} />
          {grant.evicted.map((evicted) => (
            <EvictedRow key={evicted.id} grant={grant} evicted={evicted} {...moment} />
          ))}
        </RowGroup>
      ))}
    </DataTable>
  );
}

function ConnectionRow({
  grant,
  connection,
  first,
  now,
  i18n,
  linked,
}: { grant: ListedGrant; connection: Connection; first: boolean } & Moment) {
  const { t } = i18n;
  const device = describeDevice(connection.userAgent) ?? t('common.unknown_device');
  return (
    <Row joined={!first}>
      <AppCell grant={grant} repeated={!first} i18n={i18n} linked={linked} />
      <Cell label={t('connections.list.client_short')} className="md:min-w-36">
        <span className="mr-2">{device}</span>
        {connection.playground ? <Badge>{t('connections.list.playground')}</Badge> : null}
        {connection.isNew && !connection.endedAt ? <Badge tone="accent">{t('connections.list.new')}</Badge> : null}
        {connection.address ? <p className="wrap-anywhere text-muted">{connection.address}</p> : null}
        {connection.endedAt ? (
          <div className="mt-1">
            <EndedBadge accessEndsAt={connection.accessEndsAt} i18n={i18n} />
          </div>
        ) : null}
      </Cell>
      <Cell label={t('connections.list.connected')}>
        <Day date={connection.connectedAt} i18n={i18n} />
      </Cell>
      <Cell label={t('connections.list.activity')}>
        {connection.lastActivityAt ? <Ago date={connection.lastActivityAt} now={now} i18n={i18n} /> : t('common.never')}
      </Cell>
      <Cell label={t('connections.list.access')} className={first ? undefined : '*:sr-only'}>
        {grantedAccessText(i18n, grant.scopes)}
      </Cell>
      <Cell align="end">
        {connection.endedAt ? null : (
          <RevokeConnection grant={grant} connection={connection} device={device} i18n={i18n} />
        )}
      </Cell>
    </Row>
  );
}

/** One that had to make room: an app has ten connections that last. */
function EvictedRow({
  grant,
  evicted,
  i18n,
}: { grant: ListedGrant; evicted: ListedGrant['evicted'][number] } & Moment) {
  const { t, day } = i18n;
  return (
    <Row joined>
      <AppCell grant={grant} repeated i18n={i18n} />
      <Cell label={t('connections.list.client_short')} className="text-muted md:min-w-36">
        {describeDevice(evicted.userAgent) ?? t('common.unknown_device')}
        {evicted.accessEndsAt ? (
          <div className="mt-1">
            <EndedBadge accessEndsAt={evicted.accessEndsAt} i18n={i18n} />
          </div>
        ) : null}
      </Cell>
      <Cell label={t('connections.list.connected')} className="text-muted">
        <Day date={evicted.connectedAt} i18n={i18n} />
      </Cell>
      <Cell colSpan={3} className="text-muted">
        {t('connections.list.evicted', { date: day(evicted.endedAt) })}
      </Cell>
    </Row>
  );
}

function BareGrantRow({ grant, i18n, linked }: { grant: ListedGrant } & Moment) {
  const { t } = i18n;
  const { name } = grant.app;
  return (
    <Row>
      <AppCell grant={grant} repeated={false} i18n={i18n} linked={linked} />
      <Cell label={t('connections.list.client_short')} className="md:min-w-36">
        <span className="text-muted">{t('connections.list.not_connected')}</span>
      </Cell>
      <Cell label={t('connections.list.connected')}>
        <Day date={grant.grantedAt} i18n={i18n} />
      </Cell>
      <Cell label={t('connections.list.activity')}>
        <span className="text-muted">{t('common.none')}</span>
      </Cell>
      <Cell label={t('connections.list.access')}>{grantedAccessText(i18n, grant.scopes)}</Cell>
      <Cell align="end">
        {grant.standing ? (
          <RevokeButton
            target={{ kind: 'grant', id: grant.grantId }}
            label={t('connections.revoke.label')}
            accessibleLabel={t('connections.revoke.named', { name })}
            title={<Question i18n={i18n} name={name} />}
          >
            <p>
              {t('connections.revoke.none_connected')} {t('connections.revoke.must_ask')}
            </p>
          </RevokeButton>
        ) : null}
      </Cell>
    </Row>
  );
}

/** The app's name opens its group; later rows repeat it for screen readers and on phones. */
type AppCellProps = { grant: ListedGrant; repeated: boolean; i18n: I18n; linked?: boolean | undefined };

function AppCell({ grant, repeated, i18n, linked = true }: AppCellProps) {
  const { t } = i18n;
  const { id, name, iconDigest, verified, publisher, keptOut } = grant.app;
  return (
    <Cell head className={repeated ? '*:sr-only' : 'md:min-w-64'}>
      <div className="flex gap-3">
        <AppIcon name={name} src={iconPath(iconDigest)} />
        <div className="min-w-0">
          <p className="font-semibold">
            {linked && !repeated ? (
              <a href={`/connections/${id}`} className="text-ink no-underline underline-offset-4 hover:underline">
                <bdi>{name}</bdi>
              </a>
            ) : (
              <bdi>{name}</bdi>
            )}
          </p>
          <p className="text-muted">{t.rich('connections.list.by', { bdi: PLAIN_BDI, publisher })}</p>
          {verified ? (
            <Badge tone="ok">
              <VerifiedIcon className="size-3.5" />
              {t('applications.state.verified')}
            </Badge>
          ) : null}
          {keptOut && !repeated ? <Badge tone="danger">{t('connections.list.kept_out')}</Badge> : null}
          {repeated ? null : <RevokeStanding grant={grant} i18n={i18n} />}
        </div>
      </div>
    </Cell>
  );
}

function EndedBadge({ accessEndsAt, i18n: { t, clock } }: { accessEndsAt: Date | null; i18n: I18n }) {
  return (
    <Badge tone="warn">
      {accessEndsAt ? t('connections.list.ended_until', { time: clock(accessEndsAt) }) : t('connections.list.ended')}
    </Badge>
  );
}

function RevokeConnection({
  grant,
  connection,
  device,
  i18n,
}: {
  grant: ListedGrant;
  connection: Connection;
  device: string;
  i18n: I18n;
}) {
  const { t } = i18n;
  const { name } = grant.app;
  const others = grant.connections.filter(({ id, endedAt }) => id !== connection.id && !endedAt).length;
  return (
    <RevokeButton
      target={{ kind: 'connection', id: connection.id }}
      label={t('connections.revoke.label')}
      accessibleLabel={t('connections.revoke.named_on', { name, device })}
      title={<Question i18n={i18n} name={name} device={device} />}
    >
      <p>
        {t(connection.hasRefreshToken ? 'connections.revoke.refresh_ends' : 'connections.revoke.no_refresh')}{' '}
        {accessText(i18n, connection.accessEndsAt)}
      </p>
      <p>{others > 0 ? t('connections.revoke.others_stay', { count: others }) : t('connections.revoke.must_ask')}</p>
    </RevokeButton>
  );
}

/** Below the clients that it ends: beside the app's name it would push them apart. */
function RevokeAllRow({ grant, i18n }: { grant: ListedGrant } & Moment) {
  const { t } = i18n;
  const live = grant.connections.filter(({ endedAt }) => !endedAt);
  if (live.length < 2) return null;
  const { name } = grant.app;
  return (
    <Row joined>
      <AppCell grant={grant} repeated i18n={i18n} />
      <Cell align="end" colSpan={5}>
        <RevokeButton
          target={{ kind: 'grant', id: grant.grantId }}
          label={t('connections.revoke.all', { count: live.length })}
          accessibleLabel={t('connections.revoke.all_named', { count: live.length, name })}
          title={<Question i18n={i18n} name={name} />}
        >
          <p>
            {t('connections.revoke.all_effect', { count: live.length })} {accessText(i18n, lastAccessEnd(grant))}
          </p>
          <p>{t('connections.revoke.must_ask')}</p>
        </RevokeButton>
      </Cell>
    </Row>
  );
}

/** All clients have ended, but the consent stands: the app could connect again without asking. */
function RevokeStanding({ grant, i18n }: { grant: ListedGrant; i18n: I18n }) {
  const { t } = i18n;
  const live = grant.connections.some(({ endedAt }) => !endedAt);
  if (!grant.standing || live || grant.connections.length === 0) return null;
  const { name } = grant.app;
  return (
    <div className="mt-2">
      <RevokeButton
        target={{ kind: 'grant', id: grant.grantId }}
        label={t('connections.revoke.label')}
        accessibleLabel={t('connections.revoke.named', { name })}
        title={<Question i18n={i18n} name={name} />}
      >
        <p>
          {t('connections.revoke.none_connected')} {accessText(i18n, lastAccessEnd(grant))}{' '}
          {t('connections.revoke.must_ask')}
        </p>
      </RevokeButton>
    </div>
  );
}

function lastAccessEnd(grant: ListedGrant): Date | null {
  const last = Math.max(...grant.connections.map(({ accessEndsAt }) => accessEndsAt?.getTime() ?? 0));
  return last > 0 ? new Date(last) : null;
}

function Question({ i18n: { t }, name, device }: { i18n: I18n; name: string; device?: string }) {
  return device
    ? t.rich('connections.revoke.question_on', { bdi: PLAIN_BDI, name, device })
    : t.rich('connections.revoke.question', { bdi: PLAIN_BDI, name });
}

function accessText({ t, clock }: I18n, endsAt: Date | null): string {
  return endsAt ? t('connections.revoke.access_until', { time: clock(endsAt) }) : t('connections.revoke.no_access');
}
