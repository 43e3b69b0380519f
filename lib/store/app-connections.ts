import { runtime } from '@/lib/runtime/runtime';

/** A connection as the developers of its app see it: who, with what, since when. Never an address (case 47). */
export type AppConnection = {
  id: string;
  username: string;
  userAgent: string;
  scopes: string;
  connectedAt: Date;
  lastActivityAt: Date;
  /** Made by the playground. */
  playground: boolean;
  /** null: it lives. */
  ended: { at: Date | null; reason: string } | null;
};

/** Where a page begins: a connection that its own are older or newer than. */
export type ConnectionPlace = { at: Date; id: string };

export type ConnectionPage = {
  connections: AppConnection[];
  older: ConnectionPlace | null;
  newer: ConnectionPlace | null;
};

export const CONNECTIONS_PER_PAGE = 25;

type Row = Omit<AppConnection, 'ended'> & { endedAt: Date | null; endedReason: string | null; expired: boolean };

/**
 * One page of the connections of an app of this organisation, newest first; of another's there are none.
 * @param asked `username`: of this user only; empty: of all
 */
export async function listAppConnections(
  tenantId: number,
  appId: number,
  asked: { username?: string; olderThan?: ConnectionPlace | null; newerThan?: ConnectionPlace | null } = {},
): Promise<ConnectionPage> {
  const place = asked.newerThan ?? asked.olderThan ?? null;
  const backwards = asked.newerThan != null;
  const order = backwards ? 'ASC' : 'DESC';
  const username = (asked.username ?? '').trim().toLowerCase();
  const { rows } = await runtime().pool.query<Row>({
    name: `list-app-connections${backwards ? '-newer' : ''}${place ? '-from' : ''}${username ? '-of' : ''}`,
    // Chosen from the index alone where no user is named, and only those of the page are joined.
    text: `WITH page AS MATERIALIZED (
             SELECT k.id, k.grant_id, k.connected_at FROM connections k ${username ? 'JOIN grants g ON g.id = k.grant_id JOIN users u ON u.id = g.user_id' : ''}
              WHERE k.app_id = (SELECT id FROM apps WHERE id = $2 AND tenant_id = $1 AND deleted_at IS NULL)
                ${place ? `AND (k.connected_at, k.id) ${backwards ? '>' : '<'} ($4, $5::uuid)` : 'AND $4::timestamptz IS NULL AND $5::uuid IS NULL'}
                ${username ? 'AND u.username = $3' : "AND $3 = ''"}
              ORDER BY k.connected_at ${order}, k.id ${order} LIMIT ${CONNECTIONS_PER_PAGE + 1})
           SELECT k.id, u.username, k.user_agent AS "userAgent", k.scopes, k.connected_at AS "connectedAt", k.playground,
                  greatest(k.last_activity_at, r.last_refresh_at, k.issued_at) AS "lastActivityAt",
                  k.ended_at AS "endedAt", k.ended_reason AS "endedReason",
                  CASE WHEN r.id IS NULL THEN k.issued_at + interval '1 hour' <= clock_timestamp()
                       ELSE coalesce(r.expires_at <= clock_timestamp(), false) END AS expired
             FROM page JOIN connections k USING (id) JOIN grants g ON g.id = k.grant_id JOIN users u ON u.id = g.user_id
             LEFT JOIN refresh_tokens r ON r.connection_id = k.id
            ORDER BY page.connected_at ${order}, page.id ${order}`,
    values: [tenantId, appId, username, place?.at ?? null, place?.id ?? null],
  });
  const more = rows.length > CONNECTIONS_PER_PAGE;
  const shown = rows.slice(0, CONNECTIONS_PER_PAGE);
  if (backwards) shown.reverse();
  const placeOf = (row: Row | undefined) => (row ? { at: row.connectedAt, id: row.id } : null);
  return {
    connections: shown.map(({ endedAt, endedReason, expired, ...rest }) => ({
      ...rest,
      // Housekeeping writes it down within the hour.
      ended: endedAt || expired ? { at: endedAt, reason: endedReason ?? 'expired' } : null,
    })),
    older: backwards || more ? placeOf(shown.at(-1)) : null,
    newer: (backwards ? more : place !== null) ? placeOf(shown[0]) : null,
  };
}
