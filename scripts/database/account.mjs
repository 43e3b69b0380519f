import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';

/**
 * The operating-system account PostgreSQL runs as.
 * @typedef {{ uid: number, gid: number, name: string }} Account
 */

const number = (option, name) => {
  const { status, stdout } = spawnSync('id', [option, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
};

/** @returns {Account | undefined} */
function existing(name) {
  const uid = number('-u', name);
  const gid = number('-g', name);
  return uid ? { uid, gid, name } : undefined;
}

function make(name) {
  spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]);
  return existing(name);
}

/**
 * PostgreSQL refuses to run as root: the account to use instead. One made for it is as good as Debian's own; `nobody` is
 * shared with other services, which could then read the data.
 * @returns {Account}
 */
export function databaseAccount() {
  const own = existing('postgres') ?? existing('gatehouse') ?? make('gatehouse');
  if (own) return own;
  console.warn('Warning: no account could be made for PostgreSQL. It runs as nobody, which other services may share.');
  return existing('nobody') ?? { uid: 65534, gid: 65534, name: 'nobody' };
}

/** @param {string} file @returns {Account} its owner, so that data once made keep their account */
export function ownerOf(file) {
  const { uid, gid } = statSync(file);
  return { uid, gid, name: `user ${uid}` };
}

/** @param {string} file @param {Account | undefined} account nothing is done without one */
export function give(file, account) {
  if (account) chownSync(file, account.uid, account.gid);
}

export const isRoot = () => process.getuid?.() === 0;
