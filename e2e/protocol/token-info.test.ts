import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signRefreshToken } from '@/lib/oauth/refresh-token';
import { type Connected, connectApp, credentials, eventually, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { CONCURRENCY } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { newAddress, PATHS, postForm, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
let connected: Connected;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  connected = await connectApp(world, first, { scope: 'profile source:w' });
});
afterAll(() => world.close());

const DIALECTS = ['native', 'rfc'] as const;
type Dialect = (typeof DIALECTS)[number];

/** Asks about a token: the standard endpoint with the client's credentials, the documented one without. */
const ask = (dialect: Dialect, token: string, site = first, address?: string) =>
  postForm(
    site,
    PATHS[dialect].info,
    { ...(dialect === 'rfc' ? credentials(connected.app) : {}), token },
    address ? { address } : {},
  );

test('case 58: the documented token_info tells exactly the five documented things', async () => {
  for (const site of [first, second]) {
    const answer = await ask('native', connected.tokens.access_token, site);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toStrictEqual({
      active: true,
      tenant_id: connected.user.tenant.name,
      username: connected.user.username,
      scope: 'profile source:w',
      app_id: connected.app.id,
    });
  }
});

test('introspection (RFC 7662 §2.2) tells the client of its own token', async () => {
  const answer = await ask('rfc', connected.tokens.access_token, second);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    active: true,
    scope: 'profile source:w',
    client_id: connected.app.clientId,
    username: connected.user.username,
    token_type: 'Bearer',
    sub: connected.user.id,
    iss: publicUrl,
    aud: publicUrl,
    exp: expect.any(Number),
    iat: expect.any(Number),
    jti: expect.any(String),
  });
});

describe.each(DIALECTS)('%s dialect', (dialect) => {
  test('case 59: whatever is no good access token is inactive, and nothing more is said', async () => {
    const { tokens, code } = connected;
    const access = tokens.access_token;
    const middle = Math.floor(access.length / 2);
    for (const token of [
      'garbage',
      '.',
      '..',
      'a.b.c',
      code,
      tokens.refresh_token as string,
      signRefreshToken({ key: 'a'.repeat(32), issuer: publicUrl, expiresAt: null }, Buffer.alloc(32)),
      access.slice(0, -1),
      access.slice(0, middle),
      `${access}A`,
      `${access}=`,
      `${access}.`,
      `${access} `,
      ` ${access}`,
      `${access.slice(0, middle)}${access[middle] === 'A' ? 'B' : 'A'}${access.slice(middle + 1)}`,
      access.toLowerCase(),
      'x'.repeat(20_000),
    ]) {
      const answer = await ask(dialect, token);
      expect(answer.status, token.slice(0, 80)).toBe(200);
      expect(await answer.text(), token.slice(0, 80)).toBe('{"active":false}');
    }
  });

  test('case 59: a request without a token is refused', async () => {
    const client = credentials(connected.app);
    for (const form of [client, { ...client, token: '' }, { ...client, access_token: connected.tokens.access_token }])
      await expectRefusal(await postForm(first, PATHS[dialect].info, form), dialect, 'IR');
  });

  test('case 60 (RFC 6750 §2.3): a token in the query, in a header, twice, or asked for by GET is refused', async () => {
    const token = connected.tokens.access_token;
    const path = PATHS[dialect].info;
    const form = { ...credentials(connected.app), token };
    const bearer = { headers: { Authorization: `Bearer ${token}` } };
    await expectRefusal(await postForm(first, `${path}?token=${token}`, credentials(connected.app)), dialect, 'IR');
    await expectRefusal(await postForm(first, `${path}?access_token=${token}`, form), dialect, 'IR');
    await expectRefusal(await postForm(first, path, credentials(connected.app), bearer), dialect, 'IR');
    await expectRefusal(await postForm(first, path, form, bearer), dialect, 'IR');
    await expectRefusal(await postForm(first, path, [...Object.entries(form), ['token', token]]), dialect, 'IR');
    const got = await fetchVia(first.port)(`${publicUrl}${path}`, { headers: { 'X-Forwarded-For': newAddress() } });
    expect(got.status).toBe(405);
    expect(got.headers.get('allow')).toContain('POST');
  });

  test('case 62: a flood of random tokens meets the limit of its address, others are answered', async () => {
    const flooding = newAddress();
    const statuses: number[] = [];
    // Processes of an instance hear of each other's counts a second later: the more there are, the more are answered by then.
    const processes = Number(process.env[CONCURRENCY] ?? 1);
    for (let round = 0; round < 15 || (statuses.at(-1) !== 429 && round < 80); round++) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => ask(dialect, `random.${round}.${n}`, first, flooding)),
      );
      for (const answer of answers) {
        statuses.push(answer.status);
        if (answer.status === 429 && statuses.at(-2) !== 429) await expectRefusal(answer, dialect, 'limit');
      }
    }
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const answered = statuses.filter((status) => status === 200).length;
    if (processes === 1) expect(answered).toBe(700);
    else expect(answered).toBeGreaterThanOrEqual(700);
    await eventually(async () => (await ask(dialect, connected.tokens.access_token, first, flooding)).status === 429);
    expect(await (await ask(dialect, connected.tokens.access_token, first)).json()).toMatchObject({ active: true });
  });
});

test('the documented token_info is open to whoever holds the token, whatever client is named', async () => {
  const token = connected.tokens.access_token;
  const { clientId, secret } = connected.app;
  const named: Record<string, string>[] = [
    { client_id: clientId },
    { client_id: clientId, client_secret: secret },
    { client_id: clientId, client_secret: 'f'.repeat(64) },
    { client_id: 'f'.repeat(20), client_secret: secret },
  ];
  for (const client of named)
    expect(await (await postForm(first, PATHS.native.info, { token, ...client })).json()).toMatchObject({
      active: true,
    });
});

describe('case 61 (RFC 7662 §2.1): introspection', () => {
  const introspect = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(first, PATHS.rfc.info, form, { headers });
  const basic = (id: string, secret: string) => ({
    Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  test("needs the client's secret", async () => {
    const token = connected.tokens.access_token;
    const { clientId, secret } = connected.app;
    const pkceOnly = await world.newApp({ proof: 'PKCE_ONLY' });
    for (const form of [
      { token },
      { token, client_id: clientId },
      { token, client_id: clientId, client_secret: 'f'.repeat(64) },
      { token, client_id: 'f'.repeat(20), client_secret: secret },
      { token, client_id: pkceOnly.clientId },
    ] as Record<string, string>[]) {
      await expectRefusal(await introspect(form), 'rfc', 'IC');
    }
    const wrong = await introspect({ token }, basic(clientId, 'f'.repeat(64)));
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /);
    await expectRefusal(wrong, 'rfc', 'IC');
    expect(await (await introspect({ token }, basic(clientId, secret))).json()).toMatchObject({ active: true });
  });

  test("tells nothing of another client's token (CVE-2026-37979)", async () => {
    const other = await world.newApp();
    const answer = await introspect({ ...credentials(other), token: connected.tokens.access_token });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('{"active":false}');
  });
});
