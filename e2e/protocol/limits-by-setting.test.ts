import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DIALECTS, expectRefusal } from '@/e2e/fixtures/answers';
import { credentials, eventually } from '@/e2e/fixtures/connected';
import { type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, newAddress, PATHS, postForm, type TestApp, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const TOKEN_REQUESTS = 12;
const CLIENT_REQUESTS = 20;
const ENV = {
  PUBLIC_URL: publicUrl,
  ENDPOINT_REQUESTS_PER_MINUTE: `token=${TOKEN_REQUESTS}`,
  CLIENT_REQUESTS_PER_MINUTE: String(CLIENT_REQUESTS),
  PASSWORD_ATTEMPTS: '3',
  KEEP_ENDED_DAYS: '45',
};
type Site = { publicUrl: string; port: number };
let world: World;
let servers: Server[] = [];
let one: Site;
let two: Site;
const start = async (env: Record<string, string> = {}): Promise<Site> => {
  const server = await startServer({ ...ours('installation'), env: { ...ENV, ...env } });
  servers.push(server);
  return { publicUrl, port: server.port };
};

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  [one, two] = (await Promise.all([start(), start()])) as [Site, Site];
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  await world.close();
}, 60_000);

const introspect = (site: Site, app: TestApp, address: string) =>
  postForm(site, PATHS.rfc.info, { ...credentials(app), token: 'x' }, { address });
const times = async (n: number, work: () => Promise<Response>) => {
  const answers: number[] = [];
  for (let at = 0; at < n; at++) answers.push((await work()).status);
  return answers;
};

it.each(DIALECTS)(
  'an endpoint with a limit of its own counts by itself, for both of its paths (%s)',
  async (dialect) => {
    const address = newAddress();
    const ask = () => postForm(one, PATHS[dialect].token, {}, { address });
    expect(await times(TOKEN_REQUESTS, ask)).toEqual(Array(TOKEN_REQUESTS).fill(400));
    for (const path of DIALECTS) {
      const answer = await postForm(one, PATHS[path].token, {}, { address });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await expectRefusal(answer, path, 'invalid_request', 429);
    }
    expect((await postForm(one, PATHS[dialect].info, {}, { address })).status).toBe(400);
    expect((await postForm(one, PATHS[dialect].token, {}, { address: newAddress() })).status).toBe(400);
  },
);

it('an app that shows its secret has one limit over all networks and servers; other apps are unaffected', async () => {
  const [busy, other] = [await world.newApp(), await world.newApp()];
  expect(await times(CLIENT_REQUESTS, () => introspect(one, busy, newAddress()))).not.toContain(429);
  const refused = await introspect(one, busy, newAddress());
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await expectRefusal(refused, 'rfc', 'invalid_request', 429);
  await eventually(async () => (await introspect(two, busy, newAddress())).status === 429);
  for (const site of [one, two]) expect((await introspect(site, other, newAddress())).status).toBe(200);
});

it('case 97: nobody locks an app out by its client_id: without the secret only the own network is refused', async () => {
  const app = await world.newApp({ proof: 'PKCE_ONLY' });
  const attacker = newAddress();
  const revoke = (address: string) =>
    postForm(one, PATHS.rfc.revoke, { client_id: app.clientId, token: 'x' }, { address });
  expect((await times(CLIENT_REQUESTS + 5, () => revoke(attacker))).filter((status) => status === 429)).toHaveLength(5);
  expect((await revoke(newAddress())).status).toBe(200);

  const backend = await world.newApp();
  const nameOnly = () =>
    postForm(one, PATHS.rfc.revoke, { client_id: backend.clientId, token: 'x' }, { address: attacker });
  expect(await times(CLIENT_REQUESTS + 5, nameOnly)).toContain(429);
  expect(
    (await postForm(one, PATHS.rfc.revoke, { ...credentials(backend), token: 'x' }, { address: attacker })).status,
  ).toBe(200);
});

it('case 97: wrong passwords block an account from one network on every server, on one that starts later, and nowhere else', async () => {
  const user = await world.newUser();
  const address = newAddress();
  const attempt = async (site: Site, from: string, password = 'wrong') => {
    const answer = await new HttpBrowser(site, from).post('/signin/submit', { username: user.username, password });
    return answer.status === 429 ? 'limited' : answer.headers.get('location');
  };
  const failures = async () => {
    const { rows } = await world.db.query("SELECT points FROM rate_limits WHERE key = 'password:' || $1 || '|' || $2", [
      user.username,
      address,
    ]);
    return rows[0]?.points as number;
  };
  for (let n = 0; n < 4; n++) await attempt(one, address);
  expect(await failures()).toBe(4);
  // The other server refuses without asking the database: it was told.
  await eventually(async () => {
    const before = await failures();
    await attempt(two, address);
    return (await failures()) === before;
  });
  const before = await failures();
  const late = await start();
  const right = 'gatehouse-demo';
  for (const site of [one, two, late]) expect(await attempt(site, address, right)).toBe('limited');
  expect(await failures()).toBe(before);
  expect(await attempt(late, newAddress(), right)).toBe('/');
});

it('a limit for an endpoint that does not exist stops the start, with the names that do', async () => {
  const { message } = await start({ ENDPOINT_REQUESTS_PER_MINUTE: 'tokens=5' }).then(
    () => new Error('started'),
    (error: Error) => error,
  );
  const log = readFileSync(/log: (.*)$/.exec(message)?.[1] ?? '', 'utf8');
  expect(log).toMatch(/ENDPOINT_REQUESTS_PER_MINUTE is wrong: expected names out of token, .*introspect.*, not tokens/);
});

it('the pages say for how many days what has ended is kept', async () => {
  const admin = await world.newUser({ role: 'ADMIN' });
  const old = await world.newUser({ tenant: admin.tenant });
  await world.db.query("UPDATE users SET created_at = now() - interval '46 days' WHERE id = $1", [old.id]);
  const browser = new HttpBrowser(one);
  await browser.signIn(admin);
  expect(await (await browser.get('/account/activity')).text()).toContain('are kept for 45 days.');
  const members = await (await browser.get(`/organisation/members?q=${old.username}`)).text();
  expect(members).toContain('>Not in the last 45 days');
});
