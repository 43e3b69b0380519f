import { setTimeout as wait } from 'node:timers/promises';
import { OPERATIONS, type Operation } from './operations';
import { sample, summary, type Times } from './sampling';
import type { Subject } from './subject';

/** The lock that housekeeping holds while it deletes. */
const HOUSEKEEPING_LOCK = 1_195_461_703;
/** Housekeeping begins a minute after the start. */
const PATIENCE_MS = 90_000;

export type Deletion = { deleted: number; alone: Times; during: Times; ratio: number };

/**
 * Code exchanges while the server deletes what is over, beside those while it doesn't.
 * @throws Error when housekeeping doesn't begin, or is done before enough was measured
 */
export async function measureDeletion(subject: Subject, samples: number): Promise<Deletion> {
  const exchange = OPERATIONS.find(({ name }) => name === 'code exchange') as Operation;
  await sample(subject, exchange, 20);
  const alone = await sample(subject, exchange, samples);
  const due = await subject.db.query(
    "UPDATE connections SET ended_at = now() - interval '40 days' WHERE ended_at IS NOT NULL",
  );
  for (const end = performance.now() + PATIENCE_MS; !(await cleans(subject)); await wait(100)) {
    if (performance.now() > end) throw new Error('housekeeping did not begin');
  }
  const during: number[] = [];
  while (during.length < samples && (await cleans(subject))) during.push(...(await sample(subject, exchange, 5)));
  const left = await subject.db.query(
    "SELECT count(*)::int AS n FROM connections WHERE ended_at < now() - interval '30 days'",
  );
  if (during.length < samples / 2)
    throw new Error(`deleted too soon: ${during.length} exchanges were measured meanwhile`);
  const times = { alone: summary(alone), during: summary(during) };
  const ratio = Number((times.during.p99 / times.alone.p99).toFixed(2));
  return { deleted: (due.rowCount ?? 0) - left.rows[0].n, ...times, ratio };
}

async function cleans({ db }: Subject): Promise<boolean> {
  const held = await db.query(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    [HOUSEKEEPING_LOCK],
  );
  return held.rowCount !== 0;
}
