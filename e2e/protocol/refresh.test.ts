import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  claimsOf,
  connectApp,
  eventually,
  isActive,
  refresh,
  refreshed,
  type Site,
  tokenInfo,
} from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { expectRefusal } from '../fixtures/verdicts';
import { type Tokens, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

const familyOf = async (appId: number) =>
  (
    await world.db.query(
      'SELECT digest, pending_digest, generation, last_refresh_at, last_jti, revoked_at FROM refresh_tokens WHERE app_id = $1 ORDER BY id',
      [appId],
    )
  ).rows;

describe.each(['native', 'rfc'] as const)('refreshing, %s dialect', (dialect) => {
  test('case 43 (RFC 6749 §6): a client with a secret gets a new access token, the same scope and the same refresh token', async () => {
    const { app, tokens } = await connectApp(world, first, { scope: 'profile source:w', dialect });
    const answer = await refresh(second, app, tokens.refresh_token, dialect);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const again = (await answer.json()) as Tokens;
    expect(again).toStrictEqual({
      token_type: 'Bearer',
      access_token: expect.any(String),
      expires_in: 3600,
      scope: 'profile source:w',
      refresh_token: tokens.refresh_token,
      refresh_token_expires_in: expect.any(Number),
    });
    expect(claimsOf(again.access_token).jti).not.toBe(claimsOf(tokens.access_token).jti);
    expect(await isActive(first, again.access_token)).toBe(true);
    await world.openRefreshWindow(app.id);
    expect((await refresh(first, app, tokens.refresh_token, dialect)).status).toBe(200);
  });

  test('case 44: a second refresh after 4:59 is a limit that changes nothing, after 5:01 it succeeds', async () => {
    const { app, tokens } = await connectApp(world, first);
    await refreshed(first, app, tokens.refresh_token, dialect);
    await world.ageFamilies(app.id, 290);
    const before = await familyOf(app.id);
    const answer = await refresh(second, app, tokens.refresh_token, dialect);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    await expectRefusal(answer, dialect, 'limit');
    expect(await familyOf(app.id)).toEqual(before);
    await world.ageFamilies(app.id, 11);
    expect((await refresh(second, app, tokens.refresh_token, dialect)).status).toBe(200);
  });

  test('case 44: the exchange itself does not start the five minutes', async () => {
    const { app, tokens } = await connectApp(world, first, { dialect });
    expect((await refresh(first, app, tokens.refresh_token, dialect)).status).toBe(200);
  });

  test('case 49: a refresh token with the credentials of another app is unknown and unharmed', async () => {
    const [mine, other] = [await connectApp(world, first), await world.newApp()];
    const before = await familyOf(mine.app.id);
    const said = await expectRefusal(await refresh(first, other, mine.tokens.refresh_token, dialect), dialect, 'IG');
    expect(said).toBe('Provided refresh token is unknown');
    expect(await familyOf(mine.app.id)).toEqual(before);
    expect((await refresh(first, mine.app, mine.tokens.refresh_token, dialect)).status).toBe(200);
  });

  test('case 50 (CVE-2026-53512): a token issued to a client with a secret is refreshed with that secret only', async () => {
    const { app, tokens } = await connectApp(world, first);
    const foreign = await world.newApp();
    const id = { client_id: app.clientId };
    for (const shown of [
      id,
      { ...id, client_secret: 'f'.repeat(64) },
      { ...id, client_secret: foreign.secret },
      { ...id, client_secret: app.secret.slice(0, -1) },
      { ...id, client_secret: ` ${app.secret}` },
      { ...id, client_secret: '' },
    ]) {
      await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect, shown), dialect, 'IC');
    }
    expect((await familyOf(app.id))[0].last_refresh_at).toBeNull();
    expect((await refresh(first, app, tokens.refresh_token, dialect)).status).toBe(200);
  });

  test('case 50: a PKCE-only token of an app that owns a secret stays refreshable without it, and a wrong one is refused', async () => {
    const app = await world.newApp();
    const { tokens } = await connectApp(world, first, { app: { ...app, secret: '' } });
    const wrong = { client_id: app.clientId, client_secret: 'f'.repeat(64) };
    await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect, wrong), dialect, 'IC');
    const again = await refreshed(first, app, tokens.refresh_token, dialect, { client_id: app.clientId });
    await world.openRefreshWindow(app.id);
    expect((await refresh(first, app, again.refresh_token, dialect)).status).toBe(200);
  });

  test('a PKCE_ONLY app that shows a secret is refused', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    const { tokens } = await connectApp(world, first, { app });
    const shown = { client_id: app.clientId, client_secret: 'f'.repeat(64) };
    await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect, shown), dialect, 'IC');
  });

  test('case 53: a refresh token ends one year after its issue, and refreshing does not extend the year', async () => {
    const { app, tokens } = await connectApp(world, first);
    expect(tokens.refresh_token_expires_in).toBe(31_536_000);
    await world.ageFamilies(app.id, 31_536_000 - 20);
    const late = await refreshed(first, app, tokens.refresh_token, dialect);
    expect(late.refresh_token_expires_in).toBeLessThanOrEqual(20);
    expect(claimsOf(late.refresh_token as string).exp as number).toBeLessThanOrEqual(Date.now() / 1000 + 21);
    await world.ageFamilies(app.id, 21);
    await world.openRefreshWindow(app.id);
    await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect), dialect, 'IG');
  });

  test('a verified backend app may hold tokens that never expire: no exp, no refresh_token_expires_in', async () => {
    const app = await world.newApp({ neverExpires: true, verified: true });
    const { tokens } = await connectApp(world, first, { app, dialect });
    expect(tokens).not.toHaveProperty('refresh_token_expires_in');
    expect(claimsOf(tokens.refresh_token as string)).not.toHaveProperty('exp');
    await world.ageFamilies(app.id, 10 * 31_536_000);
    const again = await refreshed(first, app, tokens.refresh_token, dialect);
    expect(again).not.toHaveProperty('refresh_token_expires_in');
    expect(again.refresh_token).toBe(tokens.refresh_token);
  });

  test('an app that opted into replay gets the same access token inside the window, and a new one after it', async () => {
    const app = await world.newApp({ refreshReplay: true });
    const { tokens } = await connectApp(world, first, { app });
    const one = await refreshed(first, app, tokens.refresh_token, dialect);
    expect(one.access_token).not.toBe(tokens.access_token);
    await world.ageFamilies(app.id, 0);
    const two = await refreshed(second, app, tokens.refresh_token, dialect);
    expect(two.access_token).toBe(one.access_token);
    expect(await tokenInfo(second, two.access_token)).toMatchObject({ active: true, app_id: app.id });
    await world.openRefreshWindow(app.id);
    const three = await refreshed(second, app, tokens.refresh_token, dialect);
    expect(three.access_token).not.toBe(one.access_token);
  });

  test('replay is for whoever may refresh: without the secret it is refused', async () => {
    const app = await world.newApp({ refreshReplay: true });
    const { tokens } = await connectApp(world, first, { app });
    await refreshed(first, app, tokens.refresh_token, dialect);
    const shown = { client_id: app.clientId };
    await expectRefusal(await refresh(first, app, tokens.refresh_token, dialect, shown), dialect, 'IC');
  });
});

test('refreshes are told to the developer: ok, the limit, and failed credentials', async () => {
  const { app, tokens } = await connectApp(world, first);
  await refreshed(first, app, tokens.refresh_token);
  await refresh(first, app, tokens.refresh_token);
  await refresh(first, app, tokens.refresh_token, 'rfc', { client_id: app.clientId });
  await eventually(async () => {
    const { rows } = await world.db.query(
      "SELECT outcome FROM oauth_events WHERE app_id = $1 AND kind = 'refresh' ORDER BY id",
      [app.id],
    );
    return rows.map(({ outcome }) => outcome).join() === 'ok,refresh_too_soon,refresh_secret_missing';
  });
});
