import { setTimeout as wait } from 'node:timers/promises';
import type { Operation, Subject } from '../subject';
import { cpuSeconds } from './cpu';
import { drive, quantile } from './drive';

/** One window of one operation of one server. Times in milliseconds. */
export type Measured = {
  subject: string;
  operation: Operation;
  round: number;
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  /** CPU of one request; null where it can't be read. */
  serverCpuMs: number | null;
  databaseCpuMs: number | null;
};

export const CONNECTIONS = 16;

/** What a server puts off until after the answer is written by then, and is counted. */
const AFTERMATH_MS = 700;
/** Long enough for V8 to have compiled what is hot. */
const WARM_SECONDS = 3;

type Load = {
  operations: readonly Operation[];
  seconds: number;
  rounds: number;
  /** Process that takes a CPU profile of its last window; null: none. */
  profiled: number | null;
};

/**
 * Measures the operations one after the other, and within each the servers in turns: A B C A B C, after a round that
 * warms them up and counts for nothing. Every answer is verified after its window.
 * @param postmaster process of the database that all of them use, or null
 */
export async function measureRounds(
  subjects: readonly Subject[],
  postmaster: number | null,
  { operations, seconds, rounds, profiled }: Load,
  tell: (measured: Measured) => void,
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const operation of operations) {
    const able = subjects.filter((subject) => subject.operations.includes(operation));
    const pace = new Map<Subject, number>();
    for (let round = 0; round <= rounds; round++) {
      for (const subject of able) {
        const length = round === 0 ? WARM_SECONDS : seconds;
        const count = Math.ceil((pace.get(subject) ?? subject.guess) * length * 1.5);
        const profiling = profiled === subject.pid && round === rounds ? profiled : null;
        if (profiling !== null) process.kill(profiling, 'SIGUSR2');
        const window = await measure(subject, operation, count, length, postmaster);
        if (profiling !== null) process.kill(profiling, 'SIGUSR2');
        pace.set(subject, window.perSecond);
        if (round === 0) continue;
        const measured = { subject: subject.name, operation, round, ...window };
        all.push(measured);
        tell(measured);
      }
    }
  }
  return all;
}

type Reading = Omit<Measured, 'subject' | 'operation' | 'round'>;

async function measure(
  subject: Subject,
  operation: Operation,
  count: number,
  seconds: number,
  postmaster: number | null,
): Promise<Reading> {
  const requests = await subject.prepare(operation, count);
  const before = [cpuSeconds(subject.pid), postmaster === null ? null : cpuSeconds(postmaster)];
  const window = await drive(subject.origin, requests, { connections: CONNECTIONS, seconds });
  await wait(AFTERMATH_MS);
  const after = [cpuSeconds(subject.pid), postmaster === null ? null : cpuSeconds(postmaster)];
  await subject.verify(operation, window.answers);
  const spent = (at: 0 | 1) => {
    const [from, to] = [before[at], after[at]];
    return from == null || to == null ? null : ((to - from) * 1000) / window.answers.length;
  };
  return {
    requests: window.answers.length,
    perSecond: window.answers.length / window.seconds,
    p50: quantile(window.latencies, 0.5),
    p99: quantile(window.latencies, 0.99),
    serverCpuMs: spent(0),
    databaseCpuMs: spent(1),
  };
}
