import { expect, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu } from '@/e2e/fixtures/portal-steps';

test('the account menu by keyboard: arrows, the first letter, Escape back to its button', async ({ person, world }) => {
  const page = await person(await world.newUser());
  await page.goto('/connections');
  const button = page.getByRole('button', { name: /^Account menu/ });
  await expect(button, 'a menu once scripts are there').toHaveAttribute('aria-haspopup', 'menu');
  const [its, all] = await Promise.all([button.boundingBox(), page.getByRole('main').boundingBox()]);
  expect((all?.x ?? 0) + (all?.width ?? 0) - (its?.x ?? 0) - (its?.width ?? 0), 'at the right edge').toBeLessThan(20);
  await button.focus();
  await page.keyboard.press('ArrowDown');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: 'Account', exact: true })).toBeFocused();
  await page.keyboard.press('S');
  await expect(menu.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu.getByRole('menuitemradio', { name: 'English' })).toHaveAttribute('aria-checked', 'true');
  await menu.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ihre App-Verbindungen' })).toBeVisible();
});

test('what was opened before the scripts came stays open, and works', async ({ person, world }) => {
  const page = await person(await world.newUser());
  let letScriptsGo = () => {};
  const held = new Promise<void>((resolve) => {
    letScriptsGo = resolve;
  });
  await page.route('**/_next/static/**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/connections', { waitUntil: 'commit' });
  const button = page.getByRole('button', { name: /^Account menu/ });
  await button.click();
  const signOut = page.getByRole('button', { name: 'Sign out' });
  await expect(signOut).toBeVisible();
  letScriptsGo();
  await expect
    .poll(() => button.evaluate((element) => Object.keys(element).some((key) => key.startsWith('__reactProps'))))
    .toBe(true);
  await signOut.click();
  await expect(page).toHaveURL('/signin');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the account menu leads on, and a platform admin shows another organisation', async ({ person, world }) => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant });
    const page = await person(await world.newUser({ platformAdmin: true }));
    await page.goto('/applications');
    await page.getByRole('button', { name: /^Organisation shown/ }).click();
    await page.getByLabel('Organisation', { exact: true }).fill(tenant.name);
    await page.getByRole('button', { name: 'Show its applications' }).click();
    await expect(page.getByRole('row', { name: app.name })).toBeVisible();
    await chooseInAccountMenu(page, 'Account');
    await expect(page).toHaveURL('/account');
  });
});

test('an organisation is found by typing, also one that is not offered; and the way back', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const own = await world.newTenant();
  const page = await person(await world.newUser({ tenant: own, platformAdmin: true }));
  await page.goto('/applications');
  const button = page.getByRole('button', { name: /^Organisation shown/ });
  await expect(button).toHaveAttribute('aria-haspopup');
  await button.click();
  await page.keyboard.type(tenant.name);
  await page.keyboard.press('Enter');
  await expect(button).toHaveAccessibleName(`Organisation shown: ${tenant.name}`);
  await expect(button).toHaveAttribute('aria-haspopup');
  await button.click();
  await page.getByRole('menuitem', { name: /^Back to/ }).click();
  await expect(button).toHaveAccessibleName(`Organisation shown: ${own.name}`);
});
