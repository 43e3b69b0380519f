import type pg from 'pg';
import { dueRotationSteps, type KeyState, type RotatingKey, type RotationStep } from '@/lib/oauth/key-rotation';
import { resealed } from '@/lib/runtime/master-key';
import { makeSigningKey, type StoredKey } from '@/lib/runtime/signing-keys';
import { inTransaction } from './transaction';

// Any number that nothing else uses: instances that start together on an empty database make one key.
const KEY_LOCK = 1_195_461_702;

const COLUMNS = 'kid, public_key AS "publicKey", private_key_sealed AS "privateKeySealed", state';

/** Reads the signing keys, newest first; makes the first one, under a lock, when there has never been one. */
export async function loadSigningKeys(pool: pg.Pool, sealingKey: Buffer): Promise<StoredKey[]> {
  const stored = await readKeys(pool);
  return stored.length > 0 ? stored : createFirstKey(pool, sealingKey);
}

/** Every key there has been, newest first. */
export async function listSigningKeys(pool: pg.Pool): Promise<{ kid: string; state: KeyState; createdAt: Date }[]> {
  const { rows } = await pool.query(
    'SELECT kid, state, created_at AS "createdAt" FROM signing_keys ORDER BY created_at DESC',
  );
  return rows;
}

async function readKeys(db: pg.Pool | pg.PoolClient): Promise<StoredKey[]> {
  const { rows } = await db.query<StoredKey>(`SELECT ${COLUMNS} FROM signing_keys ORDER BY created_at DESC, kid`);
  return rows;
}

async function createFirstKey(pool: pg.Pool, sealingKey: Buffer): Promise<StoredKey[]> {
  const made = await makeSigningKey(sealingKey);
  return underKeyLock(pool, async (db) => {
    if ((await readKeys(db)).length === 0) await insertKey(db, made, 'ACTIVE');
    return readKeys(db);
  });
}

/** One change of keys at a time, over all instances. */
async function underKeyLock<Result>(pool: pg.Pool, change: (db: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return inTransaction(async (db) => {
    await db.query('SELECT pg_advisory_xact_lock($1)', [KEY_LOCK]);
    return change(db);
  }, pool);
}

async function insertKey(db: pg.PoolClient, key: StoredKey, state: 'ACTIVE' | 'NEXT'): Promise<void> {
  await db.query(
    `INSERT INTO signing_keys (kid, public_key, private_key_sealed, state, created_at, activated_at)
     VALUES ($1, $2, $3, $4::signing_key_state, db_now(), CASE WHEN $4 = 'ACTIVE' THEN db_now() END)`,
    [key.kid, key.publicKey, key.privateKeySealed, state],
  );
}

/** Does what staged rotation asks for now. @returns the steps that were taken */
export async function rotateSigningKeys(
  pool: pg.Pool,
  sealingKey: Buffer,
  rotationDays: number,
): Promise<RotationStep[]> {
  return underKeyLock(pool, async (db) => {
    const { rows } = await db.query<RotatingKey & { now: Date }>(
      `SELECT kid, state, created_at AS "createdAt", activated_at AS "activatedAt", retired_at AS "retiredAt", db_now() AS now
         FROM signing_keys WHERE state <> 'GONE'`,
    );
    const steps = rows[0] ? dueRotationSteps(rows, rotationDays, rows[0].now) : [];
    for (const step of steps) await takeStep(db, step, sealingKey);
    return steps;
  });
}

async function takeStep(db: pg.PoolClient, step: RotationStep, sealingKey: Buffer): Promise<void> {
  switch (step.kind) {
    case 'create_next':
      return insertKey(db, await makeSigningKey(sealingKey), 'NEXT');
    case 'promote':
      return promote(db, step.kid);
    case 'remove':
      return wipe(db, step.kid);
  }
}

async function promote(db: pg.PoolClient, kid: string): Promise<void> {
  await db.query("UPDATE signing_keys SET state = 'RETIRING', retired_at = db_now() WHERE state = 'ACTIVE'");
  await db.query("UPDATE signing_keys SET state = 'ACTIVE', activated_at = db_now() WHERE kid = $1", [kid]);
}

/** The row stays, so that a kid is never used again; the private half goes. */
async function wipe(db: pg.PoolClient, kid: string): Promise<void> {
  await db.query("UPDATE signing_keys SET state = 'GONE', private_key_sealed = '' WHERE kid = $1", [kid]);
}

/** Publishes a successor of the active key now; it begins to sign when every cache can have it. @returns its kid */
export async function publishNextKey(pool: pg.Pool, sealingKey: Buffer): Promise<string> {
  return underKeyLock(pool, async (db) => {
    const waiting = (await readKeys(db)).find((key) => key.state === 'NEXT');
    if (waiting) return waiting.kid;
    const made = await makeSigningKey(sealingKey);
    await insertKey(db, made, 'NEXT');
    return made.kid;
  });
}

/** What re-sealing did with a key. */
export type Resealing = { kid: string; outcome: 'resealed' | 'sealed_before' };

/**
 * Seals the private half of every key under the newest master key, all of them or none.
 * @param sealingKeys newest first
 * @throws Error naming a key that none of them opens
 */
export async function resealSigningKeys(pool: pg.Pool, sealingKeys: Buffer[]): Promise<Resealing[]> {
  return underKeyLock(pool, async (db) => {
    const done: Resealing[] = [];
    for (const key of await readKeys(db)) if (key.state !== 'GONE') done.push(await resealKey(db, key, sealingKeys));
    return done;
  });
}

async function resealKey(
  db: pg.PoolClient,
  { kid, privateKeySealed }: StoredKey,
  sealingKeys: Buffer[],
): Promise<Resealing> {
  const renewed = resealed(sealingKeys, privateKeySealed, kid);
  if (renewed === 'opens_under_none') {
    throw new Error(`${kid} opens neither with MASTER_KEY nor with MASTER_KEY_PREVIOUS. No key was changed.`);
  }
  if (renewed === 'newest_already') return { kid, outcome: 'sealed_before' };
  const { rowCount } = await db.query(
    'UPDATE signing_keys SET private_key_sealed = $1 WHERE kid = $2 AND private_key_sealed = $3',
    [renewed, kid, privateKeySealed],
  );
  if (rowCount !== 1) throw new Error(`${kid} was changed by somebody else meanwhile. No key was changed: try again.`);
  return { kid, outcome: 'resealed' };
}

/**
 * Emergency: the key is gone at once, and every token that it signed inactive. An active key is succeeded at once, by the
 * published successor or a new key.
 * @returns false when there is no such key
 */
export async function removeSigningKey(pool: pg.Pool, sealingKey: Buffer, kid: string): Promise<boolean> {
  return underKeyLock(pool, async (db) => {
    const keys = await readKeys(db);
    const removed = keys.find((key) => key.kid === kid && key.state !== 'GONE');
    if (!removed) return false;
    await wipe(db, kid);
    if (removed.state !== 'ACTIVE') return true;
    const next = keys.find((key) => key.state === 'NEXT');
    if (next) await promote(db, next.kid);
    else await insertKey(db, await makeSigningKey(sealingKey), 'ACTIVE');
    return true;
  });
}
