import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf, connectApp, eventually, isActive, refresh, refreshed, type Site } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { expectRefusal } from '../fixtures/verdicts';
import { type TestApp, type TestUser, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
let user: TestUser;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
});
afterAll(() => world.close());

async function publicApp() {
  const app = await world.newApp({ proof: 'PKCE_ONLY' });
  const { tokens } = await connectApp(world, first, { app, user });
  return { app, tokens, token: tokens.refresh_token as string };
}

/** A refresh outside the window. @returns the refresh token of the answer */
async function rotate(site: Site, app: TestApp, token: string, dialect: 'native' | 'rfc'): Promise<string> {
  await world.openRefreshWindow(app.id);
  return (await refreshed(site, app, token, dialect)).refresh_token as string;
}

async function audited(app: TestApp, kind: string): Promise<number> {
  const { rows } = await world.db.query(
    "SELECT count(*)::int AS n FROM audit_events WHERE kind = $1 AND user_id = $2 AND data->>'appId' = $3",
    [kind, user.id, String(app.id)],
  );
  return rows[0].n;
}

describe.each(['native', 'rfc'] as const)('rotation with confirmation (RFC 9700 §4.14.2), %s dialect', (dialect) => {
  test('case 47: a predecessor that comes back after its successor was used ends the family and its access tokens', async () => {
    const { app, tokens, token: rt0 } = await publicApp();
    const rt1 = await rotate(first, app, rt0, dialect);
    expect(rt1).not.toBe(rt0);
    await world.openRefreshWindow(app.id);
    const confirmed = await refreshed(second, app, rt1, dialect);
    const rt2 = confirmed.refresh_token as string;
    await expectRefusal(await refresh(first, app, rt0, dialect), dialect, 'IG');
    expect(await world.liveFamilies(app.id)).toBe(0);
    expect(await audited(app, 'refresh_token_stolen')).toBe(1);
    await world.openRefreshWindow(app.id);
    for (const dead of [rt0, rt1, rt2]) await expectRefusal(await refresh(second, app, dead, dialect), dialect, 'IG');
    for (const site of [first, second]) {
      for (const access of [tokens.access_token, confirmed.access_token])
        await eventually(async () => !(await isActive(site, access)), 15_000);
    }
  });

  test('case 47: theft is theft inside the five minutes, too', async () => {
    const { app, token: rt0 } = await publicApp();
    const rt1 = await rotate(first, app, rt0, dialect);
    await rotate(first, app, rt1, dialect);
    await expectRefusal(await refresh(second, app, rt0, dialect), dialect, 'IG');
    expect(await world.liveFamilies(app.id)).toBe(0);
  });

  test('case 47: an older retired key is theft as well', async () => {
    const { app, token: rt0 } = await publicApp();
    const rt1 = await rotate(first, app, rt0, dialect);
    const rt2 = await rotate(second, app, rt1, dialect);
    await rotate(first, app, rt2, dialect);
    await expectRefusal(await refresh(second, app, rt0, dialect), dialect, 'IG');
    expect(await world.liveFamilies(app.id)).toBe(0);
  });

  test('case 48: a lost successor is handed out again, by either server, and there is one family', async () => {
    const { app, token: rt0 } = await publicApp();
    const rt1 = await rotate(first, app, rt0, dialect);
    await expectRefusal(await refresh(first, app, rt1, dialect), dialect, 'limit');
    await expectRefusal(await refresh(second, app, rt0, dialect), dialect, 'limit');
    expect(await rotate(second, app, rt0, dialect)).toBe(rt1);
    expect(await world.liveFamilies(app.id)).toBe(1);
    expect(await audited(app, 'refresh_token_stolen')).toBe(0);
    const rt2 = await rotate(first, app, rt1, dialect);
    expect(new Set([rt0, rt1, rt2]).size).toBe(3);
  });

  test('a client that never stores a successor stays in one generation and is unharmed', async () => {
    const { app, token: rt0 } = await publicApp();
    const successors = new Set<string>();
    for (let round = 0; round < 5; round++) successors.add(await rotate(first, app, rt0, dialect));
    expect(successors.size).toBe(1);
    expect(await world.liveFamilies(app.id)).toBe(1);
    expect(await audited(app, 'used_from_two_places')).toBe(0);
  });

  test('re-deliveries in two generations in a row are told, in three they end the family', async () => {
    const { app, token } = await publicApp();
    let current = token;
    for (const told of [0, 1]) {
      const next = await rotate(first, app, current, dialect);
      expect(await rotate(second, app, current, dialect)).toBe(next);
      expect(await audited(app, 'used_from_two_places')).toBe(told);
      current = next;
    }
    const last = await rotate(first, app, current, dialect);
    await world.openRefreshWindow(app.id);
    await expectRefusal(await refresh(second, app, current, dialect), dialect, 'IG');
    await expectRefusal(await refresh(second, app, last, dialect), dialect, 'IG');
    expect(await world.liveFamilies(app.id)).toBe(0);
    expect(await audited(app, 'refresh_token_stolen')).toBe(1);
  });

  test('a generation without a re-delivery in between starts the count anew', async () => {
    const { app, token } = await publicApp();
    let current = token;
    for (const twice of [true, false, true, false, true, false]) {
      const next = await rotate(first, app, current, dialect);
      if (twice) expect(await rotate(second, app, current, dialect)).toBe(next);
      current = next;
    }
    expect(await world.liveFamilies(app.id)).toBe(1);
    expect(await audited(app, 'used_from_two_places')).toBe(0);
  });

  test('rotation keeps the year of the first token', async () => {
    const { app, tokens, token } = await publicApp();
    await world.ageFamilies(app.id, 1_000);
    const again = await refreshed(first, app, token, dialect);
    expect(again.refresh_token_expires_in).toBeLessThanOrEqual(31_536_000 - 1_000);
    const [before, after] = [tokens.refresh_token, again.refresh_token].map((t) => claimsOf(t as string).exp as number);
    expect(after).toBeLessThanOrEqual((before as number) - 999);
  });

  test('a rotating family with replay answers the same pair inside the window, to the successor as well', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY', refreshReplay: true });
    const { tokens } = await connectApp(world, first, { app, user });
    const one = await refreshed(first, app, tokens.refresh_token, dialect);
    const pair = { access_token: one.access_token, refresh_token: one.refresh_token };
    expect(await refreshed(second, app, tokens.refresh_token, dialect)).toMatchObject(pair);
    expect(await refreshed(second, app, one.refresh_token, dialect)).toMatchObject(pair);
    expect((await world.db.query('SELECT generation FROM refresh_tokens WHERE app_id = $1', [app.id])).rows).toEqual([
      { generation: 0 },
    ]);
  });
});
