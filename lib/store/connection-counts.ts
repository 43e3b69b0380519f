import type pg from 'pg';
import type { Log } from '@/lib/runtime/log';
import { gently, isAnswer } from './endings';

/** Apps of one statement, at most: fewer where these have more connections than the time of a statement is enough for. */
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
  walked AS MATERIALIZED (SELECT id FROM apps WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2),
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

type Db = Pick<pg.ClientBase, 'query'>;

/**
 * @param after id of the app that the last call ended with; 0: from the beginning
 * @param apps how many apps at most
 * @returns the same for the next call; null: that was all
 */
export async function countConnections(db: Db, after: number, apps = AT_ONCE): Promise<number | null> {
  const { rows } = await db.query<{ last: number | null }>(COUNT, [after, apps]);
  return rows[0]?.last ?? null;
}

/**
 * Walks past all apps again and again, in steps: each one's cost is bounded, by the number of apps and by the time limit of a
 * statement. A step that fails is tried with half as many apps, and an app that fails alone is passed over: nobody's
 * connections keep those of the apps behind it from being counted.
 */
export class ConnectionCounts {
  #after: number | null = null;
  #apps = AT_ONCE;
  #begunAt = Number.NEGATIVE_INFINITY;

  /** @param inTime asked before each statement; what is left is for the next round */
  async goOn(db: Db, inTime: () => boolean, log: Log): Promise<void> {
    if (this.#after === null) {
      if (performance.now() < this.#begunAt + EVERY_MS) return;
      this.#begunAt = performance.now();
      this.#after = 0;
    }
    for (let n = 0; n < MOST_STATEMENTS && this.#after !== null && inTime(); n++) {
      this.#after = await this.#step(db, this.#after, log);
    }
  }

  /** @returns the id that the next step begins after; null: that was all */
  async #step(db: Db, after: number, log: Log): Promise<number | null> {
    try {
      const next = await gently(() => countConnections(db, after, this.#apps));
      this.#apps = Math.min(2 * this.#apps, AT_ONCE);
      return next;
    } catch (error) {
      if (!isAnswer(error)) throw error;
      if (this.#apps === 1) return passOver(db, after, error, log);
      this.#apps = Math.floor(this.#apps / 2);
      return after;
    }
  }
}

async function passOver(db: Db, after: number, err: unknown, log: Log): Promise<number | null> {
  const { rows } = await db.query<{ id: number | null }>(
    'SELECT min(id) AS id FROM apps WHERE id > $1 AND deleted_at IS NULL',
    [after],
  );
  const appId = rows[0]?.id ?? null;
  log.warn({ err, appId }, 'could not count the connections of an app, it is passed over');
  return appId;
}
