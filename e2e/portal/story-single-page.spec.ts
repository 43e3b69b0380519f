import type { Page } from '@playwright/test';
import { expect, origin, signIn, test } from '@/e2e/fixtures/portal';
import { copySettings, newAppName, registerApp, revokeOnConnectionsPage } from '@/e2e/fixtures/portal-steps';
import { openSinglePageClient, type SinglePageClient } from '@/e2e/fixtures/single-page-client';
import type { TestTenant } from '@/e2e/fixtures/world';

/** Presses a button of the client and reads what it shows. */
async function press(page: Page, button: string) {
  await page.getByRole('button', { name: button }).click();
  return shown(page);
}

async function shown(page: Page) {
  const answer = page.getByLabel('Answer');
  await expect(answer).not.toBeEmpty();
  return JSON.parse(await answer.innerText());
}

test.describe('a single-page application on another origin, from its registration to a revoked connection', () => {
  let client: SinglePageClient;
  let tenant: TestTenant;

  test.beforeEach(async ({ world }) => {
    client = await openSinglePageClient();
    tenant = await world.newTenant();
  });
  test.afterEach(() => client.close());

  test('PKCE only, with offline_access: a refresh token that rotates, revoked by the app and by the user', async ({
    person,
    world,
  }) => {
    const name = newAppName('Web app');
    const developer = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
    await developer.goto('/');
    await registerApp(developer, { name, redirectUri: client.redirectUri, pkceOnly: true });
    await expect(developer.getByRole('button', { name: 'Generate client secret' })).toBeDisabled();
    client.configure({
      ...(await copySettings(developer)),
      userUrl: `${origin()}/api/users/current`,
      scope: 'profile offline_access',
    });

    const user = await world.newUser({ tenant });
    const page = await person();
    await page.goto(client.redirectUri);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await signIn(page, user);
    await expect(page.getByText('It stays connected up to 1 year')).toBeVisible();
    await page.getByRole('button', { name: 'Allow' }).click();

    const first = await shown(page);
    expect(first).toMatchObject({
      state: 'optional-state',
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3600, scope: 'profile', refresh_token_expires_in: 31_536_000 },
    });
    expect(await press(page, 'Who am I')).toMatchObject({ status: 200, body: { username: user.username } });
    expect(await press(page, 'Token info')).toMatchObject({ body: { active: true, username: user.username } });

    const refreshed = await press(page, 'Refresh');
    expect(refreshed).toMatchObject({ status: 200, body: { scope: 'profile' } });
    expect(refreshed.body.refresh_token).not.toBe(first.body.refresh_token);
    const limited = await press(page, 'Refresh');
    expect(limited).toMatchObject({ status: 429, body: { code: 'invalid_request' } });
    expect(Number(limited.retryAfter), 'Retry-After is readable across origins').toBeGreaterThan(200);

    expect(await press(page, 'Disconnect')).toMatchObject({ status: 200, body: {} });
    expect(await press(page, 'Refresh')).toMatchObject({ status: 401, body: { code: 'invalid_grant' } });
    expect(await press(page, 'Who am I')).toMatchObject({ status: 200 });

    await test.step('again, and the user revokes', async () => {
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      expect(await shown(page)).toMatchObject({ status: 200 });
      const connections = await page.context().newPage();
      await revokeOnConnectionsPage(connections, name);
      expect(await press(page, 'Refresh')).toMatchObject({ status: 401, body: { code: 'invalid_grant' } });
      expect(await press(page, 'Who am I')).toMatchObject({ status: 200, body: { username: user.username } });
      expect(await press(page, 'Token info')).toMatchObject({ body: { active: true } });
    });
  });

  test('PKCE only, without offline_access: an access token and no refresh token', async ({ person, world }) => {
    const app = await world.newApp({ tenant, proof: 'PKCE_ONLY', redirectUris: [client.redirectUri] });
    configure(client, app.clientId, 'profile');
    const page = await person(await world.newUser({ tenant }));
    await page.goto(client.redirectUri);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(page.getByText('It stays connected for up to 1 hour')).toBeVisible();
    await page.getByRole('button', { name: 'Allow' }).click();

    const answer = await shown(page);
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(await press(page, 'Who am I')).toMatchObject({ status: 200 });
    const { rows } = await world.db.query('SELECT 1 FROM refresh_tokens WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([]);
  });

  test('the default way of proof takes PKCE without a secret too', async ({ person, world }) => {
    const app = await world.newApp({ tenant, withSecret: false, redirectUris: [client.redirectUri] });
    configure(client, app.clientId, 'profile offline_access');
    const page = await person(await world.newUser({ tenant }));
    await page.goto(client.redirectUri);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    expect(await shown(page)).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
  });

  test('errors are readable across origins, and open no password box (case 76)', async ({ person, world }) => {
    const app = await world.newApp({ tenant, proof: 'PKCE_ONLY', redirectUris: [client.redirectUri] });
    configure(client, app.clientId, 'profile');
    const page = await person();
    await page.goto(client.redirectUri);
    await page.evaluate((verifier) => sessionStorage.setItem('verifier', verifier), 'v'.repeat(43));
    await page.goto(`${client.redirectUri}?code=${'0'.repeat(28)}`);
    const answer = await shown(page);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_grant' } });
    expect(answer.authenticate ?? 'Bearer').toMatch(/^Bearer\b/);
  });
});

function configure(client: SinglePageClient, clientId: string, scope: string) {
  const base = `${origin()}/api/developers/oauth2`;
  client.configure({
    authorizeUrl: `${base}/authorize`,
    tokenUrl: `${base}/token`,
    tokenInfoUrl: `${base}/token_info`,
    revokeUrl: `${base}/revoke`,
    userUrl: `${origin()}/api/users/current`,
    clientId,
    scope,
  });
}
