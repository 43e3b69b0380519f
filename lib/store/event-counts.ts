import { runtime } from '@/lib/runtime/runtime';

/** What an app's charts are drawn from. */
export type ActivityCounts = {
  /** Events by stretch of time (its place in the list that was asked for), kind and outcome. */
  events: { at: number; kind: string; outcome: string; events: number }[];
  /** Connections that lived in a stretch: of its counts the last. Stretches without a count are left out. */
  live: { at: number; live: number }[];
  /** The last count from before the first stretch; null: there is none. */
  liveBefore: number | null;
};

type Row = { at: number; kind: string | null; outcome: string | null; n: string };

/**
 * Counts of an app of this organisation, by stretches of time; of another's there are none. Reads hourly counts, never the log.
 * @param stretches when each of them begins, in order; a stretch that begins within an hour begins with the next one
 */
export async function countActivity(tenantId: number, appId: number, stretches: Date[]): Promise<ActivityCounts> {
  const { rows } = await runtime().pool.query<Row>({
    name: 'count-activity',
    text: `WITH app AS MATERIALIZED (SELECT id FROM apps WHERE id = $2 AND tenant_id = $1 AND deleted_at IS NULL)
           SELECT width_bucket(c.hour, $3::timestamptz[]) - 1 AS at, c.kind, c.outcome, sum(c.events) AS n
             FROM app_event_counts c WHERE c.app_id = (SELECT id FROM app) AND c.hour >= ($3::timestamptz[])[1] GROUP BY 1, 2, 3
           UNION ALL
           SELECT width_bucket(c.hour, $3::timestamptz[]) - 1, NULL, NULL, (array_agg(c.live ORDER BY c.hour DESC))[1]
             FROM app_connection_counts c WHERE c.app_id = (SELECT id FROM app) AND c.hour >= ($3::timestamptz[])[1] GROUP BY 1
           UNION ALL
           (SELECT -1, NULL, NULL, c.live FROM app_connection_counts c
             WHERE c.app_id = (SELECT id FROM app) AND c.hour < ($3::timestamptz[])[1] ORDER BY c.hour DESC LIMIT 1)`,
    values: [tenantId, appId, stretches],
  });
  const counts: ActivityCounts = { events: [], live: [], liveBefore: null };
  for (const { at, kind, outcome, n } of rows) {
    if (kind !== null && outcome !== null) counts.events.push({ at, kind, outcome, events: Number(n) });
    else if (at < 0) counts.liveBefore = Number(n);
    else counts.live.push({ at, live: Number(n) });
  }
  return counts;
}
