// Prisma's schema engine as npm carries it (WebAssembly), with an in-memory PostgreSQL as its scratch database: compares
// the schema with the migrations without a download and without a server.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { inRoot } from '../prepare/paths.mjs';
import { migrations, migrationsDirectory } from './migrate.mjs';

const require = createRequire(import.meta.url);
const schemaFile = inRoot('prisma/schema.prisma');

const connect = async () => new PrismaPGlite(await PGlite.create()).connect();
const scratch = { provider: 'postgres', adapterName: 'pglite', connect, connectToShadowDb: connect };

/** The package's own entry imports the .wasm file as a module, which Node 20 cannot. */
async function openEngine(schema) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { set_message: (message) => console.error(message) };
  const directory = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
  const bindings = await import(pathToFileURL(path.join(directory, 'schema_engine_bg.js')).href);
  const wasm = readFileSync(path.join(directory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine.new(
    { datamodels: [[schemaFile, schema]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(scratch),
  );
}

function migrationList() {
  const lockFile = path.join(migrationsDirectory, 'migration_lock.toml');
  return {
    baseDir: migrationsDirectory,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: migrations().map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** @returns {Promise<string | null>} the SQL that leads from the migrations to the schema; null when they agree */
export async function missingMigration() {
  const schema = readFileSync(schemaFile, 'utf8');
  const engine = await openEngine(schema);
  const difference = await engine.diff({
    from: { tag: 'migrations', ...migrationList() },
    to: { tag: 'schemaDatamodel', files: [{ path: schemaFile, content: schema }] },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return difference.exitCode === 2 ? difference.stdout : null;
}
