import type { EventDetails } from '@/lib/oauth/event-details';
import { HARMLESS_OUTCOMES, LET_IN_OUTCOMES } from '@/lib/oauth/event-outcomes';
import { runtime } from '@/lib/runtime/runtime';

/** A line of an app's event log. */
export type AppEvent = {
  id: string;
  kind: string;
  outcome: string;
  /** null: from before it was written down. */
  dialect: string | null;
  requestId: string;
  at: Date;
  /** How many events it stands for. */
  repeats: number;
  details: EventDetails | null;
  connectionId: string | null;
  /** Who it was about, where the app was let in: whoever only followed a link is nobody's to know. */
  username: string | null;
};

/** What is looked for; null: everything. */
export type EventFilter = {
  kind: string | null;
  /** An outcome; `failures`: all that are none an app can live with. */
  outcome: string | null;
  connectionId: string | null;
  /** A request: its id, and the time in it (milliseconds since the epoch). */
  request: { id: string; at: number } | null;
  /** Not before this time. */
  since: Date | null;
};

export const ALL_EVENTS: EventFilter = { kind: null, outcome: null, connectionId: null, request: null, since: null };

/** Where a page begins: ids (decimal) that its events are older or newer than. */
export type EventPlace = { olderThan?: string | null; newerThan?: string | null };

export type EventPage = {
  events: AppEvent[] /** Ids where the neighbouring pages begin. */;
  older: string | null;
  newer: string | null;
};

export const EVENTS_PER_PAGE = 50;

/** Events that came with tokens. */
const LET_IN = `e.outcome IN (${quoted(LET_IN_OUTCOMES)})`;
const HARMLESS = quoted(HARMLESS_OUTCOMES);

function quoted(outcomes: readonly string[]): string {
  return outcomes.map((outcome) => `'${outcome}'`).join(', ');
}

/** Of an app of this organisation; of another's there is nothing. */
const APP = '(SELECT id FROM apps WHERE id = $2 AND tenant_id = $1 AND deleted_at IS NULL)';

/** Every kind and outcome that the app has events of. A loose scan of the index: one step for each, whatever their number. */
const PAIRS = `app AS MATERIALIZED (SELECT ${APP} AS id),
  pairs (kind, outcome) AS (
    (SELECT e.kind, e.outcome FROM oauth_events e WHERE e.app_id = (SELECT id FROM app) ORDER BY e.kind, e.outcome LIMIT 1)
    UNION ALL
    SELECT further.kind, further.outcome FROM pairs p, LATERAL (
      SELECT e.kind, e.outcome FROM oauth_events e
       WHERE e.app_id = (SELECT id FROM app) AND (e.kind, e.outcome) > (p.kind, p.outcome)
       ORDER BY e.kind, e.outcome LIMIT 1) further)`;

/** How long after the time in its id a request may have been written down, and how far clocks may be apart. */
const AROUND_REQUEST = "$8::timestamptz - interval '2 minutes' AND $8::timestamptz + interval '3 minutes'";

/** Batches of two instances may be out of order by as much. */
const OUT_OF_ORDER = "interval '5 minutes'";

/** How the ids of a page are found: by request, by connection, or by the newest of every kind and outcome that fit. */
function wayOf(filter: EventFilter, backwards: boolean): string {
  const order = backwards ? 'ASC' : 'DESC';
  const beyond = `e.id ${backwards ? '>' : '<'} $3::bigint`;
  const fits = `($4::text IS NULL OR kind = $4) AND ($5::text IS NULL OR CASE $5 WHEN 'failures' THEN outcome NOT IN (${HARMLESS}) ELSE outcome = $5 END)`;
  const since = '($6::timestamptz IS NULL OR e.at >= $6)';
  const connection = '($7::uuid IS NULL OR e.connection_id = $7)';
  const request = `($9::text IS NULL OR (e.request_id = $9 AND e.at BETWEEN ${AROUND_REQUEST}))`;
  const page = `ORDER BY e.id ${order} LIMIT ${EVENTS_PER_PAGE + 1}`;
  if (filter.request !== null)
    return `SELECT e.id FROM oauth_events e WHERE e.app_id = ${APP} AND e.request_id = $9 AND e.at BETWEEN ${AROUND_REQUEST}
             AND ${fits} AND ${since} AND ${connection} AND ${beyond} ${page}`;
  if (filter.connectionId !== null)
    return `SELECT e.id FROM oauth_events e WHERE e.connection_id = $7 AND e.app_id = ${APP}
             AND ${fits} AND ${since} AND ${request} AND ${beyond} ${page}`;
  // A time is an id to begin with, so that nothing older is looked at.
  const first = `coalesce((SELECT o.id FROM oauth_events o WHERE $6::timestamptz IS NOT NULL AND o.at >= $6 - ${OUT_OF_ORDER} ORDER BY o.at LIMIT 1), 0)`;
  return `SELECT e.id FROM (SELECT kind, outcome FROM pairs WHERE ${fits}) p, LATERAL (
            SELECT e.id FROM oauth_events e
             WHERE e.app_id = (SELECT id FROM app) AND e.kind = p.kind AND e.outcome = p.outcome AND ${beyond}
               AND e.id >= (SELECT ${first}) AND ${since} AND ${connection} AND ${request} ${page}) e
           ${page}`;
}

/**
 * One page of the events of an app of this organisation, newest first; of another's there are none. However long the log
 * is, it reads a page of each kind and outcome at most.
 */
export async function listAppEvents(
  tenantId: number,
  appId: number,
  filter: EventFilter = ALL_EVENTS,
  place: EventPlace = {},
): Promise<EventPage> {
  const backwards = place.newerThan != null;
  const ids = wayOf(filter, backwards);
  const order = backwards ? 'ASC' : 'DESC';
  const { rows } = await runtime().pool.query<AppEvent>({
    // Without a name, so that it is planned for the filter that it has: a plan for any would read the log backwards.
    text: `WITH RECURSIVE ${PAIRS}, page AS MATERIALIZED (${ids})
           SELECT e.id::text, e.kind, e.outcome, e.dialect, e.request_id AS "requestId", e.at, e.repeats, e.details,
                  e.connection_id AS "connectionId", u.username
             FROM page JOIN oauth_events e USING (id) LEFT JOIN users u ON u.id = e.user_id AND ${LET_IN}
            ORDER BY e.id ${order}`,
    values: [
      tenantId,
      appId,
      place.newerThan ?? place.olderThan ?? '9223372036854775807',
      filter.kind,
      filter.outcome,
      filter.since,
      filter.connectionId,
      filter.request && new Date(filter.request.at),
      filter.request?.id ?? null,
    ],
  });
  const more = rows.length > EVENTS_PER_PAGE;
  const events = rows.slice(0, EVENTS_PER_PAGE);
  if (backwards) events.reverse();
  return {
    events,
    older: backwards || more ? (events.at(-1)?.id ?? null) : null,
    newer: (backwards ? more : place.olderThan != null) ? (events[0]?.id ?? null) : null,
  };
}

/** What filters can be set to: the kinds and outcomes that an app of this organisation has events of. */
export async function listEventKinds(tenantId: number, appId: number): Promise<{ kind: string; outcome: string }[]> {
  const { rows } = await runtime().pool.query<{ kind: string; outcome: string }>({
    name: 'list-app-event-kinds',
    text: `WITH RECURSIVE ${PAIRS} SELECT kind, outcome FROM pairs ORDER BY kind, outcome`,
    values: [tenantId, appId],
  });
  return rows;
}

/** All that fit, page by page, newest first: an export of any size needs the memory of one page. */
export async function* exportAppEvents(tenantId: number, appId: number, filter: EventFilter): AsyncGenerator<AppEvent> {
  let olderThan: string | null = null;
  do {
    const page: EventPage = await listAppEvents(tenantId, appId, filter, { olderThan });
    yield* page.events;
    olderThan = page.older;
  } while (olderThan !== null);
}
