import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, eventually, signedIn } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { RecordedServer } from '../fixtures/statements';
import { type HttpBrowser, type TestApp, type TestUser, World } from '../fixtures/world';

/** Beside the guard's one, which reads who is signed in. */
const MOST = 3;

let world: World;
let recorded: RecordedServer;
let site: { publicUrl: string; port: number };
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  recorded = await RecordedServer.start(ours('installation'));
  site = { publicUrl: recorded.server.origin, port: recorded.server.port };
}, 60_000);
afterAll(async () => {
  await recorded.stop();
  await world.close();
});

/** Visits a page twice, so that everything kept in memory is there, and counts what the second visit asks the database. */
async function statementsOf(browser: HttpBrowser, path: string): Promise<string[]> {
  expect((await browser.get(path)).status).toBe(200);
  recorded.statements();
  const answer = await browser.get(path);
  expect(answer.status).toBe(200);
  await answer.text();
  const sent = recorded.statements();
  const guards = sent.filter((text) => /\bFROM sessions s JOIN users\b/.test(text));
  expect(guards).toHaveLength(1);
  return sent.filter((text) => !guards.includes(text));
}

/** An organisation with apps, and users that have connected the first of them. */
async function populated(apps: number, users: number): Promise<{ developer: TestUser; app: TestApp }> {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const made: TestApp[] = [];
  for (let n = 0; n < apps; n++) made.push(await world.newApp({ tenant }));
  const app = made[0] as TestApp;
  for (let n = 0; n < users; n++) await connectApp(world, site, { app });
  return { developer, app };
}

describe('a page asks the database at most three times beside its guard, whatever the number of rows', () => {
  const SECTIONS = [
    ...['', '/credentials', '/redirect-urls', '/scopes', '/access', '/connections'],
    ...['/activity', '/activity/charts', '/playground', '/danger'],
  ];

  test('applications, and one application in each of its sections', async () => {
    const counts = new Map<string, number[]>();
    for (const [apps, users] of [
      [1, 0],
      [30, 3],
    ] as const) {
      const { developer, app } = await populated(apps, users);
      const browser = await signedIn(site, developer);
      for (const path of ['/applications', ...SECTIONS.map((section) => `/applications/${app.id}${section}`)]) {
        const sent = await statementsOf(browser, path);
        const name = path.replace(String(app.id), '[id]');
        counts.set(name, [...(counts.get(name) ?? []), sent.length]);
      }
    }
    expect(counts.size).toBe(1 + SECTIONS.length);
    for (const [name, [few, many]] of counts) {
      expect(few, name).toBeLessThanOrEqual(MOST);
      expect(many, name).toBe(few);
    }
  });

  test('connections', async () => {
    const user = await world.newUser();
    const browser = await signedIn(site, user);
    const connect = async () => connectApp(world, site, { user, browser });
    await connect();
    const few = await statementsOf(browser, '/connections');
    for (let n = 0; n < 12; n++) await connect();
    const many = await statementsOf(browser, '/connections');
    expect(few.length).toBeLessThanOrEqual(MOST);
    expect(many.length).toBe(few.length);
  });

  test('guides, with the values of an app', async () => {
    const counts: number[] = [];
    for (const apps of [1, 60]) {
      const { developer, app } = await populated(apps, 0);
      const browser = await signedIn(site, developer);
      const sent = await statementsOf(browser, `/guides/backend-app?app=${app.id}&lang=go`);
      counts.push(sent.length);
    }
    expect(counts).toEqual([1, 1]);
  });

  test('account, and the outbox with its mails', async () => {
    const user = await world.newUser();
    const browser = await signedIn(site, user);
    expect((await statementsOf(browser, '/account')).length).toBeLessThanOrEqual(MOST);
    const connect = async (mails: number) => {
      await connectApp(world, site, { user, browser });
      const told = 'SELECT count(*)::int AS n FROM outbox_mails WHERE user_id = $1';
      await eventually(async () => (await world.db.query(told, [user.id])).rows[0].n === mails);
    };
    await connect(1);
    const few = await statementsOf(browser, '/outbox');
    for (let n = 2; n <= 6; n++) await connect(n);
    const many = await statementsOf(browser, '/outbox');
    expect(few.length).toBeLessThanOrEqual(MOST);
    expect(many.length).toBe(few.length);
  });

  test('an organisation, in each of its sections', async () => {
    const counts = new Map<string, number[]>();
    for (const users of [1, 12]) {
      const tenant = await world.newTenant();
      const browser = await signedIn(site, await world.newUser({ tenant, role: 'ADMIN' }));
      for (let n = 0; n < users; n++) {
        const user = await world.newUser({ tenant });
        const { app } = await connectApp(world, site, { user });
        await world.db.query(
          `INSERT INTO access_requests (tenant_id, app_id, user_id, reason, scopes, offline_access, transaction_digest)
           VALUES ($1, $2, $3, 'x', 'profile', false, 'x')`,
          [tenant.id, app.id, user.id],
        );
        await world.db.query(
          "INSERT INTO app_rules (tenant_id, app_id, verdict, decided_by_id) VALUES ($1, $2, 'ALLOWED', $3)",
          [tenant.id, app.id, user.id],
        );
      }
      for (const section of ['', '/members', '/app-policy', '/requests', '/connections', '/audit']) {
        const sent = await statementsOf(browser, `/organisation${section}`);
        counts.set(section, [...(counts.get(section) ?? []), sent.length]);
      }
    }
    for (const [section, [few, many]] of counts) {
      expect(few, section).toBeLessThanOrEqual(MOST);
      expect(many, section).toBe(few);
    }
  });

  test('consent to an app that the organisation keeps out', async () => {
    const tenant = await world.newTenant();
    await world.db.query("UPDATE tenants SET app_policy = 'ALLOW_LIST' WHERE id = $1", [tenant.id]);
    const [app, browser] = [await world.newApp(), await signedIn(site, await world.newUser({ tenant }))];
    const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'profile' };
    const path = (await browser.authorize(asked)).headers.get('location') ?? '';
    await browser.post(`${path}/request`, { reason: 'Please' });
    expect((await statementsOf(browser, path)).length).toBeLessThanOrEqual(MOST);
  });

  test('consent', async () => {
    const user = await world.newUser();
    const browser = await signedIn(site, user);
    const { app } = await connectApp(world, site, { user, browser });
    const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'profile' };
    const answer = await browser.authorize({ ...asked, prompt: 'consent' });
    const sent = await statementsOf(browser, answer.headers.get('location') ?? '');
    expect(sent.length).toBeLessThanOrEqual(MOST);
  });
});
