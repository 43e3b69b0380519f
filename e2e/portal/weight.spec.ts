import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { authorizeUrl, expect, startSession, test } from '@/e2e/fixtures/portal';

/** Bytes of script, compressed, that a page may load beyond what the framework brings to an empty page. */
const MAX_EXTRA_BYTES = 12_000;

const framework = () => {
  const manifest = JSON.parse(readFileSync('.next/build-manifest.json', 'utf8'));
  return [...manifest.rootMainFiles, ...manifest.polyfillFiles].map((file: string) => `/_next/${file}`);
};

for (const name of ['sign-in', 'consent'] as const) {
  test(`the ${name} page is light: forms that work without scripts load next to none`, async ({ page, world }) => {
    const scripts = new Map<string, number>();
    page.on('response', async (answer) => {
      if (answer.request().resourceType() !== 'script') return;
      scripts.set(new URL(answer.url()).pathname, gzipSync(await answer.body()).length);
    });
    if (name === 'consent') await startSession(page.context(), await world.newUser());
    await page.goto(name === 'consent' ? authorizeUrl(await world.newApp()) : '/signin');
    await page.waitForLoadState('networkidle');
    const extra = [...scripts].filter(([path]) => !framework().includes(path));
    const bytes = (list: [string, number][]) => list.reduce((sum, [, size]) => sum + size, 0);
    test
      .info()
      .annotations.push({ type: 'bytes', description: `${bytes([...scripts])}, of them ours ${bytes(extra)}` });
    expect(bytes(extra), JSON.stringify(extra)).toBeLessThanOrEqual(MAX_EXTRA_BYTES);
  });
}
