import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expect, signIn, test } from '@/e2e/fixtures/portal';
import { type OpenInstallation, openInstallation, startServer } from '@/e2e/fixtures/server';
import { World } from '@/e2e/fixtures/world';

/** A wide mark that a dark page would swallow but for its own ground, and a square one with transparent corners. */
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 80"><rect width="360" height="80" rx="16" fill="#0f766e"/>
<circle cx="44" cy="40" r="22" fill="#fff"/><rect x="84" y="30" width="240" height="20" rx="10" fill="#fff"/></svg>`;
const SQUARE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#b45309"/></svg>`;

const LOGOS = [
  { file: 'logo.svg', bytes: async () => Buffer.from(SVG), colour: '#0f766e', ratio: 4.5 },
  {
    file: 'logo.png',
    bytes: () => sharp(Buffer.from(SQUARE)).resize(256).png().toBuffer(),
    colour: '#b45309',
    ratio: 1,
  },
];

test.describe('an installation with a name, colour and logo of its own', () => {
  let folder: string;
  let installation: OpenInstallation;
  let world: World;
  test.beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'brand-'));
    installation = await openInstallation({ demoData: true });
    world = await World.open(installation.databaseUrl);
  });
  test.afterAll(async () => {
    await world.close();
    await installation.close();
    rmSync(folder, { recursive: true });
  });

  for (const { file, bytes, colour, ratio } of LOGOS) {
    test(`shows them on every page, with a ${path.extname(file).slice(1)}`, async ({ person }) => {
      const logoPath = path.join(folder, file);
      writeFileSync(logoPath, await bytes());
      const server = await startServer({
        ...installation,
        env: { BRAND_NAME: 'Harbour', BRAND_COLOR: colour, BRAND_LOGO: logoPath },
      });
      try {
        const page = await person(null, { baseURL: server.origin });
        const user = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
        const app = await world.newApp();
        await page.goto('/signin');
        await looksRight(page, `${file} sign-in`, ratio);
        await signIn(page, user);
        await expect(page).toHaveURL('/applications');
        await looksRight(page, `${file} portal`, ratio);
        await page.goto(
          `/api/developers/oauth2/authorize?response_type=code&client_id=${app.clientId}&scope=profile&state=s&redirect_uri=${encodeURIComponent(app.redirectUri)}`,
        );
        await expect(page.getByRole('heading', { level: 1 })).toContainText('Harbour account');
        await looksRight(page, `${file} consent`, ratio);
      } finally {
        await server.stop();
      }
    });
  }
});

/** The logo is there in its own shape and within its place; everything can be read in both themes, at both widths. */
async function looksRight(page: Page, name: string, ratio: number) {
  await expect(page).toHaveTitle(/Harbour/);
  const logo = page.getByRole('img', { name: 'Harbour' });
  await expect.poll(() => logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const box = await logo.boundingBox();
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(ratio, 0);
  expect(box?.height).toBeGreaterThanOrEqual(24);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast', 'image-alt']).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      if (process.env.SCREENSHOTS)
        await page.screenshot({
          path: path.join(process.env.SCREENSHOTS, `brand ${name}-${colorScheme}-${width}.png`),
        });
    }
  }
}
