import type { Page } from '@playwright/test';
import { expect, test } from '@/e2e/fixtures/portal';
import { newAppName } from '@/e2e/fixtures/portal-steps';

/** Presses Tab until the focus is on what has this name. */
async function tabTo(page: Page, role: 'link' | 'button' | 'textbox', name: string | RegExp) {
  const target = page.getByRole(role, { name, exact: typeof name === 'string' });
  await expect(target.first()).toBeVisible();
  for (let n = 0; n < 80; n++) {
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by keyboard to ${role} ${name}`);
}

test('by keyboard alone: from the list to a registered application with redirect URL and secret', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  const name = newAppName('Keys');
  await page.goto('/applications');
  await tabTo(page, 'link', 'Create new application');
  await page.keyboard.press('Enter');
  await tabTo(page, 'textbox', 'Name');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await tabTo(page, 'link', 'Add a redirect URL');
  await page.keyboard.press('Enter');
  await tabTo(page, 'textbox', 'Redirect URL 1');
  await page.keyboard.type('http://evil.example/cb');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing was saved yet')).toBeVisible();
  // The summary has the focus and leads to the line.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Redirect URL 1', exact: true })).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('https://good.example/cb');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Redirect URLs saved.')).toBeVisible();

  await page.keyboard.press('Shift+Tab');
  await tabTo(page, 'link', 'Credentials');
  await page.keyboard.press('Enter');
  await tabTo(page, 'button', 'Generate client secret');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('New client secret', { exact: true })).toHaveValue(/^[0-9a-f]{64}$/);
  const { rows } = await world.db.query(
    `SELECT (SELECT count(*)::int FROM app_secrets s WHERE s.app_id = a.id) AS secrets,
            (SELECT array_agg(uri) FROM redirect_uris r WHERE r.app_id = a.id) AS uris FROM apps a WHERE tenant_id = $1`,
    [tenant.id],
  );
  expect(rows).toEqual([{ secrets: 1, uris: ['https://good.example/cb'] }]);
});
