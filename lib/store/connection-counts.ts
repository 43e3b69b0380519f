import type pg from 'pg';
import { gently } from './endings';

/** Apps of one statement. */
const AT_ONCE = 200;
/** Statements of one round: however many apps there are, the rest of the house waits no longer than these take. */
const MOST_STATEMENTS = 50;
/** A walk past all apps begins so long after the one before began, at the earliest, in milliseconds. */
const EVERY_MS = 600_000;

/**
 * Writes how many connections apps have, under the hour, where that is news: it changed, or was last written a day ago (so
 * that what is forgotten after a while is never an app's only count). An app that never had any has no row.
 */
const COUNT = `WITH this (hour) AS (SELECT date_trunc('hour', now(), 'UTC')),
  walked AS MATERIALIZED (SELECT id FROM apps WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT ${AT_ONCE}),
  counted AS MATERIALIZED (
    SELECT walked.id, last.hour, coalesce(last.live, 0) AS before,
           (SELECT count(*)::int FROM connections k WHERE k.app_id = walked.id AND k.ended_at IS NULL) AS live
      FROM walked LEFT JOIN LATERAL (
        SELECT c.hour, c.live FROM app_connection_counts c WHERE c.app_id = walked.id ORDER BY c.hour DESC LIMIT 1) last ON true),
  written AS (
    INSERT INTO app_connection_counts (app_id, hour, live)
    SELECT a.id, this.hour, n.live FROM counted n JOIN apps a USING (id), this
     WHERE n.live <> n.before OR (n.live > 0 AND n.hour < this.hour - interval '1 day')
     ORDER BY a.id FOR KEY SHARE OF a
    ON CONFLICT (app_id, hour) DO UPDATE SET live = excluded.live)
SELECT max(id) AS last FROM walked`;

/** @param after id of the app that the last call ended with; 0: from the beginning  @returns the same for the next call; null: that was all */
export async function countConnections(db: Pick<pg.ClientBase, 'query'>, after: number): Promise<number | null> {
  const { rows } = await db.query<{ last: number | null }>(COUNT, [after]);
  return rows[0]?.last ?? null;
}

/** Walks past all apps again and again, in steps: each one's cost is bounded, whatever the number of apps. */
export class ConnectionCounts {
  #after: number | null = null;
  #begunAt = Number.NEGATIVE_INFINITY;

  /** @param inTime asked before each statement; what is left is for the next round */
  async goOn(db: pg.PoolClient, inTime: () => boolean): Promise<void> {
    if (this.#after === null) {
      if (performance.now() < this.#begunAt + EVERY_MS) return;
      this.#begunAt = performance.now();
      this.#after = 0;
    }
    for (let n = 0; n < MOST_STATEMENTS && this.#after !== null && inTime(); n++) {
      const after: number = this.#after;
      this.#after = await gently(() => countConnections(db, after));
    }
  }
}
