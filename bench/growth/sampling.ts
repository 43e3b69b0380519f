import type { Operation } from './operations';
import type { Subject } from './subject';

/** Milliseconds. */
export type Times = { p50: number; p99: number };

/** Milliseconds of so many requests, one after the other; every answer is looked at. */
export async function sample(subject: Subject, operation: Operation, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const request = await operation.prepare(subject);
    const began = performance.now();
    const answer = await request();
    times.push(performance.now() - began);
    if (!operation.right(answer)) throw new Error(`${operation.name}: ${answer.status} ${answer.body.slice(0, 300)}`);
  }
  return times;
}

export function summary(times: number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99) };
}
