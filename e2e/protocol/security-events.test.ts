import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Connected,
  connectApp,
  credentials,
  eventually,
  exchange,
  isActive,
  refresh,
  type Site,
} from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { expectRefusal, type Verdict } from '../fixtures/verdicts';
import { PATHS, postForm, type TestApp, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

const run = (text: string, ...values: unknown[]) => world.db.query(text, values);

/** Whoever asks for the token's worth: token_info, the API and introspection. */
async function activeAnywhere(site: Site, { app, tokens }: Connected): Promise<boolean[]> {
  const headers = { Authorization: `Bearer ${tokens.access_token}` };
  const api = await fetchVia(site.port)(`${publicUrl}/api/users/current`, { headers });
  const form = { ...credentials(app), token: tokens.access_token };
  const introspected = (await (await postForm(site, PATHS.rfc.info, form)).json()) as { active?: boolean };
  return [await isActive(site, tokens.access_token), api.status === 200, introspected.active === true];
}

type Event = [what: string, happen: (c: Connected) => Promise<unknown>, refreshing: Verdict];

const EVENTS: Event[] = [
  ['the user is disabled', ({ user }) => run("UPDATE users SET status = 'DISABLED' WHERE id = $1", user.id), 'IG'],
  ['the app is suspended', ({ app }) => run("UPDATE apps SET status = 'SUSPENDED' WHERE id = $1", app.id), 'IG'],
  ['the app is deleted', ({ app }) => run('DELETE FROM apps WHERE id = $1', app.id), 'IC'],
  [
    'the organisation of the user is suspended',
    ({ user }) => run("UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1", user.tenant.id),
    'IG',
  ],
  [
    'the organisation of the app is suspended',
    ({ app }) => run("UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1", app.tenant.id),
    'IG',
  ],
];

/** Until both servers have heard that the app is gone, its refresh token is refused as unknown. */
async function heardOfDeletion(app: TestApp): Promise<void> {
  for (const site of [second, first]) {
    await eventually(async () => {
      const answer = await refresh(site, app, 'x', 'rfc');
      expect([400, 401]).toContain(answer.status);
      return answer.status === 401;
    }, 15_000);
  }
}

/** An app and a user of two organisations that nobody else has. */
async function connectedAcross(): Promise<Connected> {
  const app = await world.newApp({ tenant: await world.newTenant() });
  const user = await world.newUser({ tenant: await world.newTenant() });
  return connectApp(world, first, { app, user });
}

describe.each(EVENTS)('when %s', (_what, happen, refreshing) => {
  test.each(['native', 'rfc'] as const)(
    'case 57: refresh tokens and codes are dead at once on both servers (%s dialect)',
    async (dialect) => {
      const connected = await connectedAcross();
      const { app, browser, tokens } = connected;
      const code = await browser.obtainCode(app);
      for (const site of [first, second]) await refresh(site, app, 'warms the memory of clients');
      await happen(connected);
      // A server that has not heard yet still knows the client, and finds its tokens gone: dead either way.
      if (refreshing === 'IC') await heardOfDeletion(app);
      for (const site of [second, first]) {
        await expectRefusal(await refresh(site, app, tokens.refresh_token, dialect), dialect, refreshing);
        await expectRefusal(await exchange(site, app, code, dialect), dialect, refreshing);
      }
    },
  );

  test('access tokens are inactive within a second on every server, others of the installation live', async () => {
    const [connected, bystander] = [await connectedAcross(), await connectApp(world, first)];
    for (const site of [first, second]) expect(await activeAnywhere(site, connected)).not.toContain(false);
    await happen(connected);
    await eventually(async () => !(await isActive(second, connected.tokens.access_token)), 15_000);
    await eventually(async () => !(await isActive(first, connected.tokens.access_token)), 15_000);
    for (const site of [first, second]) {
      expect((await activeAnywhere(site, connected)).slice(0, 2)).toEqual([false, false]);
      expect(await activeAnywhere(site, bystander)).not.toContain(false);
    }
  });
});

test('a disabled user is signed out, and cannot sign in', async () => {
  const { user, browser } = await connectedAcross();
  expect((await browser.get('/connections')).status).toBe(200);
  await run("UPDATE users SET status = 'DISABLED' WHERE id = $1", user.id);
  expect((await browser.get('/connections')).headers.get('location')).toMatch(/^\/signin/);
  await expect(browser.signIn(user)).rejects.toThrow('could not sign in');
});

test('case 57: an app that is limited to its account later loses the users of others', async () => {
  const { app, tokens } = await connectedAcross();
  await run('UPDATE apps SET limit_to_account = true WHERE id = $1', app.id);
  await expectRefusal(await refresh(first, app, tokens.refresh_token), 'native', 'IG');
});

test("a valid second redemption of the code ends the first one's access token on the other server (case 28)", async () => {
  const { app, code, tokens } = await connectedAcross();
  expect(await isActive(second, tokens.access_token)).toBe(true);
  await expectRefusal(await exchange(first, app, code), 'native', 'IG');
  await eventually(async () => !(await isActive(second, tokens.access_token)), 15_000);
  await expectRefusal(await refresh(second, app, tokens.refresh_token), 'native', 'IG');
});

test('a time told by another program counts: a not-before of a connection', async () => {
  const one = await connectedAcross();
  const two = await connectApp(world, first, { app: one.app, user: one.user, browser: one.browser });
  const { rows } = await run('SELECT id FROM connections WHERE app_id = $1 ORDER BY connected_at LIMIT 1', one.app.id);
  await run('SELECT set_not_before($1)', `connection:${rows[0].id}`);
  for (const site of [first, second]) {
    await eventually(async () => !(await isActive(site, one.tokens.access_token)), 15_000);
    expect(await isActive(site, two.tokens.access_token)).toBe(true);
  }
});
