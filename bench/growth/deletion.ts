import { setTimeout as wait } from 'node:timers/promises';
import { OPERATIONS, type Operation } from './operations';
import { sample, summary, type Times } from './sampling';
import type { Subject } from './subject';

/** The lock that housekeeping holds. */
const HOUSEKEEPING_LOCK = 1_195_461_703;
/** Housekeeping begins a minute after the start, and has other things to do before. */
const PATIENCE_MS = 600_000;

export type Deletion = { deleted: number; alone: Times; during: Times; ratio: number };

/**
 * Code exchanges while the server deletes connections that are over, beside those while it doesn't.
 * @throws Error when it doesn't come to that, or is done before enough was measured
 */
export async function measureDeletion(subject: Subject, samples: number): Promise<Deletion> {
  const exchange = OPERATIONS.find(({ name }) => name === 'code exchange') as Operation;
  await sample(subject, exchange, 20);
  const alone = await sample(subject, exchange, samples);
  const due = await subject.db.query(
    "UPDATE connections SET ended_at = now() - interval '40 days' WHERE ended_at IS NOT NULL",
  );
  for (const end = performance.now() + PATIENCE_MS; !(await deletes(subject)); await wait(100)) {
    if (performance.now() > end) throw new Error('housekeeping did not come to the connections');
  }
  const during: number[] = [];
  while (during.length < samples && (await deletes(subject))) during.push(...(await sample(subject, exchange, 5)));
  const left = await subject.db.query(
    "SELECT count(*)::int AS n FROM connections WHERE ended_at < now() - interval '30 days'",
  );
  if (during.length < samples / 2)
    throw new Error(`deleted too soon: ${during.length} exchanges were measured meanwhile`);
  const times = { alone: summary(alone), during: summary(during) };
  const ratio = Number((times.during.p99 / times.alone.p99).toFixed(2));
  return { deleted: (due.rowCount ?? 0) - left.rows[0].n, ...times, ratio };
}

/** Whether the last statement of who keeps house deleted connections; between two of them it rests. */
async function deletes({ db }: Subject): Promise<boolean> {
  const held = await db.query(
    `SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted AND a.datname = current_database()
        AND a.query LIKE '%DELETE FROM connections %'`,
    [HOUSEKEEPING_LOCK],
  );
  return held.rowCount !== 0;
}
