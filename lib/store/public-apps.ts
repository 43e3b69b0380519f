import { runtime } from '@/lib/runtime/runtime';
import { POLICY_VIEW, type PolicyView, type PolicyViewRow, policyViewOf } from './app-policy';
import { COUNTED_USERS } from './app-views';
import { type GrantSituation, SITUATION, type SituationRow, situationOf } from './grants';

/** What a user is told about an app that asks for access. */
export type PublicApp = {
  name: string;
  description: string;
  /** The organisation that publishes it. */
  publisher: string;
  verified: boolean;
  /** A domain that the publisher has proven to be its own, and chosen for this app. */
  publisherDomain: string | null;
  iconDigest: string | null;
  website: string | null;
  termsUrl: string | null;
  privacyUrl: string | null;
  supportEmail: string | null;
  createdAt: Date;
  /** Users with a standing grant, counted up to one more than MOST_COUNTED. */
  users: number;
};

/** The public face of an app, a user's standing with it and what the user's organisation says of it, in one statement; null when the app is gone. */
export async function findConsentSubject(
  userId: string,
  appId: number,
): Promise<{ app: PublicApp; situation: GrantSituation; policy: PolicyView } | null> {
  const { rows } = await runtime().pool.query<
    { app: PublicApp & { createdAt: string }; policy: PolicyViewRow } & NullableSituation
  >({
    name: 'consent-subject',
    text: `SELECT json_build_object('name', a.name, 'description', a.description, 'publisher', t.display_name,
                    'verified', a.state = 'VERIFIED', 'createdAt', a.created_at, 'users', ${COUNTED_USERS},
                    'iconDigest', a.icon_digest, 'website', a.website, 'termsUrl', a.terms_url, 'privacyUrl', a.privacy_url,
                    'supportEmail', a.support_email,
                    'publisherDomain', (SELECT d.domain FROM publisher_domains d
                       WHERE d.tenant_id = a.tenant_id AND d.domain = a.publisher_domain AND d.proven_at IS NOT NULL)) AS app,
                  ${POLICY_VIEW} AS policy,
                  ${SITUATION}
             FROM apps a JOIN tenants t ON t.id = a.tenant_id
             LEFT JOIN grants g ON g.app_id = a.id AND g.user_id = $1
            WHERE a.id = $2 AND a.deleted_at IS NULL`,
    values: [userId, appId],
  });
  const row = rows[0];
  if (!row) return null;
  return {
    app: { ...row.app, createdAt: new Date(row.app.createdAt) },
    policy: policyViewOf(row.policy),
    situation: situationOf(row.grantId === null ? undefined : (row as SituationRow)),
  };
}

type NullableSituation = { grantId: string | null } & Partial<SituationRow>;

/** The name of an app that the user has decided about at some time, or null. */
export async function findPublicAppName(userId: string, appId: number): Promise<string | null> {
  const { rows } = await runtime().pool.query<{ name: string }>(
    'SELECT a.name FROM grants g JOIN apps a ON a.id = g.app_id WHERE g.user_id = $1 AND a.id = $2 AND a.deleted_at IS NULL',
    [userId, appId],
  );
  return rows[0]?.name ?? null;
}
