import { expect, test } from '@/e2e/fixtures/portal';
import { newAppName, openSection, press } from '@/e2e/fixtures/portal-steps';

test.describe('the Applications tab', () => {
  test('a developer without applications is led to the first one, and finds it in the list', async ({
    person,
    world,
  }) => {
    const tenant = await world.newTenant();
    const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
    const name = newAppName('Board');
    await page.goto('/');
    await expect(page).toHaveURL('/applications');
    await expect(page.getByRole('heading', { level: 1, name: 'Your applications' })).toBeVisible();
    await page.getByRole('link', { name: 'Create new application' }).click();
    await page.getByLabel('Name').fill(`  ${name}  `);
    await page.getByLabel('What is your app doing?').fill('Shows things.\nOn a board.');
    await page.getByLabel('Limit to account').check();
    await page.getByRole('button', { name: 'Create application' }).click();

    await expect(page).toHaveURL(/\/applications\/\d+$/);
    await expect(page.getByLabel('What is your app doing?')).toHaveValue('Shows things.\nOn a board.');
    await expect(page.getByLabel('Name', { exact: true }), 'the name is no field').toHaveCount(0);
    const steps = page.getByRole('region', { name: 'Next steps' }).getByRole('listitem');
    await expect(steps).toHaveText([/users return/, /what it may ask for/, /prove itself/, /Try it/]);
    await openSection(page, 'Access');
    await expect(page.getByLabel('Limit to account')).toBeChecked();
    await openSection(page, 'Credentials');
    await expect(page.getByRole('textbox', { name: 'Client id' })).toHaveValue(/^[0-9a-f]{20}$/);

    await page.getByRole('link', { name: 'Your applications' }).click();
    const row = page.getByRole('row', { name });
    await expect(row.getByText('In development')).toBeVisible();
    await expect(row.getByRole('link', { name: `Edit ${name}` })).toBeVisible();
    await expect(row.getByRole('link', { name: `Delete ${name}` })).toBeVisible();
    for (const column of ['Name', 'App state', 'Created on', 'Users', 'Last activity', 'Actions'])
      await expect(page.getByRole('columnheader', { name: column })).toBeVisible();
  });

  test('a taken or look-alike name is refused beside its field, and nothing typed is lost', async ({
    person,
    world,
  }) => {
    const tenant = await world.newTenant();
    const taken = await world.newApp({ tenant: await world.newTenant() });
    const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
    await page.goto('/applications/new');
    const name = page.getByLabel('Name');
    await page.getByLabel('What is your app doing?').fill('A description of some length.');
    await page.getByLabel('Limit to account').check();

    for (const lookalike of [taken.name, taken.name.toUpperCase(), `${taken.name.replaceAll('0', 'O')}.`]) {
      await name.fill(lookalike);
      await press(page, 'Create application');
      await expect(name).toHaveAccessibleDescription(/taken already/);
      await expect(name).toHaveAttribute('aria-invalid', 'true');
      await expect(name).toHaveValue(lookalike);
      await expect(page.getByLabel('What is your app doing?')).toHaveValue('A description of some length.');
      await expect(page.getByLabel('Limit to account')).toBeChecked();
    }
    const { rows } = await world.db.query('SELECT 1 FROM apps WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([]);
  });

  test('a name that cannot be is refused with the reason', async ({ person, world }) => {
    const page = await person(await world.newUser({ role: 'DEVELOPER' }));
    await page.goto('/applications/new');
    for (const [typed, reason] of [
      ['', /Enter a name/],
      ['ab', /3 to 50 characters/],
      ['Gatehouse Helper', /name of this service/],
      ['Pаypal Board', /one alphabet/],
      ['<img src=x>', /letters, digits/],
    ] as const) {
      await page.getByLabel('Name').fill(typed);
      await press(page, 'Create application');
      await expect(page.getByLabel('Name')).toHaveAccessibleDescription(reason);
    }
  });

  test('a member of the organisation has no Applications tab, and its addresses lead nowhere', async ({
    person,
    world,
  }) => {
    const app = await world.newApp();
    const page = await person(await world.newUser({ role: 'MEMBER' }));
    await page.goto('/');
    await expect(page).toHaveURL('/connections');
    await expect(page.getByRole('link', { name: 'App connections' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Applications', exact: true })).toHaveCount(0);
    for (const path of ['/applications', '/applications/new', `/applications/${app.id}`]) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    }
  });

  test('case 87: an application of another organisation is not there', async ({ person, world }) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const page = await person(await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' }));
    const sections = [
      '',
      '/credentials',
      '/redirect-urls',
      '/scopes',
      '/access',
      '/connections',
      '/activity',
      '/playground',
      '/danger',
    ];
    const strange = ['/applications/2147483648', '/applications/0', '/applications/x', '/applications/x/danger'];
    for (const path of [...sections.map((section) => `/applications/${app.id}${section}`), ...strange]) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(page.locator('body'), 'nothing of it is told').not.toContainText(app.name);
    }
    await page.goto('/applications');
    await expect(page.locator('body')).not.toContainText(app.name);
  });

  test('an application is deleted once its name has been typed', async ({ person, world }) => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant });
    const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
    await page.goto('/applications');
    await page.getByRole('link', { name: `Delete ${app.name}` }).click();
    const field = page.getByLabel(`To confirm, type ${app.name}`);
    await expect(field, 'the link opens the question').toBeVisible();

    await field.fill('something else');
    await press(page, 'Delete this application');
    await expect(field).toHaveAccessibleDescription(/not the name of the application. Nothing was deleted/);
    await expect(field).toHaveValue('something else');
    const living = 'SELECT 1 FROM apps WHERE id = $1';
    expect((await world.db.query(living, [app.id])).rowCount).toBe(1);

    await field.fill(app.name);
    await page.getByRole('button', { name: 'Delete this application' }).click();
    await expect(page).toHaveURL(/\/applications\?deleted=0$/);
    await expect(page.getByRole('status')).toContainText('deleted');
    await expect(page.getByText(app.name)).toHaveCount(0);
    expect((await world.db.query(living, [app.id])).rowCount).toBe(0);
    expect((await page.goto(`/applications/${app.id}`))?.status()).toBe(404);
  });
});
