import type pg from 'pg';
import { judgeApp } from '@/lib/apps/app-policy';
import { findStanding, holdPolicy } from './app-policy';
import { type Actor, auditPlain } from './audit';
import { ACCESS_LIVES } from './connections';
import { inTransaction } from './transaction';

/** People whose connections end in one transaction: whoever waits for its locks waits for no more than these. */
const BATCH = 500;

/**
 * Ends all that an app has of an organisation's people: connections with their access tokens, codes that wait, consents.
 *
 * Batch by batch, each a transaction of its own. Where a policy or a rule keeps the app out, that has been committed
 * before, and nothing is issued from its commit on; so what a crash leaves behind rests, with access tokens that end
 * within the hour, and an admin who ends it again goes on where it stopped. Each batch asks again whether the app is still kept
 * out: one that is let in again meanwhile keeps the rest.
 *
 * Locks, in this order: the organisation's policy, then the grants by id. The app's own lock is not taken, for it would hold up
 * the app's people everywhere else. It is not needed: the policy's lock keeps consents and silent codes away, which are all that
 * makes a grant; redemptions and refreshes lock their grant first and judge it after that, so those on their way come before the
 * batch, which then sees what they have made, and others find the grant ended. Consent transactions are locked with no grant.
 * @param when `kept_out`: only while the policy keeps the app out
 * @returns how many connections lived
 */
export async function endAppFor(actor: Actor, appId: number, when: 'kept_out' | 'always'): Promise<number> {
  let ended = 0;
  let after: string | null = '';
  while (after !== null) {
    const batch: Batch = await endBatch(actor, appId, when, after);
    ended += batch.ended;
    after = batch.last;
  }
  return ended;
}

/** `last`: the username that the next batch begins after; null: that was all. */
type Batch = { ended: number; last: string | null };

const endBatch = (actor: Actor, appId: number, when: 'kept_out' | 'always', after: string): Promise<Batch> =>
  inTransaction(async (db) => {
    await holdPolicy(db, actor.tenantId);
    const standing = when === 'kept_out' && (await findStanding(db, actor.tenantId, appId));
    if (standing && judgeApp(standing) === 'allowed') return { ended: 0, last: null };
    const { rows } = await db.query<{ id: string; username: string }>(
      `SELECT g.id, u.username FROM users u JOIN grants g ON g.user_id = u.id AND g.app_id = $2
        WHERE u.tenant_id = $1 AND u.username > $3 ORDER BY u.username LIMIT ${BATCH}`,
      [actor.tenantId, appId, after],
    );
    const ended = await endGrants(
      db,
      rows.map(({ id }) => id),
    );
    if (ended.anything) {
      const app = await db.query<{ name: string }>('SELECT name FROM apps WHERE id = $1', [appId]);
      const data = { name: app.rows[0]?.name, count: ended.connections };
      await auditPlain(db, actor, 'app_connections_revoked', `app:${appId}`, data);
    }
    return { ended: ended.connections, last: rows.length === BATCH ? (rows.at(-1)?.username ?? null) : null };
  });

async function endGrants(db: pg.PoolClient, ids: string[]): Promise<{ connections: number; anything: boolean }> {
  await db.query('SELECT 1 FROM grants WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [ids]);
  const stopped = await db.query(
    `SELECT set_not_before('connection:' || k.id) FROM connections k LEFT JOIN refresh_tokens r ON r.connection_id = k.id
      WHERE k.grant_id = ANY ($1::uuid[]) AND ${ACCESS_LIVES}`,
    [ids],
  );
  const ended = await db.query<{ n: number }>(
    `SELECT count(*) FILTER (WHERE end_connection(k.id, 'revoked_by_admin', db_now()))::int AS n FROM connections k
      WHERE k.grant_id = ANY ($1::uuid[]) AND k.ended_at IS NULL`,
    [ids],
  );
  await db.query('DELETE FROM authorization_codes WHERE grant_id = ANY ($1::uuid[]) AND redeemed_at IS NULL', [ids]);
  const revoked = await db.query(
    'UPDATE grants SET revoked_at = db_now() WHERE id = ANY ($1::uuid[]) AND revoked_at IS NULL',
    [ids],
  );
  const connections = ended.rows[0]?.n ?? 0;
  return { connections, anything: connections + (stopped.rowCount ?? 0) + (revoked.rowCount ?? 0) > 0 };
}
