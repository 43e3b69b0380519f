import type pg from 'pg';
import { runtime } from '@/lib/runtime/runtime';

/** Runs one story in one transaction; whatever is thrown rolls it back. */
export async function inTransaction<Result>(story: (db: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const db = await runtime().pool.connect();
  try {
    await db.query('BEGIN');
    const result = await story(db);
    await db.query('COMMIT');
    return result;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    db.release();
  }
}
