import { runtime } from '@/lib/runtime/runtime';

/** A line of an app's event log. */
export type AppEvent = {
  id: string;
  kind: string;
  outcome: string;
  requestId: string;
  at: Date;
  /** Who it was about, where the app was let in: whoever only followed a link is nobody's to know. */
  username: string | null;
};

export type EventPage = {
  events: AppEvent[] /** Ids where the neighbouring pages begin. */;
  older: string | null;
  newer: string | null;
};

export const EVENTS_PER_PAGE = 50;

/** Events that came with tokens; the others are refusals. */
const LET_IN = "e.outcome IN ('ok', 'used_from_two_places')";

/**
 * One page of the events of an app of this organisation, newest first; of another's there are none.
 * @param asked ids (decimal) that the page's events are older or newer than
 */
export async function listAppEvents(
  tenantId: number,
  appId: number,
  asked: { olderThan?: string | null; newerThan?: string | null } = {},
): Promise<EventPage> {
  const backwards = asked.newerThan != null;
  const order = backwards ? 'ASC' : 'DESC';
  const { rows } = await runtime().pool.query<AppEvent>({
    name: backwards ? 'list-app-events-newer' : 'list-app-events',
    text: `WITH page AS MATERIALIZED (
             SELECT e.* FROM oauth_events e
              WHERE e.app_id = (SELECT id FROM apps WHERE id = $2 AND tenant_id = $1 AND deleted_at IS NULL)
                AND e.id ${backwards ? '>' : '<'} $3::bigint
              ORDER BY e.app_id ${order}, e.id ${order} LIMIT ${EVENTS_PER_PAGE + 1})
           SELECT e.id::text, e.kind, e.outcome, e.request_id AS "requestId", e.at, u.username
             FROM page e LEFT JOIN users u ON u.id = e.user_id AND ${LET_IN}
            ORDER BY e.id ${order}`,
    values: [tenantId, appId, asked.newerThan ?? asked.olderThan ?? '9223372036854775807'],
  });
  const more = rows.length > EVENTS_PER_PAGE;
  const events = rows.slice(0, EVENTS_PER_PAGE);
  if (backwards) events.reverse();
  return {
    events,
    older: backwards || more ? (events.at(-1)?.id ?? null) : null,
    newer: (backwards ? more : asked.olderThan != null) ? (events[0]?.id ?? null) : null,
  };
}
