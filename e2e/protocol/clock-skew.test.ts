import { pathToFileURL } from 'node:url';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { ours } from '../fixtures/lane';
import { type Server, startServer } from '../fixtures/server';
import { HttpBrowser, PATHS, postForm, type Tokens, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const right = { publicUrl, port: ours('servers')[0]?.port as number };
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

describe.each([
  ['an hour ahead', 3_600_000],
  ['an hour behind', -3_600_000],
])('case 100: an instance whose clock is %s judges by the database’s time', (_which, skew) => {
  let server: Server;
  let wrong: typeof right;
  beforeAll(async () => {
    const preload = pathToFileURL(inRoot('e2e/fixtures/skewed-clock.mjs')).href;
    server = await startServer({
      ...ours('installation'),
      env: { PUBLIC_URL: publicUrl, NODE_OPTIONS: `--import=${preload}`, CLOCK_SKEW_MS: String(skew) },
    });
    wrong = { publicUrl, port: server.port };
  }, 60_000);
  afterAll(() => server.stop());

  const exchange = async (at: typeof right, app: { clientId: string; secret: string }, code: string) =>
    postForm(at, PATHS.native.token, {
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: app.secret,
      code,
    });

  test('sign-in, consent, exchange, token_info and refresh work across both instances', async () => {
    const app = await world.newApp();
    const browser = new HttpBrowser(wrong);
    await browser.signIn(await world.newUser());
    const answer = await exchange(wrong, app, await browser.obtainCode(app));
    expect(answer.status).toBe(200);
    const tokens = (await answer.json()) as Tokens;
    const { rows } = await world.db.query('SELECT extract(epoch FROM now())::int AS now');
    expect(Math.abs((decodeJwt(tokens.access_token).iat ?? 0) - rows[0].now)).toBeLessThan(120);
    for (const at of [right, wrong]) {
      const told = await postForm(at, PATHS.native.info, { token: tokens.access_token });
      expect(await told.json()).toMatchObject({ active: true });
    }
    const refreshed = await postForm(wrong, PATHS.native.token, {
      grant_type: 'refresh_token',
      client_id: app.clientId,
      client_secret: app.secret,
      refresh_token: tokens.refresh_token ?? '',
    });
    expect(refreshed.status).toBe(200);
  });

  test('case 18: a code lives for two minutes of the database’s time', async () => {
    const app = await world.newApp();
    const browser = new HttpBrowser(right);
    await browser.signIn(await world.newUser());
    const young = await browser.obtainCode(app);
    await world.ageCode(young, 100);
    expect((await exchange(wrong, app, young)).status).toBe(200);
    const old = await browser.obtainCode(app, { prompt: 'consent' });
    await world.ageCode(old, 121);
    expect((await exchange(wrong, app, old)).status).toBe(401);
    expect(await world.liveFamilies(app.id)).toBe(1);
  });
});
