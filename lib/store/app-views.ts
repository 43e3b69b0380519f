import { MOST_COUNTED } from '@/lib/apps/counts';
import type { AppProfile } from '@/lib/apps/profile';
import type { BoundScope, PendingChanges } from '@/lib/apps/verification';
import { CLIENT_ID_FORM, type Proof } from '@/lib/oauth/client';
import { runtime } from '@/lib/runtime/runtime';
import { readPending, scopesOfRows } from './app-face';

export type AppState = 'DEVELOPMENT' | 'VERIFIED';

/** An application in the list of its organisation. */
export type AppSummary = {
  id: number;
  name: string;
  description: string;
  state: AppState;
  /** A reviewer has been asked to look at it. */
  inReview: boolean;
  suspended: boolean;
  suspendedReason: string | null;
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
  /** Where the neighbouring pages begin: the id that their apps are older or newer than. Null at an end. */
  older: number | null;
  newer: number | null;
};

/** A person whom others turn to about an app. */
export type AppOwner = {
  username: string;
  name: string;
  /** False for somebody who has left, or manages applications no longer: another developer can take over. */
  able: boolean;
};

export type AppDetail = AppSummary &
  AppProfile & {
    clientId: string;
    limitToAccount: boolean;
    proof: Proof;
    requirePkce: boolean;
    refreshReplay: boolean;
    neverExpires: boolean;
    createdBy: string;
    owner: AppOwner;
    publisherDomain: string | null;
    /** null: it has not said yet what it may ask for, and may ask for everything. */
    scopes: BoundScope[] | null;
    /** Additions to a verified app that wait for a reviewer. */
    pending: PendingChanges;
    /** Live connections of all users, counted up to one more than MOST_COUNTED. */
    connections: number;
    redirectUris: string[];
    secrets: { id: string; lastFour: string; createdAt: Date; lastUsedAt: Date | null; expiresAt: Date | null }[];
  };

/** Applications on one page of the list. */
export const APPS_PER_PAGE = 25;

const counted = (of: string) => `(SELECT count(*)::int FROM (SELECT FROM ${of} LIMIT ${MOST_COUNTED + 1}) bounded)`;

/** Users with a standing grant to the app `a`; developers who only tried it in the playground are none. */
export const COUNTED_USERS = counted('grants n WHERE n.app_id = a.id AND n.revoked_at IS NULL AND NOT n.playground');

const SUMMARY = `a.id, a.name, a.description, a.state::text AS state, a.status = 'SUSPENDED' AS suspended,
  a.suspended_reason AS "suspendedReason",
  EXISTS (SELECT FROM verification_requests q WHERE q.app_id = a.id AND q.status = 'OPEN' AND q.submitted_at IS NOT NULL) AS "inReview",
  a.icon_digest AS "iconDigest", a.created_at AS "createdAt",
  ${COUNTED_USERS} AS users,
  (SELECT v.last_activity_at FROM app_activity v WHERE v.app_id = a.id) AS "lastActivityAt"`;

/**
 * One page of the applications of an organisation, newest first.
 * @param asked `search`: part of a name, or a whole client id; empty: all. `olderThan`, `newerThan`: where the page begins,
 *   as the page before it said
 */
export async function listApps(
  tenantId: number,
  asked: { search?: string; olderThan?: number | null; newerThan?: number | null } = {},
): Promise<AppPage> {
  const search = (asked.search ?? '').trim();
  const backwards = asked.newerThan != null;
  // Chosen from the index alone, and only those of the page are read and counted. What is looked for is read once,
  // not for each of them.
  const { rows } = await runtime().pool.query<AppSummary>({
    name: backwards ? 'list-apps-newer' : 'list-apps',
    text: `WITH page AS MATERIALIZED (
             SELECT id FROM apps
              WHERE tenant_id = $1 AND deleted_at IS NULL AND id ${backwards ? '>' : '<'} $2
                AND ($3 = '' OR strpos(lower(name), (SELECT lower($3))) > 0
                  OR client_id = $4::bpchar)
              ORDER BY id ${backwards ? 'ASC' : 'DESC'} LIMIT ${APPS_PER_PAGE + 1})
           SELECT ${SUMMARY} FROM page JOIN apps a USING (id) ORDER BY a.id ${backwards ? 'ASC' : 'DESC'}`,
    values: [
      tenantId,
      asked.newerThan ?? asked.olderThan ?? 2_147_483_647,
      search,
      CLIENT_ID_FORM.test(search) ? search : null,
    ],
  });
  const more = rows.length > APPS_PER_PAGE;
  const apps = rows.slice(0, APPS_PER_PAGE);
  if (backwards) apps.reverse();
  return {
    apps,
    older: backwards || more ? (apps.at(-1)?.id ?? null) : null,
    newer: (backwards ? more : asked.olderThan != null) ? (apps[0]?.id ?? null) : null,
  };
}

/** Whether the user `o` can still be turned to about the app `a`: those who may manage it (lib/apps/roles). */
export const ABLE_OWNER = "(o.status = 'ACTIVE' AND o.tenant_id = a.tenant_id AND o.role IN ('DEVELOPER', 'ADMIN'))";

/** One application of an organisation, or null: another organisation's is as good as none. */
export async function findApp(tenantId: number, appId: number): Promise<AppDetail | null> {
  const { rows } = await runtime().pool.query({
    name: 'find-app',
    text: `SELECT ${SUMMARY}, a.client_id AS "clientId", a.limit_to_account AS "limitToAccount", a.proof::text AS proof,
                  a.require_pkce AS "requirePkce", a.refresh_replay AS "refreshReplay", a.never_expires AS "neverExpires",
                  a.website, a.terms_url AS "termsUrl", a.privacy_url AS "privacyUrl", a.support_email AS "supportEmail",
                  a.publisher_domain AS "publisherDomain", a.pending_changes AS pending, u.username AS "createdBy",
                  json_build_object('username', o.username, 'name', trim(o.first_name || ' ' || o.last_name),
                    'able', ${ABLE_OWNER}) AS owner,
                  (SELECT coalesce(json_agg(json_build_object('name', s.name, 'access', s.access, 'optional', s.optional,
                            'purpose', s.purpose) ORDER BY s.id), '[]') FROM app_scopes s WHERE s.app_id = a.id) AS scopes,
                  ${counted('connections k WHERE k.app_id = a.id AND k.ended_at IS NULL')} AS connections,
                  ARRAY(SELECT r.uri FROM redirect_uris r WHERE r.app_id = a.id ORDER BY r.id) AS "redirectUris",
                  (SELECT coalesce(json_agg(json_build_object('id', s.id, 'lastFour', s.last_four, 'createdAt', s.created_at,
                            'lastUsedAt', s.last_used_at, 'expiresAt', s.expires_at) ORDER BY s.created_at), '[]')
                     FROM app_secrets s WHERE s.app_id = a.id) AS secrets
             FROM apps a JOIN users u ON u.id = a.created_by_id JOIN users o ON o.id = coalesce(a.owner_id, a.created_by_id)
            WHERE a.id = $2 AND a.tenant_id = $1 AND a.deleted_at IS NULL`,
    values: [tenantId, appId],
  });
  const row = rows[0];
  if (!row) return null;
  const { secrets, scopes, pending } = row;
  return { ...row, secrets: secrets.map(secretOf), scopes: scopesOfRows(scopes), pending: readPending(pending) };
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
