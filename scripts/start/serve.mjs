import { spawn } from 'node:child_process';
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { inRoot, root } from '../prepare/paths.mjs';
import { Problem } from '../prepare/report.mjs';

const leaveWithParent = new URL('./leave-with-parent.mjs', import.meta.url).href;

/** How long a server that was asked to end may take to finish its answers, in milliseconds. */
const patience = 30_000;

/**
 * Spawns the server in a session of its own: Ctrl-C in a terminal reaches this process alone, which then ends the server
 * and after it the database, in this order.
 * @param {string[]} command the bundled front, relative to the checkout, and its arguments
 * @param {NodeJS.ProcessEnv} env
 * @param {import('node:child_process').StdioOptions} [stdio] without the channel that ties it to this process
 */
export function spawnServer([script, ...args], env, stdio = ['ignore', 'inherit', 'inherit']) {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', leaveWithParent, inRoot(script), ...args],
    {
      cwd: root,
      env,
      detached: true,
      stdio: [...stdio, 'ipc'],
    },
  );
  let asked = false;
  const end = (signal) => {
    asked = true;
    child.kill(signal);
  };
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code, signal) => {
      if (signal && !asked) console.error(`The server was ended by ${signal}.`);
      resolve(code ?? 1);
    });
  });
  return {
    pid: child.pid,
    /** Exit code; 1 when a signal ended it. */
    ended,
    kill: () => end('SIGKILL'),
    /** Asks it to end, and makes it end when it does not. */
    async stop() {
      end('SIGTERM');
      const giveUp = setTimeout(() => end('SIGKILL'), patience);
      const code = await ended;
      clearTimeout(giveUp);
      return code;
    },
  };
}

/**
 * Waits until the server answers that it is ready.
 * @param {{ ended: Promise<number> }} server
 * @param {{ host: string, port: number, publicUrl: string }} address where to ask, and the address it answers for
 * @returns {Promise<boolean>} false when it ended instead
 * @throws {Problem} when it does neither for two minutes
 */
export async function becomesReady(server, address) {
  let over = false;
  server.ended.then(() => (over = true));
  for (const deadline = Date.now() + 120_000; !over; await wait(50)) {
    if (await isReady(address)) return !over;
    if (Date.now() > deadline) throw new Problem('The server did not become ready within two minutes.');
  }
  return false;
}

const isReady = ({ host, port, publicUrl }) =>
  new Promise((resolve) => {
    const headers = { host: new URL(publicUrl).host };
    const request = http.get({ host, port, path: '/readyz', headers, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
