import { Client } from 'undici';
import type { Answer, Prepared } from '../subject';

export type Window = {
  /** In the order of their requests. */
  answers: Answer[];
  /** From the first request to the last answer. */
  seconds: number;
  /** Milliseconds, ascending. */
  latencies: Float64Array;
};

/** How long one answer may take, in milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * Sends requests in a closed loop: each keep-alive connection sends its next one when the last is answered. Nothing is
 * judged meanwhile, so that judging costs nothing here.
 * @param seconds after so long no further request is sent
 * @throws Error when a connection breaks, or the requests ran out long before the time
 */
export async function drive(
  origin: string,
  requests: readonly Prepared[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Window> {
  const clients = Array.from(
    { length: connections },
    () => new Client(origin, { pipelining: 1, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS }),
  );
  const answers: Answer[] = [];
  const latencies: number[] = [];
  let next = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  const loop = async (client: Client) => {
    for (let now = began; now < end; ) {
      const at = next++;
      const request = requests[at];
      if (request === undefined) return;
      const sent = performance.now();
      answers[at] = await send(client, request);
      now = performance.now();
      latencies.push(now - sent);
    }
  };
  try {
    await Promise.all(clients.map(loop));
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
  return {
    answers,
    seconds: (performance.now() - began) / 1000,
    latencies: Float64Array.from(latencies).sort(),
  };
}

function send(client: Client, { method, path, headers, body }: Prepared): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const chunks: Buffer[] = [];
    client.dispatch(
      { method, path, headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => {
          status = code;
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks).toString() }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** A quantile of ascending values. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}
