import type { Locator, Page } from '@playwright/test';
import { newCandidate } from '@/e2e/fixtures/candidate';
import { expect, startSession, test } from '@/e2e/fixtures/portal';
import { newAppName } from '@/e2e/fixtures/portal-steps';
import type { World } from '@/e2e/fixtures/world';

/** Holds requests back until they are let go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Keeps the scripts of a page away until they are let go. */
async function holdScripts(page: Page) {
  const { opened, open } = gate();
  await page.route('**/_next/static/**/*.js', async (route) => {
    await opened;
    await route.continue();
  });
  return open;
}

/** Keeps the answers to posts away until they are let go. `asked` resolves when one is on its way. */
async function holdAnswers(page: Page) {
  const { opened, open } = gate();
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await page.route('**/applications/**', async (route) => {
    if (route.request().method() === 'POST') await opened;
    await route.continue();
  });
  return { open, asked };
}

/** The application of a developer whose browser is here, with something to edit everywhere. */
async function developerWithApp(page: Page, world: World) {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant, scopes: ['profile', 'alert:w'] });
  await world.db.query("UPDATE apps SET description = 'Shows things.' WHERE id = $1", [app.id]);
  await startSession(page.context(), await world.newUser({ tenant, role: 'DEVELOPER' }));
  return app;
}

/** True once React has this element's props: the page is alive from here on. */
const alive = (field: Locator) =>
  field.evaluate((element) => Object.keys(element).some((key) => key.startsWith('__reactProps')));

async function becomesAlive(field: Locator) {
  await expect.poll(() => alive(field)).toBe(true);
}

test.describe('what is entered before the scripts arrive stays', () => {
  test('texts, links and an address', async ({ page, world }) => {
    const app = await developerWithApp(page, world);
    const letScriptsGo = await holdScripts(page);
    await page.goto(`/applications/${app.id}`, { waitUntil: 'commit' });
    const description = page.getByLabel('What is your app doing?');
    await description.fill('Shows other things.');
    await page.getByLabel('Website').fill('https://early.example');
    letScriptsGo();
    await becomesAlive(description);
    await expect(description).toHaveValue('Shows other things.');
    await page.getByRole('button', { name: 'Save general settings' }).click();
    await expect(page.getByText('General settings saved.')).toBeVisible();
    const { rows } = await world.db.query('SELECT description, website FROM apps WHERE id = $1', [app.id]);
    expect(rows).toEqual([{ description: 'Shows other things.', website: 'https://early.example' }]);
  });

  test('what a request for verification says', async ({ page, world }) => {
    const { app, developer } = await newCandidate(world);
    await startSession(page.context(), developer);
    const path = `/applications/${app.id}/verification`;
    await page.goto(path);
    await page.getByRole('button', { name: 'Get verified' }).click();
    const purpose = page.getByLabel('What is the app for');
    await purpose.fill('A first answer that is long enough to be one.');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await expect(page.getByText('The draft was saved.')).toBeVisible();
    const letScriptsGo = await holdScripts(page);
    await page.goto(path, { waitUntil: 'commit' });
    await expect(purpose).toHaveValue(/^A first answer/);
    await purpose.fill('Another answer, typed before any script came.');
    letScriptsGo();
    await becomesAlive(purpose);
    await expect(purpose).toHaveValue('Another answer, typed before any script came.');
  });

  test('choices, ticks and purposes of scopes', async ({ page, world }) => {
    const app = await developerWithApp(page, world);
    const letScriptsGo = await holdScripts(page);
    await page.goto(`/applications/${app.id}/scopes`, { waitUntil: 'commit' });
    const access = page.locator('[name="access.alert"]');
    await access.selectOption('r');
    await page.locator('[name="purpose.alert"]').fill('To show them.');
    await page.locator('[name="optional.alert"]').check();
    letScriptsGo();
    await becomesAlive(access);
    await expect(access).toHaveValue('r');
    await page.getByRole('button', { name: 'Save scopes' }).click();
    await expect(page.getByText('Scopes saved.')).toBeVisible();
    const { rows } = await world.db.query(
      "SELECT access, purpose, optional FROM app_scopes WHERE app_id = $1 AND name = 'alert'",
      [app.id],
    );
    expect(rows).toEqual([{ access: 'r', purpose: 'To show them.', optional: true }]);
  });

  test('redirect URLs, whose lines scripts add and remove', async ({ page, world }) => {
    const app = await developerWithApp(page, world);
    const letScriptsGo = await holdScripts(page);
    await page.goto(`/applications/${app.id}/redirect-urls`, { waitUntil: 'commit' });
    const line = page.getByLabel('Redirect URL 2', { exact: true });
    await line.fill('https://early.example/cb');
    letScriptsGo();
    await becomesAlive(line);
    await page.getByRole('button', { name: 'Add another' }).click();
    await expect(page.getByLabel('Redirect URL 3', { exact: true })).toBeVisible();
    await expect(line).toHaveValue('https://early.example/cb');
  });
});

test.describe('what is typed while an answer is awaited stays', () => {
  test('when the form is refused; the rest stays too, and the focus is where the person is', async ({
    page,
    world,
  }) => {
    await startSession(page.context(), await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' }));
    await page.goto('/applications/new');
    const { open, asked } = await holdAnswers(page);
    const name = page.getByLabel('Name');
    const description = page.getByLabel('What is your app doing?');
    await name.fill('x');
    await description.fill('First.');
    await page.getByRole('button', { name: 'Create application' }).click();
    await asked;
    await page.getByLabel('Limit to account').check();
    await description.fill('Second, while the first is judged.');
    open();
    await expect(name).toHaveAccessibleDescription(/3 to 50 characters/);
    await expect(name).toHaveValue('x');
    await expect(description).toHaveValue('Second, while the first is judged.');
    await expect(description).toBeFocused();
    await expect(page.getByLabel('Limit to account')).toBeChecked();
  });

  test('when it is saved; what was not touched since is shown as it was saved', async ({ page, world }) => {
    const app = await developerWithApp(page, world);
    await page.goto(`/applications/${app.id}`);
    const { open, asked } = await holdAnswers(page);
    const description = page.getByLabel('What is your app doing?');
    const website = page.getByLabel('Website');
    await description.fill('Shows things.');
    await website.fill('  https://board.example  ');
    await page.getByRole('button', { name: 'Save general settings' }).click();
    await asked;
    await description.fill('Shows things that come later.');
    open();
    await expect(page.getByText('General settings saved.')).toBeVisible();
    await expect(description).toHaveValue('Shows things that come later.');
    await expect(website).toHaveValue('https://board.example');
  });

  test('in the lines of redirect URLs', async ({ page, world }) => {
    const app = await developerWithApp(page, world);
    await page.goto(`/applications/${app.id}/redirect-urls`);
    const { open, asked } = await holdAnswers(page);
    await page.getByLabel('Redirect URL 2', { exact: true }).fill('https://two.example/cb');
    await page.getByRole('button', { name: 'Save redirect URLs' }).click();
    await asked;
    await page.getByRole('button', { name: 'Add another' }).click();
    await page.getByLabel('Redirect URL 3', { exact: true }).fill('https://three.example/cb');
    open();
    await expect(page.getByText('Redirect URLs saved.')).toBeVisible();
    await expect(page.getByLabel('Redirect URL 2', { exact: true })).toHaveValue('https://two.example/cb');
    await expect(page.getByLabel('Redirect URL 3', { exact: true })).toHaveValue('https://three.example/cb');
  });
});

test('a form that is refused brings the focus to what is wrong, and typing on keeps it', async ({ page, world }) => {
  const app = await developerWithApp(page, world);
  await page.goto(`/applications/${app.id}/redirect-urls`);
  const [second, third] = [2, 3].map((place) => page.getByLabel(`Redirect URL ${place}`, { exact: true }));
  await second?.fill('http://two.example/cb');
  await page.getByRole('button', { name: 'Add another' }).click();
  await third?.fill('http://three.example/cb');
  await page.getByRole('button', { name: 'Save redirect URLs' }).click();
  const summary = page.getByRole('alert').filter({ hasText: 'Redirect URL 3' });
  await expect(summary.locator('..')).toBeFocused();
  await summary.getByRole('link', { name: /Redirect URL 2/ }).click();
  await page.keyboard.press('End');
  await page.keyboard.type('/more');
  await expect(second as Locator, 'every key arrives').toHaveValue('http://two.example/cb/more');
});

test('two presses of a button send a form once', async ({ page, world }) => {
  const tenant = await world.newTenant();
  await startSession(page.context(), await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto('/applications/new');
  const { open, asked } = await holdAnswers(page);
  let posts = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') posts += 1;
  });
  const name = newAppName('Twice');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Name').press('Enter');
  await asked;
  await page.getByLabel('Name').press('Enter');
  await page.getByRole('button', { name: /Creating/ }).click({ force: true });
  open();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(posts).toBe(1);
});

test('passwords are emptied by every answer, other entries are not', async ({ page, world }) => {
  await startSession(page.context(), await world.newUser());
  await page.goto('/account');
  const current = page.getByLabel('Current password');
  await current.fill('anything');
  await page.getByLabel('New password', { exact: true }).fill('passwordpassword');
  await page.getByLabel(/^Also disconnect/).check();
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('This is easy to guess')).toBeVisible();
  for (const label of ['Current password', 'New password'])
    await expect(page.getByLabel(label, { exact: true })).toHaveValue('');
  await expect(page.getByLabel(/^Also disconnect/)).toBeChecked();
});
