import { fork } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { promisify } from 'node:util';
import pg from 'pg';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { drive } from './drive';

/** What this machine can do at most, measured in the same run as what is compared with it. */
export type Limits = {
  /** RS256 signatures in libuv's pool. */
  signaturesPerSecond: number;
  /** CPU of one signature. */
  signatureCpuMs: number;
  /** Transactions of one statement that updates a row and inserts one, fsync on. */
  transactionsPerSecond: number;
  /** Requests to Node's HTTP server that parses a form and answers JSON. */
  echoesPerSecond: number;
};

type Load = { connections: number; seconds: number };

export async function measureLimits(databaseUrl: string, load: Load): Promise<Limits> {
  return {
    ...(await signatures(load.seconds)),
    transactionsPerSecond: await transactions(databaseUrl, load),
    echoesPerSecond: await echoes(load),
  };
}

async function signatures(seconds: number): Promise<Pick<Limits, 'signaturesPerSecond' | 'signatureCpuMs'>> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signInPool = promisify(sign) as (algorithm: string, data: Buffer, key: typeof privateKey) => Promise<Buffer>;
  const data = Buffer.alloc(700, 'a');
  const cpu = process.cpuUsage();
  const { count, took } = await closedLoop(8, seconds, () => signInPool('sha256', data, privateKey));
  const { user, system } = process.cpuUsage(cpu);
  return { signaturesPerSecond: count / took, signatureCpuMs: (user + system) / 1000 / count };
}

async function transactions(databaseUrl: string, { connections, seconds }: Load): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections });
  try {
    await pool.query('CREATE TABLE bench_codes (id int PRIMARY KEY, used_at timestamptz)');
    await pool.query('CREATE TABLE bench_tokens (id bigserial PRIMARY KEY, code int, digest bytea UNIQUE)');
    await pool.query('INSERT INTO bench_codes SELECT n FROM generate_series(0, 99999) n');
    const digest = Buffer.alloc(32);
    let n = 0;
    const { count, took } = await closedLoop(connections, seconds, () => {
      digest.writeUInt32BE(++n);
      return pool.query({
        name: 'transaction',
        text: `WITH used AS (UPDATE bench_codes SET used_at = now() WHERE id = $1 RETURNING id)
               INSERT INTO bench_tokens (code, digest) SELECT id, $2 FROM used`,
        values: [n % 100_000, Buffer.from(digest)],
      });
    });
    return count / took;
  } finally {
    await pool.query('DROP TABLE IF EXISTS bench_codes, bench_tokens');
    await pool.end();
  }
}

async function echoes(load: Load): Promise<number> {
  const server = fork(inRoot('bench/measure/echo.mjs'), { stdio: 'inherit' });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const request = {
      method: 'POST' as const,
      path: '/echo',
      headers: ['content-type', 'application/x-www-form-urlencoded'],
      body: `token=${'a'.repeat(900)}`,
    };
    const requests = Array.from({ length: 40_000 * load.seconds }, () => request);
    const warm = await drive(`http://127.0.0.1:${port}`, requests, { ...load, seconds: load.seconds / 2 });
    const { answers, seconds } = await drive(`http://127.0.0.1:${port}`, requests, load);
    if ([...warm.answers, ...answers].some(({ status }) => status !== 200)) throw new Error('the echo server failed');
    return answers.length / seconds;
  } finally {
    server.disconnect();
  }
}

/** So many at a time, each the next one when its last is done. */
async function closedLoop(
  width: number,
  seconds: number,
  work: () => Promise<unknown>,
): Promise<{ count: number; took: number }> {
  const began = performance.now();
  const end = began + seconds * 1000;
  let count = 0;
  const loop = async () => {
    while (performance.now() < end) {
      await work();
      count++;
    }
  };
  await Promise.all(Array.from({ length: width }, loop));
  return { count, took: (performance.now() - began) / 1000 };
}
