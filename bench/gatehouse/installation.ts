import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { migrate } from '@/scripts/database/migrate.mjs';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { becomesReady, spawnServer } from '@/scripts/start/serve.mjs';

/** A running Gatehouse, and what one must know to make tokens that it takes for its own. */
export type Installation = {
  databaseUrl: string;
  masterKey: string;
  publicUrl: string;
  port: number;
  pid: number;
  stop(): Promise<unknown>;
};

/**
 * The built product as it is: logging, rate limits, caps and events on. Clients come by way of a trusted proxy.
 * @param env settings beyond those below
 */
export async function startGatehouse(
  databaseUrl: string,
  port: number,
  env: Record<string, string>,
): Promise<Installation> {
  await migrate(databaseUrl);
  const masterKey = randomBytes(32).toString('hex');
  const publicUrl = `http://localhost:${port}`;
  mkdirSync(inRoot('.data/bench'), { recursive: true });
  const log = openSync(inRoot('.data/bench/gatehouse.log'), 'w');
  const server = spawnServer(
    ['dist/server.mjs'],
    {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: publicUrl,
      DATABASE_URL: databaseUrl,
      MASTER_KEY: masterKey,
      TRUSTED_PROXIES: '127.0.0.1/32',
      ...env,
    },
    ['ignore', log, log],
  );
  closeSync(log);
  if (!(await becomesReady(server, { host: '127.0.0.1', port, publicUrl })))
    throw new Error('Gatehouse did not start. Its log: .data/bench/gatehouse.log');
  return { databaseUrl, masterKey, publicUrl, port, pid: server.pid ?? 0, stop: server.stop };
}
