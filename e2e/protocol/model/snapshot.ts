import type pg from 'pg';

type Row = Record<string, string | number | boolean | null>;

/** Every row that belongs to a run's apps and users. */
export type Snapshot = Record<
  'codes' | 'connections' | 'families' | 'retired' | 'grants' | 'transactions' | 'notBefore' | 'audits' | 'registry',
  Row[]
>;

/**
 * Reads everything of these apps and users in one statement, which is one moment. Left out is what may change without
 * a decision: activity, what was mailed, and the failure counters, which are told beside.
 */
export async function takeSnapshot(
  db: pg.Client,
  appIds: number[],
  userIds: string[],
): Promise<{ rows: Snapshot; failures: Map<string, number> }> {
  const { rows } = await db.query<{ snapshot: Snapshot & { failures: [string, number][] } }>(
    `SELECT json_build_object(
       'codes', (SELECT coalesce(json_agg(to_jsonb(c) - 'failures' ORDER BY c.digest), '[]') FROM authorization_codes c WHERE c.app_id = ANY($1)),
       'failures', (SELECT coalesce(json_agg(json_build_array(encode(c.digest, 'hex'), c.failures)), '[]') FROM authorization_codes c WHERE c.app_id = ANY($1)),
       'connections', (SELECT coalesce(json_agg(to_jsonb(k) - 'last_activity_at' ORDER BY k.id), '[]') FROM connections k WHERE k.app_id = ANY($1)),
       'families', (SELECT coalesce(json_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM refresh_tokens r WHERE r.app_id = ANY($1)),
       'retired', (SELECT coalesce(json_agg(to_jsonb(o) ORDER BY o.digest), '[]') FROM retired_refresh_tokens o
                    WHERE o.refresh_token_id IN (SELECT r.id FROM refresh_tokens r WHERE r.app_id = ANY($1))),
       'grants', (SELECT coalesce(json_agg(to_jsonb(g) - 'mailed_at' ORDER BY g.id), '[]') FROM grants g WHERE g.app_id = ANY($1)),
       'transactions', (SELECT coalesce(json_agg(to_jsonb(t) ORDER BY t.digest), '[]') FROM consent_transactions t WHERE t.user_id = ANY($2)),
       'notBefore', (SELECT coalesce(json_agg(json_build_object('subject', n.subject, 'ms', floor(extract(epoch FROM n.not_before) * 1000)) ORDER BY n.subject), '[]')
                       FROM token_not_before n WHERE n.subject IN (
                         SELECT 'app:' || id FROM apps WHERE id = ANY($1) UNION ALL SELECT 'user:' || id FROM users WHERE id = ANY($2)
                         UNION ALL SELECT 'connection:' || k.id FROM connections k WHERE k.app_id = ANY($1))),
       'audits', (SELECT coalesce(json_agg(json_build_object('kind', a.kind, 'user', a.user_id) ORDER BY a.id), '[]') FROM audit_events a WHERE a.user_id = ANY($2)),
       'registry', (SELECT json_agg(to_jsonb(a) || jsonb_build_object('secrets',
                      (SELECT json_agg(to_jsonb(s) - 'last_used_at' - 'told_days' ORDER BY s.id) FROM app_secrets s WHERE s.app_id = a.id)) ORDER BY a.id)
                      FROM apps a WHERE a.id = ANY($1))
     ) AS snapshot`,
    [appIds, userIds],
  );
  const [read] = rows;
  if (!read) throw new Error('one row was asked for');
  const { failures, ...snapshot } = read.snapshot;
  return { rows: snapshot, failures: new Map(failures) };
}

/** A bytea as JSON writes it, without its prefix. */
export const hex = (bytea: Row[string] | undefined) => String(bytea ?? '').replace(/^\\x/, '');
