import type pg from 'pg';
import type { Client } from '@/lib/oauth/client';

/** Reads what the protocol needs to know of an app. @returns null when no app has this client_id */
export async function findClient(pool: pg.Pool, clientId: string): Promise<Client | null> {
  const { rows } = await pool.query({
    name: 'find-client',
    text: `SELECT a.id, a.client_id, a.tenant_id, a.name, a.proof, a.require_pkce, a.limit_to_account, a.refresh_replay,
                  a.never_expires, a.state, (a.status = 'ACTIVE' AND t.status = 'ACTIVE') AS active,
                  (SELECT coalesce(json_agg(json_build_object('id', s.id, 'digest', encode(s.digest, 'hex'), 'expiresAt', s.expires_at)), '[]')
                     FROM app_secrets s WHERE s.app_id = a.id) AS secrets,
                  (SELECT coalesce(json_agg(r.uri ORDER BY r.id), '[]') FROM redirect_uris r WHERE r.app_id = a.id) AS redirect_uris,
                  (SELECT json_agg(json_build_object('name', d.name, 'access', d.access, 'optional', d.optional, 'purpose', d.purpose) ORDER BY d.id)
                     FROM app_scopes d WHERE d.app_id = a.id) AS scopes
             FROM apps a JOIN tenants t ON t.id = a.tenant_id WHERE a.client_id = $1 AND a.deleted_at IS NULL`,
    values: [clientId],
  });
  const row = rows[0];
  if (!row) return null;
  return {
    id: row.id,
    clientId: row.client_id,
    tenantId: row.tenant_id,
    name: row.name,
    proof: row.proof,
    requirePkce: row.require_pkce,
    limitToAccount: row.limit_to_account,
    active: row.active,
    verified: row.state === 'VERIFIED',
    refreshReplay: row.refresh_replay,
    neverExpires: row.never_expires,
    secrets: row.secrets.map((secret: { id: string; digest: string; expiresAt: string | null }) => ({
      id: secret.id,
      digest: Buffer.from(secret.digest, 'hex'),
      expiresAt: secret.expiresAt === null ? null : new Date(secret.expiresAt),
    })),
    redirectUris: row.redirect_uris,
    scopes: row.scopes,
  };
}
