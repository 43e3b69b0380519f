import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectRefusal,
  expectTokens,
  isActive,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { startServer } from '@/e2e/fixtures/server';
import { browser, other, site, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { codeRow, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newPkce, PATHS, postForm, type TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const NOT_REDEEMED = { redeemed: 0, connections: 0, families: 0 };
withSignedInPerson();

const basic = (app: TestApp, secret = app.secret) => ({
  Authorization: `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}`,
});

describe.each(DIALECTS)('exchanging a code on the %s token endpoint', (dialect) => {
  const foreign = dialect === 'native' ? 'rfc' : 'native';
  const pkceOf = (challenge: string) => ({ code_challenge: challenge, code_challenge_method: 'S256' });

  it('case 27: with a secret it yields tokens in the documented shape, which nobody may store', async () => {
    const app = await world.newApp();
    const code = await browser.obtainCode(app, { scope: 'profile source:w offline_access' }, dialect);
    const answer = await exchange(site, dialect, app, code);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const tokens = await expectTokens(answer);
    expect(tokens).toEqual({
      token_type: 'Bearer',
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expires_in: 3600,
      scope: 'profile source:w',
      refresh_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token_expires_in: 31_536_000,
    });
    expect(await isActive(other, tokens.access_token)).toBe(true);
  });

  it('case 27: with PKCE alone and no offline access there is no refresh token', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    const { verifier, challenge } = newPkce();
    const code = await browser.obtainCode(app, pkceOf(challenge), dialect);
    const tokens = await expectTokens(await exchange(site, dialect, app, code, { code_verifier: verifier }));
    expect(Object.keys(tokens)).toEqual(['token_type', 'access_token', 'expires_in', 'scope']);
    expect(await tracesOf(world, app.id)).toMatchObject({ connections: 1, families: 0 });
  });

  it('a code of one dialect is good on the other', async () => {
    const app = await world.newApp();
    await expectTokens(await exchange(site, foreign, app, await browser.obtainCode(app, {}, dialect)));
  });

  it('a refresh token of a verified backend app may never expire: no exp, no refresh_token_expires_in', async () => {
    const app = await world.newApp({ proof: 'SECRET_REQUIRED', verified: true, neverExpires: true });
    const tokens = await expectTokens(await exchange(site, dialect, app, await browser.obtainCode(app, {}, dialect)));
    expect(tokens).not.toHaveProperty('refresh_token_expires_in');
    const payload = Buffer.from(tokens.refresh_token?.split('.')[1] ?? '', 'base64url').toString();
    expect(Object.keys(JSON.parse(payload))).toEqual(['il_t', 'il_v', 'il_k', 'iss']);
  });

  it('case 18: a code lives two minutes by the database’s clock: 119 s good, 121 s over', async () => {
    const app = await world.newApp();
    const [early, late] = [await browser.obtainCode(app, {}, dialect), await browser.obtainCode(app, {}, dialect)];
    await world.ageCode(late, 121);
    expect(await expectRefusal(await exchange(site, dialect, app, late), dialect, 'invalid_grant')).toContain(
      'expired',
    );
    expect(await tracesOf(world, app.id)).toMatchObject(NOT_REDEEMED);
    await world.ageCode(early, 115);
    await expectTokens(await exchange(other, dialect, app, early));
  });

  it('case 18: a restart in between changes nothing: codes are in the database', async () => {
    const app = await world.newApp();
    const [early, late] = [await browser.obtainCode(app, {}, dialect), await browser.obtainCode(app, {}, dialect)];
    const fresh = await startServer({ ...ours('installation'), env: { PUBLIC_URL: publicUrl } });
    try {
      await world.ageCode(late, 121);
      const there = { publicUrl, port: fresh.port };
      await expectRefusal(await exchange(there, dialect, app, late), dialect, 'invalid_grant');
      await expectTokens(await exchange(there, dialect, app, early));
    } finally {
      await fresh.stop();
    }
  });

  it.each([0, 1, 30, 3600, 86_000])(
    'case 28: a valid second exchange, %d s later, is refused and ends what the first one issued',
    async (seconds) => {
      const app = await world.newApp();
      const [kept, code] = [await browser.obtainCode(app, {}, dialect), await browser.obtainCode(app, {}, dialect)];
      const unharmed = await expectTokens(await exchange(site, dialect, app, kept));
      const tokens = await expectTokens(await exchange(site, dialect, app, code));
      await world.ageCode(code, seconds);
      expect(await expectRefusal(await exchange(other, foreign, app, code), foreign, 'invalid_grant')).toContain(
        'already',
      );
      const refresh = (refreshToken?: string) =>
        postForm(site, PATHS[dialect].token, {
          grant_type: 'refresh_token',
          client_id: app.clientId,
          client_secret: app.secret,
          refresh_token: refreshToken ?? '',
        });
      await expectRefusal(await refresh(tokens.refresh_token), dialect, 'invalid_grant');
      for (const server of [site, other]) {
        await expect.poll(() => isActive(server, tokens.access_token), { timeout: 15_000 }).toBe(false);
      }
      expect(await isActive(site, unharmed.access_token)).toBe(true);
      await expectTokens(await refresh(unharmed.refresh_token));
      expect(await tracesOf(world, app.id)).toMatchObject({ redeemed: 2, connections: 1, families: 1 });
    },
  );

  it('case 28: a second exchange that fails in anything else is no evidence of theft: nothing ends', async () => {
    const app = await world.newApp();
    const intruder = await world.newApp();
    const { verifier, challenge } = newPkce();
    const code = await browser.obtainCode(app, pkceOf(challenge), dialect);
    const tokens = await expectTokens(await exchange(site, dialect, app, code, { code_verifier: verifier }));
    await exchange(site, dialect, app, code, { code_verifier: newPkce().verifier });
    await exchange(site, dialect, app, code);
    await exchange(site, dialect, app, code, { code_verifier: verifier, redirect_uri: 'https://client.example/x' });
    await exchange(site, dialect, app, code, { code_verifier: verifier, client_secret: 'wrong' });
    await exchange(site, dialect, intruder, code, { code_verifier: verifier });
    expect(await isActive(site, tokens.access_token)).toBe(true);
    expect(await tracesOf(world, app.id)).toMatchObject({ connections: 1, families: 1 });
    expect(await codeRow(world, code)).toEqual({ failures: 0, redeemed: true });
  });

  it('case 29: of 50 exchanges at once, on both dialects and servers, one succeeds, and the replays end it', async () => {
    const app = await world.newApp();
    const code = await browser.obtainCode(app, {}, dialect);
    const rounds = Array.from({ length: 50 }, (_, n) => ({
      server: n % 4 < 2 ? site : other,
      spoken: DIALECTS[n % 2] as (typeof DIALECTS)[number],
    }));
    const answers = await Promise.all(rounds.map(({ server, spoken }) => exchange(server, spoken, app, code)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const [n, answer] of answers.entries()) {
      if (answer.status !== 200) await expectRefusal(answer, rounds[n]?.spoken ?? dialect, 'invalid_grant');
    }
    const tokens = await expectTokens(winners[0] as Response);
    const { rows } = await world.db.query('SELECT revoked_reason FROM refresh_tokens WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ revoked_reason: 'replayed' }]);
    for (const server of [site, other]) {
      await expect.poll(() => isActive(server, tokens.access_token), { timeout: 15_000 }).toBe(false);
    }
  });

  it('case 30: whatever fails before, the right request still succeeds', async () => {
    const [app, intruder] = [await world.newApp(), await world.newApp()];
    const { verifier, challenge } = newPkce();
    const code = await browser.obtainCode(app, pkceOf(challenge), dialect);
    const right = { code_verifier: verifier };
    const send = (params: Record<string, string>, headers?: Record<string, string>) =>
      postForm(site, PATHS[dialect].token, { grant_type: 'authorization_code', code, ...params }, { headers });
    const id = { client_id: app.clientId };
    await expectRefusal(await send({ ...id, code_verifier: newPkce().verifier }), dialect, 'invalid_grant');
    await expectRefusal(await send({ ...id, ...right, client_secret: 'wrong' }), dialect, 'client_authentication');
    await expectRefusal(await exchange(site, dialect, intruder, code, right), dialect, 'invalid_grant');
    await expectRefusal(await send({ ...right }, basic(app, 'wrong')), dialect, 'client_authentication');
    await expectRefusal(await send({ ...id, ...right, code_verifier: 'short' }), dialect, 'invalid_request');
    expect(await tracesOf(world, app.id)).toMatchObject({ codes: 1, ...NOT_REDEEMED });
    expect(await codeRow(world, code)).toEqual({ failures: 4, redeemed: false });
    await expectTokens(await send({ ...id, ...right, client_secret: app.secret }));
  });

  it('case 30: ten failures burn the code, whoever comes then', async () => {
    const app = await world.newApp();
    const { verifier, challenge } = newPkce();
    const [nine, ten] = [
      await browser.obtainCode(app, pkceOf(challenge), dialect),
      await browser.obtainCode(app, pkceOf(challenge), dialect),
    ];
    const fail = async (code: string, n: number) =>
      n % 2
        ? expectRefusal(await exchange(site, dialect, app, code), dialect, 'invalid_grant')
        : expectRefusal(
            await exchange(other, dialect, app, code, { client_secret: 'x' }),
            dialect,
            'client_authentication',
          );
    for (let n = 0; n < 9; n++) await fail(nine, n);
    for (let n = 0; n < 10; n++) await fail(ten, n);
    await expectTokens(await exchange(site, dialect, app, nine, { code_verifier: verifier }));
    await expectRefusal(await exchange(site, dialect, app, ten, { code_verifier: verifier }), dialect, 'invalid_grant');
    expect(await codeRow(world, ten)).toEqual({ failures: 10, redeemed: false });
  });

  it('case 31: a code of app A with app B’s valid credentials reads like one that does not exist', async () => {
    const [app, thief] = [await world.newApp(), await world.newApp()];
    const code = await browser.obtainCode(app, {}, dialect);
    const told = await expectRefusal(await exchange(site, dialect, thief, code), dialect, 'invalid_grant');
    const unknown = await exchange(
      site,
      dialect,
      thief,
      code.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')),
    );
    expect(await expectRefusal(unknown, dialect, 'invalid_grant')).toBe(told);
    expect(await tracesOf(world, thief.id)).toMatchObject({ connections: 0, families: 0 });
    await expectTokens(await exchange(site, dialect, app, code));
  });

  it('a code in another spelling, its digest, or cut, is unknown', async () => {
    const app = await world.newApp();
    const code = await browser.obtainCode(app, {}, dialect);
    const digest = createHash('sha256').update(code).digest('hex');
    const swapped = code.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
    for (const twin of [swapped, code.slice(0, -1), `${code}0`, ` ${code}`, `${code}\n`, digest, `\\x${digest}`]) {
      await expectRefusal(await exchange(site, dialect, app, twin), dialect, 'invalid_grant');
    }
    expect(await codeRow(world, code)).toEqual({ failures: 0, redeemed: false });
  });

  it('case 32: redirect_uri may be left out, empty or identical, and nothing else', async () => {
    const app = await world.newApp({ redirectUris: ['https://client.example/cb', 'https://client.example/other'] });
    const code = await browser.obtainCode(app, {}, dialect);
    for (const redirectUri of [
      'https://client.example/other',
      'https://client.example/cb/',
      'https://client.example/CB',
      'https://client.example/c%62',
      'https%3A%2F%2Fclient.example%2Fcb',
      'https://client.example:443/cb',
      'https://evil.example/cb',
    ]) {
      const answer = await exchange(site, dialect, app, code, { redirect_uri: redirectUri });
      await expectRefusal(answer, dialect, 'invalid_grant');
    }
    expect(await tracesOf(world, app.id)).toMatchObject({ codes: 1, ...NOT_REDEEMED });
    for (const params of [{}, { redirect_uri: '' }, { redirect_uri: app.redirectUri }] as Record<string, string>[]) {
      await expectTokens(await exchange(site, dialect, app, await browser.obtainCode(app, {}, dialect), params));
    }
  });

  it('case 32: a loopback redirect must come back with the port that was used', async () => {
    const app = await world.newApp({ redirectUris: ['http://127.0.0.1/cb'] });
    const used = { redirect_uri: 'http://127.0.0.1:4711/cb' };
    const code = await browser.obtainCode({ ...app, redirectUri: used.redirect_uri }, {}, dialect);
    for (const redirectUri of ['http://127.0.0.1/cb', 'http://127.0.0.1:4712/cb']) {
      const answer = await exchange(site, dialect, app, code, { redirect_uri: redirectUri });
      await expectRefusal(answer, dialect, 'invalid_grant');
    }
    await expectTokens(await exchange(site, dialect, app, code, used));
  });

  it('case 40: a scope at the token endpoint is ignored: the token has what the user approved, in canonical form', async () => {
    const app = await world.newApp();
    const code = await browser.obtainCode(app, { scope: 'team source:r source:w source profile:r' }, dialect);
    const tokens = await expectTokens(await exchange(site, dialect, app, code, { scope: 'user:d profile' }));
    expect(tokens.scope).toBe('team source:w profile');
  });

  const COMBINATIONS = [false, true].flatMap((secret) =>
    [false, true].flatMap((asked) => [false, true].map((granted) => ({ secret, asked, granted }))),
  );
  it.each(COMBINATIONS)(
    'case 41: secret shown $secret, offline_access asked $asked, granted before $granted',
    async ({ secret, asked, granted }) => {
      const app = await world.newApp();
      const { verifier, challenge } = newPkce();
      await browser.obtainCode(app, { scope: granted ? 'profile offline_access' : 'profile', ...pkceOf(challenge) });
      // The standing grant decides silently, because the app owns a secret.
      const request = authorizationRequest(app, {
        scope: asked ? 'profile offline_access' : 'profile',
        ...pkceOf(challenge),
      });
      const { code } = readRedirect(await browser.authorize(request, dialect), app.redirectUri);
      const shown = secret ? app : { ...app, secret: '' };
      const tokens = await expectTokens(
        await exchange(site, dialect, shown, code as string, { code_verifier: verifier }),
      );
      expect('refresh_token' in tokens).toBe(secret || (asked && granted));
      expect(await tracesOf(world, app.id)).toMatchObject({ families: secret || (asked && granted) ? 1 : 0 });
      expect(tokens.scope).toBe('profile');
    },
  );

  it.each([
    ['app suspended', "UPDATE apps SET status = 'SUSPENDED' WHERE id = $1"],
    ['user disabled', "UPDATE users SET status = 'DISABLED' WHERE id = (SELECT user_id FROM grants WHERE app_id = $1)"],
    [
      'the app’s tenant suspended',
      "UPDATE tenants SET status = 'SUSPENDED' WHERE id = (SELECT tenant_id FROM apps WHERE id = $1)",
    ],
    [
      'the user’s tenant suspended',
      "UPDATE tenants SET status = 'SUSPENDED' WHERE id = (SELECT u.tenant_id FROM users u JOIN grants g ON g.user_id = u.id WHERE g.app_id = $1)",
    ],
    ['app limited to another account', 'UPDATE apps SET limit_to_account = true WHERE id = $1'],
    ['grant revoked', 'UPDATE grants SET revoked_at = db_now() WHERE app_id = $1'],
  ])('%s meanwhile: no tokens, and the answer does not say why', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const person = new HttpBrowser(site);
    await person.signIn(await world.newUser({ tenant: await world.newTenant() }));
    const code = await person.obtainCode(app, {}, dialect);
    await world.db.query(change, [app.id]);
    const told = await expectRefusal(await exchange(site, dialect, app, code), dialect, 'invalid_grant');
    expect(told).toBe('The access that this was issued for has ended');
    expect(await tracesOf(world, app.id)).toMatchObject(NOT_REDEEMED);
  });
});
