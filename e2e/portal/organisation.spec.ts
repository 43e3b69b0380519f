import type { Locator, Page } from '@playwright/test';
import { askAnAdmin, newOffice } from '@/e2e/fixtures/organisation-screens';
import { authorizeUrl, expect, origin, signIn, startSession, test } from '@/e2e/fixtures/portal';
import { openSite, type Site } from '@/e2e/fixtures/site';
import type { TestUser, World } from '@/e2e/fixtures/world';

const PASSWORD = 'correct quartz vending moss';

/** An admin writes an invitation and copies its link. */
async function inviteByLink(admin: Page, role = 'Member'): Promise<string> {
  await admin.goto('/organisation/members');
  await admin.getByLabel('Role', { exact: true }).last().selectOption(role);
  await admin.getByRole('button', { name: 'Create invitation' }).click();
  const link = admin.getByLabel('Invitation link', { exact: true });
  await expect(link).toHaveValue(new RegExp(`^${origin()}/invitations/[\\w-]{43}$`));
  return link.inputValue();
}

/** Waits until a mail to the user has left the queue: here it lands in the outbox. */
async function isTold(world: World, user: TestUser, kind: 'approval_asked' | 'approval_decided') {
  const mails = 'SELECT 1 FROM outbox_mails WHERE user_id = $1 AND kind = $2';
  await expect.poll(async () => (await world.db.query(mails, [user.id, kind])).rowCount).toBe(1);
}

const newName = () => `n${crypto.randomUUID().slice(0, 8)}`;

async function accept(page: Page, username: string) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('First name').fill('Nora');
  await page.getByLabel('Last name').fill('Neu');
  await page.getByLabel('Email address').fill('nora@new.example');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Repeat the password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
}

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled: scripts });
    let client: Site;
    test.beforeEach(async () => {
      client = await openSite(async () => '<h1>Back at the app</h1>');
    });
    test.afterEach(() => client.close());

    test('somebody is invited, accepts and signs in; the link then works no more', async ({ person, world }) => {
      const { admin, tenant } = await newOffice(world);
      const link = await inviteByLink(await person(admin), 'Developer');
      const page = await person();
      await page.goto(link);
      await expect(page).toHaveURL(`${origin()}/invitations`);
      await expect(page.getByRole('heading', { name: 'Join Initech Ltd' })).toBeVisible();
      await accept(page, admin.username);
      await expect(page.getByLabel('Username')).toHaveAccessibleDescription(/is taken/);
      await expect(page.getByLabel('First name')).toHaveValue('Nora');
      const username = newName();
      await accept(page, username);
      await expect(page.getByText('Your account was created. Sign in.')).toBeVisible();
      await signIn(page, { id: '', username, tenant }, PASSWORD);
      await expect(page.getByRole('navigation').getByRole('link', { name: 'Applications', exact: true })).toBeVisible();
      const other = await person();
      await other.goto(link);
      await expect(other.getByRole('heading', { name: 'This invitation cannot be used' })).toBeVisible();
    });

    test('an app that is kept out: a reason, an admin’s yes, consent, and the app gets its code', async ({
      person,
      world,
    }) => {
      const { admin, member, tenant } = await newOffice(world, 'ALLOW_LIST');
      const redirectUri = `http://127.0.0.1:${client.port}/cb`;
      const app = await world.newApp({ redirectUris: [redirectUri] });
      const page = await person(member);
      await page.goto(authorizeUrl(app));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Initech Ltd has not allowed ${app.name}`);
      await expect(page.getByRole('button', { name: 'Allow', exact: true })).toHaveCount(0);
      await page.getByLabel('Why do you need this app?').fill('I write <b>reports</b> with it.');
      await page.getByRole('button', { name: 'Ask an admin' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Waiting for an admin of Initech Ltd');
      await isTold(world, admin, 'approval_asked');

      // As the link of the mail leads: by way of sign-in.
      const office = await person();
      await office.goto(`/organisation/requests?app=${app.id}`);
      await signIn(office, { ...admin, tenant });
      await expect(office.getByRole('heading', { level: 3 })).toContainText(app.name);
      await expect(office.getByText('I write <b>reports</b> with it.')).toBeVisible();
      await expect(office.getByRole('link', { name: /^Requests/ })).toContainText('1');
      await office.getByRole('button', { name: `Allow ${app.name} for everybody` }).click();
      await expect(office.getByText('Allowed. Tabs that wait go on')).toBeVisible();
      await isTold(world, member, 'approval_decided');

      if (!scripts) await page.getByRole('link', { name: 'Check again' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        `${app.name} wants to access your Gatehouse account`,
      );
      // Longer than a click that was meant for something else.
      await expect(page.getByRole('button', { name: 'Allow', exact: true })).toBeEnabled();
      await expect(async () => {
        const allow = page.getByRole('button', { name: 'Allow', exact: true });
        if (await allow.isVisible()) await allow.click({ timeout: 2_000 });
        await expect(page).toHaveURL((url) => url.href.startsWith(redirectUri), { timeout: 2_000 });
      }).toPass();
      const query = new URL(page.url()).searchParams;
      expect(query.get('code')).toMatch(/^[0-9a-f]{28}$/);
      expect(query.get('state')).toBe('a-state');
    });

    test('an app that is kept out: an admin’s no, with a note, and the way back to the app', async ({
      person,
      world,
    }) => {
      const { admin, member } = await newOffice(world, 'VERIFIED_ONLY');
      const app = await world.newApp({ redirectUris: [`http://127.0.0.1:${client.port}/cb`] });
      const page = await person(member);
      await page.goto(authorizeUrl(app));
      await askAnAdmin(page, 'Please');

      const office = await person(admin);
      await office.goto('/organisation/requests');
      await office.getByText('Deny…').click();
      await office.getByLabel('What the members are told').fill('Use the one that we pay for.');
      await office.getByLabel('Also block the app').check();
      await office.getByRole('button', { name: 'Deny the request' }).click();
      await expect(office.getByText('Denied. The members are told.')).toBeVisible();
      await isTold(world, member, 'approval_decided');

      if (!scripts) await page.getByRole('link', { name: 'Check again' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Initech Ltd has blocked ${app.name}`);
      await expect(page.getByText('Use the one that we pay for.')).toBeVisible();
      await expect(page.getByLabel('Why do you need this app?')).toHaveCount(0);
      await page.getByRole('button', { name: `Return to ${app.name} without access` }).click();
      await expect(page.getByRole('heading', { name: 'Back at the app' })).toBeVisible();
      const query = new URL(page.url()).searchParams;
      expect([query.get('error'), query.get('state'), query.get('code')]).toEqual(['access_denied', 'a-state', null]);
    });
  });
}

test.describe('a note that is too long', () => {
  /** Longer than anything that is cut somewhere, with an end to look for. */
  const LONG = `${'A long line of a note.\n'.repeat(400)}The end.`;
  /** As a browser sends it that heeds no limit of ours. */
  const unlimited = (field: Locator) => field.evaluate((element) => element.removeAttribute('maxlength'));

  test('to those who asked comes back whole, and nothing is decided', async ({ person, world }) => {
    const { admin, member, tenant } = await newOffice(world, 'ALLOW_LIST');
    const app = await world.newApp();
    const page = await person(member);
    await page.goto(authorizeUrl(app));
    await askAnAdmin(page, 'Please');

    const office = await person(admin);
    await office.goto('/organisation/requests');
    await office.getByText('Deny…').click();
    const note = office.getByLabel('What the members are told');
    await unlimited(note);
    await note.fill(LONG);
    await office.getByRole('button', { name: 'Deny the request' }).click();
    await expect(note).toHaveAccessibleDescription(/Use at most 1,000 characters/);
    await expect(note).toHaveValue(LONG);
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([{ status: 'PENDING' }]);
  });

  test('about a blocked app comes back whole; one of a thousand characters on many lines is taken', async ({
    person,
    world,
  }) => {
    const { admin, tenant } = await newOffice(world);
    const app = await world.newApp();
    const page = await person(admin);
    await page.goto('/organisation/app-policy');
    await page.getByLabel('Name or client ID of the app').fill(app.name);
    await page.getByLabel('Decision', { exact: true }).selectOption('BLOCKED');
    const note = page.getByLabel('What people are told');
    await note.fill(LONG);
    await page.getByRole('button', { name: 'Save decision' }).click();
    await expect(note).toHaveAccessibleDescription(/Use at most 1,000 characters/);
    await expect(note).toHaveValue(LONG);
    const full = `${'123456789\n'.repeat(99)}1234567890`;
    await note.fill(full);
    await page.getByRole('button', { name: 'Save decision' }).click();
    await expect(page.getByText(`${app.name} is blocked.`)).toBeVisible();
    const { rows } = await world.db.query('SELECT note FROM app_rules WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([{ note: full }]);
  });
});

test('an admin gives a role, locks a member out and lets them in again, by keyboard', async ({ person, world }) => {
  const { admin, member } = await newOffice(world);
  const page = await person(admin);
  await page.goto('/organisation/members');
  await page.getByRole('button', { name: `Change the role of ${member.username}` }).press('Enter');
  const dialog = page.getByRole('alertdialog');
  await dialog.getByLabel('Role').selectOption('DEVELOPER');
  await dialog.getByRole('button', { name: 'Save role' }).press('Enter');
  await expect(page.getByText(`The role of ${member.username} was changed.`)).toBeVisible();
  await page.getByRole('button', { name: `Disable ${member.username}` }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable member' }).press('Enter');
  await expect(page.getByText(`${member.username} was disabled.`)).toBeVisible();
  await page.getByRole('button', { name: `Enable ${member.username}` }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Enable member' }).press('Enter');
  await expect(page.getByText(`${member.username} was enabled.`)).toBeVisible();
  await page.goto('/organisation/members');
  await page.getByRole('button', { name: `Disable ${admin.username}` }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable member' }).press('Enter');
  await expect(page.getByText('This is the last active admin.')).toBeVisible();
});

test('a platform admin looks at an organisation and finds nothing to press', async ({ person, world }) => {
  const { tenant } = await newOffice(world);
  const page = await person(await world.newUser({ platformAdmin: true }));
  await page.goto('/applications');
  const open = page.getByRole('button', { name: /^Organisation shown/ });
  await expect(open, 'a menu once scripts are there').toHaveAttribute('aria-haspopup');
  await open.click();
  await page.getByPlaceholder('Find an organisation').fill(tenant.name);
  await page.getByRole('menuitem', { name: tenant.name }).click();
  await expect(page.getByRole('button', { name: 'Organisation shown: Initech Ltd' })).toBeVisible();
  for (const section of ['', '/members', '/app-policy', '/requests', '/connections', '/audit']) {
    await page.goto(`/organisation${section}`);
    await expect(page.getByText('You are looking at this organisation as a platform admin.')).toBeVisible();
    await expect(page.getByRole('main').locator('form[action*="javascript"], form[method="post"]')).toHaveCount(0);
  }
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('eine App, die nicht erlaubt ist: Begründung, Zusage und Zustimmung', async ({ person, world }) => {
    const { admin, member } = await newOffice(world, 'ALLOW_LIST');
    const app = await world.newApp();
    const page = await person(member);
    await page.goto(authorizeUrl(app));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Initech Ltd hat ${app.name} nicht erlaubt`);
    await page.getByLabel('Wofür brauchen Sie diese App?').fill('Für die Berichte');
    await page.getByRole('button', { name: 'Admin fragen' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Warten auf einen Admin von Initech Ltd');
    const office = await person();
    await startSession(office.context(), admin);
    await office.goto('/organisation/requests');
    await office.getByRole('button', { name: `${app.name} für alle erlauben` }).click();
    await expect(office.getByText('Wartende Seiten gehen von selbst')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      `${app.name} möchte auf Ihr Gatehouse-Konto zugreifen`,
    );
  });
});
