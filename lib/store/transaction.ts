import type pg from 'pg';
import { runtime } from '@/lib/runtime/runtime';

/**
 * Runs one story in one transaction; whatever is thrown rolls it back.
 * @param pool left out: the process's own
 */
export async function inTransaction<Result>(
  story: (db: pg.PoolClient) => Promise<Result>,
  pool: pg.Pool = runtime().pool,
): Promise<Result> {
  const db = await pool.connect();
  let broken: Error | undefined;
  try {
    await db.query('BEGIN');
    const result = await story(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    // A connection that can't even roll back may sit in the middle of a transaction: nobody gets it after us.
    await db.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    db.release(broken);
  }
}
