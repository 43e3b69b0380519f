import { type BackendClient, openBackendClient } from '@/e2e/fixtures/backend-client';
import { expect, origin, signIn, test } from '@/e2e/fixtures/portal';
import {
  copySettings,
  generateSecret,
  newAppName,
  registerApp,
  revokeOnConnectionsPage,
} from '@/e2e/fixtures/portal-steps';
import type { TestTenant } from '@/e2e/fixtures/world';

test.describe('a backend application, from its registration to a revoked connection', () => {
  let client: BackendClient;
  let tenant: TestTenant;

  test.beforeEach(async ({ world }) => {
    client = await openBackendClient(origin());
    tenant = await world.newTenant();
  });
  test.afterEach(() => client.close());

  for (const { variant, pkce } of [
    { variant: 'with its secret only', pkce: false },
    { variant: 'with secret and PKCE', pkce: true },
  ]) {
    test(`${variant}: connect, use, refresh, be ended by the app and by the user`, async ({ person, world }) => {
      const name = newAppName('Backend');
      const developer = await person();
      await developer.goto('/');
      await signIn(developer, await world.newUser({ tenant, role: 'DEVELOPER' }));
      await registerApp(developer, { name, redirectUri: client.redirectUri });
      const clientSecret = await generateSecret(developer);
      client.configure({ ...(await copySettings(developer)), clientSecret, scope: 'profile source:w', pkce });

      const user = await world.newUser({ tenant });
      const page = await person();
      await page.goto(client.otherSite);
      await signIn(page, user);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        `${name} wants to access your Gatehouse account`,
      );
      await expect(page.getByRole('listitem')).toHaveText([
        'See your profile in your name',
        'See, Create, Edit Alert sources in your name',
      ]);
      await expect(page.getByText(`Allowing will redirect to 127.0.0.1:${client.port}`)).toBeVisible();
      await page.getByRole('button', { name: 'Allow' }).click();
      await expect(page.getByRole('heading', { name: 'Connected' })).toBeVisible();
      await expect(page.getByRole('status')).toHaveText('profile source:w');

      await test.step('the API, token_info and a refresh answer', async () => {
        const first = client.tokens();
        expect(first).toMatchObject({ token_type: 'bearer', expires_in: 3600, refresh_token_expires_in: 31_536_000 });
        expect(await (await client.userInfo()).json()).toMatchObject({ username: user.username, tenant: tenant.name });
        expect(await (await client.tokenInfo()).json()).toMatchObject({
          active: true,
          tenant_id: tenant.name,
          username: user.username,
          scope: 'profile source:w',
        });
        expect((await client.refresh()).status).toBe(200);
        expect(client.tokens().access_token).not.toBe(first.access_token);
        expect(client.tokens().refresh_token).toBe(first.refresh_token);
        expect((await client.userInfo()).status).toBe(200);
        expect((await client.refresh()).status, 'a second refresh within five minutes').toBe(429);
      });

      await test.step('the app revokes: its refresh token dies, its access token lives', async () => {
        const answer = await client.revoke();
        expect([answer.status, await answer.json()]).toEqual([200, {}]);
        const refused = await client.refresh();
        expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'invalid_grant' }]);
        expect((await client.userInfo()).status).toBe(200);
      });

      await test.step('the user revokes: the same, and the page says when the access token ends', async () => {
        await page.goto(client.otherSite);
        await page.getByRole('button', { name: 'Allow' }).click();
        await expect(page.getByRole('heading', { name: 'Connected' })).toBeVisible();
        const ends = await revokeOnConnectionsPage(page, name);
        expect(ends).toMatch(/^[0-2]\d:[0-5]\d$/);
        const refused = await client.refresh();
        expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'invalid_grant' }]);
        expect((await client.userInfo()).status).toBe(200);
        expect(await (await client.tokenInfo()).json()).toMatchObject({ active: true });
      });
    });
  }

  test('the user cancels: the app learns it, and nothing is granted', async ({ person, world }) => {
    const app = await world.newApp({ tenant, redirectUris: [client.redirectUri] });
    const paths = '/api/developers/oauth2';
    client.configure({
      authorizeUrl: `${origin()}${paths}/authorize`,
      tokenUrl: `${origin()}${paths}/token`,
      tokenInfoUrl: `${origin()}${paths}/token_info`,
      revokeUrl: `${origin()}${paths}/revoke`,
      clientId: app.clientId,
      clientSecret: app.secret,
      scope: 'profile',
      pkce: true,
    });
    const page = await person(await world.newUser({ tenant }));
    await page.goto(client.otherSite);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('access_denied')).toBeVisible();
    const { rows } = await world.db.query('SELECT 1 FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([]);
  });
});
