import type { Page } from '@playwright/test';
import { fetchVia } from '@/e2e/fixtures/http';
import { authorizeUrl, expect, origin, startSession, test } from '@/e2e/fixtures/portal';
import { copySettings, generateSecret, openSection, press } from '@/e2e/fixtures/portal-steps';
import { connect } from '@/e2e/fixtures/screens';
import { postForm, type TestApp, type TestTenant, type TestUser } from '@/e2e/fixtures/world';

const site = () => ({ publicUrl: origin(), port: Number(new URL(origin()).port) });

test.describe('the edit view "Manage application"', () => {
  let tenant: TestTenant;
  let developer: TestUser;
  let app: TestApp;
  let page: Page;

  test.beforeEach(async ({ context, page: own, world }) => {
    tenant = await world.newTenant();
    developer = await world.newUser({ tenant, role: 'DEVELOPER' });
    app = await world.newApp({ tenant, withSecret: false });
    await startSession(context, developer);
    page = own;
    await page.goto(`/applications/${app.id}`);
  });

  test('offers the addresses to copy, by the public URL and with the client id', async ({ context }) => {
    await openSection(page, 'Credentials');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const base = `${origin()}/api/developers/oauth2`;
    expect(await copySettings(page)).toEqual({
      clientId: app.clientId,
      authorizeUrl: `${base}/authorize`,
      tokenUrl: `${base}/token?client_id=${app.clientId}`,
      tokenInfoUrl: `${base}/token_info`,
      revokeUrl: `${base}/revoke`,
    });
    for (const [label, value] of [
      ['Client id', app.clientId],
      ['Token URL', `${base}/token?client_id=${app.clientId}`],
    ] as const) {
      const button = page.getByRole('button', { name: `Copy ${label}`, exact: true });
      await button.click();
      await expect(button).toHaveText('Copied');
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(value);
    }
  });

  test('what people read about it is saved, and a reload shows it', async ({ world }) => {
    const fields = {
      'What is your app doing?': 'Something new.',
      Website: 'https://board.example/',
      'Terms of service': 'https://board.example/terms',
      'Privacy policy': 'https://board.example/privacy',
      'Support address': 'help@board.example',
    };
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
    await press(page, 'Save general settings');
    await expect(page.getByRole('status').filter({ hasText: 'General settings saved.' })).toBeVisible();
    await page.reload();
    for (const [label, value] of Object.entries(fields)) await expect(page.getByLabel(label)).toHaveValue(value);

    await test.step('what is wrong is said at each field and above, leads there, and nothing typed is lost', async () => {
      await page.getByLabel('What is your app doing?').fill('x'.repeat(2001));
      await page.getByLabel('Website').fill('javascript:alert(1)');
      await page.getByLabel('Support address').fill('nobody');
      await press(page, 'Save general settings');
      const summary = page.getByRole('alert').filter({ hasText: 'Nothing was saved yet' });
      await expect(summary).toBeVisible();
      await expect(page.getByLabel('What is your app doing?')).toHaveAccessibleDescription(/at most 2,000 characters/);
      await expect(page.getByLabel('What is your app doing?')).toHaveValue('x'.repeat(2001));
      await expect(page.getByLabel('Website')).toHaveAccessibleDescription(/must begin with https/);
      await expect(page.getByLabel('Support address')).toHaveAccessibleDescription(/not an e-mail address/);
      await expect(page.getByLabel('Privacy policy')).toHaveValue('https://board.example/privacy');
      await summary.getByRole('link', { name: /must begin with https/ }).click();
      await expect(page.getByLabel('Website')).toBeFocused();
    });
    const { rows } = await world.db.query('SELECT description, website, support_email FROM apps WHERE id = $1', [
      app.id,
    ]);
    expect(rows).toEqual([
      { description: 'Something new.', website: 'https://board.example/', support_email: 'help@board.example' },
    ]);
  });

  test('limit to account and answers to repeated refreshes are saved', async ({ world }) => {
    await openSection(page, 'Access');
    await page.getByLabel('Limit to account').check();
    await page.getByLabel('Answer a repeated refresh').check();
    await press(page, 'Save access settings');
    await expect(page.getByText('Access settings saved.')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('Limit to account')).toBeChecked();
    const { rows } = await world.db.query('SELECT limit_to_account, refresh_replay FROM apps WHERE id = $1', [app.id]);
    expect(rows).toEqual([{ limit_to_account: true, refresh_replay: true }]);
  });

  test('case 90: a redirect URL is refused beside its line, with the reason, and nothing is saved', async ({
    world,
  }) => {
    const saved = async () =>
      (await world.db.query('SELECT uri FROM redirect_uris WHERE app_id = $1 ORDER BY uri', [app.id])).rows.map(
        ({ uri }) => uri,
      );
    await openSection(page, 'Redirect URLs');
    await page.getByRole('button', { name: 'Add another' }).click();
    const good = page.getByLabel('Redirect URL 2', { exact: true });
    const bad = page.getByLabel('Redirect URL 3', { exact: true });
    await good.fill('https://good.example/second');
    for (const [url, reason] of [
      ['javascript:alert(1)', /must start with https/],
      ['http://evil.example/cb', /https/],
      ['https://*.evil.example/cb', /wildcard/],
      ['https://evil.example/cb#x', /fragment/],
      ['https://user@evil.example/cb', /./],
      ['https://evil.example/cb?code=1', /./],
      [`${origin()}/cb`, /./],
    ] as const) {
      await bad.fill(url);
      await press(page, 'Save redirect URLs');
      await expect(page.getByText('Nothing was saved yet')).toBeVisible();
      await expect(bad, url).toHaveAccessibleDescription(reason);
      await expect(bad).toHaveValue(url);
      await expect(good).toHaveValue('https://good.example/second');
      expect(await saved()).toEqual([app.redirectUri]);
    }
    await bad.fill('com.example.board:/cb');
    await press(page, 'Save redirect URLs');
    await expect(page.getByText('Redirect URLs saved.')).toBeVisible();
    expect(await saved()).toEqual(['com.example.board:/cb', app.redirectUri, 'https://good.example/second']);

    await page.getByRole('button', { name: 'Remove line 1', exact: true }).click();
    await press(page, 'Save redirect URLs');
    await expect.poll(saved).toEqual(['com.example.board:/cb', 'https://good.example/second']);
  });

  test('case 89: a client secret is shown once, two may live, and each works until it is deleted', async ({
    world,
  }) => {
    await openSection(page, 'Credentials');
    const first = await generateSecret(page);
    await expect(page.getByText('You won’t be able to see it again')).toBeVisible();
    await page.reload();
    expect(await page.content(), 'not in the page or its data').not.toContain(first);
    const data = await page.request.get(page.url(), { headers: { RSC: '1' } });
    expect(await data.text()).not.toContain(first);
    await expect(page.getByRole('listitem').filter({ hasText: `Secret ending in ${first.slice(-4)}` })).toBeVisible();

    const second = await generateSecret(page);
    await expect(page.getByRole('button', { name: 'Generate client secret' })).toBeDisabled();
    const { rows } = await world.db.query('SELECT digest, last_four FROM app_secrets WHERE app_id = $1', [app.id]);
    expect(rows.map(({ last_four }) => last_four).sort()).toEqual([first.slice(-4), second.slice(-4)].sort());

    const accepts = async (secret: string) => {
      const form = { client_id: app.clientId, client_secret: secret, grant_type: 'refresh_token', refresh_token: 'x' };
      const answer = await postForm(site(), '/oauth2/token', form);
      return (await answer.json()).error !== 'invalid_client';
    };
    expect([await accepts(first), await accepts(second), await accepts('0'.repeat(64))]).toEqual([true, true, false]);

    await page.getByRole('button', { name: `Delete the secret ending in ${first.slice(-4)}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete secret' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'was deleted' })).toBeVisible();
    await expect(page.getByLabel('New client secret'), 'the other secret is not shown on').toHaveCount(0);
    expect([await accepts(first), await accepts(second)]).toEqual([false, true]);
  });

  test('of an app that needs a secret the last one that lives stays, an expired one beside it goes', async ({
    world,
  }) => {
    await world.db.query("UPDATE apps SET proof = 'SECRET_REQUIRED' WHERE id = $1", [app.id]);
    const [live, expired] = [await world.newSecret(app.id), await world.newSecret(app.id)];
    await world.db.query(
      "UPDATE app_secrets SET expires_at = now() - interval '1 day' WHERE app_id = $1 AND last_four = $2",
      [app.id, expired.slice(-4)],
    );
    await openSection(page, 'Credentials');
    const lines = page.getByRole('listitem').filter({ hasText: 'Secret ending in' });
    await expect(lines).toHaveCount(2);
    await expect(page.getByRole('button', { name: `Delete the secret ending in ${live.slice(-4)}` })).toHaveCount(0);
    await page.getByRole('button', { name: `Delete the secret ending in ${expired.slice(-4)}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete secret' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'was deleted' })).toBeVisible();
    const { rows } = await world.db.query('SELECT last_four FROM app_secrets WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ last_four: live.slice(-4) }]);
  });

  test('changing the way of proof says how many connections it ends, and asks first', async ({ world }) => {
    const secret = await world.newSecret(app.id);
    await connect(world, { ...app, secret }, await world.newUser({ tenant }));
    await openSection(page, 'Credentials');
    await page.getByRole('radio', { name: /^PKCE only/ }).check();
    await page.getByRole('button', { name: 'Save proof settings' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'This ends 1 connection' })).toBeVisible();
    expect(await world.liveFamilies(app.id)).toBe(1);
    await page.getByRole('button', { name: 'Change and end 1 connection' }).click();
    await expect(page.getByText('Proof settings saved. 1 connection has ended.')).toBeVisible();
    expect(await world.liveFamilies(app.id)).toBe(0);
    await expect(page.getByText('No client secret yet.')).toBeVisible();
  });

  test('the wizard says at each step how far the rotation of a secret is', async ({ world }) => {
    await openSection(page, 'Credentials');
    const old = await generateSecret(page);
    await expect(page.getByText('Replace a secret without an interruption')).toBeVisible();
    await page.reload();
    const fresh = await generateSecret(page);
    const now = page.getByRole('listitem').filter({ hasText: /^Now: / });
    await expect(now).toContainText('Put the new secret into your application');
    await expect(now).toContainText(fresh.slice(-4));
    const used = (digits: string, days: number) =>
      world.db.query(
        'UPDATE app_secrets SET last_used_at = now() - make_interval(days => $3) WHERE app_id = $1 AND last_four = $2',
        [app.id, digits.slice(-4), days],
      );
    await used(fresh, 0);
    await used(old, 2);
    await page.reload();
    await expect(now).toContainText('was last used 2 days ago: 2 days of the 7');
    await used(old, 8);
    await page.reload();
    await expect(now).toContainText('has been idle for 8 days: it is safe to delete');
    await page.getByRole('button', { name: `Delete the secret ending in ${old.slice(-4)}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete secret' }).click();
    await expect(page.getByText('Replace a secret without an interruption')).toBeVisible();
  });

  test('revoking all tokens says what it ends, and ends it; the consent stands', async ({ world }) => {
    const secret = await world.newSecret(app.id);
    const user = await world.newUser({ tenant });
    const tokens = await connect(world, { ...app, secret }, user);
    await openSection(page, 'Danger zone');
    await page.getByRole('button', { name: 'Revoke all tokens…' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('This ends 1 connection.');
    expect(await world.liveFamilies(app.id)).toBe(1);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all tokens' }).click();
    await expect(page.getByText('All tokens were revoked. 1 connection has ended.')).toBeVisible();
    const profile = () =>
      fetchVia(site().port)(`${origin()}/api/users/current`, {
        headers: { Authorization: `Bearer ${tokens.access_token}` },
      });
    await expect(async () => expect((await profile()).status).toBe(401)).toPass({ timeout: 15_000 });
    const { rows } = await world.db.query('SELECT revoked_at FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ revoked_at: null }]);
    await openSection(page, 'Connections');
    await expect(page.getByRole('row', { name: user.username })).toContainText('by a developer');
  });

  test('deleting an application says what it ends, and ends it', async ({ world }) => {
    const secret = await world.newSecret(app.id);
    const tokens = await connect(world, { ...app, secret }, await world.newUser({ tenant }));
    await openSection(page, 'Danger zone');
    await expect(page.getByText('This ends 1 connection of 1 user.')).toBeVisible();
    await page.getByText('Delete application…').click();
    await page.getByLabel(`To confirm, type ${app.name}`).fill(app.name);
    await page.getByRole('button', { name: 'Delete this application' }).click();
    await expect(page.getByRole('status')).toContainText('1 connection');
    expect(await world.liveFamilies(app.id)).toBe(0);
    const user = fetchVia(site().port)(`${origin()}/api/users/current`, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    await expect(async () => expect((await user).status).toBe(401)).toPass({ timeout: 15_000 });
    expect((await page.goto(authorizeUrl(app)))?.status()).toBe(400);
  });
});
