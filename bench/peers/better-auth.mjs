// better-auth with its OAuth provider plugin as its guide sets it up, on PostgreSQL through its own pg adapter. RS256 in
// place of its default EdDSA, so that all sign alike; every other setting as it comes, its rate limits included.
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import pg from 'pg';
import {
  CLIENTS,
  clientsOf,
  exchangeForm,
  get,
  kindOf,
  post,
  proof,
  REDIRECT_URI,
  RESOURCE,
  random,
  SCOPE,
  sha256,
} from './common.mjs';

/** Fewer than elsewhere: it makes them one by one. */
const USERS = 400;
const HOUR_MS = 3_600_000;

/** @param {{ databaseUrl: string, port: number, first: boolean }} settings `first`: makes tables, users and clients */
export async function open({ databaseUrl, port, first }) {
  const host = `localhost:${port}`;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const auth = betterAuth({
    baseURL: `http://${host}`,
    secret: 'a secret of the benchmark, 32 characters and more',
    database: pool,
    emailAndPassword: { enabled: true },
    disabledPaths: ['/token'],
    telemetry: { enabled: false },
    plugins: [
      jwt({ jwks: { keyPairConfig: { alg: 'RS256', modulusLength: 2048 } } }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        resources: [RESOURCE],
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      }),
    ],
  });
  if (first) await (await getMigrations(auth.options)).runMigrations();
  const context = await auth.$context;
  const clients = { secret: clientsOf('secret'), pkce: clientsOf('pkce') };
  const people = first ? await makePeople(context, [...clients.secret, ...clients.pkce]) : [];

  let turn = 0;
  const pick = (kind) => {
    const n = turn++;
    return { client: clients[kind][n % CLIENTS], ...people[n % people.length] };
  };
  const mint = (kind, count, make) => pooled(count, () => make(pick(kind)));
  const later = (ms) => new Date(Date.now() + ms);

  const refreshToken = async ({ client, userId, sessionId }) => {
    const token = random(24);
    await context.adapter.create({
      model: 'oauthRefreshToken',
      data: {
        token: sha256(token),
        clientId: client.id,
        sessionId,
        userId,
        scopes: SCOPE.split(' '),
        resources: [RESOURCE],
        createdAt: new Date(),
        expiresAt: later(720 * HOUR_MS),
        authTime: new Date(),
      },
    });
    return token;
  };

  const operations = {
    exchange: (kind, count) =>
      mint(kind, count, async ({ client, userId, sessionId }) => {
        const code = random(24);
        // offline_access makes it ask confidential clients for PKCE, too.
        const verifier = random();
        const query = {
          ...{ response_type: 'code', client_id: client.id, redirect_uri: REDIRECT_URI, scope: SCOPE },
          ...{ state: 'state', resource: RESOURCE },
          ...{ code_challenge: sha256(verifier), code_challenge_method: 'S256' },
        };
        await context.internalAdapter.createVerificationValue({
          identifier: sha256(code),
          expiresAt: later(600_000),
          value: JSON.stringify({
            type: 'authorization_code',
            query,
            userId,
            sessionId,
            authTime: Date.now(),
            resource: [RESOURCE],
          }),
        });
        return post(host, '/api/auth/oauth2/token', exchangeForm(client, code, verifier, { resource: RESOURCE }));
      }),
    refresh: (kind, count) =>
      mint(kind, count, async (who) =>
        post(host, '/api/auth/oauth2/token', {
          grant_type: 'refresh_token',
          refresh_token: await refreshToken(who),
          ...proof(who.client),
        }),
      ),
    revoke: (kind, count) =>
      mint(kind, count, async (who) =>
        post(host, '/api/auth/oauth2/revoke', {
          token: await refreshToken(who),
          token_type_hint: 'refresh_token',
          ...proof(who.client),
        }),
      ),
    token: (kind, count) =>
      mint(kind, count, async ({ client, userId, sessionId }) => {
        const token = random(24);
        await context.adapter.create({
          model: 'oauthAccessToken',
          data: {
            ...{ token: sha256(token), clientId: client.id, sessionId, userId, scopes: SCOPE.split(' ') },
            ...{ createdAt: new Date(), expiresAt: later(HOUR_MS) },
          },
        });
        const hint = { token_type_hint: 'access_token' };
        return post(host, '/api/auth/oauth2/introspect', { token, ...hint, ...proof(client) });
      }),
    jwks: (_kind, count) => Array.from({ length: count }, () => get(host, '/api/auth/jwks')),
    metadata: (_kind, count) =>
      Array.from({ length: count }, () => get(host, '/api/auth/.well-known/oauth-authorization-server')),
  };

  let sent = [];
  return {
    handler: toNodeHandler(auth),
    async prepare(operation, count) {
      sent = await operations[operation.split('-')[0]](kindOf(operation), count);
      return sent;
    },
    async found(operation, answers) {
      const revoked = operation === 'revoke';
      const tokens = revoked
        ? sent.slice(0, answers.length).map(({ body }) => new URLSearchParams(body).get('token'))
        : answers.map((answer) => JSON.parse(answer).refresh_token);
      const { rows } = await pool.query(
        `SELECT count(*)::int AS n FROM "oauthRefreshToken" WHERE token = ANY ($1) AND (revoked IS NOT NULL) = $2`,
        [tokens.map(sha256), revoked],
      );
      return rows[0].n;
    },
  };
}

/** Users with a session each, and the clients, by the library's own adapter. */
async function makePeople(context, clients) {
  await context.adapter.create({ model: 'oauthResource', data: { identifier: RESOURCE, name: 'The API' } });
  for (const { id, secret } of clients) {
    await context.adapter.create({
      model: 'oauthClient',
      data: {
        clientId: id,
        ...(secret ? { clientSecret: sha256(secret) } : {}),
        name: `Client ${id}`,
        redirectUris: [REDIRECT_URI],
        tokenEndpointAuthMethod: secret ? 'client_secret_post' : 'none',
        grantTypes: ['authorization_code', 'refresh_token'],
        responseTypes: ['code'],
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        public: secret === null,
        type: secret === null ? 'native' : 'web',
        createdAt: new Date(),
        updatedAt: new Date(),
      },
    });
    await context.adapter.create({ model: 'oauthClientResource', data: { clientId: id, resourceId: RESOURCE } });
  }
  return pooled(USERS, async (n) => {
    const user = await context.internalAdapter.createUser({
      email: `user${n}@org.example`,
      name: `User ${n}`,
      emailVerified: true,
    });
    const session = await context.internalAdapter.createSession(user.id);
    return { userId: user.id, sessionId: session.id };
  });
}

/** Eight at a time. */
async function pooled(count, make) {
  const made = [];
  let next = 0;
  const loop = async () => {
    for (let n = next++; n < count; n = next++) made[n] = await make(n);
  };
  await Promise.all(Array.from({ length: 8 }, loop));
  return made;
}
