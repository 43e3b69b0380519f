import type { Page } from '@playwright/test';
import { connectApp } from '@/e2e/fixtures/connected';
import { expect, origin, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu } from '@/e2e/fixtures/portal-steps';
import type { World } from '@/e2e/fixtures/world';

const site = () => ({ publicUrl: origin(), port: Number(new URL(origin()).port) });

/** The mail in the list; the notice of the same connection stands above it. */
const mailOf = (page: Page, subject: string) => page.getByRole('rowheader', { name: subject }).getByRole('link');

/** Visits until it is there: what is told of a connection is told a moment after its answer. */
async function openOutboxWith(page: Page, subject: string): Promise<void> {
  await expect(async () => {
    await page.goto('/outbox');
    await expect(mailOf(page, subject)).toBeVisible({ timeout: 500 });
  }).toPass();
}

async function connectedUser(world: World, language: string | null) {
  const user = await world.newUser();
  await world.db.query('UPDATE users SET language = $2 WHERE id = $1', [user.id, language]);
  return connectApp(world, site(), { user });
}

test('what would have been sent is read in the outbox, as HTML and as text, and its link leads on', async ({
  person,
  world,
}) => {
  const { user, app } = await connectedUser(world, null);
  const subject = `${app.name} was connected to your account`;
  const page = await person(user);
  await page.goto('/connections');
  await chooseInAccountMenu(page, 'Outbox');
  await expect(page.getByRole('heading', { level: 1, name: 'Outbox' })).toBeVisible();
  await openOutboxWith(page, subject);
  await expect(page.getByRole('row', { name: subject })).toContainText(`${user.username}@test.example`);
  await mailOf(page, subject).click();

  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page.getByRole('region', { name: 'As text' })).toContainText(`${origin()}/connections/${app.id}`);
  const mail = page.frameLocator('iframe[title="As HTML"]');
  await expect(mail.getByRole('heading', { name: subject })).toBeVisible();
  // Nothing of the frame runs, and it is styled: the button has the colour of the brand.
  const button = mail.getByRole('link', { name: 'See this connection' });
  await expect(button).toHaveCSS('background-color', 'rgb(61, 79, 209)');
  const opened = page.waitForEvent('popup');
  await button.click();
  await expect((await opened).getByRole('heading', { level: 1 })).toContainText(app.name);
});

test('nobody reads what is for others; a platform admin reads everything', async ({ person, world }) => {
  const { user, app } = await connectedUser(world, null);
  const subject = `${app.name} was connected to your account`;
  const owner = await person(user);
  await openOutboxWith(owner, subject);
  await mailOf(owner, subject).click();
  await expect(owner.getByRole('heading', { level: 1, name: subject })).toBeVisible();

  const other = await person(await world.newUser());
  await other.goto('/outbox');
  await expect(other.getByRole('heading', { level: 1, name: 'Outbox' })).toBeVisible();
  await expect(other.getByText(subject)).toHaveCount(0);
  for (const path of ['', '/html']) expect((await other.request.get(`${owner.url()}${path}`)).status(), path).toBe(404);

  const admin = await person(await world.newUser({ platformAdmin: true }));
  await admin.goto(owner.url());
  await expect(admin.getByRole('heading', { level: 1, name: subject })).toBeVisible();
});

test('mails about new connections are turned off and on again, with and without a word of the browser', async ({
  person,
  world,
}) => {
  const user = await world.newUser();
  const page = await person(user);
  const choice = page.getByRole('switch', { name: 'Mail me about new connections' });
  const save = page.getByRole('region', { name: 'Mails' }).getByRole('button', { name: 'Save' });
  await page.goto('/account');
  await expect(choice).toBeChecked();
  await choice.uncheck();
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'You get no more mails' })).toBeVisible();
  await page.goto('/account');
  await expect(choice).not.toBeChecked();
  await choice.check();
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'You get a mail' })).toBeVisible();
  await page.goto('/account');
  await expect(choice).toBeChecked();
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('the outbox and its mails', async ({ person, world }) => {
    const { user, app } = await connectedUser(world, 'de');
    const subject = `${app.name} wurde mit Ihrem Konto verbunden`;
    const page = await person(user);
    await openOutboxWith(page, subject);
    await expect(page.getByRole('heading', { level: 1, name: 'Postausgang' })).toBeVisible();
    await mailOf(page, subject).click();
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    const mail = page.frameLocator('iframe[title="Als HTML"]');
    await expect(mail.getByRole('link', { name: 'Diese Verbindung ansehen' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Als Text' })).toContainText('Diese Mails abstellen');
  });
});
