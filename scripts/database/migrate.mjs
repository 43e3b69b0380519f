// Applies prisma/migrations without Prisma's schema engine, which would have to be downloaded. The bookkeeping is the
// engine's own (lock, table, checksums), so `prisma migrate deploy` on an ordinary machine agrees with it.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../prepare/paths.mjs';
import { Problem } from '../prepare/report.mjs';
import { withConnection } from './connection.mjs';

export const migrationsDirectory = inRoot('prisma/migrations');

/** The advisory lock that Prisma Migrate takes. */
const prismaLock = 72707369;

const bookkeeping = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** @returns {{ name: string, sql: string, checksum: string }[]} the migrations of this checkout, oldest first */
export function migrations() {
  const names = readdirSync(migrationsDirectory).sort();
  const files = names.map((name) => ({ name, file: path.join(migrationsDirectory, name, 'migration.sql') }));
  return files
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => {
      const sql = readFileSync(file, 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies the migrations that the database lacks, each in one transaction with its record. Several processes may call it
 * at once: one applies, the others wait.
 * @param {string} url
 * @returns {Promise<string[]>} names of those applied now
 * @throws {Problem} when a migration fails, failed before, or was edited after it was applied
 */
export async function migrate(url) {
  return withConnection(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
    await client.query(bookkeeping);
    const { rows } = await client.query(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const records = new Map(rows.map((row) => [row.migration_name, row]));
    const missing = migrations().filter((migration) => !wasApplied(migration, records.get(migration.name)));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  });
}

function wasApplied({ name, checksum }, record) {
  if (!record) return false;
  if (!record.finished_at)
    throw new Problem(`The migration ${name} failed before. Repair it with \`prisma migrate resolve\`.`);
  if (record.checksum !== checksum)
    throw new Problem(`The migration ${name} was edited after it was applied. Put the file back.`);
  return true;
}

async function apply(client, { name, sql, checksum }) {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Problem(`The migration ${name} failed: ${error.message}`, { cause: error });
  }
}
