import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { nameKey } from '@/lib/apps/names';
import { newClientId, newSecret } from '@/lib/apps/secrets';

export type Proof = 'secret' | 'pkce';

export type App = { id: number; clientId: string; secret: string; name: string; redirectUri: string };

/** A user's standing consent to an app, with all that a token says of it. */
export type Grant = { id: string; userId: string; username: string; tenant: string; app: App };

/** Who lives in the database that is measured. */
export type People = {
  grants: Record<Proof, Grant[]>;
  /** Signed in, developers, with connections of their own. */
  sessions: { id: string; userId: string; username: string; tenant: string }[];
};

const TENANTS = 20;
const USERS = 4_000;
const APPS = 40;
const SESSIONS = 400;
/** Apps that each of those who are signed in has connected beside the two of everybody. */
const CONNECTIONS = 3;

export const REDIRECT_URI = 'https://client.example/callback';

/** Fills an empty database: organisations, users, apps that prove themselves in both ways, and everybody's consent. */
export async function makePeople(db: pg.Pool): Promise<People> {
  const tenants = await db.query<{ id: number; name: string }>(
    `INSERT INTO tenants (name, display_name) SELECT 'org' || n, 'Organisation ' || n FROM generate_series(1, $1) n
     RETURNING id, name`,
    [TENANTS],
  );
  const users = await db.query<{ id: string; username: string; tenant: string }>(
    `WITH made AS (
       INSERT INTO users (tenant_id, username, email, verified_email, password_hash, first_name, last_name, role)
       SELECT ($1::int[])[1 + n % $2::int], 'user' || n, 'user' || n || '@org.example', 'user' || n || '@org.example', '-',
              'User', 'Number ' || n, 'DEVELOPER' FROM generate_series(1, $3) n RETURNING id, username, tenant_id)
     SELECT made.id, made.username, t.name AS tenant FROM made JOIN tenants t ON t.id = made.tenant_id ORDER BY made.id`,
    [tenants.rows.map(({ id }) => id), TENANTS, USERS],
  );
  const creator = users.rows[0]?.id as string;
  const apps: App[] = [];
  for (let n = 0; n < APPS; n++) {
    const tenantId = tenants.rows[n % TENANTS]?.id as number;
    apps.push(await makeApp(db, n % 2 === 0 ? 'secret' : 'pkce', `Bench App ${n}`, tenantId, creator));
  }
  const [secret, pkce] = [0, 1].map((kind) => apps.filter((_, n) => n % 2 === kind)) as [App[], App[]];
  const grants = {
    secret: await makeGrants(db, users.rows, secret, 0),
    pkce: await makeGrants(db, users.rows, pkce, 0),
  };
  const signedIn = users.rows.slice(0, SESSIONS);
  for (let more = 1; more <= CONNECTIONS; more++) {
    const extra = await makeGrants(db, signedIn, secret, more);
    await makeConnections(db, extra);
  }
  const sessions = await makeSessions(db, signedIn);
  await db.query('ANALYZE');
  return { grants, sessions };
}

async function makeApp(db: pg.Pool, proof: Proof, name: string, tenantId: number, creator: string): Promise<App> {
  const clientId = newClientId(randomBytes);
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO apps (tenant_id, created_by_id, name, name_key, client_id, proof)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
    [tenantId, creator, name, nameKey(name), clientId, proof === 'secret' ? 'SECRET_OR_PKCE' : 'PKCE_ONLY'],
  );
  const id = rows[0]?.id as number;
  await db.query('INSERT INTO redirect_uris (app_id, uri) VALUES ($1, $2)', [id, REDIRECT_URI]);
  const { secret, digest, lastFour } = newSecret(randomBytes);
  if (proof === 'secret')
    await db.query('INSERT INTO app_secrets (app_id, digest, last_four) VALUES ($1, $2, $3)', [id, digest, lastFour]);
  return { id, clientId, secret: proof === 'secret' ? secret : '', name, redirectUri: REDIRECT_URI };
}

async function makeGrants(
  db: pg.Pool,
  users: { id: string; username: string; tenant: string }[],
  apps: App[],
  shift: number,
): Promise<Grant[]> {
  const appOf = (at: number) => apps[(at + shift) % apps.length] as App;
  const { rows } = await db.query<{ id: string; userId: string }>(
    `INSERT INTO grants (user_id, app_id, scopes, offline_access)
     SELECT *, 'profile source:w', true FROM unnest($1::uuid[], $2::int[]) RETURNING id, user_id AS "userId"`,
    [users.map(({ id }) => id), users.map((_, at) => appOf(at).id)],
  );
  const ids = new Map(rows.map(({ id, userId }) => [userId, id]));
  return users.map((user, at) => ({
    id: ids.get(user.id) as string,
    userId: user.id,
    username: user.username,
    tenant: user.tenant,
    app: appOf(at),
  }));
}

async function makeConnections(db: pg.Pool, grants: Grant[]): Promise<void> {
  await db.query(
    `WITH made AS (
       INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip)
       SELECT gen_random_uuid(), g, a, 'profile source:w', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', '192.0.2.1'
         FROM unnest($1::uuid[], $2::int[]) AS x (g, a) RETURNING id, grant_id, app_id)
     INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, expires_at)
     SELECT id, grant_id, app_id, sha256(id::text::bytea), true, now() + interval '1 year' FROM made`,
    [grants.map(({ id }) => id), grants.map(({ app }) => app.id)],
  );
}

async function makeSessions(
  db: pg.Pool,
  users: { id: string; username: string; tenant: string }[],
): Promise<People['sessions']> {
  const { rows } = await db.query<{ id: string; userId: string }>(
    `INSERT INTO sessions (user_id, expires_at) SELECT u, now() + interval '12 hours' FROM unnest($1::uuid[]) u
     RETURNING id, user_id AS "userId"`,
    [users.map(({ id }) => id)],
  );
  const ids = new Map(rows.map(({ id, userId }) => [userId, id]));
  return users.map(({ id, username, tenant }) => ({ id: ids.get(id) as string, userId: id, username, tenant }));
}
