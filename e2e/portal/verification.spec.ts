import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { type Candidate, newCandidate, newIcon, PURPOSE } from '@/e2e/fixtures/candidate';
import { type NameServer, openNameServer } from '@/e2e/fixtures/name-server';
import { expect, origin, startSession, test } from '@/e2e/fixtures/portal';
import { press } from '@/e2e/fixtures/portal-steps';
import { connect } from '@/e2e/fixtures/screens';
import { postForm } from '@/e2e/fixtures/world';

const site = () => ({ publicUrl: origin(), port: Number(new URL(origin()).port) });
const picture = () =>
  sharp({ create: { width: 800, height: 450, channels: 3, background: '#246' } })
    .jpeg()
    .toBuffer();

const row = async (
  world: { db: { query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }> } },
  id: number,
) =>
  (
    await world.db.query(
      `SELECT state, status, pending_changes AS pending, never_expires AS "neverExpires",
              ARRAY(SELECT uri FROM redirect_uris WHERE app_id = a.id ORDER BY id) AS uris FROM apps a WHERE id = $1`,
      [id],
    )
  ).rows[0];

/** Writes, shows and sends a request on the verification page. */
async function submit(page: Page, one: Candidate, words: string | RegExp, note = ''): Promise<void> {
  await page.goto(`/applications/${one.app.id}/verification`);
  await page.getByRole('button', { name: words }).click();
  await page.getByLabel('Picture').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture() });
  await page.getByRole('button', { name: 'Add picture' }).click();
  await expect(page.getByRole('img', { name: 'Screenshot 1' })).toBeVisible();
  await page.getByLabel('What is the app for').fill(PURPOSE);
  await page.getByLabel('Why do redirect URLs lead elsewhere?').fill(note);
  await page.getByRole('button', { name: 'Submit for review' }).click();
  await expect(page.getByText('Your request has been submitted.')).toBeVisible();
}

async function openRequest(page: Page, name: string): Promise<void> {
  await page.goto('/review/open');
  for (;;) {
    const link = page.getByRole('link', { name, exact: true });
    if ((await link.count()) > 0) return link.click();
    await page.getByRole('link', { name: 'Older' }).click();
  }
}

async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText('The request was approved.')).toBeVisible();
}

test.describe('the domain of a publisher (case 83)', () => {
  let names: NameServer;
  test.beforeAll(async () => {
    names = await openNameServer(Number(process.env.GATEHOUSE_DNS_PORT));
  });
  test.afterAll(() => names.close());

  test('is proven by a TXT record; what is found instead is said', async ({ page, context, world }) => {
    const one = await newCandidate(world);
    await startSession(context, one.developer);
    await page.goto(`/applications/${one.app.id}/verification`);
    const domain = `x${one.app.id}.example`;
    const field = page.getByLabel('Domain', { exact: true });
    for (const [typed, reason] of [
      ['127.0.0.1', /IP address/],
      ['http://2130706433/', /IP address/],
      ['[::ffff:7f00:1]', /IP address/],
      ['localhost', /no owner/],
      ['github.io', /different owners/],
      ['file:///etc/passwd', /no domain/],
    ] as const) {
      await page.reload();
      await field.fill(typed);
      await press(page, 'Add domain');
      await expect(field).toHaveAccessibleDescription(reason);
      await expect(field).toHaveValue(typed);
    }
    const asked = names.asked.length;
    await field.fill(`https://${domain}/about`);
    await page.getByRole('button', { name: 'Add domain' }).click();
    await expect(page.getByText(`${domain} was added`)).toBeVisible();
    expect(names.asked.length, 'adding asks nobody').toBe(asked);
    const record = await page.getByRole('textbox', { name: 'Name of the record' }).inputValue();
    const value = await page.getByRole('textbox', { name: 'Content of the record' }).inputValue();
    expect(record).toBe(`_gatehouse-challenge.${domain}`);

    const again = async () => {
      await world.db.query('UPDATE publisher_domains SET checked_at = NULL WHERE domain = $1', [domain]);
      await page.getByRole('button', { name: 'Check now' }).click();
    };
    await again();
    await expect(page.getByText('There is no TXT record of this name yet.')).toBeVisible();
    await page.getByRole('button', { name: 'Check now' }).click();
    await expect(page.getByText('It was checked a moment ago.')).toBeVisible();
    names.records.set(record, ['gatehouse-verification=wrong', '<img src=x onerror=alert(1)>']);
    await again();
    await expect(page.getByText('not the one that is expected')).toBeVisible();
    await expect(page.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
    names.records.set(record, ['v=spf1 -all', value]);
    await again();
    await expect(
      page
        .getByRole('listitem')
        .filter({ hasText: domain })
        .getByText(/^Proven/),
    ).toBeVisible();

    await page.getByLabel('Publisher of this app').selectOption(domain);
    await page.getByRole('button', { name: 'Save publisher' }).click();
    await expect(page.getByText('The publisher was saved.')).toBeVisible();
    await page.getByRole('button', { name: `Remove ${domain}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('The domain was removed.')).toBeVisible();
    const { rows } = await world.db.query('SELECT publisher_domain AS domain FROM apps WHERE id = $1', [one.app.id]);
    expect(rows).toEqual([{ domain: null }]);
  });
});

test.describe('a verification, from request to badge', () => {
  test('is refused with what is missing, rejected with a reason, talked about, sent again and approved', async ({
    person,
    world,
  }) => {
    const one = await newCandidate(world);
    await world.db.query('UPDATE apps SET privacy_url = NULL WHERE id = $1', [one.app.id]);
    const developer = await person(one.developer);
    await developer.goto(`/applications/${one.app.id}/verification`);
    await expect(developer.getByRole('listitem').filter({ hasText: 'A privacy policy' })).toContainText('Missing');
    await developer.getByRole('button', { name: 'Get verified' }).click();
    await developer.getByLabel('What is the app for').fill('Too short.');
    await press(developer, 'Submit for review');
    await expect(developer.getByRole('alert').filter({ hasText: 'Not submitted' })).toContainText('A privacy policy');
    await expect(developer.getByLabel('What is the app for')).toHaveValue('Too short.');
    const svg = {
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    };
    await developer.getByLabel('Picture').setInputFiles(svg);
    await press(developer, 'Add picture');
    await expect(developer.getByLabel('Picture')).toHaveAccessibleDescription(/no jpg, png, gif or webp/);
    await developer.getByRole('button', { name: 'Discard draft' }).click();
    await developer.getByRole('alertdialog').getByRole('button', { name: 'Discard draft' }).click();
    await expect(developer.getByText('The draft was deleted.')).toBeVisible();
    await world.db.query("UPDATE apps SET privacy_url = 'https://x.example/p' WHERE id = $1", [one.app.id]);
    await submit(developer, one, 'Get verified');

    const reviewer = await person(one.reviewer);
    await openRequest(reviewer, one.app.name);
    await expect(reviewer.getByText(PURPOSE)).toBeVisible();
    await expect(reviewer.getByText('The organisation registered today.')).toBeVisible();
    await expect(reviewer.getByRole('img', { name: 'Screenshot 1' })).toBeVisible();
    await reviewer.getByLabel('Message').fill('Which screen is it on?');
    await reviewer.getByRole('button', { name: 'Send message' }).click();
    await expect(reviewer.getByText('Which screen is it on?')).toBeVisible();
    await developer.reload();
    await expect(developer.getByText('Which screen is it on?')).toBeVisible();
    await developer.getByLabel('Message').fill('On the wall.');
    await developer.getByRole('button', { name: 'Send message' }).click();
    await expect(developer.getByText('The message was sent.')).toBeVisible();

    await press(reviewer, 'Reject');
    await expect(reviewer.getByLabel('Reason', { exact: true })).toHaveAccessibleDescription(/Give a reason/);
    await reviewer.getByLabel('Ready-made reason').selectOption('pictures');
    await reviewer.getByRole('button', { name: 'Insert' }).click();
    await expect(reviewer.getByLabel('Reason', { exact: true })).toHaveValue(/do not show what users see/);
    await reviewer.getByRole('button', { name: 'Reject' }).click();
    await expect(reviewer.getByText('The request was rejected.')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ state: 'DEVELOPMENT' });

    await developer.reload();
    await expect(developer.getByText('The last request was rejected')).toBeVisible();
    await expect(developer.getByText('do not show what users see').first()).toBeVisible();
    await developer.getByRole('button', { name: 'Prepare a new request' }).click();
    await expect(developer.getByLabel('What is the app for')).toHaveValue(PURPOSE);
    await developer.getByRole('button', { name: 'Submit for review' }).click();
    await expect(developer.getByText('Your request has been submitted.')).toBeVisible();
    await openRequest(reviewer, one.app.name);
    await expect(reviewer.getByText('1 earlier request was rejected.')).toBeVisible();
    await approve(reviewer);
    await developer.goto(`/applications/${one.app.id}/verification`);
    await expect(developer.getByText('This app is verified.')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ state: 'VERIFIED', pending: null });
  });

  test('pictures are shown to reviewers and the app’s developers only, without scripts and kept by nobody', async ({
    person,
    world,
  }) => {
    const one = await newCandidate(world);
    const developer = await person(one.developer);
    await submit(developer, one, 'Get verified');
    const src = (await developer.getByRole('img', { name: 'Screenshot 1' }).getAttribute('src')) ?? '';
    for (const who of [one.developer, one.reviewer]) {
      const answer = await (await person(who)).request.get(src);
      expect(answer.status()).toBe(200);
      expect(answer.headers()).toMatchObject({
        'content-type': 'image/png',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        'cache-control': 'private, no-store',
      });
    }
    for (const who of [await world.newUser({ tenant: one.tenant }), await world.newUser({ role: 'ADMIN' })])
      expect((await (await person(who)).request.get(src)).status()).toBe(404);
  });

  test('works without JavaScript, up to the decision', async ({ person, world }) => {
    const one = await newCandidate(world);
    const developer = await person(one.developer, { javaScriptEnabled: false });
    await submit(developer, one, 'Get verified');
    const reviewer = await person(one.reviewer, { javaScriptEnabled: false });
    await openRequest(reviewer, one.app.name);
    await reviewer.getByLabel('Ready-made reason').selectOption('scopes');
    await reviewer.getByLabel('Reason', { exact: true }).fill('Please look again.');
    await reviewer.getByRole('button', { name: 'Reject' }).click();
    await expect(reviewer.getByText('The request was rejected.')).toBeVisible();
    const { rows } = await world.db.query('SELECT reason FROM verification_requests WHERE app_id = $1', [one.app.id]);
    expect(rows[0].reason).toMatch(/^Please look again\.\n\nThe app asks for more than its purpose needs\./);
    await developer.goto(`/applications/${one.app.id}/verification`);
    await developer.getByRole('button', { name: 'Prepare a new request' }).click();
    await developer.getByRole('button', { name: 'Submit for review' }).click();
    await openRequest(reviewer, one.app.name);
    await approve(reviewer);
    expect(await row(world, one.app.id)).toMatchObject({ state: 'VERIFIED' });
  });
});

test.describe('case 88: changes of a verified app', () => {
  test('a new redirect host waits, is seen as a diff and becomes live by approval; a removal acts at once', async ({
    person,
    world,
  }) => {
    const one = await newCandidate(world, { verified: true });
    const developer = await person(one.developer);
    await developer.goto(`/applications/${one.app.id}/redirect-urls`);
    await developer.getByRole('button', { name: 'Add another' }).click();
    await developer.getByLabel('Redirect URL 2', { exact: true }).fill('https://partner.example/cb');
    await developer.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(developer.getByText('1 new address waits for review')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ uris: [one.app.redirectUri] });
    await submit(developer, one, 'Submit for review', 'A partner runs it.');

    const reviewer = await person(one.reviewer);
    await openRequest(reviewer, one.app.name);
    const diff = reviewer.getByRole('region', { name: 'What is asked for' }).getByRole('listitem');
    await expect(diff).toHaveCount(1);
    await expect(diff).toContainText('https://partner.example');
    await expect(reviewer.getByText('Redirects to hosts off the publisher domain')).toBeVisible();
    // The developers go on meanwhile.
    await world.db.query(
      `UPDATE apps SET pending_changes = '{"redirectUris": ["https://partner.example/cb", "https://late.example/cb"]}' WHERE id = $1`,
      [one.app.id],
    );
    await reviewer.reload();
    await expect(reviewer.getByText('Since then the developers have changed:')).toBeVisible();
    await approve(reviewer);
    expect(await row(world, one.app.id)).toMatchObject({
      state: 'VERIFIED',
      uris: [one.app.redirectUri, 'https://partner.example/cb'],
      pending: { redirectUris: ['https://late.example/cb'] },
    });

    await developer.goto(`/applications/${one.app.id}/verification`);
    await developer.getByRole('button', { name: 'Discard changes' }).click();
    await developer.getByRole('alertdialog').getByRole('button', { name: 'Discard changes' }).click();
    await expect(developer.getByText('The changes were discarded.')).toBeVisible();
    await developer.goto(`/applications/${one.app.id}/redirect-urls`);
    await developer.getByRole('button', { name: 'Remove line 2', exact: true }).click();
    await developer.getByRole('button', { name: 'Save redirect URLs' }).click();
    await expect(developer.getByText('Redirect URLs saved.')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ uris: [one.app.redirectUri], pending: null });
  });

  test('an icon is shown before and after', async ({ person, world }) => {
    const one = await newCandidate(world, { verified: true });
    const icon = await newIcon(world);
    await world.db.query('UPDATE apps SET pending_changes = $2 WHERE id = $1', [one.app.id, { icon }]);
    const developer = await person(one.developer);
    await developer.goto(`/applications/${one.app.id}/verification`);
    const line = developer.getByRole('region', { name: 'Changes that wait' }).getByRole('listitem');
    await expect(line.locator(`img[src="/icons/${one.icon}.png"]`)).toHaveCount(1);
    await expect(line.locator(`img[src="/icons/${icon}.png"]`)).toHaveCount(1);
  });
});

test.describe('reviewers', () => {
  test('suspend an app at once and let it work again; its developers read why', async ({ person, world }) => {
    const one = await newCandidate(world, { verified: true });
    const user = await world.newUser();
    const tokens = await connect(world, one.app, user);
    const active = async () => {
      const answer = await postForm(site(), '/api/developers/oauth2/token_info', { token: tokens.access_token });
      return (await answer.json()).active;
    };
    expect(await active()).toBe(true);
    const reviewer = await person(one.reviewer);
    await reviewer.goto('/review/apps');
    await reviewer.getByRole('searchbox').fill(one.app.clientId);
    await reviewer.getByRole('button', { name: 'Search' }).click();
    await reviewer.getByRole('link', { name: one.app.name }).click();
    await reviewer.getByRole('button', { name: 'Suspend app' }).click();
    await expect(reviewer.getByLabel('Reason')).toHaveAccessibleDescription(/Give a reason/);
    await reviewer.getByLabel('Reason').fill('Sends mail in the name of users.');
    await reviewer.getByRole('button', { name: 'Suspend app' }).click();
    await expect(reviewer.getByText('The app was suspended.')).toBeVisible();
    await expect.poll(active, { timeout: 15_000 }).toBe(false);
    const developer = await person(one.developer);
    await developer.goto(`/applications/${one.app.id}/verification`);
    await expect(developer.getByText('Sends mail in the name of users.')).toBeVisible();
    await reviewer.getByRole('button', { name: 'Reinstate app' }).click();
    await expect(reviewer.getByText('The app works again.')).toBeVisible();
    expect(await active(), 'access tokens from before stay inactive').toBe(false);
    expect(await row(world, one.app.id)).toMatchObject({ status: 'ACTIVE' });
    const { rows } = await world.db.query('SELECT kind FROM audit_events WHERE subject = $1 ORDER BY id', [
      `app:${one.app.id}`,
    ]);
    expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['app_suspended', 'app_reinstated']));
  });

  test('let a verified backend app have tokens that never expire, and take that back', async ({ person, world }) => {
    const one = await newCandidate(world, { verified: true });
    const reviewer = await person(one.reviewer);
    await reviewer.goto(`/review/apps/${one.app.id}`);
    await reviewer.getByRole('button', { name: 'Allow tokens that never expire' }).click();
    await expect(reviewer.getByText('issued from now on never expire')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ neverExpires: true });
    await reviewer.getByRole('button', { name: 'Let tokens expire again' }).click();
    await reviewer.getByRole('alertdialog').getByRole('button', { name: 'Let tokens expire again' }).click();
    await expect(reviewer.getByText('now end a year from today')).toBeVisible();
    expect(await row(world, one.app.id)).toMatchObject({ neverExpires: false });
    const other = await newCandidate(world);
    await reviewer.goto(`/review/apps/${other.app.id}`);
    await expect(reviewer.getByText('Not possible: the app must be verified')).toBeVisible();
  });

  test('leave to others what they made themselves', async ({ person, world }) => {
    const one = await newCandidate(world);
    await submit(await person(one.developer), one, 'Get verified');
    await world.db.query('UPDATE apps SET owner_id = $2 WHERE id = $1', [one.app.id, one.reviewer.id]);
    const reviewer = await person(one.reviewer);
    await openRequest(reviewer, one.app.name);
    await expect(reviewer.getByText('somebody else must decide')).toBeVisible();
    await expect(reviewer.getByRole('button', { name: 'Approve' })).toHaveCount(0);
  });

  test('read and export what was done, find all of one subject; a cell is never a formula', async ({
    person,
    world,
  }) => {
    const one = await newCandidate(world);
    const evil = '=HYPERLINK("https://evil.example";"x")';
    await world.db.query(
      'INSERT INTO audit_events (tenant_id, actor_id, kind, subject, data) VALUES ($1, $2, $3, $4, $5)',
      [one.tenant.id, one.developer.id, 'app_changed', evil, { note: 'x,"y"\n' }],
    );
    const changed = { website: null, limitToAccount: true };
    await world.db.query(
      'INSERT INTO audit_events (tenant_id, actor_id, kind, subject, data) VALUES ($1, $2, $3, $4, $5)',
      [one.tenant.id, one.developer.id, 'app_changed', `app:${one.app.id}`, changed],
    );
    const reviewer = await person(one.reviewer);
    await reviewer.goto('/review/audit');
    await reviewer.getByRole('textbox', { name: 'Organisation', exact: true }).fill(one.tenant.name);
    await reviewer.getByRole('button', { name: 'Filter' }).click();
    const rows = reviewer.getByRole('row', { name: one.developer.username });
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText(one.app.name);
    await expect(rows.first()).toContainText('Website: None');
    await expect(rows.first()).toContainText('Limited to its own organisation: Yes');
    await expect(rows.last()).toContainText('Note: x,"y"');
    const [download] = await Promise.all([
      reviewer.waitForEvent('download'),
      reviewer.getByRole('link', { name: 'Export as CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const csv = Buffer.concat(chunks).toString('utf8');
    expect(csv.startsWith('\ufeffid,time,kind,organisation,actor,user,subject,data\r\n')).toBe(true);
    expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"";""x"")"`);
    expect(csv).toMatch(/,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,app_changed,/);
    expect(csv.trim().split('\r\n')).toHaveLength(3);
    await rows.last().getByRole('link', { name: 'Only events of' }).click();
    await expect(rows).toHaveCount(1);
    await expect(reviewer.getByRole('textbox', { name: 'Subject' })).toHaveValue(evil);
  });

  test('case 88: nobody else finds any of it', async ({ person, world }) => {
    const one = await newCandidate(world);
    const admin = await person(await world.newUser({ tenant: one.tenant, role: 'ADMIN' }));
    for (const path of [
      '/review',
      '/review/open',
      '/review/apps',
      `/review/apps/${one.app.id}`,
      '/review/audit',
      '/review/audit/export',
    ])
      expect((await admin.request.get(path, { maxRedirects: 0 })).status(), path).toBe(404);
  });
});

test('case 81: what developers and reviewers write is text wherever it is shown', async ({ person, world }) => {
  const evil = '<img src=x onerror="document.title=1337"></script><script>document.title=1337</script>{{1}}';
  const one = await newCandidate(world, { name: '<b onmouseover=alert(1)>Evil</b>' });
  await world.db.query('UPDATE apps SET description = $2, website = $3 WHERE id = $1', [
    one.app.id,
    evil,
    'javascript:document.title=1337',
  ]);
  await world.db.query('UPDATE app_scopes SET purpose = $2 WHERE app_id = $1', [one.app.id, evil]);
  const developer = await person(one.developer);
  await submit(developer, one, 'Get verified', evil);
  await developer.getByLabel('Message').fill(evil);
  await developer.getByRole('button', { name: 'Send message' }).click();
  await expect(developer.getByText('The message was sent.')).toBeVisible();
  const reviewer = await person(one.reviewer);
  await openRequest(reviewer, one.app.name);
  for (const page of [developer, reviewer]) {
    await expect(page.getByText(evil).first()).toBeAttached();
    expect(await page.title()).not.toBe('1337');
    await expect(page.locator('[onerror], [onmouseover], a[href^="javascript" i], img[src="x"]')).toHaveCount(0);
  }
});
