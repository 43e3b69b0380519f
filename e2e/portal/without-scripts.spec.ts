import type { Page } from '@playwright/test';
import { picture } from '@/e2e/fixtures/pictures';
import { authorizeUrl, expect, origin, signIn, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu, newAppName, openSection } from '@/e2e/fixtures/portal-steps';
import { openSite, type Site } from '@/e2e/fixtures/site';
import { postForm } from '@/e2e/fixtures/world';

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  let client: Site;
  test.beforeEach(async () => {
    client = await openSite(async () => '<h1>Back at the app</h1>');
  });
  test.afterEach(() => client.close());

  test('a developer signs in, registers an application, edits it and deletes it', async ({ page, world }) => {
    const tenant = await world.newTenant();
    const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
    const name = newAppName('Plain');
    await page.goto('/applications/new');
    await signIn(page, developer, 'wrong');
    await expect(page.getByRole('alert')).toContainText('wrong');
    await expect(page.getByLabel('Username or email')).toHaveValue(developer.username);
    await signIn(page, developer);
    await expect(page).toHaveURL('/applications/new');

    await page.getByLabel('What is your app doing?').fill('Works without scripts.');
    await page.getByLabel('Limit to account').check();
    await page.getByLabel('Name').fill('x');
    await page.getByRole('button', { name: 'Create application' }).click();
    await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/3 to 50 characters/);
    await expect(page.getByLabel('Name')).toHaveValue('x');
    await expect(page.getByLabel('What is your app doing?')).toHaveValue('Works without scripts.');
    await expect(page.getByLabel('Limit to account')).toBeChecked();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Create application' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

    await page.getByLabel('What is your app doing?').fill('Changed.');
    await page.getByLabel('Website').fill('http://plain.example');
    await page.getByRole('button', { name: 'Save general settings' }).click();
    await expect(page.getByLabel('Website')).toHaveAccessibleDescription(/must begin with https/);
    await expect(page.getByLabel('What is your app doing?')).toHaveValue('Changed.');
    await page.getByLabel('Website').fill('https://plain.example');
    await page.getByRole('button', { name: 'Save general settings' }).click();
    await expect(page.getByText('General settings saved.')).toBeVisible();
    await expect(page.getByLabel('What is your app doing?')).toHaveValue('Changed.');

    await page
      .getByLabel('Picture')
      .setInputFiles({ name: 'icon.png', mimeType: 'image/png', buffer: await picture() });
    await page.getByRole('button', { name: 'Save icon' }).click();
    await expect(page.getByText('Icon saved.')).toBeVisible();

    await openSection(page, 'Redirect URLs');
    await page.getByLabel('Redirect URL 1', { exact: true }).fill('https://one.example/cb');
    await page.getByLabel('Redirect URL 2', { exact: true }).fill('http://two.example/cb');
    await page.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(page.getByLabel('Redirect URL 2', { exact: true })).toHaveAccessibleDescription(/https/);
    await page.getByLabel('Redirect URL 2', { exact: true }).fill('https://two.example/cb');
    await page.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(page.getByText('Redirect URLs saved.')).toBeVisible();
    await page.getByLabel('Redirect URL 1', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(page.getByLabel('Redirect URL 1', { exact: true })).toHaveValue('https://two.example/cb');

    await openSection(page, 'Scopes');
    await page.getByLabel('your profile').selectOption('See');
    await page.getByRole('button', { name: 'Save scopes' }).click();
    await expect(page.getByText('Scopes saved.')).toBeVisible();

    await openSection(page, 'Credentials');
    await page.getByRole('button', { name: 'Generate client secret' }).click();
    const secret = page.getByLabel('New client secret', { exact: true });
    await expect(secret).toHaveValue(/^[0-9a-f]{64}$/);
    const digits = await secret.inputValue();
    await page.goto(page.url());
    expect(await page.content()).not.toContain(digits);
    await page.getByRole('button', { name: `Delete the secret ending in ${digits.slice(-4)}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete secret' }).click();
    await expect(page.getByText('was deleted')).toBeVisible();

    await page.getByRole('radio', { name: /^PKCE only/ }).check();
    await page.getByRole('button', { name: 'Save proof settings' }).click();
    await expect(page.getByText('Proof settings saved.')).toBeVisible();
    const { rows } = await world.db.query('SELECT name, description, proof FROM apps WHERE tenant_id = $1', [
      tenant.id,
    ]);
    expect(rows).toEqual([{ name, description: 'Changed.', proof: 'PKCE_ONLY' }]);

    await openSection(page, 'Access');
    await page.getByLabel('Limit to account').uncheck();
    await page.getByRole('button', { name: 'Save access settings' }).click();
    await expect(page.getByText('Access settings saved.')).toBeVisible();
    await expect(page.getByLabel('Limit to account')).not.toBeChecked();

    await openSection(page, 'Danger zone');
    await page.getByRole('radio', { name: /^Another organisation/ }).check();
    await page.getByLabel('Account name of the organisation').fill('nobody-here');
    await page.getByRole('button', { name: 'Offer application' }).click();
    await expect(page.getByLabel('Account name of the organisation')).toHaveAccessibleDescription(
      /no other organisation/,
    );
    await page.getByLabel('Account name of the organisation').fill('globex');
    await page.getByRole('button', { name: 'Offer application' }).click();
    await page.getByRole('button', { name: 'Take offer back' }).click();
    await page.getByRole('button', { name: 'Revoke all tokens…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all tokens' }).click();
    await expect(page.getByText('All tokens were revoked.')).toBeVisible();
    await page.getByText('Delete application…').click();
    await page.getByLabel(`To confirm, type ${name}`).fill(name);
    await page.getByRole('button', { name: 'Delete this application' }).click();
    await expect(page).toHaveURL(/\/applications\?deleted=0$/);
  });

  test('a user signs in, allows, sees the connection, revokes it and signs out', async ({ page, world }) => {
    const app = await world.newApp({ redirectUris: [`${client.otherSite}/cb`] });
    const user = await world.newUser();
    await page.goto(authorizeUrl(app));
    await signIn(page, user);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('wants to access your Gatehouse account');
    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
    await allowAfterLooking(page);
    await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();

    const site = { publicUrl: origin(), port: Number(new URL(origin()).port) };
    const answer = await postForm(site, '/api/developers/oauth2/token', {
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: app.secret,
      code: new URL(page.url()).searchParams.get('code') ?? '',
    });
    expect(answer.status).toBe(200);
    expect(await world.liveFamilies(app.id)).toBe(1);

    await page.goto('/connections');
    await page.getByRole('button', { name: `Revoke access of ${app.name}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
    await expect(page.getByRole('status')).toContainText(`${app.name} was revoked. Its last access token ends at`);
    expect(await world.liveFamilies(app.id)).toBe(0);
    await chooseInAccountMenu(page, 'Sign out');
    await expect(page).toHaveURL('/signin');
  });
});

/** Presses Allow until the page has been looked at for long enough: an answer that is too quick is asked again. */
async function allowAfterLooking(page: Page) {
  await expect(async () => {
    const allow = page.getByRole('button', { name: 'Allow' });
    if (await allow.isVisible()) await allow.click();
    await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible({ timeout: 900 });
  }).toPass();
}
