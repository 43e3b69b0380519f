import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedIn } from '@/e2e/fixtures/connected';
import { type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const MOST = 3;
const MOST_AHEAD = 12;
let world: World;
let server: Server;
let site: { publicUrl: string; port: number };
beforeAll(async () => {
  const installation = ours('installation');
  world = await World.open(installation.databaseUrl);
  // One process: a limit of three is told to nobody in time.
  const env = { PAGE_REQUESTS_PER_MINUTE: String(MOST), WEB_CONCURRENCY: '1' };
  server = await startServer({ ...installation, env });
  site = { publicUrl: server.origin, port: server.port };
}, 60_000);
afterAll(async () => {
  await server.stop();
  await world.close();
}, 60_000);

async function statuses(browser: HttpBrowser, path: string, times: number, headers: Record<string, string> = {}) {
  const answers: Response[] = [];
  for (let at = 0; at < times; at++) answers.push(await browser.get(path, headers));
  return answers.map(({ status }) => status);
}
const ahead = (times: number): Record<string, string> =>
  times % 2 ? { 'Sec-Purpose': 'prefetch;prerender' } : { 'Next-Router-Prefetch': '1' };

test.each([1, 2])('pages fetched ahead have a limit of their own, whichever header says so (%i)', async (kind) => {
  const browser = new HttpBrowser(site);
  expect(await statuses(browser, '/guides', MOST_AHEAD, ahead(kind))).toEqual(Array(MOST_AHEAD).fill(200));
  const refused = await browser.get('/guides', ahead(kind));
  expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // What the browser fetched by itself takes nothing from what the person opens.
  expect(await statuses(browser, '/guides', MOST + 1)).toEqual([...Array(MOST).fill(200), 429]);
  expect(await statuses(new HttpBrowser(site), '/guides', 1, ahead(kind))).toEqual([200]);
});

test.each([1, 2])('a header makes no download and no unknown address cheaper (%i)', async (kind) => {
  const admin = await world.newUser({ role: 'ADMIN' });
  const app = await world.newApp({ tenant: admin.tenant });
  for (const [path, status] of [
    ['/organisation/audit/export', 200],
    [`/applications/${app.id}/activity/export`, 200],
    ['/nowhere-at-all', 404],
  ] as const) {
    const browser = await signedIn(site, admin);
    const answers = await statuses(browser, path, MOST + 1, ahead(kind));
    expect({ path, answers }).toEqual({ path, answers: [...Array(MOST).fill(status), 429] });
  }
});
