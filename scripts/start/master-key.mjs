import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../prepare/report.mjs';

/**
 * Makes the master key beside the embedded database, readable by this user alone. The file appears whole or not at all,
 * and one that is there is never replaced.
 * @param {string} dataDirectory
 * @param {boolean} needed the database holds signing keys already, which only the key that encrypted them can open
 * @returns {string} the file: 32 random bytes in hexadecimal
 * @throws {Problem} when the key is needed and gone
 */
export function ensureMasterKey(dataDirectory, needed) {
  const directory = path.join(dataDirectory, 'keys');
  const file = path.join(directory, 'master.key');
  if (existsSync(file)) return file;
  if (needed)
    throw new Problem(
      `${file} is missing, and the database holds signing keys encrypted under it. Put the file back, or set MASTER_KEY.`,
    );
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  const descriptor = openSync(unfinished, 'wx', 0o600);
  writeSync(descriptor, `${randomBytes(32).toString('hex')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  try {
    linkSync(unfinished, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(unfinished);
  }
  return file;
}
