import { mkdirSync } from 'node:fs';
import { ensureDatabase, withConnection } from '../database/connection.mjs';
import { startEmbedded } from '../database/embedded.mjs';
import { migrate } from '../database/migrate.mjs';
import { inRoot } from '../prepare/paths.mjs';
import { Problem, run, step } from '../prepare/report.mjs';
import { ensureMasterKey } from './master-key.mjs';

const databaseName = 'gatehouse';
const demoTenants = 'tenants WHERE demo';

/** Any number does, as long as nothing else of Gatehouse locks with it. */
const seedLock = 620_080;

/** @typedef {import('./settings.mjs').StartSettings} StartSettings */

/**
 * The database of the settings, reachable: the server of DATABASE_URL, else the embedded one.
 * @param {StartSettings} settings
 */
export async function openDatabase(settings) {
  const embedded = settings.databaseUrl ? undefined : await openEmbedded(settings.dataDirectory);
  const url = settings.databaseUrl ?? embedded?.urlOf(databaseName) ?? '';
  return {
    url,
    async migrate() {
      const applied = await migrate(url).catch((error) => {
        throw error instanceof Problem || embedded
          ? error
          : new Problem(`The database of DATABASE_URL cannot be used: ${error.message || error.code}`);
      });
      for (const name of applied) console.log(`Applied migration ${name}`);
    },
    /** @returns {NodeJS.ProcessEnv} what the server needs beside the environment */
    async secrets() {
      if (settings.hasMasterKey || settings.masterKeyFile || !embedded) return {};
      const used = await holds(url, 'signing_keys');
      return { MASTER_KEY_FILE: ensureMasterKey(settings.dataDirectory, used) };
    },
    /**
     * Fills a new embedded database, or with DEMO_DATA=always any that lacks them. Of several that start at once, one does.
     * @param {string} script the bundled seed
     * @param {NodeJS.ProcessEnv} env
     */
    async fillWithDemoData(script, env) {
      if (settings.demoData === 'never' || (settings.demoData === 'auto' && !embedded)) return;
      const reason = settings.demoData === 'always' ? demoTenants : 'tenants';
      await withConnection(url, async (client) => {
        await client.query('SELECT pg_advisory_lock($1)', [seedLock]);
        if (await holds(url, reason)) return;
        await step('Filling in demo data', () => run(process.execPath, [inRoot(script)], { env }));
      });
    },
    hasDemoData: () => holds(url, demoTenants),
    close: async () => {
      if (embedded && !(await embedded.stop()))
        console.log('The database goes on running: another program is connected to it.');
    },
  };
}

async function openEmbedded(dataDirectory) {
  mkdirSync(dataDirectory, { recursive: true });
  const embedded = await startEmbedded(dataDirectory);
  await ensureDatabase(embedded.urlOf('postgres'), databaseName);
  return embedded;
}

const holds = (url, rows) =>
  withConnection(url, async (client) => {
    const { rows: answer } = await client.query(`SELECT EXISTS (SELECT FROM ${rows}) AS any`);
    return answer[0].any;
  });
