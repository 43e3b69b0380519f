import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { connectApp, eventually, isActive, refresh } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { sendRaw } from '../fixtures/raw';
import { type Server, startServer } from '../fixtures/server';
import { newAddress, World } from '../fixtures/world';

// One instance in several processes (WEB_CONCURRENCY). That everything else holds there too is shown by all the other
// files: the second of their two servers has two processes.
const publicUrl = ours('publicUrl');
const host = new URL(publicUrl).host;

const start = (env: Record<string, string> = {}) =>
  startServer({ ...ours('installation'), env: { PUBLIC_URL: publicUrl, WEB_CONCURRENCY: '2', ...env } });

type Line = { worker: string | number; msg: string; started?: number; ended?: number; child?: number };

const logOf = (server: Server): Line[] =>
  readFileSync(server.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** Serving processes, in the order in which they began to serve. */
const servingOf = (server: Server) =>
  logOf(server).flatMap(({ started, child }) => (started && child ? [{ started, pid: child }] : []));

async function startedInFull(env?: Record<string, string>): Promise<Server> {
  const server = await start(env);
  await eventually(async () => servingOf(server).length === 2, 60_000);
  return server;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const goneOf = (server: Server) => eventually(async () => !servingOf(server).some(({ pid }) => lives(pid)));

/** One client with one connection at a time that asks until it is told to stop. */
function keepAsking(server: Server) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const seen = { answers: new Set<number>(), errors: 0, connections: new Set<unknown>(), answered: 0 };
  let over = false;
  const once = () =>
    new Promise<void>((resolve) => {
      const headers = { Host: host, 'X-Forwarded-For': newAddress() };
      const asked = http.get({ host: '127.0.0.1', port: server.port, path: '/.well-known/jwks.json', agent, headers });
      asked.on('socket', (socket) => seen.connections.add(socket));
      asked.on('response', (answer) => {
        seen.answers.add(answer.statusCode ?? 0);
        seen.answered++;
        answer.resume().on('end', resolve);
        answer.on('error', () => {
          seen.errors++;
          resolve();
        });
      });
      asked.on('error', () => {
        seen.errors++;
        resolve();
      });
    });
  const done = (async () => {
    while (!over) await once();
    agent.destroy();
  })();
  return {
    seen,
    stop: () => {
      over = true;
      return done;
    },
  };
}

/** Sends a request but for its body, and waits until a process has it. */
function beginRequest(server: Server, body: string): Promise<{ finish: () => Promise<[number, string]> }> {
  const asked = http.request({
    host: '127.0.0.1',
    port: server.port,
    method: 'POST',
    path: '/api/developers/oauth2/token_info',
    agent: false,
    headers: {
      Host: host,
      'X-Forwarded-For': newAddress(),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': body.length,
      Expect: '100-continue',
    },
  });
  const answered = new Promise<[number, string]>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
  });
  const finish = () => {
    asked.end(body);
    return answered;
  };
  asked.flushHeaders();
  return new Promise((resolve, reject) => {
    asked.on('continue', () => resolve({ finish }));
    asked.on('error', reject);
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

describe('an instance of two processes', () => {
  test('a process that is killed under load is replaced, and only the connections that it had notice', {
    timeout: 120_000,
  }, async () => {
    const server = await startedInFull();
    try {
      const clients = Array.from({ length: 24 }, () => keepAsking(server));
      const [victim] = servingOf(server);
      await eventually(async () => clients.every(({ seen }) => seen.answered > 10));
      process.kill(victim?.pid as number, 'SIGKILL');
      await eventually(async () => servingOf(server).length === 3, 60_000);
      await Promise.all(clients.map(({ stop }) => stop()));
      for (const { seen } of clients) {
        expect([...seen.answers]).toEqual([200]);
        // Whoever had an error lost its connection to the dead process, once; the next one worked.
        expect(seen.connections.size).toBe(1 + seen.errors);
        expect(seen.errors).toBeLessThanOrEqual(1);
      }
      const untouched = clients.filter(({ seen }) => seen.errors === 0);
      expect(untouched.length).toBeGreaterThan(0);
      expect(untouched.length, 'the one that died had some').toBeLessThan(24);
      expect(servingOf(server)[2]).toMatchObject({ started: victim?.started });
      expect(logOf(server).filter(({ ended }) => ended)).toMatchObject([{ worker: 'main', ended: victim?.started }]);
    } finally {
      await server.stop();
    }
  });

  test('SIGTERM lets every process finish its answers; none is left', { timeout: 120_000 }, async () => {
    const server = await startedInFull();
    const { tokens } = await connectApp(world, { publicUrl, port: server.port });
    const body = new URLSearchParams({ token: tokens.access_token }).toString();
    const slow = await Promise.all(Array.from({ length: 12 }, () => beginRequest(server, body)));
    const ended = server.stop();
    await eventually(async () => !(await accepts(server.port)));
    for (const { finish } of slow) expect(await finish()).toEqual([200, expect.stringContaining('"active":true')]);
    expect(await ended).toBe(0);
    expect(servingOf(server).some(({ pid }) => lives(pid))).toBe(false);
  });

  test('when the process that started them is killed, none of them is left', { timeout: 120_000 }, async () => {
    const server = await startedInFull();
    await server.kill();
    await goneOf(server);
  });

  test('processes that end right after their start again and again end the program, which says so', {
    timeout: 180_000,
  }, async () => {
    const flag = path.join(ours('installation').logDirectory, 'dying-process');
    const preload = pathToFileURL(inRoot('e2e/fixtures/dying-process.mjs')).href;
    const server = await startedInFull({ NODE_OPTIONS: `--import=${preload}`, DYING_PROCESS: flag });
    writeFileSync(flag, '');
    process.kill(servingOf(server)[0]?.pid as number, 'SIGKILL');
    // The other one serves on meanwhile.
    await eventually(async () => logOf(server).filter(({ ended }) => ended).length > 2, 60_000);
    const { status } = await sendRaw(
      server.port,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(status).toBe(200);
    expect(await server.ended).toBe(1);
    expect(readFileSync(server.logFile, 'utf8')).toContain('Gatehouse ends: serving processes ended again and again');
    await goneOf(server);
  });

  test.each([
    [{ MASTER_KEY: 'x' }, 'MASTER_KEY is wrong'],
    [{ WEB_CONCURRENCY: 'many' }, 'WEB_CONCURRENCY is wrong: expected a whole number from 1 to 256, or auto'],
    [{ WEB_CONCURRENCY: '0' }, 'WEB_CONCURRENCY is wrong'],
    [{ UV_THREADPOOL_SIZE: '1' }, 'UV_THREADPOOL_SIZE is wrong'],
  ] as [Record<string, string>, string][])(
    'a wrong setting is said once: %o',
    { timeout: 60_000 },
    async (env, said) => {
      const problem: Error = await start(env).catch((error) => error);
      expect(problem.message).toContain('did not start');
      const log = readFileSync(problem.message.split('Its log: ')[1] as string, 'utf8');
      expect(log.split(said).length - 1).toBe(1);
    },
  );
});

describe('what one process knows the other one hears of', () => {
  test('a revoke counts in both within a second, whichever heard it', async () => {
    const second = { publicUrl, port: ours('servers')[1]?.port as number };
    const { app, user, tokens } = await connectApp(world, second);
    await world.db.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [user.id]);
    await eventually(async () => !(await isActive(second, tokens.access_token)));
    // Every connection is a new one: both processes are asked.
    for (let n = 0; n < 20; n++) expect(await isActive(second, tokens.access_token)).toBe(false);
    expect((await refresh(second, app, tokens.refresh_token)).status).toBe(401);
  });
});
