import { hash } from '@node-rs/argon2';
import type pg from 'pg';
import { ARGON2ID } from '@/lib/flows/password-hash';
import { withConnection } from '@/scripts/database/connection.mjs';
import { migrate } from '@/scripts/database/migrate.mjs';
import { copyInto } from './copy';
import type { Shape } from './shape';
import { tablesOf } from './tables';

/** Everybody's, unless another one is asked for. */
export const PASSWORD = 'gatehouse-growth';

type Dropped = { make: string; drop: string };

/**
 * Fills an empty database by COPY, without indexes, keys and triggers, which come back afterwards.
 * @param say told how far it is
 * @param password everybody's
 */
export async function fill(
  databaseUrl: string,
  shape: Shape,
  say: (text: string) => void = () => undefined,
  password = PASSWORD,
): Promise<void> {
  await migrate(databaseUrl);
  const tables = tablesOf(shape, await hash(password, ARGON2ID), Date.now());
  await withConnection(databaseUrl, async (db: pg.Client) => {
    await db.query("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off");
    const names = tables.map(({ name }) => name);
    const dropped = await indexesAndKeys(db, names);
    for (const { drop } of dropped.toReversed()) await db.query(drop);
    for (const name of names) await db.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    for (const { name, columns, rows } of tables) {
      const began = performance.now();
      const count = await copyInto(db, name, columns, rows);
      say(`${name}: ${count.toLocaleString('en')} rows in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    for (const { make } of dropped) await db.query(make);
    for (const name of names) await db.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    for (const name of ['tenants', 'apps'])
      await db.query(`SELECT setval(pg_get_serial_sequence('${name}', 'id'), (SELECT max(id) FROM ${name}))`);
    say('indexes and keys are back');
    await db.query('VACUUM (ANALYZE)');
  });
}

/** What is dropped before and made again after, in the order of the making: keys and indexes, then foreign keys unproven. */
async function indexesAndKeys(db: pg.Client, tables: string[]): Promise<Dropped[]> {
  const { rows } = await db.query<Dropped & { rank: number }>(
    `SELECT CASE c.contype WHEN 'f' THEN 3 ELSE 1 END AS rank,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid),
                   CASE c.contype WHEN 'f' THEN ' NOT VALID' ELSE '' END) AS make,
            format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS drop
       FROM pg_constraint c
      WHERE c.contype IN ('p', 'u', 'f') AND (c.conrelid::regclass::text = ANY ($1) OR c.confrelid::regclass::text = ANY ($1))
     UNION ALL
     SELECT 2, pg_get_indexdef(i.indexrelid), format('DROP INDEX %s', i.indexrelid::regclass)
       FROM pg_index i
      WHERE i.indrelid::regclass::text = ANY ($1) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype <> 'f')
     ORDER BY rank, make`,
    [tables],
  );
  return rows;
}
