import type { Page, Request } from '@playwright/test';
import { expect, origin, startSession, test } from '@/e2e/fixtures/portal';
import type { TestApp, TestUser, World } from '@/e2e/fixtures/world';

type Options = NonNullable<Parameters<World['newApp']>[0]>;

/** A developer, and an app of their organisation. */
async function developed(world: World, options: Options = {}): Promise<{ app: TestApp; developer: TestUser }> {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  return { developer, app: await world.newApp({ scopes: ['profile', 'source:w'], ...options, tenant }) };
}

const step = (page: Page, number: number) => page.getByRole('region', { name: new RegExp(`^${number}\\. `) });

/** Opens the playground and waits until it can be used. */
async function openPlayground(page: Page, app: TestApp) {
  await page.goto(`/applications/${app.id}/playground`);
  await expect(page.getByRole('link', { name: /^Open the consent screen/ })).toBeVisible();
}

/** Through the consent in a tab of its own. */
async function allow(page: Page) {
  const opened = page.context().waitForEvent('page');
  await page.getByRole('link', { name: /^Open the consent screen/ }).click();
  const consent = await opened;
  await consent.getByRole('button', { name: 'Allow' }).click();
  await expect(consent.getByText('The playground has the answer')).toBeVisible();
  expect(consent.url(), 'no code in an address').toBe(`${origin()}/playground/callback`);
  await expect(page.getByText('The code is here')).toBeVisible();
  await consent.close();
}

async function run(page: Page, number: number, button: string, status = 200) {
  await step(page, number).getByRole('button', { name: button, exact: true }).click();
  await expect(step(page, number).getByText(`Status ${status},`)).toBeVisible();
}

test('the whole flow with a client secret, which stays in the memory of its tab', async ({ world, person }) => {
  const { app, developer } = await developed(world);
  const tab = await person(developer);
  const requests: Request[] = [];
  tab.context().on('request', (request) => requests.push(request));
  await openPlayground(tab, app);
  await tab.getByLabel('Client secret', { exact: true }).last().fill(app.secret);
  await allow(tab);
  await run(tab, 2, 'Get tokens');
  await expect(step(tab, 2).getByText('Signed with a published key of this server')).toBeVisible();
  await expect(step(tab, 2).getByText(developer.username).first()).toBeVisible();
  await run(tab, 3, 'Call the API');
  await expect(step(tab, 3).getByText(`"username": "${developer.username}"`)).toBeVisible();
  await run(tab, 4, 'Refresh');
  await expect(step(tab, 4).getByText('The next refresh is possible in')).toBeVisible();
  await run(tab, 4, 'Refresh', 429);
  await expect(step(tab, 4).getByRole('alert')).toContainText('Too soon');
  await expect(step(tab, 4).getByText('retry-after:')).toBeVisible();
  await expect(step(tab, 4).getByRole('link', { name: /Look it up/ })).toHaveAttribute(
    'href',
    new RegExp(`^/applications/${app.id}/activity\\?request=.+`),
  );
  await run(tab, 5, 'Ask about the token');
  await expect(step(tab, 5).getByText('"active": true')).toBeVisible();
  await run(tab, 6, 'Revoke');

  await test.step('the secret is nowhere but in the requests of the token endpoint', async () => {
    await expect(tab.getByLabel('Client secret', { exact: true }).last()).toHaveValue(app.secret);
    const kept = await tab.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        window.location.href,
        document.documentElement.outerHTML,
        history.state,
      ]),
    );
    expect(kept).not.toContain(app.secret);
    const told = requests.filter((one) => `${one.url()}${one.postData() ?? ''}`.includes(app.secret));
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) {
      expect(one.url()).toBe(`${origin()}/api/developers/oauth2/token`);
      expect((await one.allHeaders()).cookie, 'no cookie goes along').toBeUndefined();
    }
  });

  await test.step('secrets are shown when they are asked for', async () => {
    await expect(step(tab, 2).getByText(app.secret)).toHaveCount(0);
    await step(tab, 2).getByRole('button', { name: 'Show secrets of “Exchange the code”' }).click();
    await expect(step(tab, 2).getByText(app.secret)).toBeVisible();
  });

  await test.step('it is named in the connections, and revoked there', async () => {
    const { rows } = await world.db.query('SELECT playground, ended_reason FROM connections WHERE app_id = $1', [
      app.id,
    ]);
    expect(rows).toEqual([{ playground: true, ended_reason: 'revoked_by_app' }]);
    await tab.goto(`/applications/${app.id}/connections`);
    await expect(tab.getByRole('row', { name: developer.username }).getByText('Playground')).toBeVisible();
  });
});

test('the standard endpoints with secret and PKCE, then PKCE alone; the code in other languages', async ({
  world,
  person,
}) => {
  const { app, developer } = await developed(world);
  const tab = await person(developer);
  await openPlayground(tab, app);
  await tab.getByLabel('Client secret', { exact: true }).last().fill(app.secret);
  await tab.getByRole('radio', { name: /^Client secret and PKCE/ }).check();
  await tab.getByRole('radio', { name: /^Standard/ }).check();
  await expect(
    step(tab, 1).getByText(/\/oauth2\/authorize\s+\?response_type=code[\s\S]*code_challenge=[\w-]{43}/),
  ).toBeVisible();
  await allow(tab);
  await run(tab, 2, 'Get tokens');
  await run(tab, 5, 'Ask about the token');
  await expect(step(tab, 5).getByText('/oauth2/introspect').first()).toBeVisible();
  await expect(step(tab, 5).getByText('"token_type": "Bearer"')).toBeVisible();

  await test.step('PKCE alone gets a refresh token by offline_access, and another run ends the one before', async () => {
    await tab.getByRole('radio', { name: /^PKCE As an app/ }).check();
    await tab.getByLabel('offline_access').check();
    await expect(tab.getByLabel('Client secret', { exact: true }).last()).toBeHidden();
    await expect(tab.getByText('The code is here')).toHaveCount(0);
    await expect(step(tab, 1).getByText(/offline_access/)).toBeVisible();
    await allow(tab);
    await run(tab, 2, 'Get tokens');
    await run(tab, 4, 'Refresh');
    const { rows } = await world.db.query(
      'SELECT ended_reason FROM connections WHERE app_id = $1 ORDER BY connected_at',
      [app.id],
    );
    expect(rows).toEqual([{ ended_reason: 'playground_again' }, { ended_reason: null }]);
  });

  await test.step('a language is chosen for all steps, by keyboard, too', async () => {
    const tabs = step(tab, 4).getByRole('tablist');
    await tabs.getByRole('tab', { name: 'curl' }).focus();
    await tab.keyboard.press('ArrowRight');
    await expect(tabs.getByRole('tab', { name: 'Node' })).toBeFocused();
    await expect(step(tab, 4).getByRole('tabpanel')).toContainText('process.env.REFRESH_TOKEN');
    await tabs.getByRole('tab', { name: 'Python' }).click();
    await expect(step(tab, 4).getByRole('tabpanel')).toContainText("os.environ['REFRESH_TOKEN']");
    await tabs.getByRole('tab', { name: 'Go' }).click();
    for (const number of [2, 3, 4, 5, 6])
      await expect(step(tab, number).getByRole('tabpanel')).toContainText('package main');
    await tabs.getByRole('tab', { name: 'curl' }).click();
    await expect(step(tab, 2).getByRole('tabpanel')).toContainText('"code_verifier=$CODE_VERIFIER"');
  });
});

test('in the same tab: the run is found again, and what was secret is typed again', async ({ world, person }) => {
  const { app, developer } = await developed(world, { proof: 'PKCE_ONLY' });
  const tab = await person(developer);
  await openPlayground(tab, app);
  await step(tab, 1).locator('summary').click();
  const verifier = await step(tab, 1).getByRole('textbox', { name: 'code_verifier' }).inputValue();
  await tab.getByRole('link', { name: 'In this tab instead' }).click();
  await tab.getByRole('button', { name: 'Allow' }).click();
  await expect(tab).toHaveURL(`/applications/${app.id}/playground`);
  await expect(tab.getByText('The code is here')).toBeVisible();
  expect(await tab.evaluate(() => ({ ...sessionStorage }))).toEqual({});
  await expect(step(tab, 2).getByText('Type the code_verifier first.')).toBeVisible();
  await step(tab, 2).getByLabel('code_verifier').fill(verifier);
  await run(tab, 2, 'Get tokens');
});

test('a refusal of the user, a foreign answer and an answer that nobody waits for', async ({ world, person }) => {
  const { app, developer } = await developed(world);
  const tab = await person(developer);
  await openPlayground(tab, app);
  const opened = tab.context().waitForEvent('page');
  await tab.getByRole('link', { name: /^Open the consent screen/ }).click();
  const consent = await opened;
  await consent.getByRole('button', { name: 'Cancel' }).click();
  await expect(tab.getByText('Refused: access_denied')).toBeVisible();

  const state = `${app.id}.AAAAAAAAAAAAAAAAAAAAAA`;
  const iss = encodeURIComponent(origin());
  await consent.goto(`/playground/callback?code=forged&state=${state}&iss=${iss}`);
  await expect(consent.getByText('No playground waits for this answer')).toBeVisible();
  await consent.goto(`/playground/callback?code=forged&state=${state}&iss=https%3A%2F%2Fevil.example`);
  await expect(consent.getByText('names another issuer')).toBeVisible();
  await consent.goto('/playground/callback');
  await expect(consent.getByText('There is no answer')).toBeVisible();
  await expect(tab.getByText('The code is here')).toHaveCount(0);
});

test('an app that needs a secret and has none leads to its credentials', async ({ world, person }) => {
  const { app, developer } = await developed(world, { proof: 'SECRET_REQUIRED', withSecret: false });
  const tab = await person(developer);
  await tab.goto(`/applications/${app.id}/playground`);
  await expect(tab.getByRole('heading', { name: 'The application has no client secret yet' })).toBeVisible();
  await tab.getByRole('main').getByRole('link', { name: 'Credentials' }).last().click();
  await expect(tab.getByRole('button', { name: 'Generate client secret' })).toBeVisible();
});

test('auf Deutsch, mit Zeiten in Worten', async ({ world, person }) => {
  const { app, developer } = await developed(world);
  const tab = await person(developer, { locale: 'de-DE' });
  await tab.goto(`/applications/${app.id}/playground`);
  await expect(tab.getByRole('link', { name: /^Zustimmungsseite öffnen/ })).toBeVisible();
  await tab.getByLabel('Client-Secret', { exact: true }).last().fill('falsch');
  const opened = tab.context().waitForEvent('page');
  await tab.getByRole('link', { name: /^Zustimmungsseite öffnen/ }).click();
  const consent = await opened;
  await expect(consent.getByText('Sie probieren sie im Playground aus')).toBeVisible();
  await consent.getByRole('button', { name: 'Erlauben' }).click();
  await expect(tab.getByText('Der Code ist da')).toBeVisible();
  await step(tab, 2).getByRole('button', { name: 'Token holen' }).click();
  await expect(step(tab, 2).getByRole('alert')).toContainText('Code, Token oder Nachweis wurde nicht angenommen');
  await tab.getByLabel('Client-Secret', { exact: true }).last().fill(app.secret);
  await step(tab, 2).getByRole('button', { name: 'Token holen' }).click();
  await expect(step(tab, 2).getByText('Status 200, nach')).toBeVisible();
  await expect(step(tab, 2).getByText('Wann es endet')).toBeVisible();
  await expect(
    step(tab, 2)
      .getByText(/^\d{1,2}\. \p{L}+\.? \d{4}/u)
      .first(),
  ).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says so, and shows the address and the commands', async ({ page, world, context }) => {
    const { app, developer } = await developed(world);
    await startSession(context, developer);
    await page.goto(`/applications/${app.id}/playground`);
    // What stands in there is no text for Playwright, unless it looks at what is rendered.
    const rendered = { useInnerText: true };
    await expect(page.locator('noscript')).toContainText('The playground needs JavaScript', rendered);
    await expect(step(page, 1).getByText(`client_id=${app.clientId}`)).toBeVisible();
    await expect(step(page, 2).getByRole('tabpanel')).toContainText('"client_secret=$CLIENT_SECRET"');
    await expect(page.getByRole('button', { name: 'Get tokens' })).toBeHidden();
    await page.goto('/playground/callback?code=x&state=y&iss=z');
    await expect(page.locator('noscript')).toContainText(
      'Without JavaScript the answer cannot be handed over',
      rendered,
    );
  });
});
