import { runtime } from '@/lib/runtime/runtime';
import { ACCESS_ENDS, ACCESS_LIVES, ACTIVE_AT, CONNECTION_LIVES, FAMILY_LIVES } from './connections';

/** An app that a user has granted access to the user's account. */
export type ConnectedApp = {
  grantId: string;
  /** The consent stands; without it only access tokens are left that have not expired. */
  standing: boolean;
  app: {
    id: number;
    name: string;
    iconDigest: string | null;
    verified: boolean;
    publisher: string;
    /** The policy of the user's organisation keeps it out: its connections rest. */
    keptOut: boolean;
  };
  scopes: string;
  grantedAt: Date;
  connections: ConnectedClient[];
  /** The latest that the ten-token cap has ended in the last 30 days. */
  evicted: { id: string; userAgent: string; connectedAt: Date; endedAt: Date; accessEndsAt: Date | null }[];
};

export type ConnectedClient = {
  id: string;
  userAgent: string;
  /** The address from which it was connected, as it is stored. */
  ip: string;
  connectedAt: Date;
  lastActivityAt: Date | null;
  hasRefreshToken: boolean;
  /** When the last access token ends; null when none lives. */
  accessEndsAt: Date | null;
  endedAt: Date | null;
  /** Made by the playground of the app's developers. */
  playground: boolean;
  /** The user has not said yet whose it is. */
  isNew: boolean;
};

export const CONNECTION_SORTS = ['activity', 'name', 'connected'] as const;
export type ConnectionSort = (typeof CONNECTION_SORTS)[number];

/** Apps on one page of the list. */
export const CONNECTED_APPS_PER_PAGE = 25;
/** An app has ten connections that last; those that live for an hour are shown up to here. */
const MOST_CLIENTS = 50;
const MOST_EVICTED = 5;

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') COLLATE "C"`;

/** What a page is sorted by, as text, and which way. */
const ORDER: Record<ConnectionSort, { key: string; way: 'ASC' | 'DESC'; beyond: '>' | '<' }> = {
  activity: { key: time('coalesce(m.active_at, m.granted_at)'), way: 'DESC', beyond: '<' },
  name: { key: 'lower(m.name)', way: 'ASC', beyond: '>' },
  connected: { key: time('m.granted_at'), way: 'DESC', beyond: '<' },
};

/** Where the next page begins. */
export type ConnectionCursor = { key: string; grantId: string };
export type ConnectedAppPage = { apps: ConnectedApp[]; next: ConnectionCursor | null };
export type ConnectionQuery = {
  /** Part of an app's name; empty: all. */
  search?: string;
  sort?: ConnectionSort;
  after?: ConnectionCursor | null;
  /** One app only. */
  appId?: number | null;
};

/**
 * A user's standing grants with their live connections, and the ended connections whose last access token still lives: one
 * page, in one statement, whatever the number of rows.
 */
export async function listConnectedApps(userId: string, asked: ConnectionQuery = {}): Promise<ConnectedAppPage> {
  const sort = asked.sort ?? 'activity';
  const { key, way, beyond } = ORDER[sort];
  const { rows } = await runtime().pool.query<Row>({
    name: `list-connected-apps-${sort}`,
    text: `WITH mine AS (
             SELECT g.id, g.scopes, g.granted_at, g.revoked_at, a.id AS app_id, a.name, a.icon_digest,
                    a.state = 'VERIFIED' AS verified, t.display_name AS publisher,
                    (SELECT max(${ACTIVE_AT}) FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
                      WHERE k.grant_id = g.id AND k.ended_at IS NULL) AS active_at
               FROM grants g JOIN apps a ON a.id = g.app_id JOIN tenants t ON t.id = a.tenant_id
              WHERE g.user_id = $1 AND a.deleted_at IS NULL
                AND ($2::int IS NULL OR a.id = $2) AND ($3 = '' OR strpos(lower(a.name), lower($3)) > 0)
                AND ((g.revoked_at IS NULL AND (NOT g.playground OR EXISTS (
                      SELECT FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
                       WHERE k.grant_id = g.id AND ${CONNECTION_LIVES}))) OR EXISTS (
                      SELECT FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
                       WHERE k.grant_id = g.id AND k.ended_at IS NOT NULL AND ${ACCESS_LIVES}))),
           page AS (
             SELECT m.*, ${key} AS key FROM mine m
              WHERE $4::text IS NULL OR (${key}, m.id) ${beyond} ($4::text, $5::uuid)
              ORDER BY ${key} ${way}, m.id ${way} LIMIT ${CONNECTED_APPS_PER_PAGE + 1})
           SELECT page.id AS "grantId", page.scopes, page.granted_at AS "grantedAt", page.revoked_at IS NULL AS standing,
                  json_build_object('id', page.app_id, 'name', page.name, 'iconDigest', page.icon_digest,
                                    'verified', page.verified, 'publisher', page.publisher,
                                    'keptOut', coalesce(grant_problem(page.app_id, $1) = 'app_not_allowed', false)) AS app, page.key,
                  (SELECT coalesce(json_agg(c), '[]') FROM (${CLIENTS}) c) AS connections,
                  (SELECT coalesce(json_agg(e), '[]') FROM (${EVICTED}) e) AS evicted
             FROM page ORDER BY page.key ${way}, page.id ${way}`,
    values: [userId, asked.appId ?? null, asked.search ?? '', asked.after?.key ?? null, asked.after?.grantId ?? null],
  });
  const shown = rows.slice(0, CONNECTED_APPS_PER_PAGE);
  const last = shown.at(-1);
  const more = rows.length > CONNECTED_APPS_PER_PAGE && last !== undefined;
  return { apps: shown.map(appOf), next: more ? { key: last.key, grantId: last.grantId } : null };
}

const CLIENTS = `SELECT k.id, k.user_agent AS "userAgent", k.ip, k.connected_at AS "connectedAt", ${ACTIVE_AT} AS "lastActivityAt",
    ${FAMILY_LIVES} AS "hasRefreshToken", CASE WHEN ${ACCESS_LIVES} THEN ${ACCESS_ENDS} END AS "accessEndsAt",
    k.ended_at AS "endedAt", k.playground, k.seen_at IS NULL AS "isNew"
  FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
 WHERE k.grant_id = page.id AND k.ended_reason IS DISTINCT FROM 'evicted' AND (${ACCESS_LIVES} OR (k.ended_at IS NULL AND ${FAMILY_LIVES}))
 ORDER BY k.ended_at IS NOT NULL, k.connected_at DESC, k.id LIMIT ${MOST_CLIENTS}`;

const EVICTED = `SELECT k.id, k.user_agent AS "userAgent", k.connected_at AS "connectedAt", k.ended_at AS "endedAt",
    CASE WHEN ${ACCESS_LIVES} THEN ${ACCESS_ENDS} END AS "accessEndsAt"
  FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
 WHERE k.grant_id = page.id AND k.ended_reason = 'evicted' AND (page.revoked_at IS NULL OR ${ACCESS_LIVES}) AND k.ended_at > clock_timestamp() - interval '30 days'
 ORDER BY k.ended_at DESC, k.id LIMIT ${MOST_EVICTED}`;

type Row = Omit<ConnectedApp, 'connections' | 'evicted'> & {
  key: string;
  connections: (Pick<ConnectedClient, 'id' | 'userAgent' | 'ip' | 'hasRefreshToken' | 'playground' | 'isNew'> &
    Record<'connectedAt', string> &
    Record<'lastActivityAt' | 'accessEndsAt' | 'endedAt', string | null>)[];
  evicted: { id: string; userAgent: string; connectedAt: string; endedAt: string; accessEndsAt: string | null }[];
};

function appOf({ key: _key, connections, evicted, ...rest }: Row): ConnectedApp {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...rest,
    connections: connections.map((client) => ({
      ...client,
      connectedAt: new Date(client.connectedAt),
      lastActivityAt: date(client.lastActivityAt),
      accessEndsAt: date(client.accessEndsAt),
      endedAt: date(client.endedAt),
    })),
    evicted: evicted.map((client) => ({
      ...client,
      connectedAt: new Date(client.connectedAt),
      endedAt: new Date(client.endedAt),
      accessEndsAt: date(client.accessEndsAt),
    })),
  };
}
