import { exchange } from '@/e2e/fixtures/connected';
import { authorizeUrl, expect, origin, test } from '@/e2e/fixtures/portal';
import { newAppName } from '@/e2e/fixtures/portal-steps';
import { PASSWORD } from '@/e2e/fixtures/world';

test.use({ locale: 'de-DE' });

test('a German browser: signing in, allowing and revoking in German, with dates as in Germany', async ({
  page,
  world,
}) => {
  const app = await world.newApp();
  const user = await world.newUser();
  await page.goto(authorizeUrl(app, { scope: 'profile source:d' }));
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByLabel('Benutzername oder E-Mail').fill(user.username);
  await page.getByLabel('Passwort').fill('falsch');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Passwort ist falsch' })).toBeVisible();
  await page.getByLabel('Passwort').fill(PASSWORD);
  await page.getByRole('button', { name: 'Anmelden' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    `${app.name} möchte auf Ihr Gatehouse-Konto zugreifen`,
  );
  await expect(page.getByRole('listitem')).toHaveText([
    'Ihr Profil in Ihrem Namen ansehen',
    'Alarmquellen in Ihrem Namen ansehen, anlegen, bearbeiten, löschen Kann löschen',
  ]);
  await page.route(`${app.redirectUri}**`, (route) => route.fulfill({ body: 'back', contentType: 'text/plain' }));
  const answer = page.waitForRequest((request) => request.url().startsWith(app.redirectUri));
  await page.getByRole('button', { name: 'Erlauben' }).click();
  const code = new URL((await answer).url()).searchParams.get('code') ?? '';
  const site = { publicUrl: origin(), port: Number(new URL(origin()).port) };
  expect((await exchange(site, app, code)).status).toBe(200);

  await page.goto('/connections');
  await expect(page.getByRole('heading', { level: 1, name: 'Ihre App-Verbindungen' })).toBeVisible();
  const row = page.getByRole('row', { name: app.name });
  await expect(row.getByText(/^\d{2}\.\d{2}\.\d{4}$/).first()).toBeVisible();
  await page
    .getByRole('button', { name: `Zugriff von ${app.name} auf` })
    .first()
    .click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Zugriff widerrufen' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'wurde der Zugriff entzogen' })).toBeVisible();
});

test('the chosen language is stronger than the browser’s, and stays: signed out and signed in', async ({
  page,
  world,
  person,
}) => {
  const user = await world.newUser();
  await page.goto(`/signin?next=${encodeURIComponent('/connections?x=1')}`);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page).toHaveURL(/\/signin\?next=/);
  await expect(page.getByRole('button', { name: 'English' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByLabel('Password')).toBeVisible();

  // Signed in: the choice is the user's, on every device.
  const portal = await person(user);
  await portal.goto('/connections');
  await expect(portal.locator('html')).toHaveAttribute('lang', 'de');
  await portal.getByRole('button', { name: 'Kontomenü' }).click();
  const english = { name: 'English' };
  await portal.getByRole('menuitemradio', english).or(portal.getByRole('button', english)).click();
  await expect(portal).toHaveURL(/\/connections$/);
  await expect(portal.locator('html')).toHaveAttribute('lang', 'en');
  const elsewhere = await person(user);
  await elsewhere.goto('/connections');
  await expect(elsewhere.getByRole('heading', { level: 1, name: 'Your app connections' })).toBeVisible();
});

test('the front’s own error pages speak the browser’s language', async ({ page, world }) => {
  const app = await world.newApp();
  await page.goto(authorizeUrl({ ...app, redirectUri: 'https://elsewhere.example/cb' }));
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { name: 'Diese App konnte nicht verbunden werden' })).toBeVisible();
  await expect(page.getByText('Die redirect_uri ist für diese App nicht registriert.')).toBeVisible();
});

test('a German developer: from the new application to scopes, a secret and a refused redirect URL', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  const name = newAppName('Tafel');
  const section = (label: string) =>
    page.getByRole('navigation', { name: 'Bereiche dieser Anwendung' }).getByRole('link', { name: label }).click();
  await page.goto('/applications');
  await page.getByRole('link', { name: 'Neue Anwendung anlegen' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Anwendung anlegen' }).click();
  await expect(page.getByRole('region', { name: 'Nächste Schritte' }).getByRole('listitem')).toHaveCount(4);

  await section('Redirect-URLs');
  await page.getByLabel('Redirect-URL 1', { exact: true }).fill('http://boese.example/cb');
  await page.getByRole('button', { name: 'Redirect-URLs speichern' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Es wurde noch nichts gespeichert' })).toBeVisible();
  await section('Berechtigungen');
  await page.getByLabel('Alarme').selectOption('Ansehen');
  await page.getByRole('button', { name: 'Berechtigungen speichern' }).click();
  await expect(page.getByText('Berechtigungen gespeichert.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Was Nutzer lesen werden' })).toContainText(
    'Alarme in Ihrem Namen ansehen',
  );
  await section('Zugangsdaten');
  await page.getByRole('button', { name: 'Client-Secret erzeugen' }).click();
  await expect(page.getByLabel('Neues Client-Secret', { exact: true })).toHaveValue(/^[0-9a-f]{64}$/);
  await section('Gefahrenbereich');
  await expect(page.getByText('Es besteht keine Verbindung.').first()).toBeVisible();
});
