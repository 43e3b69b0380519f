import { authorizeUrl, expect, origin, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu } from '@/e2e/fixtures/portal-steps';
import { openSite, type Site } from '@/e2e/fixtures/site';

test.describe('the grant screen', () => {
  let client: Site;
  test.beforeEach(async () => {
    client = await openSite(async () => '<h1>Back at the app</h1>');
  });
  test.afterEach(() => client.close());

  test('case 84: says who asks, who is asked, for what, how long, and where it leads', async ({ person, world }) => {
    const tenant = await world.newTenant();
    await world.db.query('UPDATE tenants SET display_name = $2 WHERE id = $1', [tenant.id, 'Initech Ltd']);
    const app = await world.newApp({ tenant, redirectUris: ['https://board.example:8443/cb'] });
    await world.db.query('UPDATE apps SET description = $2 WHERE id = $1', [app.id, 'Shows your alerts.']);
    const user = await world.newUser();
    const page = await person(user);
    await page.goto(authorizeUrl(app, { scope: 'profile alert:w status_page:d' }));
    const says = async (text: string | RegExp) => expect(page.getByText(text).first()).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      `${app.name} wants to access your Gatehouse account`,
    );
    await says('by Initech Ltd');
    await says('Shows your alerts.');
    await says('Gatehouse has not verified this app');
    await says(`This will allow ${app.name} to:`);
    await expect(page.getByRole('listitem')).toHaveText([
      'See your profile in your name',
      'See, Create, Edit Alerts in your name',
      /^See, Create, Edit, Delete Status pages in your name.*Can delete$/,
    ]);
    await says('It stays connected up to 1 year, also while you are not using it.');
    await says('Signed in as Test User');
    await says(user.username);
    await says(/Acme/);
    await expect(page.getByRole('button', { name: 'Not you?' })).toBeVisible();
    await says('Allowing will redirect to board.example:8443');
    await says('No Gatehouse users yet');
    await expect(page.getByRole('link', { name: 'App connections' })).toBeVisible();
  });

  test('case 84: a verified app has its badge instead of the warning', async ({ person, world }) => {
    const app = await world.newApp({ verified: true });
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    await expect(page.getByText('Verified by Gatehouse')).toBeVisible();
    await expect(page.getByText('has not verified this app')).toHaveCount(0);
  });

  test('says when the answer goes to a program or an app on this device', async ({ person, world }) => {
    const redirectUris = ['http://127.0.0.1/cb', 'com.example.board:/cb'];
    const app = await world.newApp({ redirectUris });
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl({ ...app, redirectUri: 'http://127.0.0.1:4711/cb' }));
    await expect(page.getByText('Allowing will redirect to 127.0.0.1:4711, a program on this device')).toBeVisible();
    await page.goto(authorizeUrl({ ...app, redirectUri: 'com.example.board:/cb' }));
    await expect(page.getByText('an app on this device (com.example.board:)')).toBeVisible();
  });

  test('more is asked for: only what is new is shown', async ({ person, world }) => {
    const app = await world.newApp({ redirectUris: [`https://board.example/cb`] });
    const page = await person(await world.newUser());
    await page.route('https://board.example/**', (route) => route.fulfill({ body: 'back', contentType: 'text/plain' }));
    await page.goto(authorizeUrl(app));
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL('https://board.example/**');
    await page.goto(authorizeUrl(app, { scope: 'profile alert' }));
    await expect(page.getByRole('heading', { level: 2, name: /additionally allow/ })).toBeVisible();
    await expect(page.getByRole('listitem')).toHaveText(['See Alerts in your name']);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(/error=access_denied/);
    const { rows } = await world.db.query('SELECT scopes FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ scopes: 'profile' }]);
  });

  for (const [name, host] of [
    ['another site', '127.0.0.1'],
    ['another port of our host', 'localhost'],
  ] as const) {
    test(`form-action lets the browser go to the app on ${name} after Allow, with code, state and issuer (case 1)`, async ({
      person,
      world,
    }) => {
      const redirectUri = `http://${host}:${client.port}/cb?keep=1`;
      const app = await world.newApp({ redirectUris: [redirectUri] });
      const state = `${'s'.repeat(480)}&=%+"<> 🙂`;
      const page = await person(await world.newUser());
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/decision'));
      await page.goto(authorizeUrl({ ...app, redirectUri }, { state }));
      await page.getByRole('button', { name: 'Allow' }).click();
      await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();
      const query = new URL(page.url()).searchParams;
      expect(query.get('code')).toMatch(/^[0-9a-f]{28}$/);
      expect(query.get('state')).toBe(state);
      expect(query.get('iss')).toBe(origin());
      expect(query.get('keep')).toBe('1');
      const answer = await answered;
      expect(answer.status()).toBe(303);
      expect(answer.headers()).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(client.requests.at(-1)?.headers.referer, 'the app learns none of our addresses').toBeUndefined();
    });
  }

  test('form-action lets nothing else through: a form that leads elsewhere is stopped by the browser', async ({
    person,
    world,
    complaints,
  }) => {
    const app = await world.newApp({ redirectUris: [`${client.otherSite}/cb`] });
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    await page.evaluate((target) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = target;
      document.body.append(form);
      form.submit();
    }, `${client.sameSite}/steal`);
    await expect.poll(() => complaints.splice(0).join()).toContain('form-action');
    expect(client.requests).toEqual([]);
  });

  test('case 85: nothing comes from elsewhere, and no link tells another site about the transaction', async ({
    person,
    world,
  }) => {
    const app = await world.newApp();
    const page = await person();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin()}/`) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    await page.goto(authorizeUrl(app));
    await page.waitForLoadState('networkidle');
    await page.getByLabel('Username or email').fill((await world.newUser()).username);
    await page.getByLabel('Password').fill('gatehouse-demo');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
    expect(foreign).toEqual([]);
    const links = await page
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    for (const link of links) expect(new URL(link).origin, 'no link leads away').toBe(origin());
    // Were there one, the policy would keep the address of the page to ourselves.
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href, textContent: 'Away' });
      document.body.append(link);
    }, `${client.otherSite}/away`);
    await page.getByRole('link', { name: 'Away' }).click();
    await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();
    expect(client.requests.at(-1)?.headers.referer).toBeUndefined();
  });

  test('case 86: neither Back nor a reload approves again', async ({ person, world }) => {
    const app = await world.newApp({ redirectUris: [`${client.otherSite}/cb`] });
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    const consent = page.url();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();
    const codes = async () =>
      (await world.db.query('SELECT 1 FROM authorization_codes WHERE app_id = $1', [app.id])).rowCount;
    expect(await codes()).toBe(1);
    await page.reload();
    expect(await codes()).toBe(1);

    await page.goBack();
    if (await page.getByRole('button', { name: 'Allow' }).isVisible())
      await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page.getByRole('heading', { name: 'This request was answered already' })).toBeVisible();
    expect(await codes()).toBe(1);
    await page.goto(consent);
    await expect(page.getByRole('heading', { name: 'This request was answered already' })).toBeVisible();
  });

  test('case 86: after sign-out, a page from the history shows and does nothing', async ({ person, world }) => {
    const app = await world.newApp({ redirectUris: [`${client.otherSite}/cb`] });
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    const consent = page.url();
    const elsewhere = await page.context().newPage();
    await elsewhere.goto('/connections');
    await chooseInAccountMenu(elsewhere, 'Sign out');
    await expect(elsewhere).toHaveURL('/signin');
    await elsewhere.goBack();
    await expect(elsewhere, 'signed-in pages are not kept').toHaveURL(/\/signin/);

    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page).toHaveURL(/\/signin\?transaction=/);
    await page.goto(consent);
    await expect(page).toHaveURL(/\/signin\?transaction=/);
    const { rows } = await world.db.query('SELECT 1 FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([]);
  });

  test('a question of another account or browser is not shown here', async ({ person, world }) => {
    const app = await world.newApp();
    const page = await person(await world.newUser());
    await page.goto(authorizeUrl(app));
    const other = await person(await world.newUser());
    await other.goto(page.url());
    await expect(other.getByRole('heading', { name: 'This request does not belong here' })).toBeVisible();
    await expect(other.locator('body')).not.toContainText(app.name);
  });

  test('Allow waits a moment after the page appears or comes back', async ({ person, world }) => {
    const app = await world.newApp();
    const page = await person(await world.newUser());
    // Time stands still, however slow the machine is.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    await page.goto(authorizeUrl(app));
    const allow = page.getByRole('button', { name: 'Allow' });
    await expect(allow).toBeDisabled();
    await page.clock.runFor(700);
    await expect(allow).toBeEnabled();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect(allow).toBeDisabled();
    await page.clock.runFor(700);
    await expect(allow).toBeEnabled();
  });

  test('the keyboard alone signs in, reads and allows', async ({ person, world }) => {
    const app = await world.newApp({ redirectUris: [`${client.otherSite}/cb`] });
    const user = await world.newUser();
    const page = await person();
    await page.goto(authorizeUrl(app));
    await expect(page.getByLabel('Username or email')).toBeFocused();
    await page.keyboard.type(user.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type('gatehouse-demo');
    await page.keyboard.press('Enter');

    await expect(page.getByRole('button', { name: 'Allow' })).toBeEnabled();
    const stops: string[] = [];
    for (let stop = 0; stop < 3; stop++) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate(() => document.activeElement?.textContent ?? ''));
    }
    expect(stops).toEqual(['Not you?', 'Cancel', 'Allow']);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    expect(outline, 'the focus is seen').toBe('solid');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);
  });
});
