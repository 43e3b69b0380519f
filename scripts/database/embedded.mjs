import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { step } from '../prepare/report.mjs';
import { connect } from './connection.mjs';
import { placeFor } from './place.mjs';
import { makeCluster, startServer, stopServer, superuser } from './server.mjs';

/**
 * The embedded PostgreSQL of a data folder, running: started by this call, or found running (another process of
 * Gatehouse, or left by one that was killed).
 * @param {string} dataDirectory
 * @param {{ disposable?: boolean }} [options] `disposable`: data for tests, which nobody misses
 * @returns {Promise<{ urlOf(database: string): string, stop(): Promise<boolean> }>} `stop` ends it unless somebody else is
 *   still connected, and tells whether it did: the last one to leave turns off the light
 */
export async function startEmbedded(dataDirectory, { disposable = false } = {}) {
  const place = placeFor(dataDirectory, disposable);
  if (!existsSync(place.data)) await step('Making the database', () => makeCluster(place));
  await startServer(place);
  const urlOf = (database) =>
    `postgresql://${superuser}@localhost/${database}?host=${encodeURIComponent(place.socket)}`;
  return {
    urlOf,
    stop: async () => {
      const client = await connect(urlOf('postgres')).catch(() => undefined);
      return client ? (await isUnused(client)) && stopServer(place) : true;
    },
  };
}

/** Whether nobody else is connected. A client that has just ended may be listed for a moment. */
async function isUnused(client) {
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      const { rows } = await client.query(
        `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      if (rows.length === 0) return true;
      await wait(100);
    }
    return false;
  } finally {
    await client.end();
  }
}
