import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, eventually, exchange, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { type Server, startServer } from '../fixtures/server';
import { HttpBrowser, newAddress, PATHS, postForm, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const { host, port: publicPort } = new URL(publicUrl);
const TOKEN = randomBytes(24).toString('hex');

let world: World;
let open: Site;
let guarded: Site;
let servers: Server[];
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  const env = { PUBLIC_URL: publicUrl };
  servers = await Promise.all([
    startServer({ ...ours('installation'), env: { ...env, WEB_CONCURRENCY: '2', API_REQUESTS_PER_MINUTE: '40' } }),
    startServer({ ...ours('installation'), env: { ...env, METRICS_TOKEN: TOKEN } }),
  ]);
  [open, guarded] = servers.map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
}, 90_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await world.close();
}, 60_000);

const scrape = (site: Site, headers: Record<string, string> = {}, name = '127.0.0.1', path = '/metrics') =>
  fetchVia(site.port)(`http://${name}:${publicPort}${path}`, { headers });

/** Series by name and labels, as they are written. */
async function metricsOf(site: Site): Promise<Map<string, number>> {
  const answer = await scrape(site, site === guarded ? { Authorization: `Bearer ${TOKEN}` } : {});
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** How much a series grew while a story ran. */
async function growth(site: Site, series: string[], story: () => Promise<unknown>): Promise<number[]> {
  const before = await metricsOf(site);
  await story();
  const after = await metricsOf(site);
  return series.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
}

describe('who may read the metrics', () => {
  test.each(['127.0.0.1', 'localhost', '127.0.0.9'])('without a token this machine may, as %s', async (name) => {
    const answer = await scrape(open, {}, name);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['a proxy speaks for somebody', { 'X-Forwarded-For': '192.0.2.1' }, '127.0.0.1'],
    ['a proxy speaks for this machine', { 'X-Forwarded-For': '127.0.0.1' }, '127.0.0.1'],
    ['a proxy names itself', { Via: '1.1 proxy' }, '127.0.0.1'],
    ['a proxy that says it in another way', { Forwarded: 'for=192.0.2.1' }, '127.0.0.1'],
    ["the app's host", {}, `app.${host.split(':')[0]}`],
    ["an organisation's host", {}, `acme.${host.split(':')[0]}`],
    ["the API's host", {}, `api.${host.split(':')[0]}`],
  ] as [string, Record<string, string>, string][])(
    'without a token nobody else may: %s → not there',
    async (_who, headers, name) => {
      const answer = await scrape(open, headers, name);
      expect(answer.status).toBeOneOf([404, 421]);
      expect(await answer.text()).not.toContain('gatehouse_http_request_duration_seconds');
    },
  );

  test('a foreign host is refused, so that no page of another site reads them by a name of its own', async () => {
    expect((await scrape(open, {}, 'evil.example')).status).toBe(421);
  });

  test.each([
    [{}],
    [{ Authorization: 'Bearer wrong' }],
    [{ Authorization: `Basic ${TOKEN}` }],
    [{ Authorization: `Bearer ${TOKEN}x` }],
    [{ Authorization: TOKEN }],
  ] as [Record<string, string>][])('with a token set, whoever does not show it is refused: %o', async (headers) => {
    const answer = await scrape(guarded, { ...headers, 'X-Forwarded-For': newAddress() });
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="metrics"');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
  });

  test('with a token set, whoever shows it reads them from wherever, at the operator’s hosts', async () => {
    const shown = { Authorization: `Bearer ${TOKEN}`, 'X-Forwarded-For': newAddress() };
    const hostname = host.split(':')[0];
    for (const name of ['127.0.0.1', hostname as string, `app.${hostname}`])
      expect((await scrape(guarded, shown, name)).status, name).toBe(200);
    for (const name of [`acme.${hostname}`, `api.${hostname}`])
      expect((await scrape(guarded, shown, name)).status, name).toBe(404);
  });

  test('guesses at the token are counted like other requests', async () => {
    const address = newAddress();
    const statuses = new Set<number>();
    for (let n = 0; n < 720; n++)
      statuses.add((await scrape(guarded, { Authorization: 'Bearer x', 'X-Forwarded-For': address })).status);
    expect([...statuses]).toEqual([401, 429]);
  });
});

describe('what they say, of all processes of the instance together', () => {
  test('exchanges, refusals and their reasons, answers by route and status', async () => {
    const connected = await connectApp(world, open);
    const { app } = connected;
    const codes = await Promise.all([0, 1, 2].map(() => connected.browser.obtainCode(app)));
    const bad = { grant_type: 'authorization_code', client_id: app.clientId, client_secret: app.secret };
    const grown = await growth(
      open,
      [
        'gatehouse_token_grants_total{grant="authorization_code",outcome="ok"}',
        'gatehouse_token_grants_total{grant="authorization_code",outcome="code_unknown"}',
        'gatehouse_refusals_total{route="/oauth2/token",reason="code_unknown"}',
        'gatehouse_refusals_total{route="/oauth2/token",reason="code_missing"}',
        'gatehouse_http_request_duration_seconds_count{route="/oauth2/token",status="200"}',
        'gatehouse_http_request_duration_seconds_count{route="/oauth2/token",status="400"}',
        'gatehouse_signing_duration_seconds_count',
      ],
      async () => {
        for (const code of codes) expect((await exchange(open, app, code, 'rfc')).status).toBe(200);
        for (let n = 0; n < 4; n++) await postForm(open, PATHS.rfc.token, { ...bad, code: `x${n}` });
        await postForm(open, PATHS.rfc.token, bad);
      },
    );
    expect(grown).toEqual([3, 4, 4, 1, 3, 5, 3]);
  });

  test('pages by their route, limits by their kind', async () => {
    const browser = new HttpBrowser(open);
    const address = newAddress();
    const [pages, apps, limited] = await growth(
      open,
      [
        'gatehouse_http_request_duration_seconds_count{route="/signin",status="200"}',
        'gatehouse_http_request_duration_seconds_count{route="/applications/[id]",status="307"}',
        'gatehouse_rate_limited_total{limit="api"}',
      ],
      async () => {
        for (let n = 0; n < 3; n++) await browser.get('/signin');
        await browser.get('/applications/123456789');
        for (let n = 0; n < 100; n++) await postForm(open, PATHS.native.info, { token: 'x' }, { address });
      },
    );
    expect([pages, apps]).toEqual([3, 1]);
    expect(limited).toBeGreaterThan(0);
  });

  test('the state of the parts: processes, pool, caches, heartbeat, queues, event loop', async () => {
    await eventually(async () => (await metricsOf(open)).get('gatehouse_processes') === 2, 30_000);
    const metrics = await metricsOf(open);
    expect(metrics.get('gatehouse_processes_ended_total')).toBe(0);
    expect(metrics.get('gatehouse_cache_entries{cache="clients"}')).toBeGreaterThan(0);
    for (const name of [
      'gatehouse_pool_connections',
      'gatehouse_pool_connections_in_use',
      'gatehouse_pool_waiting',
      'gatehouse_bus_heartbeat_age_seconds',
      'gatehouse_password_hashes_waiting',
      'gatehouse_signing_queue',
      'gatehouse_batch_waiting{batch="events"}',
      'gatehouse_cache_lookups_total{cache="clients",result="hit"}',
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_user_seconds_total',
      'process_resident_memory_bytes',
    ])
      expect(metrics.get(name), name).toBeGreaterThanOrEqual(0);
  });

  test('nothing that somebody sends becomes a label: the number of series has a bound', async () => {
    const word = () => `w${randomBytes(8).toString('hex')}`;
    const wild = async () => {
      const name = word();
      await postForm(open, `/oauth2/${name}`, { client_id: name });
      await postForm(open, PATHS.rfc.token, { grant_type: name, client_id: name, code: name });
      await postForm(open, PATHS.rfc.token, { grant_type: 'refresh_token', client_id: name, refresh_token: name });
      await new HttpBrowser(open).get(`/${name}?${name}=${name}`);
      await new HttpBrowser(open).get(`/applications/${name}`);
      return name;
    };
    // Twice on each of two processes, as it may be: every kind has been counted.
    for (let n = 0; n < 8; n++) await wild();
    const before = await metricsOf(open);
    const names = [await wild(), await wild(), await wild()];
    const after = await metricsOf(open);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const name of names) expect([...after.keys()].join('\n')).not.toContain(name);
  });
});
