import sharp from 'sharp';
import { picture } from '@/e2e/fixtures/pictures';
import { expect, test } from '@/e2e/fixtures/portal';
import { press } from '@/e2e/fixtures/portal-steps';

test('an icon is shown before it is sent, drawn anew at 500 x 500, and can be removed', async ({ person, world }) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}`);
  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: await picture() });
  await expect(page.getByText('Not saved yet')).toBeVisible();
  await press(page, 'Save icon');
  await expect(page.getByText('Icon saved.')).toBeVisible();

  const shown = page.locator(`img[src^="/icons/"]`).first();
  const answer = await page.request.get((await shown.getAttribute('src')) ?? '');
  expect(await sharp(await answer.body()).metadata()).toMatchObject({ format: 'png', width: 500, height: 500 });
  await page.goto('/applications');
  await expect(page.locator('img[src^="/icons/"]')).toHaveCount(1);

  await page.goto(`/applications/${app.id}`);
  await page.getByRole('button', { name: 'Remove icon' }).click();
  await expect(page.getByText('Icon removed.')).toBeVisible();
  await expect(page.locator('img[src^="/icons/"]')).toHaveCount(0);
});

test('case 82: what is no picture is refused with the reason, and the rest of the page keeps what was typed', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}`);
  const file = page.getByLabel('Picture');
  await page.getByLabel('Website').fill('https://typed.example/and-not-saved');
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1337"><script>1</script></svg>';
  const damaged = (await picture()).subarray(0, 120);
  const large = Buffer.concat([await picture(), Buffer.alloc(4.5 * 1024 * 1024)]);
  // Never the same reason twice in a row: each is seen to come.
  for (const [name, buffer, reason] of [
    ['logo.png', Buffer.from(svg), /not a JPG, PNG, GIF or WebP picture, whatever its name says/],
    ['cut.png', damaged, /damaged/],
    ['page.gif', Buffer.from('<html><script>1</script></html>'), /whatever its name says/],
    ['huge.png', large, /larger than 4 MB/],
    ['wide.png', await picture({ width: 7_000, height: 10 }), /too many pixels/],
  ] as const) {
    await file.setInputFiles({ name, mimeType: 'image/png', buffer });
    await press(page, 'Save icon');
    await expect(file, name).toHaveAccessibleDescription(reason);
  }
  // Nothing chosen is no picture either.
  await file.setInputFiles([]);
  await press(page, 'Save icon');
  await expect(file).toHaveAccessibleDescription(/Choose a picture first/);
  await expect(page.getByLabel('Website')).toHaveValue('https://typed.example/and-not-saved');
  const { rows } = await world.db.query('SELECT icon_digest FROM apps WHERE id = $1', [app.id]);
  expect(rows).toEqual([{ icon_digest: null }]);
});

test('case 88: a verified application keeps its icon until the new one is reviewed; a removal acts at once', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant, verified: true });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(`/applications/${app.id}`);
  await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: await picture() });
  await press(page, 'Save icon');
  await expect(page.getByText('The new icon waits for review.')).toBeVisible();
  const stored = async () =>
    (await world.db.query('SELECT icon_digest AS live, pending_changes AS pending FROM apps WHERE id = $1', [app.id]))
      .rows[0];
  expect(await stored()).toMatchObject({ live: null, pending: { icon: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  await page.getByRole('button', { name: 'Remove icon' }).click();
  await expect(page.getByText('Icon removed.')).toBeVisible();
  expect(await stored()).toEqual({ live: null, pending: null });
});
