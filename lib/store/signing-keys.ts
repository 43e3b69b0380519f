import type pg from 'pg';
import { makeSigningKey, type StoredKey } from '@/lib/runtime/signing-keys';

// Any number that nothing else uses: instances that start together on an empty database make one key.
const KEY_CREATION_LOCK = 1_195_461_702;

const COLUMNS = 'kid, public_key AS "publicKey", private_key_sealed AS "privateKeySealed", state';

/** Reads the signing keys, newest first; makes the first one, under a lock, when there has never been one. */
export async function loadSigningKeys(pool: pg.Pool, sealingKey: Buffer): Promise<StoredKey[]> {
  const stored = await readKeys(pool);
  return stored.length > 0 ? stored : createFirstKey(pool, sealingKey);
}

async function readKeys(db: pg.Pool | pg.PoolClient): Promise<StoredKey[]> {
  const { rows } = await db.query<StoredKey>(`SELECT ${COLUMNS} FROM signing_keys ORDER BY created_at DESC, kid`);
  return rows;
}

async function createFirstKey(pool: pg.Pool, sealingKey: Buffer): Promise<StoredKey[]> {
  const made = await makeSigningKey(sealingKey);
  const db = await pool.connect();
  try {
    await db.query('BEGIN');
    await db.query('SELECT pg_advisory_xact_lock($1)', [KEY_CREATION_LOCK]);
    if ((await readKeys(db)).length === 0) {
      await db.query(
        `INSERT INTO signing_keys (kid, public_key, private_key_sealed, state, activated_at)
         VALUES ($1, $2, $3, 'ACTIVE', db_now())`,
        [made.kid, made.publicKey, made.privateKeySealed],
      );
    }
    const stored = await readKeys(db);
    await db.query('COMMIT');
    return stored;
  } catch (error) {
    await db.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    db.release();
  }
}
