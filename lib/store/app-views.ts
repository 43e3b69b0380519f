import { MOST_COUNTED } from '@/lib/apps/counts';
import type { Proof } from '@/lib/oauth/client';
import { runtime } from '@/lib/runtime/runtime';

export type AppState = 'DEVELOPMENT' | 'VERIFIED';

/** An application in the list of its organisation. */
export type AppSummary = {
  id: number;
  name: string;
  description: string;
  state: AppState;
  suspended: boolean;
  iconDigest: string | null;
  createdAt: Date;
  /** Users with a standing grant, counted up to one more than MOST_COUNTED. */
  users: number;
  /** When a user or the app last did something through it; null: never. */
  lastActivityAt: Date | null;
};

/** A page of a list, newest first. */
export type AppPage = {
  apps: AppSummary[];
  /** Where the next page begins: the id that its apps are older than. Null on the last page. */
  older: number | null;
};

export type AppDetail = AppSummary & {
  clientId: string;
  limitToAccount: boolean;
  proof: Proof;
  requirePkce: boolean;
  createdBy: string;
  /** Live connections of all users, counted up to one more than MOST_COUNTED. */
  connections: number;
  redirectUris: string[];
  secrets: { id: string; lastFour: string; createdAt: Date; lastUsedAt: Date | null; expiresAt: Date | null }[];
};

/** Applications on one page of the list. */
export const APPS_PER_PAGE = 25;

const counted = (of: string) => `(SELECT count(*)::int FROM (SELECT FROM ${of} LIMIT ${MOST_COUNTED + 1}) bounded)`;

/** Users with a standing grant to the app `a`. */
export const COUNTED_USERS = counted('grants n WHERE n.app_id = a.id AND n.revoked_at IS NULL');

const SUMMARY = `a.id, a.name, a.description, a.state::text AS state, a.status = 'SUSPENDED' AS suspended,
  a.icon_digest AS "iconDigest", a.created_at AS "createdAt",
  ${COUNTED_USERS} AS users,
  (SELECT v.last_activity_at FROM app_activity v WHERE v.app_id = a.id) AS "lastActivityAt"`;

/**
 * One page of the applications of an organisation, newest first.
 * @param asked `search`: part of a name, or a whole client id; empty: all. `olderThan`: the `older` of the page before
 */
export async function listApps(
  tenantId: number,
  asked: { search?: string; olderThan?: number | null } = {},
): Promise<AppPage> {
  const search = (asked.search ?? '').trim();
  // Chosen from the index alone, and only those of the page are read and counted.
  const { rows } = await runtime().pool.query<AppSummary>({
    name: 'list-apps',
    text: `WITH page AS MATERIALIZED (
             SELECT id FROM apps
              WHERE tenant_id = $1 AND deleted_at IS NULL AND id < $2
                AND ($3 = '' OR strpos(lower(name), lower($3)) > 0 OR client_id = $3)
              ORDER BY id DESC LIMIT ${APPS_PER_PAGE + 1})
           SELECT ${SUMMARY} FROM page JOIN apps a USING (id) ORDER BY a.id DESC`,
    values: [tenantId, asked.olderThan ?? 2_147_483_647, search],
  });
  const apps = rows.slice(0, APPS_PER_PAGE);
  return { apps, older: rows.length > APPS_PER_PAGE ? (apps.at(-1)?.id ?? null) : null };
}

/** One application of an organisation, or null: another organisation's is as good as none. */
export async function findApp(tenantId: number, appId: number): Promise<AppDetail | null> {
  const { rows } = await runtime().pool.query({
    name: 'find-app',
    text: `SELECT ${SUMMARY}, a.client_id AS "clientId", a.limit_to_account AS "limitToAccount", a.proof::text AS proof,
                  a.require_pkce AS "requirePkce", u.username AS "createdBy",
                  ${counted('connections k WHERE k.app_id = a.id AND k.ended_at IS NULL')} AS connections,
                  ARRAY(SELECT r.uri FROM redirect_uris r WHERE r.app_id = a.id ORDER BY r.id) AS "redirectUris",
                  (SELECT coalesce(json_agg(json_build_object('id', s.id, 'lastFour', s.last_four, 'createdAt', s.created_at,
                            'lastUsedAt', s.last_used_at, 'expiresAt', s.expires_at) ORDER BY s.created_at), '[]')
                     FROM app_secrets s WHERE s.app_id = a.id) AS secrets
             FROM apps a JOIN users u ON u.id = a.created_by_id
            WHERE a.id = $2 AND a.tenant_id = $1 AND a.deleted_at IS NULL`,
    values: [tenantId, appId],
  });
  const row = rows[0];
  return row ? { ...row, secrets: row.secrets.map(secretOf) } : null;
}

type StoredSecret = {
  id: string;
  lastFour: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
};

function secretOf({ createdAt, lastUsedAt, expiresAt, ...rest }: StoredSecret): AppDetail['secrets'][number] {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return { ...rest, createdAt: new Date(createdAt), lastUsedAt: date(lastUsedAt), expiresAt: date(expiresAt) };
}
