import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** SQLSTATE: the server is still starting, or recovering after a crash. */
const cannotConnectNow = '57P03';
const duplicateDatabase = ['42P04', '23505'];

/**
 * A connection whose session is in UTC, as every session of Gatehouse is.
 * @param {string} url
 */
export async function connect(url) {
  for (const deadline = Date.now() + 60_000; ; await wait(250)) {
    const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
    client.on('error', () => {}); // a lost connection shows in the next query
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (error.code !== cannotConnectNow || Date.now() > deadline) throw error;
    }
  }
}

/**
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 */
export async function withConnection(url, work) {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a database unless it exists. @param {string} adminUrl of another database of that server @param {string} name */
export async function ensureDatabase(adminUrl, name) {
  await withConnection(adminUrl, async (client) => {
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rows.length > 0) return;
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).catch((error) => {
      if (!duplicateDatabase.includes(error.code)) throw error;
    });
  });
}
