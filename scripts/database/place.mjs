// Where the embedded PostgreSQL lives. A normal user has everything in the data folder. Root cannot run PostgreSQL, and
// the account that does may not be able to enter the checkout: then binaries and data go under /var/lib/gatehouse and
// the data folder keeps a link.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../prepare/paths.mjs';
import { Problem } from '../prepare/report.mjs';
import { databaseAccount, give, isRoot, ownerOf } from './account.mjs';
import { installedBinaries, sharedBinaries } from './binaries.mjs';
import { stopServer } from './server.mjs';

const shared = '/var/lib/gatehouse';

/**
 * @typedef {object} Place
 * @property {import('./account.mjs').Account} [account] whom PostgreSQL runs as, when not as the caller
 * @property {string} binaries folder with bin/, lib/ and share/
 * @property {string} data the cluster; made by the first start
 * @property {string} socket folder of the unix socket
 */

const shortHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 10);

const linkOf = (dataDirectory) => path.join(dataDirectory, 'pg');

const entry = (file) => lstatSync(file, { throwIfNoEntry: false });

/**
 * @param {string} dataDirectory DATA_DIR, made when missing
 * @param {boolean} disposable the data of an earlier checkout at this path may be deleted
 * @returns {Place}
 * @throws {Problem} when the data belong to somebody else or have gone away
 */
export function placeFor(dataDirectory, disposable) {
  mkdirSync(dataDirectory, { recursive: true });
  const real = realpathSync(dataDirectory);
  return isRoot() ? placeForRoot(real, disposable) : placeForUser(real);
}

function placeForUser(dataDirectory) {
  const data = linkOf(dataDirectory);
  if (entry(data)?.isSymbolicLink())
    throw new Problem(`${data} was made by root. Start Gatehouse as root, or set DATA_DIR to a folder of your own.`);
  return { binaries: installedBinaries(), data, socket: socketDirectory(data) };
}

function placeForRoot(dataDirectory, disposable) {
  const link = linkOf(dataDirectory);
  const binaries = sharedBinaries(shared);
  if (entry(link)?.isDirectory() && ownerOf(link).uid !== 0) {
    // A normal user's start made it: it stays where it is and whose it is.
    const account = ownerOf(link);
    return { account, binaries, data: link, socket: socketDirectory(link, account) };
  }
  const home = linkedHome(dataDirectory, link) ?? newHome(dataDirectory, link, binaries, disposable);
  const data = path.join(home, 'pg');
  const account = existsSync(data) ? ownerOf(data) : databaseAccount();
  const socket = path.join(home, 'socket');
  mkdirSync(socket, { recursive: true, mode: 0o700 });
  give(socket, account);
  return { account, binaries, data, socket };
}

/** The folder that the link names, unless the data folder is a copy of the one whose data these are. */
function linkedHome(dataDirectory, link) {
  if (!entry(link)) return undefined;
  const home = path.dirname(readlinkSync(link));
  const record = path.join(home, 'belongs-to');
  if (!existsSync(record))
    throw new Problem(
      `The database that ${link} points to is gone. Bring ${home} back, or remove the link to begin with an empty one.`,
    );
  const owner = readFileSync(record, 'utf8');
  if (owner === dataDirectory) return home;
  const ownersLink = linkOf(owner);
  if (entry(ownersLink)?.isSymbolicLink() && readlinkSync(ownersLink) === readlinkSync(link)) {
    unlinkSync(link);
    return undefined;
  }
  writeFileSync(record, dataDirectory); // the folder was moved, its data go with it
  return home;
}

function newHome(dataDirectory, link, binaries, disposable) {
  const home = path.join(shared, `${path.basename(root).replace(/[^A-Za-z0-9.-]/g, '_')}-${shortHash(dataDirectory)}`);
  if (existsSync(home)) setAside(home, binaries, disposable);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  chmodSync(home, 0o755);
  writeFileSync(path.join(home, 'belongs-to'), dataDirectory);
  try {
    symlinkSync(path.join(home, 'pg'), link);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error; // another start was quicker, with the same home
  }
  return home;
}

/** Data of a checkout that stood at this path and was removed: its keys are gone with it, so it is not taken over. */
function setAside(home, binaries, disposable) {
  const data = path.join(home, 'pg');
  if (!existsSync(data)) return;
  stopServer({ account: ownerOf(data), binaries, data, socket: path.join(home, 'socket') });
  if (disposable) return rmSync(home, { recursive: true });
  const kept = `${home}.before-${new Date().toISOString().replace(/\D/g, '')}`;
  renameSync(home, kept);
  console.warn(`The database of an earlier checkout at this path was set aside: ${kept}`);
}

/**
 * A unix socket's path holds 107 bytes at most, and its folder is named on a command line: a long or unusual path gets a
 * folder among the temporary files instead, which must be nobody else's.
 */
function socketDirectory(data, account) {
  if (data.length < 80 && /^[\w./-]+$/.test(data)) return data;
  const uid = account?.uid ?? process.getuid?.();
  const directory = path.join(os.tmpdir().length < 40 ? os.tmpdir() : '/tmp', `gatehouse-${uid}-${shortHash(data)}`);
  if (!entry(directory)) {
    mkdirSync(directory, { mode: 0o700 });
    give(directory, account);
  }
  const stat = lstatSync(directory);
  if (!stat.isDirectory() || stat.uid !== uid || stat.mode & 0o077)
    throw new Problem(
      `${directory} must be a folder that belongs to user ${uid} alone (mode 0700). Remove it and start again.`,
    );
  return directory;
}
