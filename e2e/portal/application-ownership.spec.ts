import { expect, test } from '@/e2e/fixtures/portal';
import { offerTo } from '@/e2e/fixtures/screens';

test('an application goes to another organisation once a developer there accepts, and drops its badge', async ({
  person,
  world,
}) => {
  const [here, there] = [await world.newTenant(), await world.newTenant()];
  const app = await world.newApp({ tenant: here, verified: true });
  const giver = await person(await world.newUser({ tenant: here, role: 'DEVELOPER' }));
  await giver.goto(`/applications/${app.id}/danger`);
  await giver.getByRole('radio', { name: /^Another organisation/ }).check();
  const name = giver.getByLabel('Account name of the organisation');
  await name.fill('no-such-organisation');
  await giver.getByRole('button', { name: 'Offer application' }).click();
  await expect(name).toHaveAccessibleDescription(/There is no other organisation with this account name/);
  await expect(name).toHaveValue('no-such-organisation');
  await expect(giver.getByText('Connections go on working, but not in organisations that')).toBeVisible();
  await name.fill(there.name.toUpperCase());
  await giver.getByRole('button', { name: 'Offer application' }).click();
  await expect(giver.getByText(`Offered to ${there.name}`)).toBeVisible();

  const receiver = await person(await world.newUser({ tenant: there, role: 'DEVELOPER' }));
  await receiver.goto('/applications');
  const offers = receiver.getByRole('region', { name: 'An application is offered to you' });
  await expect(offers).toContainText(`${here.name} offers ${app.name} to your organisation.`);
  await expect(offers).toContainText('a verified badge ends');
  await offers.getByRole('button', { name: `Accept ${app.name}` }).click();
  await expect(receiver).toHaveURL(`/applications/${app.id}?offer=accepted`);
  await expect(receiver.getByText('You have accepted the application.')).toBeVisible();
  await expect(receiver.getByText('In development')).toBeVisible();
  expect((await giver.goto(`/applications/${app.id}`))?.status(), 'gone from where it was').toBe(404);
});

test('both sides read what stops before it happens; what was declined is not offered again, and what was typed stays', async ({
  person,
  world,
}) => {
  const [here, there] = [await world.newTenant(), await world.newTenant()];
  const app = await world.newApp({ tenant: here });
  await world.db.query('UPDATE apps SET limit_to_account = true WHERE id = $1', [app.id]);
  const giver = await person(await world.newUser({ tenant: here, role: 'DEVELOPER' }));
  const receiver = await person(await world.newUser({ tenant: there, role: 'DEVELOPER' }));
  const name = giver.getByLabel('Account name of the organisation');
  const offerThem = async () => {
    await giver.goto(`/applications/${app.id}/danger`);
    await giver.getByRole('radio', { name: /^Another organisation/ }).check();
    await expect(giver.getByText('all connections of yours stop working')).toBeVisible();
    await name.fill(there.name);
    await giver.getByRole('button', { name: 'Offer application' }).click();
  };

  await offerThem();
  await expect(giver.getByText(`Offered to ${there.name}`)).toBeVisible();
  await receiver.goto('/applications');
  const offers = receiver.getByRole('region', { name: 'An application is offered to you' });
  await expect(offers).toContainText(`It is limited to users of ${here.name}.`);
  await expect(offers).not.toContainText('go on working');
  await offers.getByRole('button', { name: `Decline ${app.name}` }).click();
  await expect(receiver.getByText('It stays where it is')).toBeVisible();

  await offerThem();
  await expect(name).toHaveAccessibleDescription(new RegExp(`${there.name} has declined this application`));
  await expect(name).toHaveValue(there.name);
});

test('where five offers wait the refusal leads to each, and one that is taken back makes room', async ({
  person,
  world,
}) => {
  const [here, there] = [await world.newTenant(), await world.newTenant()];
  const waiting = [];
  for (let place = 0; place < 5; place++) {
    const app = await world.newApp({ tenant: here });
    await offerTo(world, app, there);
    waiting.push(app);
  }
  const app = await world.newApp({ tenant: here });
  const page = await person(await world.newUser({ tenant: here, role: 'DEVELOPER' }));
  const name = page.getByLabel('Account name of the organisation');
  const offerThem = async () => {
    await page.goto(`/applications/${app.id}/danger`);
    await page.getByRole('radio', { name: /^Another organisation/ }).check();
    await name.fill(there.name);
    await page.getByRole('button', { name: 'Offer application' }).click();
  };

  await offerThem();
  await expect(name).toHaveAccessibleDescription(new RegExp(`${there.name} has 5 offers of yours to answer`));
  const links = page.getByRole('list', { name: 'These offers wait' }).getByRole('link');
  await expect(links).toHaveText(waiting.map((one) => one.name));
  await links.nth(2).click();
  await expect(page).toHaveURL(`/applications/${waiting[2]?.id}/danger`);
  await page.getByRole('button', { name: 'Take offer back' }).click();
  await expect(page.getByRole('button', { name: 'Offer application' })).toBeVisible();
  await offerThem();
  await expect(page.getByText(`Offered to ${there.name}`)).toBeVisible();
});

test('a suspended application is neither offered nor accepted, and both sides read why', async ({ person, world }) => {
  const [here, there] = [await world.newTenant(), await world.newTenant()];
  const [offered, other] = [await world.newApp({ tenant: here }), await world.newApp({ tenant: here })];
  await offerTo(world, offered, there);
  const receiver = await person(await world.newUser({ tenant: there, role: 'DEVELOPER' }));
  await receiver.goto('/applications');
  const offers = receiver.getByRole('region', { name: 'An application is offered to you' });
  await world.db.query("UPDATE apps SET status = 'SUSPENDED' WHERE id = ANY ($1)", [[offered.id, other.id]]);
  // The page is from before.
  await offers.getByRole('button', { name: `Accept ${offered.name}` }).click();
  await expect(receiver.getByText('This application is suspended. You can accept it once')).toBeVisible();
  await expect(offers).toContainText('It is suspended: nobody can connect it');
  await expect(offers).not.toContainText('go on working');
  await expect(offers.getByRole('button', { name: /^Accept/ })).toHaveCount(0);
  await expect(offers.getByRole('button', { name: `Decline ${offered.name}` })).toBeVisible();

  const giver = await person(await world.newUser({ tenant: here, role: 'DEVELOPER' }));
  await giver.goto(`/applications/${offered.id}/danger`);
  await expect(giver.getByText('they can accept once the suspension is lifted')).toBeVisible();
  await giver.goto(`/applications/${other.id}/danger`);
  const name = giver.getByLabel('Account name of the organisation');
  await giver.getByRole('radio', { name: /^Another organisation/ }).check();
  await name.fill(there.name);
  await giver.getByRole('button', { name: 'Offer application' }).click();
  await expect(name).toHaveAccessibleDescription(/no other organisation can take it/);
  await expect(name).toHaveValue(there.name);
  const { rows } = await world.db.query('SELECT tenant_id AS id FROM apps WHERE id = ANY ($1)', [
    [offered.id, other.id],
  ]);
  expect(rows).toEqual([{ id: here.id }, { id: here.id }]);
  const left = await world.db.query('SELECT app_id AS id FROM app_transfers WHERE to_tenant_id = $1', [there.id]);
  expect(left.rows).toEqual([{ id: offered.id }]);
});

test('an offer can be taken back and declined, and a colleague becomes the person to turn to', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const [first, second] = [
    await world.newUser({ tenant, role: 'DEVELOPER' }),
    await world.newUser({ tenant, role: 'DEVELOPER' }),
  ];
  const app = await world.newApp({ tenant });
  await world.db.query('UPDATE apps SET owner_id = $2 WHERE id = $1', [app.id, first.id]);
  const [hers, his] = [await person(first), await person(second)];
  const offerHim = async () => {
    await hers.goto(`/applications/${app.id}/danger`);
    await hers.getByLabel('Username of a developer').fill(second.username);
    await hers.getByRole('button', { name: 'Offer application' }).click();
    await expect(hers.getByRole('button', { name: 'Take offer back' })).toBeVisible();
  };

  await offerHim();
  await hers.getByRole('button', { name: 'Take offer back' }).click();
  await expect(hers.getByRole('button', { name: 'Offer application' })).toBeVisible();
  await his.goto('/applications');
  await expect(his.getByRole('button', { name: /^Accept/ })).toHaveCount(0);

  await offerHim();
  await his.goto('/applications');
  await expect(his.getByText('your organisation asks you to be the person')).toBeVisible();
  await his.getByRole('button', { name: `Decline ${app.name}` }).click();
  await expect(his.getByText('It stays where it is')).toBeVisible();

  await offerHim();
  await his.goto('/applications');
  await his.getByRole('button', { name: `Accept ${app.name}` }).click();
  await expect(his.getByText('You have accepted the application.')).toBeVisible();
  await expect(his.getByRole('region', { name: 'About this application' })).toContainText(second.username);
  await hers.goto(`/applications/${app.id}`);
  await expect(hers.getByRole('heading', { level: 1, name: app.name }), 'managed together still').toBeVisible();
});

test('nobody’s leaving orphans an application: a colleague takes over', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const gone = await world.newUser({ tenant, role: 'DEVELOPER' });
  const stays = await world.newUser({ tenant, role: 'DEVELOPER' });
  const app = await world.newApp({ tenant });
  await world.db.query('UPDATE apps SET owner_id = $2 WHERE id = $1', [app.id, gone.id]);
  const page = await person(stays);
  await page.goto(`/applications/${app.id}`);
  await expect(page.getByText('Nobody to turn to')).toHaveCount(0);
  await world.db.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [gone.id]);
  await page.goto(`/applications/${app.id}/access`);
  await expect(page.getByText(`${gone.username}, who was the person to turn to`)).toBeVisible();
  await page.getByRole('button', { name: 'Become the person to turn to' }).click();
  await expect(page.getByText('Nobody to turn to')).toHaveCount(0);
  const { rows } = await world.db.query('SELECT owner_id FROM apps WHERE id = $1', [app.id]);
  expect(rows).toEqual([{ owner_id: stays.id }]);
});
