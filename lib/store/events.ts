import type pg from 'pg';
import { boundedDetails, type EventDetails, saysSomething } from '@/lib/oauth/event-details';
import type { Activity, OAuthEventLine } from '@/lib/runtime/runtime';
import { eventFacts } from './event-facts';

/**
 * Appends a batch to the developers' event logs, in its order, and adds it to the hourly counts: one statement, so the two
 * never disagree. Lines of apps that are gone by now are left out.
 */
export async function writeEvents(pool: pg.Pool, lines: OAuthEventLine[]): Promise<void> {
  const facts = await eventFacts(pool, lines);
  await pool.query(
    // Counts are added in one order by every instance, so that two of them never wait for each other.
    `WITH live AS (SELECT id FROM apps WHERE id = ANY ($1::int[]) ORDER BY id FOR KEY SHARE),
          lines AS MATERIALIZED (
            SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::int[], $10::text[])
              WITH ORDINALITY AS e (app_id, user_id, connection_id, kind, outcome, dialect, request_id, at, repeats, details, place)
             WHERE app_id IN (SELECT id FROM live)),
          written AS (
            INSERT INTO oauth_events (app_id, user_id, connection_id, kind, outcome, dialect, request_id, at, repeats, details)
            SELECT app_id, user_id, connection_id, kind, outcome, dialect, request_id, at, repeats, details::jsonb FROM lines ORDER BY place)
     INSERT INTO app_event_counts (app_id, hour, kind, outcome, events)
     SELECT app_id, date_trunc('hour', at, 'UTC'), kind, outcome, sum(repeats) FROM lines GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
     ON CONFLICT (app_id, hour, kind, outcome) DO UPDATE SET events = app_event_counts.events + excluded.events`,
    [
      lines.map((line) => line.appId),
      lines.map((line) => line.userId),
      lines.map((line) => line.connectionId),
      lines.map((line) => line.kind),
      lines.map((line) => line.outcome),
      lines.map((line) => line.dialect),
      lines.map((line) => line.requestId),
      lines.map((line) => line.at),
      lines.map((line) => line.repeats ?? 1),
      lines.map((line) => stored({ ...line.details, ...facts.get(line) })),
    ],
  );
}

const stored = (details: EventDetails): string | null =>
  saysSomething(details) ? JSON.stringify(boundedDetails(details)) : null;

/**
 * Moves last activity of connections and their apps and last use of secrets forward, never back. Rows that somebody holds are
 * passed over: connections are locked here without their grants, and who ends several of them takes them in an order of its
 * own. If both waited, the database would cancel one, and it must not be a revoke.
 * @returns the signs that were passed over, for another turn
 */
export async function writeActivity(pool: Pick<pg.Pool, 'query'>, signs: Activity[]): Promise<Activity[]> {
  const connections = await touch(pool, 'connections', 'last_activity_at', latest(signs, 'connection'));
  await touchApps(pool, connections.apps);
  const secrets = await touch(pool, 'app_secrets', 'last_used_at', latest(signs, 'secret'));
  const held = { connection: connections.held, secret: secrets.held };
  return signs.filter(({ kind, id }) => held[kind].has(id));
}

/** A statement of its own: in one with the connections a deletion of the app, which locks it first, could meet it head on. */
async function touchApps(pool: Pick<pg.Pool, 'query'>, connections: Map<number, Date>): Promise<void> {
  if (connections.size === 0) return;
  await pool.query(
    `INSERT INTO app_activity (app_id, last_activity_at)
     SELECT a.id, s.at FROM unnest($1::int[], $2::timestamptz[]) AS s (id, at) JOIN apps a USING (id) ORDER BY a.id FOR KEY SHARE OF a
     ON CONFLICT (app_id) DO UPDATE SET last_activity_at = greatest(app_activity.last_activity_at, excluded.last_activity_at)`,
    [[...connections.keys()], [...connections.values()]],
  );
}

function latest(signs: Activity[], kind: Activity['kind']): Map<string, Date> {
  const times = new Map<string, Date>();
  for (const sign of signs) if (sign.kind === kind) times.set(sign.id, sign.at);
  return times;
}

/** `apps`: the latest time for each app whose rows were touched; `held`: ids of rows that are there and were passed over. */
type Touched = { apps: Map<number, Date>; held: Set<string> };

async function touch(
  pool: Pick<pg.Pool, 'query'>,
  table: string,
  column: string,
  times: Map<string, Date>,
): Promise<Touched> {
  const result: Touched = { apps: new Map(), held: new Set() };
  if (times.size === 0) return result;
  const { rows } = await pool.query<{ appId: number; at: Date | null; held: string[] | null }>(
    `WITH locked AS MATERIALIZED (SELECT id FROM ${table} WHERE id = ANY ($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED),
          touched AS (UPDATE ${table} t SET ${column} = greatest(t.${column}, s.at)
                        FROM locked JOIN unnest($1::uuid[], $2::timestamptz[]) AS s (id, at) USING (id)
                       WHERE t.id = locked.id RETURNING t.id, t.${column} AS at)
     SELECT t.app_id AS "appId", max(touched.at) AS at, array_agg(t.id) FILTER (WHERE touched.id IS NULL) AS held
       FROM ${table} t LEFT JOIN touched USING (id) WHERE t.id = ANY ($1::uuid[]) GROUP BY t.app_id`,
    [[...times.keys()], [...times.values()]],
  );
  for (const { appId, at, held } of rows) {
    if (at) result.apps.set(appId, at);
    for (const id of held ?? []) result.held.add(id);
  }
  return result;
}
