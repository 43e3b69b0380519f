import { readFileSync } from 'node:fs';
import pg from 'pg';
import { withConnection } from '@/scripts/database/connection.mjs';
import { startEmbedded } from '@/scripts/database/embedded.mjs';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { parentOf } from './measure/cpu';

/** The PostgreSQL that everything is measured on: the embedded one with a data folder of its own, fsync on. */
export type Database = {
  /** An empty database of this name. */
  make(name: string): Promise<string>;
  /** The process that all others of the server descend from; null where there is no /proc. */
  postmaster: number | null;
  version: string;
  stop(): Promise<unknown>;
};

export async function openDatabase(): Promise<Database> {
  const embedded = await startEmbedded(inRoot('.data/bench'), { disposable: true });
  const admin = embedded.urlOf('postgres');
  const { rows } = await withConnection(admin, (client: pg.Client) =>
    client.query<{ pid: number; version: string; fsync: string }>(
      "SELECT pg_backend_pid() AS pid, split_part(version(), ' ', 2) AS version, current_setting('fsync') AS fsync",
    ),
  );
  const row = rows[0];
  if (row?.fsync !== 'on') throw new Error('the database does not fsync: nothing measured on it would be true');
  // The backend that answered may have ended: its parent is the one that wrote the pid file.
  const postmaster = parentOf(row.pid) ?? postmasterOf(inRoot('.data/bench/pg/postmaster.pid'));
  return {
    postmaster,
    version: row.version,
    async make(name) {
      await withConnection(admin, async (client: pg.Client) => {
        await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      });
      return embedded.urlOf(name);
    },
    stop: embedded.stop,
  };
}

function postmasterOf(file: string): number | null {
  return process.platform === 'linux' ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}
