import { authorizeUrl, expect, origin, test } from '@/e2e/fixtures/portal';
import { openSite } from '@/e2e/fixtures/site';

test('case 78: no page of ours can be framed, whatever its status and whoever is signed in', async ({
  person,
  world,
}) => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const page = await person(await world.newUser({ tenant, role: 'DEVELOPER' }));
  await page.goto(authorizeUrl(app));
  const consent = new URL(page.url()).pathname;
  const paths = [
    '/signin',
    `/signin?transaction=${consent.split('/')[2]}`,
    consent,
    `/consent/${'x'.repeat(43)}`,
    '/connections',
    '/applications',
    '/applications/new',
    `/applications/${app.id}`,
    `/applications/${app.id}/credentials`,
    `/applications/${app.id}/danger`,
    '/applications/999999999',
    '/no-such-page',
    '/api/developers/oauth2/authorize?client_id=unknown',
    '/oauth2/authorize',
    new URL(authorizeUrl(app)).href.slice(origin().length),
    '/signout/submit',
  ];
  const attacker = await openSite(
    async () => `<title>Attacker</title>${paths.map((path) => `<iframe src="${origin()}${path}"></iframe>`).join('')}`,
  );
  try {
    for (const site of [attacker.otherSite, attacker.sameSite]) {
      const answers = new Map<string, Record<string, string>>();
      page.removeAllListeners('response');
      page.on('response', (answer) => {
        const redirects = answer.status() >= 300 && answer.status() < 400;
        const framed = answer.url().startsWith(origin()) && answer.request().resourceType() === 'document';
        if (framed && !redirects) answers.set(answer.url(), answer.headers());
      });
      await page.goto(site);
      await page.waitForLoadState('networkidle');
      const frames = page.frames().filter((frame) => frame !== page.mainFrame());
      expect(frames).toHaveLength(paths.length);
      for (const frame of frames) expect(frame.url(), 'what the browser shows in its place').toMatch(/^chrome-error:/);
      expect(answers.size).toBeGreaterThan(5);
      for (const [url, headers] of answers) {
        expect(headers['content-security-policy'], url).toContain("frame-ancestors 'none'");
        expect(headers['x-frame-options'], url).toBe('DENY');
      }
    }
  } finally {
    await attacker.close();
  }
  const { rows } = await world.db.query('SELECT 1 FROM grants WHERE app_id = $1', [app.id]);
  expect(rows).toEqual([]);
});
