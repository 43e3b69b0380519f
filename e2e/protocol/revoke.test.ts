import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectApp,
  credentials,
  eventually,
  exchange,
  isActive,
  refresh,
  refreshed,
  type Site,
  signedIn,
} from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { readForm, sendForm } from '../fixtures/portal-form';
import { expectRefusal } from '../fixtures/verdicts';
import { PATHS, postForm, type TestApp, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const { databaseUrl } = ours('installation');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
beforeAll(async () => {
  world = await World.open(databaseUrl);
});
afterAll(() => world.close());

type Dialect = 'native' | 'rfc';

/** Revokes: by possession on the documented path, by the authenticated client on the standard one. */
function revoke(site: Site, app: TestApp, token: string, dialect: Dialect, more: Record<string, string> = {}) {
  const client = dialect === 'rfc' ? credentials(app) : {};
  return postForm(site, PATHS[dialect].revoke, { ...client, token, ...more });
}

async function expectDone(answer: Response, dialect: Dialect) {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toBe(dialect === 'native' ? '{}' : '');
}

describe.each(['native', 'rfc'] as const)('revoking, %s dialect', (dialect) => {
  test('case 63 (RFC 7009 §2.2): a revoked refresh token is dead at once on both servers, its access token lives on', async () => {
    const { app, tokens } = await connectApp(world, first);
    const token = tokens.refresh_token as string;
    await expectDone(await revoke(second, app, token, dialect), dialect);
    for (const site of [first, second])
      for (const path of ['native', 'rfc'] as const)
        await expectRefusal(await refresh(site, app, token, path), path, 'IG');
    expect(await isActive(first, tokens.access_token)).toBe(true);
    expect(await isActive(second, tokens.access_token)).toBe(true);
    const { rows } = await world.db.query('SELECT revoked_reason FROM refresh_tokens WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ revoked_reason: 'revoked_by_app' }]);
  });

  test('a PKCE-only app revokes with its client id alone, by any key of the family', async () => {
    for (const which of ['predecessor', 'successor', 'retired'] as const) {
      const app = await world.newApp({ proof: 'PKCE_ONLY' });
      const { tokens } = await connectApp(world, first, { app });
      const one = await refreshed(first, app, tokens.refresh_token);
      if (which === 'retired') {
        await world.openRefreshWindow(app.id);
        await refreshed(first, app, one.refresh_token);
      }
      const token = which === 'successor' ? one.refresh_token : tokens.refresh_token;
      await expectDone(await revoke(first, app, token as string, dialect), dialect);
      expect(await world.liveFamilies(app.id), which).toBe(0);
    }
  });

  test('case 64: unknown, expired, already revoked and garbage tokens answer 200 and change nothing', async () => {
    const { app, tokens } = await connectApp(world, first);
    const bystander = await connectApp(world, first, { app });
    const token = tokens.refresh_token as string;
    await expectDone(await revoke(first, app, token, dialect), dialect);
    const when = async () =>
      (
        await world.db.query('SELECT revoked_at, revoked_reason FROM refresh_tokens WHERE app_id = $1 ORDER BY id', [
          app.id,
        ])
      ).rows;
    const before = await when();
    for (const nothing of [token, 'garbage', '..', tokens.refresh_token?.slice(0, -1) as string, bystander.code])
      await expectDone(await revoke(second, app, nothing, dialect), dialect);
    expect(await when()).toEqual(before);
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  test('case 64: a request without a token is refused', async () => {
    const app = await world.newApp();
    const form = dialect === 'rfc' ? credentials(app) : {};
    await expectRefusal(await postForm(first, PATHS[dialect].revoke, form), dialect, 'IR');
    await expectRefusal(await postForm(first, PATHS[dialect].revoke, { ...form, token: '' }), dialect, 'IR');
  });

  test.each(['access_token', 'refresh_token', 'urn:unknown', ''])(
    'case 65 (RFC 7009 §2.1): the hint "%s" changes nothing about it',
    async (hint) => {
      const { app, tokens } = await connectApp(world, first);
      const form = { token_type_hint: hint };
      await expectDone(await revoke(first, app, tokens.refresh_token as string, dialect, form), dialect);
      expect(await world.liveFamilies(app.id)).toBe(0);
    },
  );

  test('case 66 (RFC 7009 §2.2.1): an access token is not revoked, and the standard dialect says so', async () => {
    const { app, tokens } = await connectApp(world, first);
    const answer = await revoke(first, app, tokens.access_token, dialect);
    if (dialect === 'native') await expectDone(answer, dialect);
    else {
      expect(answer.status).toBe(400);
      expect(await answer.json()).toStrictEqual({
        error: 'unsupported_token_type',
        error_description: expect.any(String),
      });
    }
    expect(await isActive(first, tokens.access_token)).toBe(true);
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  test('case 67 (GHSA-7mqr-2v3q-v2wm): a database that does not come to it is an error and never a 200; a retry revokes', async () => {
    const { app, tokens } = await connectApp(world, first);
    const token = tokens.refresh_token as string;
    const lock = new pg.Client({ connectionString: databaseUrl });
    await lock.connect();
    await lock.query('BEGIN');
    await lock.query('SELECT 1 FROM grants WHERE app_id = $1 FOR UPDATE', [app.id]);
    const answer = await revoke(first, app, token, dialect);
    await lock.query('ROLLBACK');
    await lock.end();
    await expectRefusal(answer, dialect, 'SE');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await world.liveFamilies(app.id)).toBe(1);
    await expectDone(await revoke(first, app, token, dialect), dialect);
    expect(await world.liveFamilies(app.id)).toBe(0);
  });

  test('case 68: of 20 revokes at once all answer 200, and of ten connections nine are left', async () => {
    const [app, user] = [await world.newApp(), await world.newUser()];
    const browser = await signedIn(first, user);
    const connections = [];
    for (let n = 0; n < 10; n++) connections.push(await connectApp(world, first, { app, user, browser }));
    const token = connections[4]?.tokens.refresh_token as string;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => revoke(n % 2 ? first : second, app, token, dialect)),
    );
    for (const answer of answers) await expectDone(answer, dialect);
    expect(await world.liveFamilies(app.id)).toBe(9);
    // The app's revoke ends the family only: the user's consent stands (a silent grant is possible).
    expect((await world.db.query('SELECT revoked_at FROM grants WHERE app_id = $1', [app.id])).rows).toEqual([
      { revoked_at: null },
    ]);
  });
});

test('case 68: the revoke of an app in App connections ends all ten connections, the code on its way and the consent', async () => {
  const [app, user, bystander] = [await world.newApp(), await world.newUser(), await connectApp(world, first)];
  const browser = await signedIn(first, user);
  const connections = [];
  for (let n = 0; n < 10; n++) connections.push(await connectApp(world, first, { app, user, browser }));
  const code = await browser.obtainCode(app);
  const { rows } = await world.db.query('SELECT id FROM grants WHERE app_id = $1', [app.id]);
  const form = readForm(await (await browser.get('/connections')).text(), `"${rows[0].id}"`) as FormData;
  expect(form.get('kind')).toBe('grant');
  expect((await sendForm(browser, '/connections', form)).status).toBe(200);
  expect(await world.liveFamilies(app.id)).toBe(0);
  for (const [n, { tokens }] of connections.entries()) {
    const dialect = n % 2 ? 'rfc' : 'native';
    await expectRefusal(await refresh(n % 4 < 2 ? first : second, app, tokens.refresh_token, dialect), dialect, 'IG');
  }
  await expectRefusal(await exchange(second, app, code), 'native', 'IG');
  // Nothing is granted silently any more, and nobody else was meant.
  const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'profile' };
  expect((await browser.authorize(asked)).headers.get('location')).toMatch(/^\/consent\//);
  expect(await world.liveFamilies(bystander.app.id)).toBe(1);
});

test('a revoke of a token that is being refreshed at the same time is permanent', async () => {
  for (let round = 0; round < 5; round++) {
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    const { tokens } = await connectApp(world, first, { app });
    const token = tokens.refresh_token as string;
    const [answer, revoked] = await Promise.all([refresh(first, app, token), revoke(second, app, token, 'rfc')]);
    await expectDone(revoked, 'rfc');
    expect([200, 401]).toContain(answer.status);
    await world.openRefreshWindow(app.id);
    const latest = answer.status === 200 ? ((await answer.json()) as { refresh_token: string }).refresh_token : token;
    await expectRefusal(await refresh(second, app, latest), 'native', 'IG');
  }
});

describe('documented revocation: possession is enough', () => {
  const basic = (id: string, secret: string) => ({
    Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const wrong = 'f'.repeat(64);

  test.each([
    ['a client id alone', (app: TestApp) => [{ client_id: app.clientId }, {}]],
    ['a client id alone, by Basic', (app: TestApp) => [{}, basic(app.clientId, '')]],
    ['the right secret', (app: TestApp) => [credentials(app), {}]],
    ['the right secret, by Basic', (app: TestApp) => [{}, basic(app.clientId, app.secret)]],
    ['a secret that was replaced', (app: TestApp) => [{ client_id: app.clientId, client_secret: wrong }, {}]],
    ['a secret that was replaced, by Basic', (app: TestApp) => [{}, basic(app.clientId, wrong)]],
  ] as const)('with %s it revokes', async (_, sent) => {
    const { app, tokens } = await connectApp(world, first);
    const [form, headers] = sent(app) as [Record<string, string>, Record<string, string>];
    const asked = { token: tokens.refresh_token as string, ...form };
    await expectDone(await postForm(first, PATHS.native.revoke, asked, { headers }), 'native');
    expect(await world.liveFamilies(app.id)).toBe(0);
  });
});

describe('standard revocation (RFC 7009 §2.1)', () => {
  test('a token that was issued with the secret is revoked with the secret only', async () => {
    const { app, tokens } = await connectApp(world, first);
    const token = tokens.refresh_token as string;
    const withId = { token, client_id: app.clientId };
    await expectRefusal(await postForm(first, PATHS.rfc.revoke, withId), 'rfc', 'IC');
    expect(await world.liveFamilies(app.id)).toBe(1);
    expect((await refresh(first, app, token, 'rfc')).status).toBe(200);
    await expectDone(await revoke(first, app, token, 'rfc'), 'rfc');
    expect(await world.liveFamilies(app.id)).toBe(0);
    // What is over is over, whoever asks (§2.2).
    await expectDone(await postForm(first, PATHS.rfc.revoke, withId), 'rfc');
  });

  test('needs the client: without, with a wrong secret, or without the secret it is refused', async () => {
    const { app, tokens } = await connectApp(world, first);
    const token = tokens.refresh_token as string;
    const confidential = await world.newApp({ proof: 'SECRET_REQUIRED' });
    for (const form of [
      { token },
      { token, client_id: 'f'.repeat(20) },
      { token, client_id: app.clientId, client_secret: 'f'.repeat(64) },
      { token, client_id: confidential.clientId },
    ] as Record<string, string>[]) {
      await expectRefusal(await postForm(first, PATHS.rfc.revoke, form), 'rfc', 'IC');
    }
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  test("another client's token is not revoked", async () => {
    const [mine, other] = [await connectApp(world, first), await world.newApp()];
    const answer = await postForm(first, PATHS.rfc.revoke, {
      ...credentials(other),
      token: mine.tokens.refresh_token as string,
    });
    await expectDone(answer, 'rfc');
    expect(await world.liveFamilies(mine.app.id)).toBe(1);
  });
});

test("the developer's log tells of the revoke", async () => {
  const { app, tokens } = await connectApp(world, first);
  await revoke(first, app, tokens.refresh_token as string, 'native');
  await eventually(async () => {
    const { rows } = await world.db.query("SELECT outcome FROM oauth_events WHERE app_id = $1 AND kind = 'revoke'", [
      app.id,
    ]);
    return rows.length === 1 && rows[0].outcome === 'ok';
  });
});
