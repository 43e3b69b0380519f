import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { newAddress, PATHS, postForm, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const sites = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
const [first] = sites;
const host = new URL(publicUrl).host;
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

const send = (path: string, init: RequestInit = {}, name = host) =>
  fetchVia(first.port)(`http://${name}${path}`, {
    ...init,
    headers: { 'X-Forwarded-For': newAddress(), ...(init.headers as Record<string, string>) },
  });

const METADATA = '/.well-known/oauth-authorization-server';

test('case 74 (RFC 8414 §3, RFC 9207 §3): the metadata names the standard endpoints of this issuer', async () => {
  const answer = await send(METADATA);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const metadata = await answer.json();
  expect(metadata).toStrictEqual({
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth2/authorize`,
    token_endpoint: `${publicUrl}/oauth2/token`,
    revocation_endpoint: `${publicUrl}/oauth2/revoke`,
    introspection_endpoint: `${publicUrl}/oauth2/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    scopes_supported: expect.arrayContaining(['profile', 'source', 'source:w', 'source:d', 'offline_access']),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    authorization_response_iss_parameter_supported: true,
  });
});

test('case 74: the open token_info is not advertised, and every server says the same', async () => {
  const texts = await Promise.all(
    sites.map(async ({ port }) => (await fetchVia(port)(`${publicUrl}${METADATA}`)).text()),
  );
  expect(texts[0]).not.toContain('/api/developers');
  expect(texts[0]).toBe(texts[1]);
});

test('case 74: every scope that is advertised can be granted', async () => {
  const { scopes_supported: scopes } = (await (await send(METADATA)).json()) as { scopes_supported: string[] };
  const widest = scopes.filter((scope) => scope.endsWith(':d') || scope === 'offline_access' || scope === 'profile');
  const { tokens } = await connectApp(world, first, { scope: widest.join(' ') });
  expect(tokens.scope.split(' ').length).toBeGreaterThan(10);
});

describe('case 76', () => {
  test.each(Object.values(PATHS.native))(
    'a 401 of %s opens no password box of a browser (RFC 9110 §15.5.2)',
    async (path) => {
      const answer = await postForm(first, path, {
        grant_type: 'authorization_code',
        client_id: 'f'.repeat(20),
        client_secret: 'f'.repeat(64),
        code: 'x',
        token: 'x',
      });
      if (path !== PATHS.native.token) expect(answer.status).toBe(200);
      else {
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="oauth2"');
        expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      }
    },
  );

  test('Basic that was used is challenged on the standard path (RFC 6749 §5.2), and not otherwise', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    const Authorization = `Basic ${Buffer.from(`${'f'.repeat(20)}:${'f'.repeat(64)}`).toString('base64')}`;
    const used = await postForm(first, PATHS.rfc.token, form, { headers: { Authorization } });
    expect([used.status, used.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="oauth2"']);
    const unused = await postForm(first, PATHS.rfc.token, { ...form, client_id: 'f'.repeat(20) });
    expect([unused.status, unused.headers.get('www-authenticate')]).toEqual([401, null]);
    const native = await postForm(first, PATHS.native.token, form, { headers: { Authorization } });
    expect([native.status, native.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="oauth2"']);
  });
});

describe('case 77: CORS', () => {
  const OPEN: [method: 'GET' | 'POST', path: string][] = [
    ...[...Object.values(PATHS.native), ...Object.values(PATHS.rfc)].map((path): ['POST', string] => ['POST', path]),
    ['GET', '/.well-known/jwks.json'],
    ['GET', METADATA],
    ['GET', '/api/users/current'],
  ];

  test.each(OPEN)('%s %s answers a preflight, and any origin may read, without credentials', async (method, path) => {
    for (const Origin of ['https://spa.example', 'null', 'http://localhost:8080']) {
      const preflight = await send(path, {
        method: 'OPTIONS',
        headers: {
          Origin,
          'Access-Control-Request-Method': method,
          'Access-Control-Request-Headers': 'authorization,content-type',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toMatch(
        /authorization.*content-type/,
      );
      const answer = await send(path, {
        method,
        headers: { Origin, Cookie: 'next-auth.session-token=x' },
        ...(method === 'POST' ? { body: new URLSearchParams({ a: 'b' }) } : {}),
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-expose-headers')).toMatch(/Retry-After.*WWW-Authenticate/);
      for (const one of [preflight, answer]) expect(one.headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  test.each([
    '/oauth2/authorize',
    '/api/developers/oauth2/authorize',
    '/signin',
    '/signin/submit',
    '/consent/x',
    '/consent/x/decision',
    '/',
    '/applications',
    '/connections',
    '/signout/submit',
  ])('%s is open to no other origin', async (path) => {
    for (const Origin of ['https://evil.example', 'null']) {
      for (const method of ['OPTIONS', 'GET', 'POST']) {
        const answer = await send(path, {
          method,
          headers: { Origin, 'Access-Control-Request-Method': 'POST', Cookie: 'next-auth.session-token=x' },
        });
        for (const name of answer.headers.keys()) expect(name).not.toMatch(/^access-control-/);
        if (method !== 'GET') expect(answer.status).toBeOneOf([403, 404, 405]);
      }
    }
  });
});

test.each([...Object.values(PATHS.native), ...Object.values(PATHS.rfc)])(
  'case 39: %s is for POST only',
  async (path) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await send(path, { method });
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'POST, OPTIONS']);
    }
  },
);
