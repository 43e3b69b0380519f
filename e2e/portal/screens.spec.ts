import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, origin, test } from '@/e2e/fixtures/portal';
import { SCREENS } from '@/e2e/fixtures/screens';

/**
 * Sum of the layout shifts that nobody caused (web.dev/cls), as the page itself measures it: those before anybody touched
 * it. The answer to a click moves things too, and on a slow machine it comes later than the browser's half second.
 */
const SHIFTS = `window.shifts = 0; let touched = Infinity;
for (const kind of ['pointerdown', 'keydown', 'input'])
  addEventListener(kind, (event) => { touched = Math.min(touched, event.timeStamp); }, true);
new PerformanceObserver((list) => {
  for (const { startTime, value } of list.getEntries()) if (startTime < touched) window.shifts += value;
}).observe({ type: 'layout-shift', buffered: true });`;

async function shifts(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { shifts: number }).shifts);
}

/** Base UI's edges of a menu: hidden, and whoever tabs onto one is led on. */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

/** Elements that stick out of the page to the right. */
async function sticksOut(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Shows the page in another language, for pictures: what a form answered is not there any more. */
async function speak(page: Page, language: string) {
  await page
    .context()
    .request.post(`${origin()}/language`, { form: { language }, headers: { Origin: origin() }, maxRedirects: 0 });
  await page.reload();
}

test.describe('every page', () => {
  // The longest file by far: at the end one worker would wait for the other.
  test.describe.configure({ mode: 'parallel' });
  for (const { name, open, long } of SCREENS) {
    test(`${name}: no accessibility fault in light and dark, no sideways scrolling, no layout shift`, async ({
      person,
      world,
    }) => {
      if (long) test.slow();
      const page = await person();
      await page.addInitScript(SHIFTS);
      await open(page, world);
      if (process.env.SCREENSHOTS_LANGUAGE) await speak(page, process.env.SCREENSHOTS_LANGUAGE);
      expect(await shifts(page), 'layout shift').toBeLessThan(0.01);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          // The page is laid out anew a moment after the window has its width.
          await expect.poll(() => sticksOut(page), `sideways scrolling at ${width}`).toBeLessThanOrEqual(0);
          // Either theme at one width, either width in one theme; whoever takes pictures has all four looked at.
          if (!process.env.SCREENSHOTS && (width === 390) === (colorScheme === 'light')) continue;
          // Nothing runs in a frame without scripts, axe neither.
          const axe = new AxeBuilder({ page }).exclude(FOCUS_GUARDS).exclude('iframe[sandbox]');
          const { violations } = await axe.analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
          if (process.env.SCREENSHOTS)
            await page.screenshot({
              path: path.join(process.env.SCREENSHOTS, `${name}-${colorScheme}-${width}.png`),
              fullPage: true,
            });
        }
      }
    });
  }
});
