import path from 'node:path';
import { root } from '../prepare/paths.mjs';
import { Problem } from '../prepare/report.mjs';

/**
 * What the start itself needs to know. The server parses the whole environment (lib/runtime/settings.ts).
 * @typedef {object} StartSettings
 * @property {number} port
 * @property {string} host address to ask the server at
 * @property {string} publicUrl
 * @property {string} dataDirectory absolute
 * @property {string} [databaseUrl] none: the embedded database
 * @property {string} [masterKeyFile]
 * @property {boolean} hasMasterKey MASTER_KEY is given
 * @property {'auto' | 'always' | 'never'} demoData
 */

const refuse = (name, expected, value) => {
  throw new Problem(`${name} must be ${expected}, not "${value}".`);
};

/**
 * @param {Record<string, string | undefined>} environment an empty value counts as not set
 * @returns {StartSettings}
 * @throws {Problem} naming the setting and what is expected
 */
export function readSettings(environment) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const {
    PORT = '3000',
    HOST,
    DATA_DIR = '.data',
    DATABASE_URL,
    MASTER_KEY,
    MASTER_KEY_FILE,
    DEMO_DATA = 'auto',
  } = given;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) refuse('PORT', 'a whole number from 1 to 65535', PORT);
  const { PUBLIC_URL = `http://localhost:${port}` } = given;
  if (!/^https?:\/\//.test(PUBLIC_URL) || !URL.canParse(PUBLIC_URL))
    refuse('PUBLIC_URL', 'an http or https address', PUBLIC_URL);
  if (!['auto', 'always', 'never'].includes(DEMO_DATA)) refuse('DEMO_DATA', 'auto, always or never', DEMO_DATA);
  if (DATABASE_URL !== undefined && !(/^postgres(ql)?:\/\//.test(DATABASE_URL) && URL.canParse(DATABASE_URL)))
    throw new Problem(
      'DATABASE_URL must be the address of a PostgreSQL database: postgresql://user:password@host:5432/database',
    );
  if (DATABASE_URL && !MASTER_KEY && !MASTER_KEY_FILE)
    throw new Problem(
      'MASTER_KEY (64 hexadecimal digits) or MASTER_KEY_FILE must be set beside DATABASE_URL: every instance on that database needs the same key.',
    );
  return {
    port,
    host: HOST && !['0.0.0.0', '::'].includes(HOST) ? HOST : '127.0.0.1',
    publicUrl: PUBLIC_URL,
    dataDirectory: path.resolve(root, DATA_DIR),
    databaseUrl: DATABASE_URL,
    masterKeyFile: MASTER_KEY_FILE,
    hasMasterKey: Boolean(MASTER_KEY),
    demoData: DEMO_DATA,
  };
}
