import { Badge } from '@/components/ui/badge';
import { Cell, DataTable, Row, RowGroup } from '@/components/ui/data-table';
import { VerifiedIcon } from '@/components/ui/icons';
import { Monogram } from '@/components/ui/monogram';
import { Ago, clockText, Day, type TimeStyle } from '@/components/ui/time';
import { describeDevice } from '@/lib/apps/devices';
import { grantedAccessText } from './granted-access';
import { RevokeButton } from './revoke';

type Connection = {
  id: string;
  userAgent: string;
  connectedAt: Date;
  lastActivityAt: Date | null;
  hasRefreshToken: boolean;
  accessEndsAt: Date | null;
  endedAt: Date | null;
};

/** An app that a user has granted access, with its connected clients. */
export type ListedGrant = {
  grantId: string;
  /** The consent stands, whether or not a client is connected. */
  standing: boolean;
  app: { name: string; verified: boolean; publisher: string };
  scopes: string;
  grantedAt: Date;
  connections: Connection[];
};

type Moment = { now: Date; times: TimeStyle };

const COLUMNS = [
  'Name',
  'Description (client)',
  'Connected on',
  'Last activity',
  'Granted access',
  <span key="actions" className="sr-only">
    Actions
  </span>,
];

/** What a user has granted: one group an app, one row under it a connected client. Stands inside a RevokeBoundary. */
export function ConnectionList({ grants, ...moment }: { grants: ListedGrant[] } & Moment) {
  return (
    <DataTable caption="Your app connections" columns={COLUMNS}>
      {grants.map((grant) => (
        <RowGroup key={grant.grantId}>
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
  times,
}: { grant: ListedGrant; connection: Connection; first: boolean } & Moment) {
  const device = describeDevice(connection.userAgent);
  return (
    <Row joined={!first}>
      <AppCell grant={grant} repeated={!first} times={times} />
      <Cell label="Client" className="md:min-w-36">
        {device}
        {connection.endedAt ? (
          <div className="mt-1">
            <EndedBadge accessEndsAt={connection.accessEndsAt} times={times} />
          </div>
        ) : null}
      </Cell>
      <Cell label="Connected on">
        <Day date={connection.connectedAt} style={times} />
      </Cell>
      <Cell label="Last activity">
        {connection.lastActivityAt ? <Ago date={connection.lastActivityAt} now={now} style={times} /> : 'Never'}
      </Cell>
      <Cell label="Granted access" className={first ? undefined : '*:sr-only'}>
        {grantedAccessText(grant.scopes)}
      </Cell>
      <Cell align="end">
        {connection.endedAt ? null : (
          <RevokeConnection grant={grant} connection={connection} device={device} times={times} />
        )}
      </Cell>
    </Row>
  );
}

function BareGrantRow({ grant, times }: { grant: ListedGrant } & Moment) {
  const { name } = grant.app;
  return (
    <Row>
      <AppCell grant={grant} repeated={false} times={times} />
      <Cell label="Client" className="md:min-w-36">
        <span className="text-muted">Not connected now</span>
      </Cell>
      <Cell label="Connected on">
        <Day date={grant.grantedAt} style={times} />
      </Cell>
      <Cell label="Last activity">
        <span className="text-muted">None</span>
      </Cell>
      <Cell label="Granted access">{grantedAccessText(grant.scopes)}</Cell>
      <Cell align="end">
        <RevokeButton
          target={{ kind: 'grant', id: grant.grantId }}
          label="Revoke"
          accessibleLabel={`Revoke access of ${name}`}
          title={<Question name={name} />}
        >
          <p>No client of this app is connected now. It must ask for your permission again before it can connect.</p>
        </RevokeButton>
      </Cell>
    </Row>
  );
}

/** The app's name opens its group; later rows repeat it for screen readers and on phones. */
function AppCell({ grant, repeated, times }: { grant: ListedGrant; repeated: boolean; times: TimeStyle }) {
  const { name, verified, publisher } = grant.app;
  return (
    <Cell head className={repeated ? '*:sr-only' : 'md:min-w-64'}>
      <div className="flex gap-3">
        <Monogram text={name} />
        <div className="min-w-0">
          <p className="font-semibold">
            <bdi>{name}</bdi>
          </p>
          <p className="text-muted">
            by <bdi>{publisher}</bdi>
          </p>
          {verified ? (
            <Badge tone="ok">
              <VerifiedIcon className="size-3.5" />
              Verified
            </Badge>
          ) : null}
          {repeated ? null : <RevokeAll grant={grant} times={times} />}
          {repeated ? null : <RevokeStanding grant={grant} times={times} />}
        </div>
      </div>
    </Cell>
  );
}

function EndedBadge({ accessEndsAt, times }: { accessEndsAt: Date | null; times: TimeStyle }) {
  return (
    <Badge tone="warn">{accessEndsAt ? `Ended, access ends at ${clockText(accessEndsAt, times)}` : 'Ended'}</Badge>
  );
}

function RevokeConnection({
  grant,
  connection,
  device,
  times,
}: {
  grant: ListedGrant;
  connection: Connection;
  device: string;
  times: TimeStyle;
}) {
  const { name } = grant.app;
  const others = grant.connections.filter(({ id, endedAt }) => id !== connection.id && !endedAt).length;
  return (
    <RevokeButton
      target={{ kind: 'connection', id: connection.id }}
      label="Revoke"
      accessibleLabel={`Revoke access of ${name} on ${device}`}
      title={<Question name={name} device={device} />}
    >
      <p>
        {connection.hasRefreshToken ? 'Its refresh token becomes invalid at once.' : 'It holds no refresh token.'}{' '}
        {accessText(connection.accessEndsAt, times)}
      </p>
      <p>
        {others > 0
          ? `${others === 1 ? 'Its other connected client stays' : `Its ${others} other connected clients stay`} connected.`
          : 'The app must ask for your permission again before it can connect.'}
      </p>
    </RevokeButton>
  );
}

function RevokeAll({ grant, times }: { grant: ListedGrant; times: TimeStyle }) {
  const live = grant.connections.filter(({ endedAt }) => !endedAt);
  if (live.length < 2) return null;
  const { name } = grant.app;
  return (
    <div className="mt-2">
      <RevokeButton
        target={{ kind: 'grant', id: grant.grantId }}
        label={`Revoke all ${live.length}`}
        accessibleLabel={`Revoke all ${live.length} connections of ${name}`}
        title={<Question name={name} />}
      >
        <p>
          The refresh tokens of all {live.length} connected clients become invalid at once.{' '}
          {accessText(lastAccessEnd(grant), times)}
        </p>
        <p>The app must ask for your permission again before it can connect.</p>
      </RevokeButton>
    </div>
  );
}

/** All clients have ended, but the consent stands: the app could connect again without asking. */
function RevokeStanding({ grant, times }: { grant: ListedGrant; times: TimeStyle }) {
  const live = grant.connections.some(({ endedAt }) => !endedAt);
  if (!grant.standing || live || grant.connections.length === 0) return null;
  const { name } = grant.app;
  return (
    <div className="mt-2">
      <RevokeButton
        target={{ kind: 'grant', id: grant.grantId }}
        label="Revoke"
        accessibleLabel={`Revoke access of ${name}`}
        title={<Question name={name} />}
      >
        <p>
          No client of this app is connected now. {accessText(lastAccessEnd(grant), times)} The app must ask for your
          permission again before it can connect.
        </p>
      </RevokeButton>
    </div>
  );
}

function lastAccessEnd(grant: ListedGrant): Date | null {
  const last = Math.max(...grant.connections.map(({ accessEndsAt }) => accessEndsAt?.getTime() ?? 0));
  return last > 0 ? new Date(last) : null;
}

function Question({ name, device }: { name: string; device?: string }) {
  return (
    <>
      Revoke access of <bdi>{name}</bdi>
      {device ? ` on ${device}` : ''}?
    </>
  );
}

function accessText(endsAt: Date | null, times: TimeStyle): string {
  return endsAt
    ? `The access token it holds now stays valid until ${clockText(endsAt, times)}.`
    : 'It holds no access token now.';
}
