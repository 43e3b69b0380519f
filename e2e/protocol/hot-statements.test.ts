import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, credentials, type signedIn } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { RecordedServer } from '../fixtures/statements';
import { newPkce, PATHS, postForm, type TestApp, World } from '../fixtures/world';

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

/** What answering sends to the database. The client is known already: its app was asked for before. */
async function statementsOf(answer: () => Promise<Response>): Promise<string[]> {
  recorded.statements();
  const { status } = await answer();
  expect(status).toBe(200);
  return recorded.statements();
}

const bothWays = [
  ['with its secret', 'SECRET_REQUIRED'],
  ['with PKCE', 'PKCE_ONLY'],
] as const;

describe.each(['native', 'rfc'] as const)('%s: one round trip', (dialect) => {
  test.each(bothWays)('exchanges a code %s', async (_, proof) => {
    const { app, browser } = await connectApp(world, site, { app: await world.newApp({ proof }), dialect });
    const { code, form } = await freshCode(app, browser, dialect);
    const sent = await statementsOf(() => postForm(site, PATHS[dialect].token, { ...form, code }));
    expect(sent).toEqual([expect.stringContaining('redeem_code')]);
  });

  test.each(bothWays)('refreshes %s', async (_, proof) => {
    const { app, tokens } = await connectApp(world, site, { app: await world.newApp({ proof }), dialect });
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', ...credentials(app) };
    const sent = await statementsOf(() => postForm(site, PATHS[dialect].token, form));
    expect(sent).toEqual([expect.stringContaining('refresh_access')]);
  });

  test('revokes', async () => {
    const { app, tokens } = await connectApp(world, site, { dialect });
    const form = { token: tokens.refresh_token ?? '', ...(dialect === 'rfc' ? credentials(app) : {}) };
    const sent = await statementsOf(() => postForm(site, PATHS[dialect].revoke, form));
    expect(sent).toEqual([expect.stringContaining('revoke_refresh_token')]);
  });
});

async function freshCode(app: TestApp, browser: Awaited<ReturnType<typeof signedIn>>, dialect: 'native' | 'rfc') {
  const pkce = app.secret === '' ? newPkce() : null;
  const asked: Record<string, string> = pkce
    ? { scope: 'profile offline_access', code_challenge: pkce.challenge, code_challenge_method: 'S256' }
    : { scope: 'profile' };
  const code = await browser.obtainCode(app, asked, dialect);
  const form = { grant_type: 'authorization_code', ...credentials(app) };
  return { code, form: pkce ? { ...form, code_verifier: pkce.verifier } : form };
}

describe('no round trip', () => {
  test('token_info and introspection, of a token that nobody has asked about yet and again', async () => {
    for (const dialect of ['native', 'rfc'] as const) {
      const { app, tokens } = await connectApp(world, site);
      const form = { token: tokens.access_token, ...(dialect === 'rfc' ? credentials(app) : {}) };
      for (let asked = 0; asked < 2; asked++)
        expect(await statementsOf(() => postForm(site, PATHS[dialect].info, form))).toEqual([]);
    }
  });

  test.each(['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'])('%s', async (path) => {
    expect(await statementsOf(() => fetchVia(site.port)(new URL(path, site.publicUrl)))).toEqual([]);
  });

  test("the API's check of a token: only the profile that it answers with is read", async () => {
    const { tokens } = await connectApp(world, site);
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    const sent = await statementsOf(() =>
      fetchVia(site.port)(new URL('/api/users/current', site.publicUrl), { headers }),
    );
    expect(sent).toEqual([expect.stringContaining('first_name')]);
  });
});
