import { expect, test } from '@/e2e/fixtures/portal';
import { openSection } from '@/e2e/fixtures/portal-steps';

test('a developer goes from a new application to a program with its values, and the choice stays', async ({
  person,
  world,
}) => {
  const developer = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
  const app = await world.newApp({ tenant: developer.tenant, scopes: ['profile', 'alert:w'], withSecret: false });
  const page = await person(developer);
  await page.goto(`/applications/${app.id}`);
  await page.getByRole('region', { name: 'Next steps' }).getByRole('link', { name: 'backend apps' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Build a backend app' })).toBeVisible();
  const chooser = page.getByRole('combobox', { name: 'Use the values of' });
  await expect(chooser).toHaveValue(String(app.id));
  const program = (language: string) => page.getByRole('group', { name: `Call the API, in ${language}` });
  await expect(program('curl')).toContainText("curl -i 'http");
  await expect(page.getByRole('group', { name: /^Make the authorization URL.* in curl$/ })).toContainText(app.clientId);

  const languages = page.getByRole('list', { name: 'Language of the program: Call the API' });
  await languages.getByRole('link', { name: 'Python' }).click();
  await expect(program('Python')).toContainText('urlopen');
  await expect(languages.getByRole('link', { name: 'Python' })).toHaveAttribute('aria-current', 'true');

  await page.getByRole('navigation', { name: 'Guides' }).getByRole('link', { name: 'Web or native app' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /with PKCE$/ })).toBeVisible();
  await expect(chooser).toHaveValue(String(app.id));
  await expect(program('Python')).toContainText('urlopen');

  await chooser.selectOption('No app: placeholders');
  await page.getByRole('button', { name: 'Fill in' }).click();
  await expect(page.getByRole('group', { name: /^Make the authorization URL/ })).toContainText('YOUR_CLIENT_ID');
});

test('a cause in the activity of an application leads to what the reference says about it', async ({
  person,
  world,
}) => {
  const developer = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
  const app = await world.newApp({ tenant: developer.tenant });
  await world.db.query(
    "INSERT INTO oauth_events (app_id, kind, outcome, request_id) VALUES ($1, 'token', 'pkce_mismatch', 'r')",
    [app.id],
  );
  const page = await person(developer);
  await page.goto(`/applications/${app.id}`);
  await openSection(page, 'Activity');
  await page.getByRole('link', { name: 'pkce_mismatch' }).click();
  await expect(page).toHaveURL(/\/guides\/reference#pkce_mismatch$/);
  const entry = page.locator('#pkce_mismatch');
  await expect(entry).toContainText('Keep one verifier per attempt');
  await expect(entry).toContainText('401 invalid_grant, 400 invalid_grant');
  await expect(entry).toBeInViewport();
});

test('what is copied is what is shown', async ({ page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/guides/backend-app?lang=go');
  await page.getByRole('button', { name: 'Copy Call the API' }).click();
  await expect(page.getByRole('button', { name: 'Copy Call the API' })).toContainText('Copied');
  const shown = await page.getByRole('group', { name: 'Call the API, in Go' }).textContent();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('languages, the choice of an app and the answers of an endpoint work', async ({ person, world }) => {
    const developer = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
    const app = await world.newApp({ tenant: developer.tenant });
    const page = await person(developer, { javaScriptEnabled: false });
    await page.goto('/guides/backend-app');
    const languages = page.getByRole('list', { name: 'Language of the program: Revoke a refresh token' });
    await languages.getByRole('link', { name: 'Go' }).click();
    await expect(page.getByRole('group', { name: 'Revoke a refresh token, in Go' })).toContainText('package main');
    await expect(page).toHaveURL(/lang=go#snippet-revoke$/);
    await page.getByRole('combobox', { name: 'Use the values of' }).selectOption(app.name);
    await page.getByRole('button', { name: 'Fill in' }).click();
    const exchange = page.getByRole('group', { name: 'Exchange the code, with the client secret, in Go' });
    await expect(exchange).toContainText(app.clientId);

    await page.goto('/guides/api#standard-introspect');
    const introspect = page.getByRole('region', { name: 'Introspect' });
    await introspect.getByText('200', { exact: true }).click();
    await expect(introspect.getByText('"active": true')).toBeVisible();
  });
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('the guides speak German to whoever is not signed in, and English on request', async ({ page }) => {
    await page.goto('/guides');
    await expect(page.getByRole('heading', { level: 1, name: 'Anleitungen' })).toBeVisible();
    await page
      .getByRole('link', { name: /^OAuth2 verstehen/ })
      .last()
      .click();
    await expect(page.getByRole('img', { name: 'Der Ablauf mit Autorisierungscode' })).toBeVisible();
    await page.goto('/guides/reference#refresh_too_soon');
    await expect(page.locator('#refresh_too_soon')).toContainText('Das Token gilt weiter');
    await page.goto('/guides/api');
    await expect(page.getByRole('heading', { name: 'Token holen' }).first()).toBeVisible();
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('heading', { name: 'Get tokens' }).first()).toBeVisible();
  });
});

test('on a phone only programs scroll sideways, by keyboard too', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/guides/backend-app?lang=node');
  const program = page.getByRole('group', { name: 'Verify an access token yourself, in Node.js' });
  const sizes = await program.evaluate(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }));
  expect(sizes.scrollWidth).toBeGreaterThan(sizes.clientWidth);
  await program.focus();
  await expect(program).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
