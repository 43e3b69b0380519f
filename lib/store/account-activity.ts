import type { Activity } from '@/lib/apps/account-activity';
import { runtime } from '@/lib/runtime/runtime';

/** As it is stored: with the address that its organisation may hide. */
export type ActivityEntry = Activity & { ip: string | null };

export type ActivityCursor = { at: Date; id: string };

export const ACTIVITY_PER_PAGE = 30;

// What these say of a connection an audit event says better.
const TOLD_ELSEWHERE = "('revoked_by_user', 'reported', 'replayed', 'stolen', 'password_changed', 'expired')";

const AUDITED = `('connection_revoked', 'grant_revoked', 'idle_connections_revoked', 'connection_reported', 'code_replayed',
  'refresh_token_stolen', 'used_from_two_places', 'password_changed', 'sessions_ended')`;

// Each source gives no more than a page, newest first: the union never reads a whole history.
const page = (
  at: string,
  id: string,
) => `AND ($2::timestamptz IS NULL OR (${at}, (${id}) COLLATE "C") < ($2, $3::text COLLATE "C"))
  ORDER BY ${at} DESC, (${id}) COLLATE "C" DESC LIMIT ${ACTIVITY_PER_PAGE + 1}`;

const SIGN_INS = `SELECT 's' || s.id AS id, 'signed_in' AS kind, s.created_at AS at, NULL::int AS app_id, NULL::text AS app_name,
    s.user_agent, s.ip, NULL::text AS reason, NULL::int AS count,
    CASE WHEN s.id = $4 THEN 'this' WHEN s.revoked_at IS NULL AND s.expires_at > clock_timestamp() THEN 'live' ELSE 'over' END AS session
  FROM sessions s WHERE s.user_id = $1
   ${page('s.created_at', "'s' || s.id")}`;
const CONNECTED = `SELECT 'k' || k.id, 'connected', k.connected_at, a.id, a.name, k.user_agent, k.ip, NULL, NULL, NULL
  FROM grants g JOIN connections k ON k.grant_id = g.id JOIN apps a ON a.id = g.app_id
 WHERE g.user_id = $1
   ${page('k.connected_at', "'k' || k.id")}`;
const ENDED = `SELECT 'e' || k.id, 'ended', k.ended_at, a.id, a.name, k.user_agent, NULL, k.ended_reason, NULL, NULL
  FROM grants g JOIN connections k ON k.grant_id = g.id JOIN apps a ON a.id = g.app_id
 WHERE g.user_id = $1 AND k.ended_at IS NOT NULL AND k.ended_reason NOT IN ${TOLD_ELSEWHERE}
   ${page('k.ended_at', "'e' || k.id")}`;
const AUDITS = `SELECT 'a' || e.id, e.kind, e.at, a.id, coalesce(e.data ->> 'appName', a.name), NULL, NULL, NULL,
    coalesce(e.data ->> 'count', e.data ->> 'sessionsEnded')::int, NULL
  FROM audit_events e LEFT JOIN apps a ON a.id = (e.data ->> 'appId')::int
 WHERE e.user_id = $1 AND e.kind IN ${AUDITED}
   ${page('e.at', "'a' || e.id")}`;

/**
 * One page of what happened on a user's account, the newest first: sign-ins, connections and how they ended, security
 * events. What is deleted from the database with time is no longer told.
 */
export async function listAccountActivity(
  user: { id: string; sessionId: string },
  before: ActivityCursor | null,
): Promise<{ entries: ActivityEntry[]; older: ActivityCursor | null }> {
  const parts = [SIGN_INS, CONNECTED, ENDED, AUDITS].map((sql) => `(${sql})`).join(' UNION ALL ');
  const { rows } = await runtime().pool.query<ActivityEntry>({
    name: 'list-account-activity',
    text: `SELECT id, kind, at, app_id AS "appId", app_name AS "appName", user_agent AS "userAgent", ip, reason, count, session
             FROM (${parts}) all_of_it ORDER BY at DESC, id COLLATE "C" DESC LIMIT ${ACTIVITY_PER_PAGE + 1}`,
    values: [user.id, before?.at ?? null, before?.id ?? null, user.sessionId],
  });
  const entries = rows.slice(0, ACTIVITY_PER_PAGE);
  const last = entries.at(-1);
  return { entries, older: rows.length > ACTIVITY_PER_PAGE && last ? { at: last.at, id: last.id } : null };
}
