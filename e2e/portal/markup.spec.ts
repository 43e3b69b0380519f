import type { Page } from '@playwright/test';
import { authorizeUrl, expect, origin, startSession, test } from '@/e2e/fixtures/portal';
import { HttpBrowser, postForm } from '@/e2e/fixtures/world';

const TEXTS = [
  '<img src=x onerror="document.title=1337">',
  '</script><script>document.title=1337</script>',
  '"><svg onload=document.title=1337>',
  '{{constructor.constructor("document.title=1337")()}}',
  '[click](javascript:document.title=1337)',
  'JaVaScript:document.title=1337//https://evil.example',
];

/** Every word stands there as text, and nothing came to life. */
async function inert(page: Page, texts: string[]) {
  for (const text of texts) await expect(page.getByText(text).first(), text).toBeAttached();
  expect(await page.title()).not.toBe('1337');
  await expect(page.locator('img, [onerror], [onload], a[href*="evil"], a[href^="javascript" i]')).toHaveCount(0);
}

test('case 81: markup in names, descriptions and people is text on every page', async ({ person, page, world }) => {
  const tenant = await world.newTenant();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const user = await world.newUser({ tenant });
  const [image = '', script = '', svg = '', template = '', link = ''] = TEXTS;
  await world.db.query('UPDATE tenants SET display_name = $2 WHERE id = $1', [tenant.id, script]);
  await world.db.query('UPDATE users SET first_name = $2, last_name = $3 WHERE tenant_id = $1', [
    tenant.id,
    svg,
    template,
  ]);
  // Past the rules for names, as if one of them were missing.
  const app = await world.newApp({ tenant, name: image });
  await world.db.query('UPDATE apps SET description = $2, created_by_id = $3 WHERE id = $1', [
    app.id,
    TEXTS.join('\n'),
    developer.id,
  ]);
  const developers = await person(developer);

  await test.step('consent', async () => {
    await startSession(page.context(), user);
    await page.goto(authorizeUrl(app));
    await inert(page, [image, script, `${svg} ${template}`, link]);
  });

  await test.step('connections, with a device that calls itself something else', async () => {
    const site = { publicUrl: origin(), port: Number(new URL(origin()).port) };
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const code = await browser.obtainCode(app);
    await postForm(site, '/oauth2/token', {
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: app.secret,
      redirect_uri: app.redirectUri,
      code,
    });
    await world.db.query('UPDATE connections SET user_agent = $2 WHERE app_id = $1', [app.id, TEXTS.join(' ')]);
    await page.goto('/connections');
    await inert(page, [image, script]);
    await page.getByRole('button', { name: `Revoke access of ${image}` }).click();
    await inert(page, [image]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
    await expect(page.getByRole('status')).toContainText(image);
    await inert(page, [image]);
  });

  await test.step('the portal', async () => {
    await developers.goto('/applications');
    await inert(developers, [image, script]);
    await developers.goto(`/applications/${app.id}`);
    await inert(developers, [image, ...TEXTS]);
    await world.db.query('UPDATE apps SET suspended_reason = $2, status = $3 WHERE id = $1', [
      app.id,
      link,
      'SUSPENDED',
    ]);
    await world.db.query(
      `INSERT INTO oauth_events (app_id, kind, outcome, request_id, details) VALUES
         ($1, 'authorize', 'scope_not_declared', $3, jsonb_build_object('scopes', jsonb_build_array($2::text))),
         ($1, 'authorize', 'redirect_uri_mismatch', $3, jsonb_build_object('redirect', jsonb_build_object('sent', $3::text,
          'registered', null, 'differs', jsonb_build_array(jsonb_build_object('part', 'host', 'sent', $3::text, 'registered', $2::text))))),
         ($1, $4, $5, $3, jsonb_build_object('value', $3::text, 'why', $3::text))`,
      [app.id, svg.slice(0, 40), image, '<i>kind</i>', '<i>outcome</i>'],
    );
    await world.db.query("INSERT INTO app_scopes (app_id, name, access, purpose) VALUES ($1, 'profile', 'r', $2)", [
      app.id,
      template,
    ]);
    await developers.goto('/applications');
    await inert(developers, [image, link]);
    await developers.goto(`/applications/${app.id}/scopes`);
    await inert(developers, [image, link, template]);
    await developers.goto(`/applications/${app.id}/connections`);
    await inert(developers, [image, link]);
    await developers.goto(`/applications/${app.id}/activity`);
    await inert(developers, [image, link, svg.slice(0, 40)]);
    await developers.goto(`/applications/${app.id}/danger`);
    await inert(developers, [image, link]);
    await developers.goto(`/applications/${app.id}/redirect-urls`);
    await developers.getByLabel('Redirect URL 1', { exact: true }).fill(script);
    await developers.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(developers.getByText('Nothing was saved yet')).toBeVisible();
    await inert(developers, [image]);
    await developers.goto('/applications/new');
    await developers.getByLabel('Name').fill(image);
    await developers.getByRole('button', { name: 'Create application' }).click();
    await expect(developers.getByLabel('Name')).toHaveValue(image);
    await inert(developers, []);
  });

  await test.step('sign-in and error pages', async () => {
    const stranger = await person();
    await stranger.goto(`/signin?next=${encodeURIComponent(script)}&transaction=${encodeURIComponent(svg)}`);
    await inert(stranger, []);
    await stranger.goto(`/api/developers/oauth2/authorize?client_id=${encodeURIComponent(script)}`);
    await inert(stranger, []);
    await stranger.goto(`/${encodeURIComponent(image)}`);
    await inert(stranger, []);
  });
});

test('the policy is real: a script that is injected into a page does not run, and the browser says so', async ({
  page,
  complaints,
}) => {
  await page.goto('/signin');
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.setAttribute('onerror', 'document.title = 1337');
    image.src = 'data:,nothing';
    document.body.append(image);
  });
  await expect.poll(() => complaints.splice(0).join()).toContain('Content Security Policy');
  expect(await page.title()).not.toBe('1337');
});
