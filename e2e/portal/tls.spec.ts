import { expect, signIn, test } from '@/e2e/fixtures/portal';
import { type OpenInstallation, openInstallation, type Server, startServer } from '@/e2e/fixtures/server';
import { openTlsProxy, type TlsProxy } from '@/e2e/fixtures/tls-proxy';
import { World } from '@/e2e/fixtures/world';

const SESSION = '__Host-next-auth.session-token';

/** As in production: https, names that a browser counts to one site, a proxy in front. */
test.describe('case 92: over TLS', () => {
  test.use({ ignoreHTTPSErrors: true });
  let installation: OpenInstallation;
  let server: Server;
  let proxy: TlsProxy;
  let world: World;
  const at = (host: string) => `https://${host}.gatehouse.test:${proxy.port}`;

  test.beforeAll(async () => {
    installation = await openInstallation({ demoData: true });
    world = await World.open(installation.databaseUrl);
    await world.db.query('UPDATE tenants SET demo = false');
    proxy = await openTlsProxy();
    server = await startServer({ ...installation, env: { PUBLIC_URL: at('app') } });
    proxy.lead(server.port);
  });
  test.afterAll(async () => {
    await world.close();
    await server.stop();
    await proxy.close();
    await installation.close();
  });

  test('every cookie is host-only, __Host-, HttpOnly, Secure and SameSite=Lax, and HSTS is on', async ({ person }) => {
    const page = await person(null, { baseURL: at('acme') });
    const first = await page.goto('/signin');
    expect(first?.headers()['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    await signIn(page, await world.newUser());
    await expect(page.getByRole('heading', { name: 'Your app connections' })).toBeVisible();
    const cookies = await page.context().cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual(['__Host-gatehouse.browser', SESSION]);
    for (const { domain, path, httpOnly, secure, sameSite } of cookies) {
      expect({ domain, path, httpOnly, secure, sameSite }).toEqual({
        domain: 'acme.gatehouse.test',
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      });
    }
  });

  test('a cookie that a sibling sub-domain tosses neither signs anybody in nor replaces a session', async ({
    person,
  }) => {
    const attacker = await world.newUser();
    const victim = await world.newUser();
    const theirs = await person(null, { baseURL: at('acme') });
    await theirs.goto('/signin');
    await signIn(theirs, attacker);
    await expect(theirs.getByRole('heading', { name: 'Your app connections' })).toBeVisible();
    const session = (await theirs.context().cookies()).find(({ name }) => name === SESSION)?.value ?? '';

    const page = await person(null, { baseURL: at('acme') });
    await page
      .context()
      .route(`${at('globex')}/**`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A sibling</title>' }),
      );
    const toss = async () => {
      await page.goto(`${at('globex')}/`);
      await page.evaluate((value) => {
        for (const name of [
          'next-auth.session-token',
          '__Host-next-auth.session-token',
          '__Secure-next-auth.session-token',
        ]) {
          // biome-ignore lint/suspicious/noDocumentCookie: this is the attack
          document.cookie = `${name}=${value}; Domain=.gatehouse.test; Path=/; Secure`;
        }
      }, session);
    };
    await toss();
    await page.goto(`${at('acme')}/connections`);
    await expect(page).toHaveURL(/\/signin/);
    await signIn(page, victim);
    await toss();
    await page.goto(`${at('acme')}/connections`);
    await expect(page.getByRole('heading', { name: 'Your app connections' })).toBeVisible();
    const { rows } = await world.db.query(
      'SELECT DISTINCT u.username FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.id = ANY($1) ORDER BY 1',
      [[attacker.id, victim.id]],
    );
    expect(rows).toHaveLength(2);
    const kept = (await page.context().cookies(at('acme'))).filter(({ name }) => name === SESSION);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.value).not.toBe(session);
  });
});
