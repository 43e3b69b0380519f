import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Prisma } from '@/generated/prisma/client';
import { MOST_COUNTED } from '@/lib/apps/counts';
import type { AppEnding } from '@/lib/oauth/app-ending';
import type { Log } from '@/lib/runtime/log';
import { runtime } from '@/lib/runtime/runtime';

/** Rows of one statement: small enough to hurt nobody who is waiting for a lock or for the disk. */
export const BATCH = 100;

/** What is left to do when somebody waits for the answer: small apps are done with at once. */
const AT_ONCE_MS = 300;

/** How long codes live, and some for clocks: so long an ending is asked for after its families are done. */
const CODES_LIVE = "interval '10 minutes'";

/** A family under `r` that was ended with others of its app, and whose row does not say so yet. */
export const ENDED_WITH_APP = `EXISTS (SELECT 1 FROM app_endings e WHERE e.app_id = r.app_id AND r.issued_at <= e.at
  AND NOT e.codes_only AND coalesce(e.with_secret, r.with_secret) = r.with_secret)`;

/**
 * Ends an app's tokens in the caller's transaction, which has locked the app: from its commit on every redemption and
 * refresh of what was issued until now is refused, however many there are.
 */
export async function endTokens(
  db: Prisma.TransactionClient,
  appId: number,
  ending: Omit<AppEnding, 'at'>,
): Promise<void> {
  await holdTokens(db, appId);
  // A statement of its own: what was issued before the lock was ours has an earlier time.
  await db.$executeRaw`
    INSERT INTO app_endings (app_id, at, with_secret, codes_only, reason)
    VALUES (${appId}, db_now(), ${ending.withSecret}, ${ending.codesOnly}, ${ending.reason})`;
}

/** Waits for redemptions and refreshes of the app that are on their way, and keeps others waiting until the commit. */
export async function holdTokens(db: Prisma.TransactionClient, appId: number): Promise<void> {
  await db.$executeRaw`SELECT end_app_tokens(${appId}::int)`;
}

/**
 * Live families of an app, counted up to one more than MOST_COUNTED.
 * @param withSecret only those that were issued with, or without, a secret; null: all
 */
export async function countLiveFamilies(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  appId: number,
  withSecret: boolean | null,
): Promise<number> {
  const rows = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM (
      SELECT FROM refresh_tokens WHERE app_id = ${appId} AND revoked_at IS NULL AND with_secret = coalesce(${withSecret}, with_secret)
       LIMIT ${MOST_COUNTED + 1}) bounded`;
  return rows[0]?.n ?? 0;
}

type Work = { call: 'write_ending' | 'purge_app'; id: number };

/** What was decided for this app and is not written on all of its rows: done at once as far as that takes no time. */
export async function workOffNow(appId: number): Promise<void> {
  const { pool, log } = runtime();
  const until = performance.now() + AT_ONCE_MS;
  try {
    for (const work of await openWork(pool, appId)) {
      while (performance.now() < until && (await next(pool, work)));
    }
  } catch (error) {
    // Decided it is; housekeeping does the rest.
    log.warn({ err: error, appId }, 'could not work off what was decided for an app, housekeeping goes on with it');
  }
}

/**
 * The same for all apps, in batches that take half of the time at most: a batch of each in turn, so that a very big app keeps
 * no other one waiting, and neither does one whose batch fails.
 * @param inTime asked before each batch; what is left is for the next round
 */
export async function workOffEndings(db: Pick<pg.ClientBase, 'query'>, inTime: () => boolean, log: Log): Promise<void> {
  const open = await openWork(db, null);
  for (let work = open.shift(); work && inTime(); work = open.shift()) if (await turn(db, work, log)) open.push(work);
}

/** @returns whether there may be more to do in this round */
async function turn(db: Pick<pg.ClientBase, 'query'>, work: Work, log: Log): Promise<boolean> {
  try {
    if (await gently(() => next(db, work))) return true;
    if (work.call === 'write_ending') await forget(db, work.id);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    log.warn({ err: error, work }, 'could not work off what was decided for an app, the next round tries again');
  }
  return false;
}

/**
 * Whether an error is what the database said about a statement, and not the end of the connection: it has a SQLSTATE, of five
 * places and with a digit, as no EPIPE has.
 */
export const isAnswer = (error: unknown): boolean =>
  /^(?=.*\d)[0-9A-Z]{5}$/.test(String((error as { code?: unknown } | null)?.code));

/** Does a batch, and rests for as long as it took: so others get their turn at the disk and the processor. */
export async function gently<Result>(batch: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  try {
    return await batch();
  } finally {
    await wait(performance.now() - began, undefined, { ref: false });
  }
}

async function openWork(db: Pick<pg.ClientBase, 'query'>, appId: number | null): Promise<Work[]> {
  const { rows } = await db.query<Work>(
    // By chance: several that fail, each after the time that a statement has, must not come before the same others every time.
    `SELECT call, id FROM (
       SELECT 'write_ending' AS call, id FROM app_endings WHERE $1::int IS NULL OR app_id = $1
       UNION ALL SELECT 'purge_app', id FROM apps WHERE deleted_at IS NOT NULL AND ($1::int IS NULL OR id = $1)) work
      ORDER BY call DESC, random()`,
    [appId],
  );
  return rows;
}

/** @returns whether there may be more */
async function next(db: Pick<pg.ClientBase, 'query'>, { call, id }: Work): Promise<boolean> {
  const { rows } = await db.query<{ more: boolean }>(`SELECT ${call}($1, ${BATCH}) AS more`, [id]);
  return rows[0]?.more ?? false;
}

async function forget(db: Pick<pg.ClientBase, 'query'>, endingId: number): Promise<void> {
  await db.query(`DELETE FROM app_endings WHERE id = $1 AND at < db_now() - ${CODES_LIVE}`, [endingId]);
}
