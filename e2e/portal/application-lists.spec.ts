import { expect, test } from '@/e2e/fixtures/portal';
import { connect, logEvents } from '@/e2e/fixtures/screens';

test('the list is searched by name and client id, and goes on page by page in both directions', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const apps = [];
  for (let n = 0; n < 27; n++) apps.push(await world.newApp({ tenant }));
  const [oldest, newest] = [apps[0], apps[26]];
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto('/applications');
  const names = page.getByRole('rowheader');
  await expect(names).toHaveCount(25);
  await expect(names.first()).toContainText(newest?.name ?? '');
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(names).toHaveCount(2);
  await expect(names.last()).toContainText(oldest?.name ?? '');
  await page.getByRole('link', { name: 'Newer' }).click();
  await expect(names).toHaveCount(25);
  await expect(page.getByRole('link', { name: 'Newer' })).toHaveCount(0);

  const search = page.getByRole('searchbox', { name: 'Search by name or client id' });
  await search.fill(oldest?.name.toUpperCase() ?? '');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(names).toHaveCount(1);
  await search.fill(newest?.clientId ?? '');
  await search.press('Enter');
  await expect(names).toContainText([newest?.name ?? '']);
  await search.fill('%_');
  await search.press('Enter');
  await expect(page.getByRole('heading', { name: 'No application matches “%_”' })).toBeVisible();
  await page.getByRole('link', { name: 'Show all applications' }).click();
  await expect(names).toHaveCount(25);
});

test('the list says where each application stands, and why it is suspended', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const [verified, asked, suspended] = [
    await world.newApp({ tenant, verified: true }),
    await world.newApp({ tenant }),
    await world.newApp({ tenant }),
  ];
  await world.db.query("UPDATE apps SET status = 'SUSPENDED', suspended_reason = 'It sent spam.' WHERE id = $1", [
    suspended.id,
  ]);
  await world.db.query(
    `INSERT INTO verification_requests (app_id, asked, created_by_id, submitted_at)
     SELECT id, '{}', created_by_id, now() FROM apps WHERE id = $1`,
    [asked.id],
  );
  const user = await world.newUser({ tenant });
  await connect(world, verified, user);
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto('/applications');
  await expect(page.getByRole('row', { name: verified.name })).toContainText('Verified');
  await expect(page.getByRole('row', { name: asked.name })).toContainText('Pending review');
  await expect(page.getByRole('row', { name: suspended.name })).toContainText('Suspended: It sent spam.');
  await page.goto(`/applications/${suspended.id}/credentials`);
  await expect(page.getByText('This application is suspended')).toBeVisible();
  await expect(page.getByText('It sent spam.')).toBeVisible();
});

test('a platform admin looks at another organisation’s list and changes nothing', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const page = await person(await world.newUser({ platformAdmin: true }));
  await page.goto('/applications');
  const open = page.getByRole('button', { name: /^Organisation shown/ });
  await expect(open, 'a menu once scripts are there').toHaveAttribute('aria-haspopup');
  await open.click();
  await page.getByPlaceholder('Find an organisation').fill(tenant.name);
  await page.getByRole('menuitem', { name: tenant.name }).click();
  await expect(page.getByRole('row', { name: app.name })).toBeVisible();
  await expect(page.getByText('Only its own developers can change them')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link')).toHaveCount(0);
  expect((await page.goto(`/applications/${app.id}`))?.status()).toBe(404);
});

test('the connections of an application: who, with what, and why they ended; no addresses', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const [ada, eve] = [await world.newUser(), await world.newUser({ tenant })];
  await connect(world, app, ada, 'profile alert:w');
  await connect(world, app, eve);
  await world.db.query(
    `UPDATE connections SET ended_at = now(), ended_reason = 'revoked_by_user', ip = '203.0.113.77'
      WHERE grant_id = (SELECT id FROM grants WHERE app_id = $1 AND user_id = $2)`,
    [app.id, ada.id],
  );
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}/connections`);
  await expect(page.getByRole('row', { name: ada.username })).toContainText('See, Create, Edit Alerts');
  await expect(page.getByRole('row', { name: ada.username })).toContainText(/Ended.*by the user/);
  await expect(page.getByRole('row', { name: eve.username })).toContainText(/Firefox, Mac.*Connected/);
  expect(await page.content(), 'addresses are the user’s').not.toContain('203.0.113.77');

  await page.getByRole('searchbox').fill(ada.username);
  await page.getByRole('searchbox').press('Enter');
  await expect(page.getByRole('rowheader')).toHaveCount(1);
  await page.getByRole('searchbox').fill('nobody');
  await page.getByRole('searchbox').press('Enter');
  await expect(page.getByRole('heading', { name: 'No connection of “nobody”' })).toBeVisible();
});

test('the connections go on page by page in both directions', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  await connect(world, app, await world.newUser({ tenant }));
  // Two at a time, so that the time alone does not order them.
  await world.db.query(
    `INSERT INTO connections (id, grant_id, app_id, scopes, connected_at)
     SELECT gen_random_uuid(), grant_id, app_id, scopes, now() - make_interval(days => n / 2)
       FROM connections, generate_series(1, 59) n WHERE app_id = $1`,
    [app.id],
  );
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}/connections`);
  const rows = page.getByRole('rowheader');
  const counts = [await rows.count()];
  for (const way of ['Older', 'Older', 'Newer', 'Newer'] as const) {
    const before = page.url();
    await page.getByRole('link', { name: way }).click();
    await expect(page).not.toHaveURL(before);
    counts.push(await rows.count());
  }
  expect(counts).toEqual([25, 25, 10, 25, 25]);
  await expect(page.getByRole('link', { name: 'Newer' })).toHaveCount(0);
});

test('the activity of an application: causes in words, request ids, and nobody’s name in a refusal', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const user = await world.newUser();
  await logEvents(world, app, user.id);
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}/activity`);
  // Of an address that differs, each difference is a line of its own.
  const lines = page.getByRole('main').getByRole('listitem');
  await expect(lines).toHaveText([
    /Code refused.*client secret is wrong.*37 more like this/s,
    /Code refused.*client secret is wrong.*registered secrets end in/s,
    /Refresh token revoked by your application/,
    /Code exchanged for tokens/,
    /Tokens refreshed.*two of your processes/s,
    /Refresh refused.*was revoked.*eleventh time/s,
    /Code refused.*code_verifier does not belong to the code_challenge/s,
    /Authorization refused.*not declared.*source:d, alert/s,
    /Authorization refused.*redirect_uri is not registered/s,
    /The scheme differs: you sent http, registered is https/,
    /Capital and small letters of the path differ/,
    /Grant screen shown/,
  ]);
  for (const place of [2, 3, 4]) await expect(lines.nth(place)).toContainText(user.username);
  for (const place of [0, 1, 5, 6, 7, 8, 11]) await expect(lines.nth(place)).not.toContainText(user.username);
});
