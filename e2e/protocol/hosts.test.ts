import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf, connectApp, type Site, signedIn } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { startServer } from '../fixtures/server';
import { HttpBrowser, newAddress, PASSWORD, World } from '../fixtures/world';
import { eventually } from './model/system';

const publicUrl = ours('publicUrl');
const first: Site & { logFile: string } = {
  publicUrl,
  port: ours('servers')[0]?.port as number,
  logFile: ours('servers')[0]?.logFile as string,
};
const { host, hostname, port } = new URL(publicUrl);
const METADATA = '/.well-known/oauth-authorization-server';
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

/** Sends bytes as they are. @returns status and everything that came */
function raw(text: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(first.port, '127.0.0.1');
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? 0), text: got }));
    socket.write(text);
  });
}

const SPOOFED: Record<string, string> = {
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Port': '4444',
  'X-Forwarded-Prefix': '/evil',
  Forwarded: 'host=evil.example;proto=https',
  'X-Original-Host': 'evil.example',
  'X-Host': 'evil.example',
  'X-Original-URL': '/evil',
  'X-Rewrite-URL': '/evil',
};

describe('case 91: what a request says about our name changes nothing', () => {
  test('metadata, issuer and redirects stay ours under every spoofed header', async () => {
    const send = (path: string, headers: Record<string, string> = {}) =>
      fetchVia(first.port)(`${publicUrl}${path}`, { headers: { 'X-Forwarded-For': newAddress(), ...headers } });
    const honest = await (await send(METADATA)).text();
    for (const [name, value] of [...Object.entries(SPOOFED), ['', '']] as [string, string][]) {
      const headers = name ? { [name]: value } : SPOOFED;
      expect(await (await send(METADATA, headers)).text()).toBe(honest);
      const page = await send('/connections', headers);
      expect(page.headers.get('location')).toMatch(/^\/signin/);
      const signIn = await send('/signin', headers);
      expect(signIn.status).toBe(200);
      expect(await signIn.text()).not.toMatch(/evil\.example|:4444/);
    }
  });

  test('a code, its redirect and its tokens are the same under spoofed headers', async () => {
    const { app, user } = await connectApp(world, first);
    const browser = await signedIn(first, user);
    const asked = {
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'profile',
      state: 's',
    };
    const answer = await browser.get(`/oauth2/authorize?${new URLSearchParams(asked)}`, SPOOFED);
    const location = new URL(answer.headers.get('location') as string);
    expect(location.origin).toBe('https://client.example');
    expect(location.searchParams.get('iss')).toBe(publicUrl);
    const tokens = await fetchVia(first.port)(`${publicUrl}/oauth2/token`, {
      method: 'POST',
      headers: SPOOFED,
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: app.clientId,
        client_secret: app.secret,
        code: location.searchParams.get('code') as string,
      }),
    });
    const { access_token } = (await tokens.json()) as { access_token: string };
    expect(claimsOf(access_token)).toMatchObject({ iss: publicUrl, aud: publicUrl });
  });

  test('a form of a spoofed origin is refused: the origin is compared with our own name', async () => {
    const browser = new HttpBrowser(first);
    const user = await world.newUser();
    const form = { username: user.username, password: PASSWORD };
    for (const headers of [
      { Origin: 'https://evil.example', ...SPOOFED },
      { Origin: 'http://evil.example', 'X-Forwarded-Host': 'evil.example' },
      { Origin: 'null' },
      { Origin: `http://acme.${host}` },
    ] as Record<string, string>[]) {
      expect((await browser.post('/signin/submit', form, headers)).status).toBe(403);
    }
    expect([...browser.cookies.keys()].some((name) => name.includes('session'))).toBe(false);
  });

  test.each([
    'evil.example',
    `evil.example:${port}`,
    `${hostname}:1`,
    `nobody-here.${host}`,
    `${host}.evil.example`,
    `a.b.${host}`,
    `x@${host}`,
    ' ',
    `127.0.0.1:${port}`,
  ])('the host "%s" is not served', async (name) => {
    const { status } = await raw(`GET ${METADATA} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    expect(status).toBeOneOf([400, 404, 421]);
  });

  test.each([
    `${hostname}:99999`,
    '256.256.256.256',
    `256.256.256.256:${port}`,
    'foo.1',
    `foo.1:${port}`,
    '[::1',
    '[:::]',
  ])('the host "%s", which no URL can have, is no failure of ours', async (name) => {
    const failures = () => readFileSync(first.logFile, 'utf8').split('request failed').length;
    const before = failures();
    for (const path of [METADATA, '/signin']) {
      const { status } = await raw(`GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
      expect(status).toBe(421);
    }
    expect(failures()).toBe(before);
  });

  test('two Host headers, none, and an absolute target are refused', async () => {
    for (const request of [
      `GET ${METADATA} HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      `GET ${METADATA} HTTP/1.1\r\nHost: ${host}\r\nhost: ${host}\r\nConnection: close\r\n\r\n`,
      `GET ${METADATA} HTTP/1.1\r\nConnection: close\r\n\r\n`,
      `GET ${METADATA} HTTP/1.0\r\n\r\n`,
      `GET http://evil.example${METADATA} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      `GET http://${host}${METADATA} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      `GET //evil.example/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      `GET /\\evil.example/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    ]) {
      const answer = await raw(request);
      expect(answer.status, request).toBe(400);
      expect(answer.text).not.toMatch(/evil\.example|issuer/);
    }
  });

  test("a tenant's own host serves people and no machine endpoints, the api host machines and no pages", async () => {
    const tenant = await world.newTenant();
    const at = (name: string, path: string) => fetchVia(first.port)(`http://${name}${path}`);
    expect((await at(`${tenant.name}.${host}`, '/signin')).status).toBe(200);
    expect((await at(`${tenant.name}.${host}`, METADATA)).status).toBe(404);
    expect((await at(`api.${host}`, '/signin')).status).toBe(404);
    expect((await at(`api.${host}`, METADATA)).status).toBe(200);
    expect((await at(`app.${host}`, METADATA)).status).toBe(200);
    expect((await at(`app.${host}`, '/signin')).status).toBe(200);
    await world.db.query("UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1", [tenant.id]);
    const gone = async () => (await at(`${tenant.name}.${host}`, '/signin')).status === 421;
    await eventually(gone, 'a suspended organisation has a host');
  });

  test("a tenant's host steers sign-in only: its own people enter there, others do not", async () => {
    const tenant = await world.newTenant();
    const [own, other] = [await world.newUser({ tenant }), await world.newUser()];
    await new HttpBrowser(first, newAddress(), tenant.name).signIn(own);
    await expect(new HttpBrowser(first, newAddress(), tenant.name).signIn(other)).rejects.toThrow('could not sign in');
  });
});

test('a public URL with an IPv6 address is served like any other', async () => {
  const probe = await startServer({ ...ours('installation'), env: { WEB_CONCURRENCY: '1' } });
  await probe.stop();
  const own = `http://[::1]:${probe.port}`;
  const server = await startServer({ ...ours('installation'), port: probe.port, env: { PUBLIC_URL: own } });
  try {
    const site = { publicUrl: own, port: server.port };
    const metadata = await fetchVia(server.port)(`${own}${METADATA}`);
    expect([metadata.status, ((await metadata.json()) as { issuer: string }).issuer]).toEqual([200, own]);
    const browser = await signedIn(site, await world.newUser());
    expect((await browser.get('/connections')).status).toBe(200);
  } finally {
    await server.stop();
  }
}, 60_000);

test.each([
  ['/signin', 200],
  ['/metrics', 404],
])(
  'sub-domains that are not kept are looked up as often as the limit says, from one network; those that are kept are served: %s',
  async (path, served) => {
    const MOST = 5;
    const env = { API_REQUESTS_PER_MINUTE: String(MOST), WEB_CONCURRENCY: '1', METRICS_TOKEN: 'm'.repeat(32) };
    const server = await startServer({ ...ours('installation'), env });
    try {
      const base = new URL(server.origin).host;
      const ask = (label: string, address: string) =>
        fetchVia(server.port)(`http://${label}.${base}${path}`, { headers: { 'X-Forwarded-For': address } });
      const unknown = () => `u${Math.random().toString(36).slice(2)}`;
      const [kept, late] = [await world.newTenant(), await world.newTenant()];
      const [attacker, other] = [newAddress(), newAddress()];
      expect((await ask(kept.name, other)).status).toBe(served);
      for (let n = 0; n < MOST; n++) expect((await ask(unknown(), attacker)).status).toBe(421);
      for (const label of [unknown(), late.name]) {
        const refused = await ask(label, attacker);
        expect(refused.status).toBe(429);
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      for (let n = 0; n < MOST; n++) expect((await ask(kept.name, attacker)).status).toBe(served);
      expect((await ask(late.name, other)).status).toBe(served);
      expect((await ask(late.name, attacker)).status).toBe(served);
    } finally {
      await server.stop();
    }
  },
  60_000,
);

describe('case 93', () => {
  test.each([
    'ada＠acme.example',
    'ａｄａ',
    'ada\u0000',
    'ada\u202e',
    '%00',
    "' OR 1=1 --",
    'a'.repeat(5_000),
    'аda',
    ' ',
  ])('the user name "%s" signs nobody in and breaks nothing (CVE-2026-73420)', async (username) => {
    const browser = new HttpBrowser(first);
    const answer = await browser.post('/signin/submit', { username, password: PASSWORD });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/signin/);
    expect([...browser.cookies.keys()].some((name) => name.includes('session'))).toBe(false);
  });

  test('an e-mail address signs in only when it is verified', async () => {
    const user = await world.newUser();
    const email = `${user.username}@test.example`;
    await new HttpBrowser(first).signIn({ ...user, username: email.toUpperCase() });
    await world.db.query('UPDATE users SET verified_email = NULL WHERE id = $1', [user.id]);
    await expect(new HttpBrowser(first).signIn({ ...user, username: email })).rejects.toThrow('could not sign in');
  });

  test('damaged and foreign session cookies sign nobody in (GHSA-xmf8-cvqr-rfgj)', async () => {
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const [name, value] = [...browser.cookies].find(([cookie]) => cookie.includes('session')) as [string, string];
    for (const damaged of [
      '%E0%A4%A',
      '',
      'x',
      `${value}x`,
      value.slice(0, -2),
      `${value.split('.')[0]}....`,
      'a'.repeat(7_000),
    ]) {
      const answer = await fetchVia(first.port)(`${publicUrl}/connections`, {
        headers: { Cookie: `${name}=${damaged}`, 'X-Forwarded-For': newAddress() },
      });
      expect(answer.headers.get('location'), damaged.slice(0, 50)).toMatch(/^\/signin/);
    }
  });

  test('no callback of another provider answers', async () => {
    const browser = new HttpBrowser(first);
    for (const path of [
      '/api/auth/callback/github?code=x&state=y',
      '/api/auth/callback/credentials',
      '/api/auth/signin',
      '/api/auth/session',
    ])
      expect((await browser.get(path)).status, path).toBe(404);
  });
});

describe('case 94: shared caches and upgrades', () => {
  test("no answer to somebody who is signed in may be kept, and none holds another user's name", async () => {
    const [ada, bob] = [await world.newUser({ role: 'DEVELOPER' }), await world.newUser({ role: 'DEVELOPER' })];
    const [hers, his] = [await signedIn(first, ada), await signedIn(first, bob)];
    for (const path of [
      '/connections',
      '/applications',
      '/applications/new',
      '/',
      '/connections?_rsc=abc',
      '/connections.rsc',
    ]) {
      for (const headers of [
        {},
        { RSC: '1' },
        { RSC: '1', 'Next-Router-Prefetch': '1' },
        { 'X-Forwarded-Host': 'cache.example' },
        { 'X-Middleware-Subrequest': 'middleware' },
      ] as Record<string, string>[]) {
        const [her, him] = [await hers.get(path, headers), await his.get(path, headers)];
        for (const answer of [her, him]) {
          expect(answer.status, path).toBeLessThan(500);
          expect(answer.headers.get('cache-control'), `${path} ${JSON.stringify(headers)}`).toMatch(/no-store/);
          expect(answer.headers.get('cache-control') ?? '').not.toMatch(/public|s-maxage/);
        }
        expect(await her.text()).not.toContain(bob.username);
        expect(await him.text()).not.toContain(ada.username);
      }
    }
  });

  test('without a session every form of a page of the portal leads to sign-in', async () => {
    for (const [path, headers] of [
      ['/connections', {}],
      ['/connections?_rsc', { RSC: '1' }],
      ['/connections', { 'X-Middleware-Subrequest': 'middleware:middleware:middleware' }],
    ] as [string, Record<string, string>][]) {
      const answer = await new HttpBrowser(first).get(path, headers);
      const text = await answer.text();
      expect(`${answer.headers.get('location')}${text}`, path).toContain('/signin');
      expect(text).not.toMatch(/Connected on|Granted access/);
    }
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 400],
    ['http://evil.example/', 400],
    ['/_next/webpack-hmr', 404],
  ])('an upgrade to %s is not made (CVE-2026-44578)', async (target, status) => {
    const answer = await raw(
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/101 Switching|ami-id/);
  });

  test('CONNECT and TRACE are no way out', async () => {
    for (const request of [
      `CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n`,
      `TRACE / HTTP/1.1\r\nHost: ${host}\r\nCookie: a=b\r\nConnection: close\r\n\r\n`,
    ]) {
      const answer = await raw(request);
      expect(answer.status).not.toBe(200);
      expect(answer.text).not.toContain('Cookie: a=b');
    }
  });
});
