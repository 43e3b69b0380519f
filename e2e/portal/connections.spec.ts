import type { Page } from '@playwright/test';
import { expect, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu } from '@/e2e/fixtures/portal-steps';
import { connect } from '@/e2e/fixtures/screens';

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

const notices = (page: Page) => page.getByRole('region', { name: /new app connection/ });

for (const scripts of [true, false]) {
  test.describe(`new connections, ${scripts ? 'with' : 'without'} JavaScript`, () => {
    test.use({ javaScriptEnabled: scripts });

    test('are told on every page until the user says "This was me"', async ({ person, world }) => {
      const [app, user] = [await world.newApp(), await world.newUser()];
      await connect(world, app, user, 'profile', IPHONE);
      const page = await person(user);
      for (const path of ['/account', '/connections']) {
        await page.goto(path);
        await expect(notices(page)).toContainText(`${app.name} was connected to your account`);
        await expect(notices(page)).toContainText(/on Safari, iPhone from \S+ · just now/);
        await expect(page.getByRole('link', { name: 'App connections 1', exact: true })).toBeVisible();
      }
      await expect(page.getByRole('row', { name: app.name })).toContainText('New');
      await page.getByRole('button', { name: `This was me: ${app.name} on Safari, iPhone` }).click();
      await expect(notices(page)).toHaveCount(0);
      await expect(page.getByRole('row', { name: app.name })).not.toContainText('New');
      await page.goto('/account');
      await expect(notices(page)).toHaveCount(0);
    });

    test('"This wasn’t me" ends the connection and says what to do next', async ({ person, world }) => {
      const [app, user] = [await world.newApp(), await world.newUser()];
      await connect(world, app, user, 'profile', IPHONE);
      const page = await person(user);
      const intruder = await person(user);
      await intruder.goto('/connections');
      await page.goto('/connections');
      await page.getByRole('button', { name: `This wasn’t me: ${app.name} on Safari, iPhone` }).click();
      await expect(page.getByRole('heading', { name: 'The connection was ended' })).toBeVisible();
      await expect(page.getByRole('status')).toContainText(`The connection of ${app.name} and every token it held`);
      await expect(notices(page)).toHaveCount(0);
      await expect(page.getByRole('link', { name: 'Change password' })).toHaveAttribute('href', '/account');

      await page.getByRole('button', { name: 'Sign out all other browsers' }).click();
      await expect(page.getByRole('heading', { name: 'Account activity' })).toBeVisible();
      // The intruder's, and the one in which the app was connected.
      await expect(page.getByText('You signed 2 other browsers out')).toBeVisible();
      await expect(page.getByText(`You reported a connection of ${app.name}: it ended at once`)).toBeVisible();
      await intruder.reload();
      await expect(intruder).toHaveURL(/\/signin/);

      await page.goto('/connections');
      await expect(page.getByRole('heading', { name: 'No app is connected to your account' })).toBeVisible();
    });

    test('what has been idle is named, and ended together; what is used stays', async ({ person, world }) => {
      const user = await world.newUser();
      const [idle, used] = [await world.newApp(), await world.newApp()];
      await connect(world, idle, user);
      await connect(world, used, user);
      await world.db.query(
        `UPDATE connections SET connected_at = now() - interval '70 days', issued_at = now() - interval '70 days',
                last_activity_at = now() - interval '65 days', seen_at = now() WHERE app_id = $1`,
        [idle.id],
      );
      const page = await person(user);
      await page.goto('/connections');
      await page.getByRole('link', { name: 'Revoke idle connections' }).click();
      await page.getByRole('link', { name: '90 days' }).click();
      await expect(page.getByText('Nothing has been idle for more than 90 days.')).toBeVisible();
      await page.getByRole('link', { name: '60 days' }).click();
      await expect(page.getByRole('heading', { name: 'This ends 1 connection' })).toBeVisible();
      const main = page.getByRole('main');
      await expect(main.getByRole('listitem').filter({ hasText: idle.name })).toContainText(
        'Firefox, Mac · 2 months ago',
      );
      await expect(main.getByRole('listitem').filter({ hasText: 'Firefox, Mac · ' })).toHaveCount(1);
      await page.getByRole('button', { name: 'Revoke 1 connection' }).click();
      await expect(page.getByRole('status').filter({ hasText: '1 connection was revoked.' })).toBeVisible();
      const { rows } = await world.db.query(
        'SELECT app_id, revoked_at IS NULL AS stands FROM grants WHERE user_id = $1 ORDER BY app_id',
        [user.id],
      );
      expect(rows).toEqual([
        { app_id: idle.id, stands: false },
        { app_id: used.id, stands: true },
      ]);
    });
  });
}

test.describe('app connections', () => {
  test('show the address as the organisation allows, and an admin decides how', async ({ person, world }) => {
    const tenant = await world.newTenant();
    const [app, user, admin] = [
      await world.newApp(),
      await world.newUser({ tenant }),
      await world.newUser({ tenant, role: 'ADMIN' }),
    ];
    await connect(world, app, user);
    await world.db.query("UPDATE connections SET ip = '203.0.113.77' WHERE app_id = $1", [app.id]);
    const [page, office] = [await person(user), await person(admin)];
    const row = page.getByRole('row', { name: app.name });
    await office.goto('/connections');
    await chooseInAccountMenu(office, 'Organisation settings');
    await expect(office.getByRole('heading', { name: 'Network addresses' })).toBeVisible();
    for (const [choice, shown] of [
      ['Its network', '203.0.113.0/24'],
      ['Nothing', null],
      ['The whole address', '203.0.113.77'],
    ] as const) {
      // The answer of the save before is gone.
      await office.goto('/organisation');
      await office.getByRole('radio', { name: new RegExp(`^${choice}`) }).check();
      await office.getByRole('button', { name: 'Save' }).click();
      await expect(office.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
      await page.goto('/connections');
      if (shown) await expect(row).toContainText(shown);
      else await expect(page.getByRole('main')).not.toContainText('203.0.113');
      await page.goto('/account/activity');
      const told = page.getByRole('listitem').filter({ hasText: 'See this connection' });
      await expect(told).toContainText(shown ? `Firefox, Mac · ${shown}` : 'Firefox, Mac');
    }
    await page.goto('/organisation');
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  });

  test('say which connections ended because ten were connected', async ({ person, world }) => {
    const [app, user] = [await world.newApp(), await world.newUser()];
    for (let n = 0; n < 11; n++) await connect(world, app, user);
    const page = await person(user);
    await page.goto(`/connections/${app.id}`);
    await expect(page.getByRole('heading', { level: 1, name: `Connections of ${app.name}` })).toBeVisible();
    await expect(page.getByRole('button', { name: `Revoke access of ${app.name} on Firefox, Mac` })).toHaveCount(10);
    await expect(page.getByText(/^Ended on .* because 10 clients of this app were connected\.$/)).toHaveCount(1);
    await page.getByRole('button', { name: `Revoke all 10 connections of ${app.name}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
    await expect(page.getByRole('status').filter({ hasText: `${app.name} was revoked.` })).toBeVisible();
    await page.goto('/account/activity');
    await expect(page.getByText(`A connection of ${app.name} ended because 10 were connected`)).toBeVisible();
    await expect(page.getByText(`You revoked all access of ${app.name}`)).toBeVisible();
  });

  test('are searched, sorted and paged', async ({ person, world }) => {
    const user = await world.newUser();
    const names = Array.from(
      { length: 27 },
      (_, n) => `Board ${String(n).padStart(2, '0')} ${crypto.randomUUID().slice(0, 6)}`,
    );
    for (const name of names) {
      const app = await world.newApp({ name });
      await world.db.query("INSERT INTO grants (user_id, app_id, scopes) VALUES ($1, $2, 'profile')", [
        user.id,
        app.id,
      ]);
    }
    const page = await person(user);
    await page.goto('/connections?sort=name');
    const heads = page.getByRole('rowheader');
    await expect(heads).toHaveCount(25);
    await expect(heads.first()).toContainText(names[0] as string);
    await page.getByRole('link', { name: 'Older' }).click();
    await expect(heads).toHaveCount(2);
    await expect(heads.last()).toContainText(names[26] as string);
    await page.getByRole('searchbox', { name: 'Search your apps' }).fill('board 13');
    await page.keyboard.press('Enter');
    await expect(heads).toHaveCount(1);
    await expect(heads).toContainText(names[13] as string);
    await page.getByRole('searchbox', { name: 'Search your apps' }).fill('nothing like it');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'No connected app matches' })).toBeVisible();
    await page.getByRole('link', { name: 'All app connections' }).click();
    await expect(heads).toHaveCount(25);
  });

  test('keyboard only: from the notice to the revoke of the connection', async ({ person, world }) => {
    const [app, user] = [await world.newApp(), await world.newUser()];
    await connect(world, app, user);
    const page = await person(user);
    await page.goto('/connections');
    const reach = async (name: string | RegExp, role: 'button' | 'link' = 'button') => {
      const target = page.getByRole(role, { name });
      for (let step = 0; step < 60; step++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await reach(/^This was me: /);
    await page.keyboard.press('Enter');
    await expect(notices(page)).toHaveCount(0);
    await reach(`Revoke access of ${app.name} on Firefox, Mac`);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: `${app.name} was revoked.` })).toBeVisible();
  });

  test('one app’s page is for those who have decided about it', async ({ person, world }) => {
    const [app, user] = [await world.newApp(), await world.newUser()];
    await connect(world, app, user);
    const stranger = await person(await world.newUser());
    for (const path of [`/connections/${app.id}`, '/connections/0', '/connections/abc']) {
      await stranger.goto(path);
      await expect(stranger.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    }
    const page = await person(user);
    await page.goto('/connections');
    await page.getByRole('main').getByRole('row').getByRole('link', { name: app.name }).click();
    await expect(page).toHaveURL(`/connections/${app.id}`);
  });
});
