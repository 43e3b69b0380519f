import { FORGERIES, type Forgery, forgedBy, walkInto } from '@/e2e/fixtures/cross-site';
import { expect, signIn, test } from '@/e2e/fixtures/portal';
import { type OpenInstallation, openInstallation, type Server, startServer } from '@/e2e/fixtures/server';
import { World } from '@/e2e/fixtures/world';

/** A user of the other organisation, from the demo data. */
const BOB = { id: '', username: 'bob', tenant: { id: 0, name: 'globex' } };

/**
 * Attacks from a sibling sub-domain, on names that a browser counts to one site: it sends every cookie along, and lets the
 * sibling plant cookies of its own. An installation of its own, because demo data stays on localhost.
 */
test.describe('a sibling tenant’s sub-domain', () => {
  let installation: OpenInstallation;
  let server: Server;
  let world: World;
  const at = (host: string) => `http://${host}.gatehouse.test:${server.port}`;

  test.beforeAll(async () => {
    installation = await openInstallation({ demoData: true });
    world = await World.open(installation.databaseUrl);
    await world.db.query('UPDATE tenants SET demo = false');
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    server = await startServer({ ...installation, port, env: { PUBLIC_URL: `http://app.gatehouse.test:${port}` } });
  });
  test.afterAll(async () => {
    await world.close();
    await server.stop();
    await installation.close();
  });

  test('case 79: approves in every way: nothing is granted, and the question still stands', async ({ person }) => {
    const app = await world.newApp();
    const page = await person(null, { baseURL: at('acme') });
    await page.goto('/signin');
    await signIn(page, await world.newUser());
    await expect(page.getByRole('heading', { name: 'Your app connections' })).toBeVisible();
    const query = new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'profile',
    });
    await page.goto(`/api/developers/oauth2/authorize?${query}`);
    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
    const consent = page.url();
    const forgery: Forgery = {
      url: `${consent}/decision`,
      fields: { decision: 'allow', rendered: String(Date.now() - 5_000) },
    };
    const forged = forgedBy(page, [forgery]);
    for (const [way, document] of Object.entries(FORGERIES)) {
      await test.step(way, async () => {
        // A page that the sibling organisation got onto its own sub-domain.
        await page
          .context()
          .route(`${at('globex')}/**`, (route) =>
            route.fulfill({ contentType: 'text/html', body: `<!doctype html>${document(forgery)}` }),
          );
        await walkInto(page, at('globex'), way, forgery);
        const { rows } = await world.db.query('SELECT 1 FROM grants WHERE app_id = $1', [app.id]);
        expect(rows).toEqual([]);
      });
    }
    expect(forged.statuses).toEqual(new Set([403]));
    await page.goto(consent);
    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
  });

  test('each organisation’s host signs in its own users only, and a session counts on its host only', async ({
    person,
  }) => {
    const page = await person(null, { baseURL: at('acme') });
    await page.goto('/signin');
    await signIn(page, BOB);
    await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible();
    await signIn(page, await world.newUser());
    await expect(page.getByRole('heading', { name: 'Your app connections' })).toBeVisible();
    for (const cookie of await page.context().cookies()) expect(cookie.domain).toBe('acme.gatehouse.test');
    await page.goto(`${at('globex')}/connections`);
    await expect(page).toHaveURL(/\/signin/);
  });

  test('a session of another organisation’s user that is planted on the host is nobody’s', async ({ person }) => {
    const page = await person(null, { baseURL: at('globex') });
    await page.goto('/signin');
    await signIn(page, BOB);
    await expect(page.getByRole('heading', { name: 'Your applications' })).toBeVisible();
    const session = (await page.context().cookies()).find(({ name }) => name === 'next-auth.session-token');
    // What a script on a sibling host can do: a cookie for the whole domain.
    await page
      .context()
      .addCookies([
        { name: 'next-auth.session-token', value: session?.value ?? '', domain: '.gatehouse.test', path: '/' },
      ]);
    await page.goto(`${at('acme')}/connections`);
    await expect(page).toHaveURL(/\/signin/);
  });
});
