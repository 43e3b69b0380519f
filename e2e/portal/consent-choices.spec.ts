import type { Page } from '@playwright/test';
import { authorizeUrl, expect, test } from '@/e2e/fixtures/portal';
import type { TestApp, World } from '@/e2e/fixtures/world';

const newApp = (world: World, scopes = ['profile', 'alert:w?', 'incident:d?']) =>
  world.newApp({ redirectUris: ['https://board.example/cb'], scopes });

async function answered(page: Page): Promise<void> {
  await expect(page).toHaveURL(/^https:\/\/board\.example\//);
}

async function granted(world: World, app: TestApp): Promise<{ scopes: string; refused: string }> {
  const { rows } = await world.db.query('SELECT scopes, refused_scopes AS refused FROM grants WHERE app_id = $1', [
    app.id,
  ]);
  return rows[0];
}

for (const scripts of [true, false]) {
  test.describe(`the choices of the grant screen, ${scripts ? 'with' : 'without'} JavaScript`, () => {
    test.use({ javaScriptEnabled: scripts });

    test('optional scopes can be unticked; the stated reason stands under each scope', async ({ person, world }) => {
      const app = await newApp(world);
      const page = await person(await world.newUser());
      await page.route('https://board.example/**', (route) =>
        route.fulfill({ body: 'back', contentType: 'text/plain' }),
      );
      const ask = async (more: Record<string, string> = {}) =>
        page.goto(authorizeUrl(app, { scope: 'profile alert:w incident:d', ...more }));
      await ask();
      await expect(page.getByRole('listitem').first()).toContainText('Stated reason: To work with profile');
      await expect(page.getByRole('checkbox')).toHaveCount(2);
      const incidents = page.getByRole('checkbox', { name: /Incidents/ });
      await expect(incidents).toBeChecked();
      await incidents.uncheck();
      // Without scripts a click within 700 ms is asked again, with the boxes as they were.
      await expect(async () => {
        if (page.url().includes('/consent/'))
          await page.getByRole('button', { name: 'Allow' }).click({ timeout: 2_000 });
        await expect(page).toHaveURL(/^https:\/\/board\.example\//, { timeout: 3_000 });
      }).toPass();
      expect(await granted(world, app)).toEqual({ scopes: 'profile alert:w', refused: 'incident:d' });

      await ask({ prompt: 'consent' });
      await expect(page.getByRole('checkbox', { name: /Incidents/ })).not.toBeChecked();
      await expect(page.getByRole('checkbox', { name: /Alerts/ })).toBeChecked();
    });

    test('a yes to nothing is asked again and says so', async ({ person, world }) => {
      const app = await newApp(world, ['alert?', 'team?']);
      const page = await person(await world.newUser());
      await page.goto(authorizeUrl(app, { scope: 'alert team' }));
      for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
      const path = new URL(page.url()).pathname;
      // A person takes longer than the 700 ms in which a click counts as a slip.
      await expect(async () => {
        await page.getByRole('button', { name: 'Allow' }).click();
        await expect(page.getByRole('alert')).toContainText('Nothing was left ticked', { timeout: 500 });
      }).toPass();
      expect(new URL(page.url()).pathname).toBe(path);
      for (const box of await page.getByRole('checkbox').all()) await expect(box).not.toBeChecked();
    });
  });
}

test.describe('who asks', () => {
  test('case 84, 85: proven domain, links and support of the app; a link tells its site nothing', async ({
    person,
    world,
    context,
  }) => {
    const tenant = await world.newTenant();
    const app = await world.newApp({ tenant, verified: true });
    await world.db.query(
      `UPDATE apps SET website = 'https://board.example', terms_url = 'https://board.example/terms', privacy_url = 'https://board.example/privacy',
              support_email = 'help@board.example', publisher_domain = 'board.example' WHERE id = $1`,
      [app.id],
    );
    await world.db.query(
      "INSERT INTO publisher_domains (tenant_id, domain, token, proven_at) VALUES ($1, 'board.example', 't', now())",
      [tenant.id],
    );
    const page = await person(await world.newUser());
    const referers: (string | undefined)[] = [];
    await page.context().route('https://board.example/**', (route) => {
      referers.push(route.request().headers().referer);
      return route.fulfill({ body: 'theirs', contentType: 'text/plain' });
    });
    await page.goto(authorizeUrl(app, { scope: 'profile' }));
    await expect(page.getByText('Owner of board.example')).toBeVisible();
    await expect(page.getByRole('link', { name: 'help@board.example' })).toHaveAttribute(
      'href',
      'mailto:help@board.example',
    );
    for (const name of [/^terms of service/, /^privacy policy/, /^Website/]) {
      const opened = page.context().waitForEvent('page');
      await page.getByRole('link', { name }).click();
      const tab = await opened;
      await tab.waitForLoadState();
      expect(await tab.evaluate(() => [document.referrer, window.opener])).toEqual(['', null]);
      await tab.close();
    }
    expect(referers).toEqual([undefined, undefined, undefined]);
    await context.close();
  });

  test('a domain that is not proven is not shown; an app without terms is said to have none', async ({
    person,
    world,
  }) => {
    const app = await world.newApp();
    await world.db.query(
      "UPDATE apps SET publisher_domain = 'bank.example', website = 'javascript:alert(1)' WHERE id = $1",
      [app.id],
    );
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    await expect(
      page.getByText(`${app.name} has published neither terms of service nor a privacy policy.`),
    ).toBeVisible();
    await expect(page.getByText('bank.example')).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Website' })).toHaveCount(0);
  });

  test('keyboard only: a scope is unticked and the rest allowed', async ({ person, world }) => {
    const app = await newApp(world);
    const page = await person(await world.newUser());
    await page.route('https://board.example/**', (route) => route.fulfill({ body: 'back', contentType: 'text/plain' }));
    await page.goto(authorizeUrl(app, { scope: 'profile alert:w' }));
    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
    const reach = async (target: ReturnType<Page['getByRole']>) => {
      for (let step = 0; step < 30; step++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error('the keyboard does not reach it');
    };
    await reach(page.getByRole('checkbox', { name: /Alerts/ }));
    await page.keyboard.press('Space');
    await reach(page.getByRole('button', { name: 'Allow' }));
    await page.keyboard.press('Enter');
    await answered(page);
    expect(await granted(world, app)).toEqual({ scopes: 'profile', refused: 'alert:w' });
  });
});
