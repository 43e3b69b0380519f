import type { GuideApp } from '@/lib/apps/guide-snippets';
import { runtime } from '@/lib/runtime/runtime';

/** Apps that are offered for a choice: the newest. */
const MOST_OFFERED = 50;

/**
 * The apps of an organisation whose values a guide can be filled in with: the newest, and the chosen one wherever it
 * stands. Another organisation's is not among them.
 */
export async function listGuideApps(tenantId: number, chosen: number | null): Promise<GuideApp[]> {
  const { rows } = await runtime().pool.query<GuideApp>({
    name: 'list-guide-apps',
    text: `WITH page AS MATERIALIZED (
             (SELECT id FROM apps WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT ${MOST_OFFERED})
             UNION SELECT id FROM apps WHERE id = $2 AND tenant_id = $1 AND deleted_at IS NULL)
           SELECT a.id, a.name, a.client_id AS "clientId",
                  (SELECT r.uri FROM redirect_uris r WHERE r.app_id = a.id ORDER BY r.id LIMIT 1) AS "redirectUri",
                  (SELECT json_agg(json_build_object('name', s.name, 'access', s.access) ORDER BY s.id)
                     FROM app_scopes s WHERE s.app_id = a.id) AS scopes
             FROM page JOIN apps a USING (id) ORDER BY a.id DESC`,
    values: [tenantId, chosen],
  });
  return rows;
}
