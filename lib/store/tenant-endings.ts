import type pg from 'pg';
import { ACCESS_LIVES } from './connections';

/**
 * Ends all that an app has of an organisation's people: connections with their access tokens, codes that wait, consents.
 * Redemptions and refreshes of the app that are on their way come first, others wait until the commit.
 * @returns how many connections lived
 */
export async function endAppFor(db: pg.PoolClient, tenantId: number, appId: number): Promise<number> {
  await db.query('SELECT end_app_tokens($1)', [appId]);
  const { rows } = await db.query<{ id: string }>(
    `SELECT g.id FROM grants g JOIN users u ON u.id = g.user_id WHERE u.tenant_id = $1 AND g.app_id = $2 ORDER BY g.id FOR UPDATE OF g`,
    [tenantId, appId],
  );
  const grants = rows.map(({ id }) => id);
  await db.query(
    `SELECT set_not_before('connection:' || k.id) FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
      WHERE k.grant_id = ANY ($1::uuid[]) AND ${ACCESS_LIVES}`,
    [grants],
  );
  const ended = await db.query<{ n: number }>(
    `SELECT count(*) FILTER (WHERE end_connection(k.id, 'revoked_by_admin', db_now()))::int AS n FROM connections k
      WHERE k.grant_id = ANY ($1::uuid[]) AND k.ended_at IS NULL`,
    [grants],
  );
  await db.query('DELETE FROM authorization_codes WHERE grant_id = ANY ($1::uuid[]) AND redeemed_at IS NULL', [grants]);
  await db.query('UPDATE grants SET revoked_at = db_now() WHERE id = ANY ($1::uuid[]) AND revoked_at IS NULL', [
    grants,
  ]);
  return ended.rows[0]?.n ?? 0;
}
