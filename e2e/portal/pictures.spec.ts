import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { authorizeUrl, expect, startSession, test } from '@/e2e/fixtures/portal';
import { connect } from '@/e2e/fixtures/screens';
import type { TestUser, World } from '@/e2e/fixtures/world';

/** The README's pictures. They are written with UPDATE_PICTURES=1; without it, the pages must still show what is on them. */
const DIRECTORY = path.resolve(import.meta.dirname, '../../public/readme');
const MAX_BYTES = 150_000;

test.use({ viewport: { width: 1280, height: 720 }, colorScheme: 'light', deviceScaleFactor: 1 });

async function picture(page: Page, name: string) {
  if (!process.env.UPDATE_PICTURES) return;
  mkdirSync(DIRECTORY, { recursive: true });
  const file = path.join(DIRECTORY, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  expect(statSync(file).size, file).toBeLessThanOrEqual(MAX_BYTES);
}

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

type People = { developer: TestUser; user: TestUser };

async function acme(world: World, prefix: string): Promise<People> {
  const tenant = await world.newTenant();
  await world.db.query("UPDATE tenants SET display_name = 'Acme Corporation' WHERE id = $1", [tenant.id]);
  const person = async (username: string, first: string, last: string, role: 'DEVELOPER' | 'MEMBER') => {
    const made = await world.newUser({ tenant, username, role });
    await world.db.query("UPDATE users SET first_name = $2, last_name = $3, timezone = 'Europe/London' WHERE id = $1", [
      made.id,
      first,
      last,
    ]);
    return made;
  };
  return {
    developer: await person(`ada.${prefix}`, 'Ada', 'Lovelace', 'DEVELOPER'),
    user: await person(`grace.${prefix}`, 'Grace', 'Hopper', 'MEMBER'),
  };
}

async function app(world: World, { tenant, id }: TestUser, name: string, description: string, day: string) {
  const made = await world.newApp({ name, tenant, redirectUris: ['https://wall.example/callback'] });
  await world.db.query('UPDATE apps SET description = $2, created_at = $3, created_by_id = $4 WHERE id = $1', [
    made.id,
    description,
    day,
    id,
  ]);
  return made;
}

test('the picture of the Applications tab', async ({ page, world }) => {
  const { developer, user } = await acme(world, 'lovelace');
  const wall = await app(world, developer, 'Alert Wall', 'Open alerts on the screen in your office.', '2026-09-14');
  await app(world, developer, 'Deploy Notes', 'Tells your team which deployment an alert came with.', '2026-10-02');
  const calendar = await app(world, developer, 'On-call Calendar', 'Your shifts in your calendar.', '2026-11-05');
  await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [wall.id]);
  await connect(world, wall, user);
  await connect(world, wall, developer);
  await connect(world, calendar, user);
  await startSession(page.context(), developer);
  await page.goto('/applications');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Your applications" [level=1]
    - link "Create new application"
    - table "Your applications":
      - rowgroup:
        - row "Name App state Created on Users Last activity Actions"
  `);
  for (const row of [/Alert Wall.*Verified.*Sep 14, 2026.*2/, /Deploy Notes.*In development.*Oct 2, 2026.*0/])
    await expect(page.getByRole('row', { name: row })).toBeVisible();
  await picture(page, 'applications');
});

test('the picture of the App connections tab', async ({ page, world }) => {
  const { developer, user } = await acme(world, 'hopper');
  const wall = await app(world, developer, 'Incident Wall', 'Incidents on the screen in your office.', '2026-09-14');
  const calendar = await app(world, developer, 'Shift Calendar', 'Your shifts in your calendar.', '2026-11-05');
  await connect(world, wall, user, 'profile alert:w incident');
  await world.db.query("UPDATE connections SET connected_at = '2026-10-20 08:00Z' WHERE app_id = $1", [wall.id]);
  await connect(world, wall, user, 'profile alert:w incident', CHROME);
  await world.db.query(
    "UPDATE connections SET user_agent = $2 WHERE app_id = $1 AND connected_at > '2026-10-21' AND user_agent <> ''",
    [wall.id, CHROME],
  );
  await connect(world, calendar, user, 'profile schedule', CHROME);
  await world.db.query(
    "UPDATE connections SET connected_at = '2026-11-09 08:00Z' WHERE app_id = ANY($1) AND connected_at > '2026-10-21'",
    [[wall.id, calendar.id]],
  );
  await startSession(page.context(), user);
  await page.goto('/connections');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Your app connections" [level=1]
    - text: /Revoking an app’s access makes its refresh token invalid at once/
    - table "Your app connections":
      - rowgroup:
        - row "Name Description (client) Connected on Last activity Granted access Actions"
  `);
  for (const row of [/Incident Wall.*Firefox, Mac.*Oct 20, 2026/, /Shift Calendar.*Chrome, Linux.*Nov 9, 2026/])
    await expect(page.getByRole('row', { name: row })).toBeVisible();
  await picture(page, 'connections');
});

test('the picture of the grant screen', async ({ page, world }) => {
  const { developer, user } = await acme(world, 'murray');
  const wall = await app(world, developer, 'Status Wall', 'Open alerts on the screen in your office.', '2026-09-14');
  await startSession(page.context(), user);
  await page.setViewportSize({ width: 1280, height: 940 });
  await page.goto(authorizeUrl(wall, { scope: 'profile alert:w schedule' }));
  await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Status Wall wants to access your Gatehouse account" [level=1]
    - heading "This will allow Status Wall to:" [level=2]
    - list
    - button "Not you?"
    - button "Cancel"
    - button "Allow"
  `);
  await expect(page.getByRole('listitem')).toHaveText([
    'See your profile in your name',
    'See, Create, Edit Alerts in your name',
    'See Schedules in your name',
  ]);
  await expect(page.getByText('Allowing will redirect to wall.example')).toBeVisible();
  await picture(page, 'consent');
});
