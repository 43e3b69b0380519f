import { authorizeUrl, expect, origin, test } from '@/e2e/fixtures/portal';
import { countEvents, logEvents } from '@/e2e/fixtures/screens';

test('a developer finds out why a redirect URI failed by the request id that a user quotes', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const user = await person(await world.newUser());
  const mistaken = { ...app, redirectUri: 'https://client.example:8443/cb/' };
  const answer = await user.goto(authorizeUrl(mistaken));
  await expect(user.getByRole('heading', { name: 'This app could not be connected' })).toBeVisible();
  await expect(user.getByText('Give it to the developer of the app')).toBeVisible();
  const quoted = (await user.locator('.id code').textContent()) ?? '';
  expect(answer?.headers()['x-request-id']).toBe(quoted);
  // Nothing of the request is on the page.
  await expect(user.locator('body')).not.toContainText('8443');

  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await expect(async () => {
    await page.goto(`/applications/${app.id}/activity`);
    await expect(page.getByText(quoted)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  // As it was read out on the phone.
  await page.getByRole('textbox', { name: 'Request id' }).fill((quoted.toUpperCase().match(/.{4}/g) ?? []).join('-'));
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page).toHaveURL(/request=/);
  const events = page
    .getByRole('main')
    .getByRole('list')
    .getByRole('listitem')
    .filter({ hasText: 'Authorization refused' });
  await expect(events).toHaveCount(1);
  await expect(events).toContainText('The redirect_uri is not registered for this app.');
  await expect(events.getByRole('definition')).toHaveText([
    'https://client.example:8443/cb/',
    'https://client.example/cb',
  ]);
  await expect(events).toContainText('The port differs: you sent 8443, registered is none.');
  await expect(events).toContainText('You sent a slash at the end that the registered one does not have.');
  await expect(events).toContainText('What to do: Send the registered address to the letter');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: origin() });
  await page.getByRole('button', { name: `Copy request id ${quoted}` }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(quoted);
});

test('the log is filtered without scripts, and what was found has an address', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const app = await world.newApp({ tenant });
  await logEvents(world, app, developer.id);
  const page = await person(developer, { javaScriptEnabled: false });
  await page.goto(`/applications/${app.id}/activity`);
  const ids = page.getByText(/^6ph1x2y3z4q5r60\d$/);
  await expect(ids).toHaveCount(9);
  await page.getByLabel('Outcome').selectOption('Failures only');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page).toHaveURL(/outcome=failures/);
  await expect(ids).toHaveCount(5);
  await expect(page.getByText('37 more like this in that minute')).toBeVisible();
  await page.getByLabel('Outcome').selectOption('The client secret is wrong.');
  await page.getByText('More filters').click();
  await page.getByLabel('What').selectOption('Code exchange');
  await page.getByLabel('Period').selectOption('Last 24 hours');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page).toHaveURL(/outcome=secret_mismatch.*kind=token.*period=day/);
  await expect(ids).toHaveCount(1);
  await expect(page.getByText('The registered secrets end in a1b2, c3d4.')).toBeVisible();
  await page.getByRole('link', { name: 'Show everything' }).click();
  await expect(ids).toHaveCount(9);
  await page
    .getByRole('link', { name: /^[0-9a-f]{8}$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/connection=/);
  await expect(ids).toHaveCount(1);
  await page.getByRole('textbox', { name: 'Request id' }).fill('not an id');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(page.getByText('This is no request id')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Request id' })).toHaveValue('not an id');
  await expect(page.getByRole('heading', { name: 'No event fits' })).toBeVisible();
});

test('charts have their numbers in a table, hour by hour and day by day', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const app = await world.newApp({ tenant });
  await countEvents(world, app);
  const page = await person(developer);
  await page.goto(`/applications/${app.id}/activity`);
  await page.getByRole('link', { name: 'Charts' }).click();
  await expect(page).toHaveURL(/\/activity\/charts$/);
  for (const name of ['Grants', 'Refreshes', 'Failures', 'Live connections'])
    await expect(page.getByRole('img', { name })).toBeVisible();
  await page.getByText('Show as a table: Failures').click();
  const failures = page.getByRole('table', { name: 'Failures' });
  await expect(failures.getByRole('columnheader')).toHaveText([
    'Time',
    'The code had expired: it is good for two minutes.',
    'The code_verifier does not belong to the code_challenge.',
    'The redirect_uri is not registered for this app.',
    'Other causes',
  ]);
  await expect(failures.getByRole('row')).toHaveCount(8);
  await page.getByRole('link', { name: 'Last 24 hours' }).click();
  await expect(page).toHaveURL(/period=day/);
  await page.getByText('Show as a table: Live connections').click();
  const live = page.getByRole('table', { name: 'Live connections' });
  await expect(live.getByRole('row')).toHaveCount(25);
  await expect(live.getByRole('row').last().getByRole('cell')).toHaveText('1,200');
  await expect(live.getByRole('row').last().getByRole('rowheader')).toHaveText(/^\d\d:00$/);
});

test('in German', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const app = await world.newApp({ tenant });
  await logEvents(world, app, developer.id);
  const page = await person(developer, { locale: 'de-DE' });
  await page.goto(`/applications/${app.id}/activity?outcome=redirect_uri_mismatch`);
  await expect(page.getByText('Das Schema ist anders: Gesendet wurde http, eingetragen ist https.')).toBeVisible();
  await expect(page.getByText('Was hilft: Senden Sie die eingetragene Adresse buchstabengetreu')).toBeVisible();
  await page.getByRole('link', { name: 'Diagramme' }).click();
  await expect(page.getByRole('heading', { name: 'In diesem Zeitraum wurde nichts gezählt' })).toBeVisible();
});
