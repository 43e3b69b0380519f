// The adapter that node-oidc-provider asks for (its example/my_adapter.js says what each method must do), on one table of
// jsonb as its contributed adapters keep it.
import pg from 'pg';

const GRANTABLE = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

export async function makeAdapter(databaseUrl) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await pool.query(`
    CREATE TABLE IF NOT EXISTS oidc_payloads (
      id text, type text, payload jsonb NOT NULL, grant_id text, uid text, user_code text,
      expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (id, type));
    CREATE INDEX IF NOT EXISTS oidc_payloads_grant ON oidc_payloads (grant_id);
    CREATE INDEX IF NOT EXISTS oidc_payloads_uid ON oidc_payloads (uid);`);
  /** Rows that wait to be written together, or null. */
  let waiting = null;

  const read = (row) =>
    row && (!row.expires_at || row.expires_at > new Date())
      ? { ...row.payload, ...(row.consumed_at ? { consumed: Math.floor(row.consumed_at / 1000) } : {}) }
      : undefined;

  class Adapter {
    constructor(name) {
      this.name = name;
    }

    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
      const grantId = GRANTABLE.has(this.name) ? payload.grantId : null;
      const row = [id, this.name, payload, grantId, payload.uid ?? null, payload.userCode ?? null, expiresAt];
      if (waiting) return void waiting.push(row);
      await pool.query(
        `INSERT INTO oidc_payloads (id, type, payload, grant_id, uid, user_code, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id, type) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
        row,
      );
    }

    async find(id) {
      const { rows } = await pool.query(
        'SELECT payload, expires_at, consumed_at FROM oidc_payloads WHERE id = $1 AND type = $2',
        [id, this.name],
      );
      return read(rows[0]);
    }

    async findByUid(uid) {
      const { rows } = await pool.query(
        'SELECT payload, expires_at, consumed_at FROM oidc_payloads WHERE uid = $1 AND type = $2',
        [uid, this.name],
      );
      return read(rows[0]);
    }

    async findByUserCode(userCode) {
      const { rows } = await pool.query(
        'SELECT payload, expires_at, consumed_at FROM oidc_payloads WHERE user_code = $1 AND type = $2',
        [userCode, this.name],
      );
      return read(rows[0]);
    }

    async consume(id) {
      await pool.query('UPDATE oidc_payloads SET consumed_at = now() WHERE id = $1 AND type = $2', [id, this.name]);
    }

    async destroy(id) {
      await pool.query('DELETE FROM oidc_payloads WHERE id = $1 AND type = $2', [id, this.name]);
    }

    async revokeByGrantId(grantId) {
      await pool.query('DELETE FROM oidc_payloads WHERE grant_id = $1 AND type = $2', [grantId, this.name]);
    }
  }

  return {
    Adapter,
    /** Writes what is stored during some work with one statement for many rows. */
    async inBulk(work) {
      waiting = [];
      try {
        const result = await work();
        await insertAll(pool, waiting);
        return result;
      } finally {
        waiting = null;
      }
    },
    async count(type, ids) {
      const { rows } = await pool.query(
        'SELECT count(*)::int AS n FROM oidc_payloads WHERE type = $1 AND id = ANY ($2) AND consumed_at IS NULL',
        [type, ids],
      );
      return rows[0].n;
    },
  };
}

async function insertAll(pool, rows) {
  for (let at = 0; at < rows.length; at += 5_000) {
    const part = rows.slice(at, at + 5_000);
    const column = (n) => part.map((row) => row[n]);
    await pool.query(
      `INSERT INTO oidc_payloads (id, type, payload, grant_id, expires_at)
       SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::text[], $5::timestamptz[])`,
      [column(0), column(1), column(2).map((payload) => JSON.stringify(payload)), column(3), column(6)],
    );
  }
}
