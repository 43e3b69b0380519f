// node-oidc-provider as its documentation sets it up: an adapter on PostgreSQL, resource indicators for JWT access tokens,
// introspection and revocation switched on, every other setting as it comes.
import Provider from 'oidc-provider';
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
  USERS,
} from './common.mjs';
import { makeAdapter } from './oidc-provider-adapter.mjs';

const HOUR = 3_600;
const YEAR = 365 * 24 * HOUR;

/** @param {{ databaseUrl: string, port: number, jwks: object }} settings */
export async function open({ databaseUrl, port, jwks }) {
  const issuer = `http://localhost:${port}`;
  const host = `localhost:${port}`;
  const adapter = await makeAdapter(databaseUrl);
  const clients = { secret: clientsOf('secret'), pkce: clientsOf('pkce') };
  const provider = new Provider(issuer, configuration(adapter.Adapter, jwks, [...clients.secret, ...clients.pkce]));
  provider.proxy = true;

  let turn = 0;
  const pick = (kind) => {
    const n = turn++;
    return { client: clients[kind][n % CLIENTS], accountId: `user-${n % USERS}` };
  };
  /** Stores through the library's own models, many rows in one statement. */
  const mint = (kind, count, make) =>
    adapter.inBulk(() =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const { client, accountId } = pick(kind);
          const grant = new provider.Grant({ accountId, clientId: client.id });
          grant.addOIDCScope(SCOPE);
          grant.addResourceScope(RESOURCE, SCOPE);
          const grantId = await grant.save();
          const known = await provider.Client.find(client.id);
          return make(client, { accountId, client: known, grantId, scope: SCOPE, gty: 'authorization_code' });
        }),
      ),
    );

  const operations = {
    exchange: (kind, count) =>
      mint(kind, count, async (client, common) => {
        const verifier = kind === 'pkce' ? random() : null;
        const pkce = verifier ? { codeChallenge: sha256(verifier), codeChallengeMethod: 'S256' } : {};
        const code = new provider.AuthorizationCode({
          ...common,
          ...pkce,
          gty: undefined,
          resource: RESOURCE,
          redirectUri: REDIRECT_URI,
        });
        return post(host, '/token', exchangeForm(client, await code.save(), verifier));
      }),
    refresh: (kind, count) =>
      mint(kind, count, async (client, common) => {
        const token = new provider.RefreshToken({ ...common, resource: RESOURCE, rotations: 0 });
        return post(host, '/token', {
          grant_type: 'refresh_token',
          refresh_token: await token.save(),
          ...proof(client),
        });
      }),
    revoke: (kind, count) =>
      mint(kind, count, async (client, common) => {
        const token = new provider.RefreshToken({ ...common, resource: RESOURCE, rotations: 0 });
        return post(host, '/token/revocation', { token: await token.save(), ...proof(client) });
      }),
    // It refuses to introspect JWTs, so these are opaque ones.
    token: (kind, count) =>
      mint(kind, count, async (client, common) => {
        const token = new provider.AccessToken({ ...common });
        return post(host, '/token/introspection', { token: await token.save(), ...proof(client) });
      }),
    jwks: (_kind, count) => Array.from({ length: count }, () => get(host, '/jwks')),
    metadata: (_kind, count) => Array.from({ length: count }, () => get(host, '/.well-known/openid-configuration')),
  };

  let sent = [];
  return {
    handler: provider.callback(),
    async prepare(operation, count) {
      sent = await operations[operation.split('-')[0]](kindOf(operation), count);
      return sent;
    },
    /** How many of the answers stand in the database as they should. */
    found(operation, answers) {
      if (operation === 'revoke') {
        const tokens = sent.slice(0, answers.length).map(({ body }) => new URLSearchParams(body).get('token'));
        return adapter.count('RefreshToken', tokens).then((left) => answers.length - left);
      }
      return adapter.count(
        'RefreshToken',
        answers.map((answer) => JSON.parse(answer).refresh_token),
      );
    },
  };
}

const configuration = (Adapter, jwks, clients) => ({
  adapter: Adapter,
  jwks,
  clients: clients.map(({ id, secret }) => ({
    client_id: id,
    ...(secret ? { client_secret: secret } : {}),
    token_endpoint_auth_method: secret ? 'client_secret_post' : 'none',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  })),
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  scopes: ['openid', 'offline_access', 'profile'],
  cookies: { keys: ['a key of the benchmark'] },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: HOUR,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: { AccessToken: HOUR, AuthorizationCode: 120, Grant: YEAR, RefreshToken: YEAR },
});
