// The PostgreSQL programs: initdb and pg_ctl. The server has no port and no password; its socket's folder admits its
// account alone (and root).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../prepare/report.mjs';
import { give } from './account.mjs';

/** @typedef {import('./place.mjs').Place} Place */

export const superuser = 'gatehouse';

/** fsync stays on: an answer that was given must survive a crash. */
const fixedSettings = {
  listen_addresses: '',
  max_connections: 100,
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Settings of the running server, by name. @param {Place} place */
export const serverSettings = ({ socket }) => ({ ...fixedSettings, unix_socket_directories: socket });

/** @param {Place} place */
function run({ account, binaries }, program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(path.join(binaries, 'bin', program), args, {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim() };
}

/**
 * Makes an empty cluster: elsewhere first, then moved into place, so that one which is there is complete. Of several that
 * begin at once, one wins.
 * @param {Place} place
 */
export function makeCluster(place) {
  const parent = path.dirname(place.data);
  removeUnfinished(parent);
  const unfinished = path.join(parent, `pg.${process.pid}`);
  mkdirSync(unfinished, { mode: 0o700 });
  give(unfinished, place.account);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const made = run(
    place,
    'initdb',
    ['-D', '.', '-U', superuser, '--auth=trust', ...locale, '--no-instructions'],
    unfinished,
  );
  if (!made.ok) throw new Problem(`PostgreSQL's initdb failed in ${unfinished}:\n${made.output}`);
  try {
    renameSync(unfinished, place.data);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(place.data)) throw error;
  }
}

function removeUnfinished(parent) {
  for (const name of readdirSync(parent)) {
    const pid = /^pg\.(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(path.join(parent, name), { recursive: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Starts the server, or finds it running. pg_ctl trusts a pid file that a killed server leaves behind, so the socket is asked.
 * @param {Place} place
 * @returns {Promise<boolean>} whether this call started it
 */
export async function startServer(place) {
  const options = Object.entries(serverSettings(place)).map(([name, value]) => `-c ${name}='${value}'`);
  const args = ['start', '-w', '-t', '60', '-D', '.', '-l', 'server.log', '-o', options.join(' ')];
  for (const deadline = Date.now() + 60_000; ; ) {
    if (await answers(place)) return false;
    const started = run(place, 'pg_ctl', args, place.data);
    if (started.ok && (await answers(place))) return true;
    if (Date.now() > deadline)
      throw new Problem(
        `PostgreSQL did not start. Its log is ${path.join(place.data, 'server.log')}.\n${started.output}`,
      );
    await wait(250);
  }
}

/** @param {Place} place @returns {boolean} whether it was running and has stopped */
export const stopServer = (place) => run(place, 'pg_ctl', ['stop', '-w', '-m', 'fast', '-D', '.'], place.data).ok;

/** @param {Place} place */
function answers({ socket }) {
  return new Promise((resolve) => {
    const connection = net.connect(path.join(socket, '.s.PGSQL.5432'));
    connection.on('error', () => resolve(false));
    connection.on('connect', () => {
      connection.destroy();
      resolve(true);
    });
  });
}
