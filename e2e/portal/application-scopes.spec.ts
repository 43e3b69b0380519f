import type { Page } from '@playwright/test';
import { authorizeUrl, expect, test } from '@/e2e/fixtures/portal';
import { press } from '@/e2e/fixtures/portal-steps';

/** The choice of the access to one scope. */
const access = (page: Page, label: string) => page.getByRole('combobox', { name: new RegExp(`^${label}`) });

test('scopes are chosen with their reasons, and users read them', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}/scopes`);
  await expect(page.getByText('Nothing chosen yet: it may ask for everything')).toBeVisible();
  const purpose = (name: string) => page.locator(`[id="purpose.${name}"]`);
  await expect(purpose('alert'), 'what belongs to a scope is folded away').toBeHidden();

  await access(page, 'Alerts').selectOption('See, create, edit');
  await purpose('alert').fill('To acknowledge alerts from your wall');
  await access(page, 'Schedules').selectOption('See');
  await page.locator('[id="optional.schedule"]').check();
  await press(page, 'Save scopes');
  const summary = page.getByRole('alert').filter({ hasText: 'Nothing was saved yet' });
  await expect(summary).toContainText('Schedules: Say what the application needs it for');
  await expect(purpose('alert'), 'nothing typed is lost').toHaveValue('To acknowledge alerts from your wall');
  await summary.getByRole('link').click();
  await expect(purpose('schedule')).toBeFocused();
  await purpose('schedule').fill('To show who is on call');
  await press(page, 'Save scopes');
  await expect(page.getByText('Scopes saved.')).toBeVisible();

  const lines = ['See, Create, Edit Alerts in your name', 'See Schedules in your name'];
  const preview = page.getByRole('region', { name: 'What users will read' });
  for (const line of lines) await expect(preview).toContainText(line);
  await expect(preview).toContainText('To show who is on call');
  const { rows } = await world.db.query(
    'SELECT name, access, optional, purpose FROM app_scopes WHERE app_id = $1 ORDER BY name',
    [app.id],
  );
  expect(rows).toEqual([
    { name: 'alert', access: 'w', optional: false, purpose: 'To acknowledge alerts from your wall' },
    { name: 'schedule', access: 'r', optional: true, purpose: 'To show who is on call' },
  ]);

  const user = await person(await world.newUser({ tenant }));
  await user.goto(authorizeUrl(app, { scope: 'alert:w schedule' }));
  await expect(user.getByText('To acknowledge alerts from your wall')).toBeVisible();

  await test.step('the last one cannot be taken away: without any, everything could be asked for', async () => {
    for (const label of ['Alerts', 'Schedules']) await access(page, label).selectOption('Not asked for');
    await purpose('alert').fill('');
    await purpose('schedule').fill('');
    await press(page, 'Save scopes');
    await expect(summary).toContainText('Choose at least one scope');
  });
});

test('case 88: what is added to a verified application waits; what is narrowed acts at once', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant, verified: true, scopes: ['profile', 'alert:w'] });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}/scopes`);
  await expect(page.getByText('This application is verified.')).toBeVisible();
  await access(page, 'Incidents').selectOption('See, create, edit, delete');
  await page.locator('[id="purpose.incident"]').fill('To close them');
  await access(page, 'Alerts').selectOption('See');
  await press(page, 'Save scopes');
  await expect(page.getByText('Scopes saved. 1 addition waits for review.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Incidents' })).toContainText('Waits for review');
  const { rows } = await world.db.query('SELECT name, access FROM app_scopes WHERE app_id = $1 ORDER BY name', [
    app.id,
  ]);
  expect(rows).toEqual([
    { name: 'alert', access: 'r' },
    { name: 'profile', access: 'r' },
  ]);

  await page.goto(`/applications/${app.id}/redirect-urls`);
  await page.getByLabel('Redirect URL 2', { exact: true }).fill('https://later.example/cb');
  await press(page, 'Save redirect URLs');
  await expect(page.getByText('1 new address waits for review; the others work.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Redirect URL 2', { exact: true })).toHaveAccessibleDescription('Waits for review');
  const live = await world.db.query('SELECT uri FROM redirect_uris WHERE app_id = $1', [app.id]);
  expect(live.rows).toEqual([{ uri: app.redirectUri }]);
});
