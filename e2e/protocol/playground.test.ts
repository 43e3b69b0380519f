import { describe, expect, it } from 'vitest';
import {
  DIALECTS,
  expectPage,
  expectRefusal,
  expectTokens,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { connectApp, exchange, isActive, refresh, signedIn } from '@/e2e/fixtures/connected';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import { site, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { HttpBrowser, newPkce, PATHS, postForm, type TestApp, type TestUser } from '@/e2e/fixtures/world';
import type { Dialect } from '@/lib/oauth/errors';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const CALLBACK = `${publicUrl}/playground/callback`;
const DAY = 86_400;
withSignedInPerson();

type Setting = { app: TestApp; developer: TestUser; browser: HttpBrowser };
type Options = NonNullable<Parameters<typeof world.newApp>[0]>;

/** An app, and a developer of its organisation who is signed in. */
async function developed(options: Options = {}, role: 'DEVELOPER' | 'ADMIN' = 'DEVELOPER'): Promise<Setting> {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role });
  return { app: await world.newApp({ ...options, tenant }), developer, browser: await signedIn(site, developer) };
}

const asked = (app: TestApp, more: Record<string, string> = {}) => ({
  client_id: app.clientId,
  response_type: 'code',
  redirect_uri: CALLBACK,
  scope: 'profile',
  state: `${app.id}.AAAAAAAAAAAAAAAAAAAAAA`,
  ...more,
});

const ask = ({ app, browser }: Setting, dialect: Dialect, more: Record<string, string> = {}) =>
  browser.authorize(asked(app, more), dialect);

/** A code by way of the grant screen. */
async function codeOf(setting: Setting, dialect: Dialect = 'native', more: Record<string, string> = {}) {
  const consent = readConsentPath(await ask(setting, dialect, more));
  const carried = readRedirect(await setting.browser.decide(consent, 'allow'), CALLBACK);
  expect(carried.iss).toBe(publicUrl);
  return carried.code as string;
}

const tokensOf = async (setting: Setting, dialect: Dialect = 'native', more: Record<string, string> = {}) =>
  expectTokens(await exchange(site, setting.app, await codeOf(setting, dialect, more), dialect));

async function refusedOnPage(answer: Response) {
  expect(await expectPage(answer)).not.toContain('playground');
}

const rowsOf = async (app: TestApp) => {
  const { rows } = await world.db.query(
    `SELECT (SELECT count(*)::int FROM authorization_codes c WHERE c.app_id = $1) AS codes,
            (SELECT count(*)::int FROM consent_transactions t WHERE t.client_id = $2) AS transactions,
            (SELECT count(*)::int FROM connections k WHERE k.app_id = $1) AS connections,
            (SELECT count(*)::int FROM connections k WHERE k.app_id = $1 AND k.playground) AS playground,
            (SELECT count(*)::int FROM grants g WHERE g.app_id = $1) AS grants`,
    [app.id, app.clientId],
  );
  return rows[0];
};
const NOTHING = { codes: 0, transactions: 0, connections: 0, playground: 0, grants: 0 };

describe.each(DIALECTS)('the playground by the %s dialect', (dialect) => {
  it.each(['DEVELOPER', 'ADMIN'] as const)(
    'leads who manages the app (%s) from the consent to tokens',
    async (role) => {
      const setting = await developed({}, role);
      const tokens = await tokensOf(setting, dialect);
      expect(await isActive(site, tokens.access_token)).toBe(true);
      expect(tokens.expires_in).toBe(3600);
      expect(await rowsOf(setting.app)).toMatchObject({ connections: 1, playground: 1 });
    },
  );

  it('with PKCE, and the redirect_uri said again', async () => {
    const setting = await developed({ proof: 'PKCE_ONLY' });
    const { challenge, verifier } = newPkce();
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256', scope: 'profile offline_access' };
    const code = await codeOf(setting, dialect, pkce);
    const answer = await postForm(site, PATHS[dialect].token, {
      grant_type: 'authorization_code',
      client_id: setting.app.clientId,
      redirect_uri: CALLBACK,
      code,
      code_verifier: verifier,
    });
    expect((await expectTokens(answer)).refresh_token_expires_in).toBe(DAY);
  });

  it('anybody else gets what an unregistered redirect URI gets, and nothing is kept', async () => {
    const { app } = await developed();
    const people = {
      'a member': await world.newUser({ tenant: app.tenant }),
      'a developer of another organisation': await world.newUser({
        tenant: await world.newTenant(),
        role: 'DEVELOPER',
      }),
      'an admin of another organisation': await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' }),
      'a platform admin': await world.newUser({ tenant: app.tenant, platformAdmin: true }),
    };
    const unregistered = await signedIn(site, people['a member']);
    const other = await expectPage(
      await unregistered.authorize(asked(app, { redirect_uri: 'https://evil.example/cb' }), dialect),
    );
    for (const [who, person] of Object.entries(people)) {
      const answer = await (await signedIn(site, person)).authorize(asked(app), dialect);
      expect(await expectPage(answer), who).toBe(other);
    }
    await refusedOnPage(await new HttpBrowser(site).authorize(asked(app), dialect));
    expect(await rowsOf(app)).toEqual(NOTHING);
  });

  it('nobody else, also where a loopback address without a port is registered that would match', async () => {
    const registered = [`${new URL(publicUrl).protocol}//localhost/playground/callback`];
    const { app } = await developed({ redirectUris: registered });
    const member = await signedIn(site, await world.newUser({ tenant: app.tenant }));
    await refusedOnPage(await member.authorize(asked(app), dialect));
  });

  it('near misses of the address are no playground', async () => {
    const setting = await developed();
    for (const near of [`${CALLBACK}/`, `${CALLBACK}?x=1`, CALLBACK.toUpperCase(), `${publicUrl}//playground/callback`])
      await refusedOnPage(await ask(setting, dialect, { redirect_uri: near }));
    expect(await rowsOf(setting.app)).toEqual(NOTHING);
  });

  it('cannot be asked for by a parameter: what goes to a registered address is an ordinary connection', async () => {
    const setting = await developed();
    const { app, browser } = setting;
    const forged = { playground: 'true', redirect_uri: app.redirectUri, Playground: '1' };
    const consent = readConsentPath(await ask(setting, dialect, forged));
    const carried = readRedirect(await browser.decide(consent, 'allow', [['playground', 'true']]), app.redirectUri);
    const answer = await postForm(site, PATHS[dialect].token, {
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: app.secret,
      code: carried.code as string,
      playground: 'true',
    });
    expect((await expectTokens(answer)).refresh_token_expires_in).toBe(365 * DAY);
    expect(await rowsOf(app)).toMatchObject({ connections: 1, playground: 0 });
  });

  it('errors go back to it as to any redirect URI', async () => {
    const setting = await developed();
    const carried = readRedirect(await ask(setting, dialect, { scope: 'nonsense' }), CALLBACK);
    expect(carried).toMatchObject({ error: 'invalid_scope', iss: publicUrl });
    const consent = readConsentPath(await ask(setting, dialect));
    const denied = readRedirect(await setting.browser.decide(consent, 'deny'), CALLBACK);
    expect(denied).toMatchObject({ error: 'access_denied', iss: publicUrl });
  });
});

describe('who may is judged at each step', () => {
  const demote = ({ developer }: Setting) =>
    world.db.query("UPDATE users SET role = 'MEMBER' WHERE id = $1", [developer.id]);

  it('somebody who is a member only when they decide: no code, whether yes or no', async () => {
    for (const decision of ['allow', 'deny'] as const) {
      const setting = await developed();
      const consent = readConsentPath(await ask(setting, 'native'));
      await demote(setting);
      const answer = await setting.browser.decide(consent, decision);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
      expect(await rowsOf(setting.app)).toMatchObject({ codes: 0, connections: 0, grants: 0 });
    }
  });

  it('somebody who is a member only when the code is redeemed: no tokens, and the code is as it was', async () => {
    const setting = await developed();
    const code = await codeOf(setting);
    await demote(setting);
    await expectRefusal(await exchange(site, setting.app, code), 'native', 'invalid_grant');
    // Nor does it count as a guess at the app's codes.
    const counted = "SELECT count(*)::int AS n FROM rate_limits WHERE key LIKE '%' || $1 || '%'";
    expect((await world.db.query(counted, [setting.app.clientId])).rows[0].n).toBe(0);
    await world.db.query("UPDATE users SET role = 'DEVELOPER' WHERE id = $1", [setting.developer.id]);
    await expectTokens(await exchange(site, setting.app, code));
  });

  it('an app that went to another organisation between code and tokens', async () => {
    const setting = await developed();
    const code = await codeOf(setting);
    const { id } = await world.newTenant();
    await world.db.query('UPDATE apps SET tenant_id = $2 WHERE id = $1', [setting.app.id, id]);
    await expectRefusal(await exchange(site, setting.app, code), 'native', 'invalid_grant');
  });

  it.each([
    ['a developer who was disabled', "UPDATE users SET status = 'DISABLED' WHERE id = $1"],
    ['an app that was suspended', "UPDATE apps SET status = 'SUSPENDED' WHERE id = $2"],
    ['an organisation that was suspended', "UPDATE tenants SET status = 'SUSPENDED' WHERE id = $3"],
  ])('%s between code and tokens', async (_, sql) => {
    const setting = await developed();
    const { app, developer } = setting;
    const code = await codeOf(setting);
    await world.db.query(`WITH changed AS (${sql} RETURNING 1) SELECT $1::uuid, $2::int, $3::int FROM changed`, [
      developer.id,
      app.id,
      app.tenant.id,
    ]);
    const answer = await exchange(site, app, code);
    expect(answer.status).toBe(401);
    expect(await rowsOf(app)).toMatchObject({ connections: 0 });
  });

  it('on an organisation’s own host the page leads to the address of the endpoints', async () => {
    const { app, developer } = await developed();
    const own = new HttpBrowser(site, undefined, app.tenant.name);
    await own.signIn(developer);
    const text = await (await own.get(`/applications/${app.id}/playground`)).text();
    expect(text).toContain(`href="${publicUrl}/applications/${app.id}/playground"`);
    expect(text).not.toContain('response_type=code');
  });

  it('a suspended app shows no consent', async () => {
    const setting = await developed();
    await world.db.query("UPDATE apps SET status = 'SUSPENDED' WHERE id = $1", [setting.app.id]);
    await expect
      .poll(async () => (await ask(setting, 'native')).status, { message: 'every instance hears of it' })
      .toBe(400);
  });
});

describe('what it connects', () => {
  const familiesOf = async (app: TestApp) => {
    const { rows } = await world.db.query(
      `SELECT r.playground, r.revoked_reason AS reason, extract(epoch FROM r.expires_at - r.issued_at)::int AS seconds
         FROM refresh_tokens r WHERE r.app_id = $1 ORDER BY r.issued_at, r.id`,
      [app.id],
    );
    return rows;
  };

  it('is outside the ten: it ends none of them, and takes no place', async () => {
    const setting = await developed();
    const { app, developer, browser } = setting;
    for (let n = 0; n < 10; n++) {
      await world.db.query(
        "UPDATE authorization_codes SET issued_at = issued_at - interval '61 minutes' WHERE app_id = $1",
        [app.id],
      );
      await connectApp(world, site, { app, user: developer, browser });
    }
    const tokens = await tokensOf(setting);
    let families = await familiesOf(app);
    expect(families.filter(({ reason }) => reason === null)).toHaveLength(11);
    // And the eleventh of the real ones ends the oldest of them, not the playground's.
    await connectApp(world, site, { app, user: developer, browser });
    families = await familiesOf(app);
    expect(families.filter(({ reason }) => reason === 'evicted')).toEqual([families[0]]);
    expect(families.filter(({ playground, reason }) => playground && reason === null)).toHaveLength(1);
    expect(await isActive(site, tokens.access_token)).toBe(true);
  }, 60_000);

  it('does not make the tenth a question: nine and a playground leave a place', async () => {
    const setting = await developed();
    const { app, developer, browser } = setting;
    for (let n = 0; n < 9; n++) await connectApp(world, site, { app, user: developer, browser });
    await tokensOf(setting);
    await world.db.query(
      "UPDATE authorization_codes SET issued_at = issued_at - interval '61 minutes' WHERE app_id = $1",
      [app.id],
    );
    const silent = await browser.authorize({ ...asked(app), redirect_uri: app.redirectUri });
    expect(readRedirect(silent, app.redirectUri).code).toBeTruthy();
  }, 60_000);

  it('is one at a time: a new one ends the one before, whose refresh token is over', async () => {
    const setting = await developed();
    const first = await tokensOf(setting);
    const second = await tokensOf(setting, 'rfc');
    expect(await familiesOf(setting.app)).toEqual([
      { playground: true, reason: 'playground_again', seconds: DAY },
      { playground: true, reason: null, seconds: DAY },
    ]);
    expect((await refresh(site, setting.app, first.refresh_token)).status).toBe(401);
    expect((await refresh(site, setting.app, second.refresh_token)).status).toBe(200);
  });

  it('is one at a time without refresh tokens, too, and none of the real ones is taken for it', async () => {
    const setting = await developed({ proof: 'PKCE_ONLY' });
    const { app, browser, developer } = setting;
    const connect = async (redirectUri: string) => {
      const { challenge, verifier } = newPkce();
      const params = {
        ...asked(app),
        redirect_uri: redirectUri,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      const code = await browser.obtainCode({ ...app, redirectUri }, params);
      await expectTokens(await exchange(site, app, code, 'native', verifier));
    };
    for (const uri of [CALLBACK, app.redirectUri, CALLBACK, app.redirectUri]) await connect(uri);
    const { rows } = await world.db.query(
      `SELECT k.playground, k.ended_reason AS reason FROM connections k JOIN grants g ON g.id = k.grant_id
        WHERE g.user_id = $1 ORDER BY k.connected_at`,
      [developer.id],
    );
    expect(rows).toEqual([
      { playground: true, reason: 'playground_again' },
      { playground: false, reason: null },
      { playground: true, reason: null },
    ]);
  });

  it('lives a day, although the app’s tokens never expire, and refreshing does not lengthen it', async () => {
    const setting = await developed({ neverExpires: true, verified: true, proof: 'SECRET_REQUIRED' });
    const tokens = await tokensOf(setting);
    expect(tokens.refresh_token_expires_in).toBe(DAY);
    await world.ageFamilies(setting.app.id, DAY - 60);
    const again = await expectTokens(await refresh(site, setting.app, tokens.refresh_token));
    expect(again.refresh_token_expires_in).toBeLessThanOrEqual(DAY);
    await world.ageFamilies(setting.app.id, 61);
    expect((await refresh(site, setting.app, tokens.refresh_token)).status).toBe(401);
  });

  it('is no consent: the app is asked about as for the first time, and no user of it', async () => {
    const setting = await developed();
    const { app, browser } = setting;
    await tokensOf(setting);
    readConsentPath(await browser.authorize({ ...asked(app), redirect_uri: app.redirectUri }));
    readConsentPath(await ask(setting, 'native'));
    const list = await (await browser.get('/applications')).text();
    expect(list).toContain(app.name);
    expect(await usersOf(app)).toBe(0);
  });

  it('leaves a standing consent as it is', async () => {
    const setting = await developed();
    const { app, developer, browser } = setting;
    await connectApp(world, site, { app, user: developer, browser, scope: 'profile' });
    // Of the real connection the user is told by mail a moment later.
    const grantOf = async () =>
      (
        await world.db.query(
          "SELECT to_jsonb(g) - 'mailed_at' AS grant FROM grants g WHERE app_id = $1 AND user_id = $2",
          [app.id, developer.id],
        )
      ).rows;
    const before = await grantOf();
    const tokens = await tokensOf(setting, 'native', { scope: 'profile source:w team' });
    expect(tokens.scope).toBe('profile source:w team');
    expect(await grantOf()).toEqual(before);
    expect(await usersOf(app)).toBe(1);
    readConsentPath(await browser.authorize({ ...asked(app), redirect_uri: app.redirectUri, scope: 'source' }));
  });

  it('outlives the last real connection, and the consent does not', async () => {
    const setting = await developed();
    const { app, developer, browser } = setting;
    await connectApp(world, site, { app, user: developer, browser });
    const tokens = await tokensOf(setting);
    const real = await world.db.query(
      'UPDATE connections SET seen_at = now() WHERE app_id = $1 AND NOT playground RETURNING id',
      [app.id],
    );
    await revoke(browser, real.rows[0].id);
    expect(await usersOf(app)).toBe(0);
    readConsentPath(await browser.authorize({ ...asked(app), redirect_uri: app.redirectUri }));
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(200);
    const own = await world.db.query('SELECT id FROM connections WHERE app_id = $1 AND playground', [app.id]);
    await revoke(browser, own.rows[0].id);
    const { rows } = await world.db.query('SELECT playground, revoked_at FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ playground: false, revoked_at: expect.any(Date) }]);
  });

  it('is named in both lists of connections and is no news; it is gone from the user’s when it has expired', async () => {
    const setting = await developed();
    const { app, browser } = setting;
    await tokensOf(setting);
    const own = await (await browser.get('/connections')).text();
    expect(own).toContain('Playground');
    expect(own).not.toContain('This wasn’t me');
    expect(await (await browser.get(`/applications/${app.id}/connections`)).text()).toMatch(/Playground<\/span>/);
    await world.ageFamilies(app.id, DAY + 1);
    await world.db.query("UPDATE connections SET issued_at = issued_at - interval '2 days' WHERE app_id = $1", [
      app.id,
    ]);
    expect(await (await browser.get('/connections')).text()).not.toContain(app.name);
  });

  /** As the list of applications counts them. */
  async function usersOf(app: TestApp): Promise<number> {
    const { rows } = await world.db.query(
      'SELECT count(*)::int AS n FROM grants WHERE app_id = $1 AND revoked_at IS NULL AND NOT playground',
      [app.id],
    );
    return rows[0].n;
  }

  async function revoke(browser: HttpBrowser, connectionId: string) {
    const fields = readForm(await (await browser.get('/connections')).text(), connectionId);
    expect((await sendForm(browser, '/connections', fields as FormData)).status).toBeLessThan(400);
  }
});
