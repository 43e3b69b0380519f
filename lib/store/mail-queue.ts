import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type Runner, type RunnerOptions, run, runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { openMailPool } from '@/lib/runtime/database';
import type { Log } from '@/lib/runtime/log';
import type { Runtime } from '@/lib/runtime/runtime';
import { type Settings, SettingsError } from '@/lib/runtime/settings';
import { QUEUE_SCHEMA, QUEUE_TASK, type WaitingMail } from './mails';

/** The queue of mails, kept by graphile-worker in a schema of its own. Imported by the front only. */

/** How long one attempt may take; whoever holds a mail for longer than HELD_TOO_LONG is dead. */
export const ATTEMPT_MS = 90_000;
const HELD_TOO_LONG = "interval '3 minutes'";
/** How long a mail that could not be sent is kept for whoever looks into it. */
const KEEP_FAILED = "interval '7 days'";

/** For attempts that are due: new mails are heard of at once. Milliseconds. */
const POLL_MS = 5_000;
const TEND_MS = 60_000;
const RESTART_MS = 5_000;
/** What a stop waits for; a mail that is cut off is sent again by the next one. */
const STOP_MS = 5_000;

/** What sends a mail. @throws Error when it should be tried again */
export type Sender = (
  mail: WaitingMail,
  attempt: { number: number; last: boolean; signal: AbortSignal },
) => Promise<void>;

const options = (pool: pg.Pool, log: Log) => ({ pgPool: pool, schema: QUEUE_SCHEMA, logger: loggerOver(log) });

/**
 * Makes or updates the queue's tables; several instances may do so at once.
 * @throws SettingsError saying why it can't
 */
export async function installMailQueue(settings: Settings, log: Log): Promise<void> {
  const pool = openMailPool(settings);
  try {
    await runMigrations(options(pool, log));
  } catch (error) {
    throw new SettingsError([
      `SMTP_URL is set, but the queue of mails can't be made in the database: ${(error as Error).message}`,
    ]);
  } finally {
    await pool.end();
  }
}

/**
 * Sends what waits, two at a time, until it is told to stop. Of several instances one takes a mail.
 * @returns what stops it, once what is under way is over
 */
export function runMailQueue({ settings, log }: Runtime, send: Sender): () => Promise<void> {
  const pool = openMailPool(settings);
  const stopping = new AbortController();
  const going = keepRunning(pool, log, send, stopping.signal);
  const timer = setInterval(() => void tend(pool, log), TEND_MS).unref();
  void tend(pool, log);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await Promise.race([going, wait(2 * STOP_MS, undefined, { ref: false })]);
    await Promise.race([pool.end(), wait(STOP_MS, undefined, { ref: false })]);
  };
}

/** The library's runner ends when it can't write down what became of a mail; another one goes on. */
async function keepRunning(pool: pg.Pool, log: Log, send: Sender, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      const runner = await run(runnerOptions(pool, log, send));
      await untilStopped(runner, stop);
    } catch (error) {
      log.warn({ err: error }, 'the queue of mails stopped, it starts again in a moment');
    }
    await wait(RESTART_MS, undefined, { ref: false, signal: stop }).catch(() => undefined);
  }
}

async function untilStopped(runner: Runner, stop: AbortSignal): Promise<void> {
  const onStop = () => void runner.stop().catch(() => undefined);
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    await runner.promise;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

const runnerOptions = (pool: pg.Pool, log: Log, send: Sender): RunnerOptions => ({
  ...options(pool, log),
  concurrency: 2,
  pollInterval: POLL_MS,
  gracefulShutdownAbortTimeout: STOP_MS,
  // The server has its own.
  noHandleSignals: true,
  parsedCronItems: [],
  taskList: {
    [QUEUE_TASK]: (payload, { job, abortSignal }) =>
      send(payload as WaitingMail, {
        number: job.attempts,
        last: job.attempts >= job.max_attempts,
        signal: AbortSignal.any([AbortSignal.timeout(ATTEMPT_MS), ...(abortSignal ? [abortSignal] : [])]),
      }),
  },
});

/** Gives back what a dead process holds, which the library does after four hours only, and forgets what failed long ago. */
async function tend(pool: pg.Pool, log: Log): Promise<void> {
  try {
    await pool.query(
      `SELECT ${QUEUE_SCHEMA}.force_unlock_workers(array_agg(DISTINCT locked_by))
         FROM ${QUEUE_SCHEMA}.jobs WHERE locked_at < now() - ${HELD_TOO_LONG} HAVING count(*) > 0`,
    );
    await pool.query(
      `SELECT ${QUEUE_SCHEMA}.complete_jobs(array_agg(id))
         FROM ${QUEUE_SCHEMA}.jobs WHERE attempts >= max_attempts AND locked_at IS NULL AND updated_at < now() - ${KEEP_FAILED}
       HAVING count(*) > 0`,
    );
  } catch (error) {
    log.debug({ err: error }, 'could not tend the queue of mails, it is done in a minute');
  }
}

/** What the library says, among our lines. What becomes of a mail is said by who sends it. */
const loggerOver = (log: Log) =>
  new Logger(() => (level, message) => {
    if (level === 'warning') log.warn({ queue: 'mails' }, message);
    else log.debug({ queue: 'mails' }, message);
  });
