import { authorizeUrl, expect, origin, signIn, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu } from '@/e2e/fixtures/portal-steps';
import { newAddress, PASSWORD } from '@/e2e/fixtures/world';

const WRONG = 'The username, email or password is wrong. Please try again.';

test.describe('signing in', () => {
  test('by username or by verified e-mail address, and out again', async ({ page, context, world }) => {
    const user = await world.newUser();
    for (const typed of [user.username, `${user.username}@test.example`, user.username.toUpperCase()]) {
      await page.goto('/connections');
      await expect(page).toHaveURL('/signin?next=%2Fconnections');
      await signIn(page, { ...user, username: typed });
      await expect(page).toHaveURL('/connections');
      const session = (await context.cookies()).find(({ name }) => name === 'next-auth.session-token');
      expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', domain: 'localhost' });
      await chooseInAccountMenu(page, 'Sign out');
      await expect(page).toHaveURL('/signin');
      expect((await context.cookies()).map(({ name }) => name)).not.toContain('next-auth.session-token');
    }
    const { rows } = await world.db.query('SELECT revoked_at IS NULL AS live FROM sessions WHERE user_id = $1', [
      user.id,
    ]);
    expect(rows).toEqual([{ live: false }, { live: false }, { live: false }]);
  });

  test('a wrong password says nothing about which part was wrong, keeps the username and forgets the password', async ({
    page,
    world,
  }) => {
    const user = await world.newUser();
    const unverified = await world.newUser();
    await world.db.query('UPDATE users SET verified_email = NULL WHERE id = $1', [unverified.id]);
    await page.goto('/signin');
    for (const [username, password] of [
      [user.username, 'wrong'],
      [`nobody-${user.username}`, PASSWORD],
      [`${unverified.username}@test.example`, PASSWORD],
      ['<b>"x" & y</b>', 'wrong'],
    ] as const) {
      await signIn(page, { ...user, username }, password);
      await expect(page.getByRole('alert').filter({ hasText: WRONG })).toBeVisible();
      await expect(page.getByLabel('Username or email')).toHaveValue(username);
      await expect(page.getByLabel('Password')).toHaveValue('');
      await expect(page.getByLabel('Password'), 'ready to be typed again').toBeFocused();
    }
  });

  test('too many attempts for one account are limited, for this network only', async ({ person, world }) => {
    const user = await world.newUser();
    const page = await person();
    await page.goto('/signin');
    for (let attempt = 0; attempt < 10; attempt++) {
      await signIn(page, user, `wrong ${attempt}`);
      await expect(page.getByRole('alert').filter({ hasText: WRONG })).toBeVisible();
    }
    await signIn(page, user);
    await expect(page.getByText(/too many attempts.*in 1[0-5] minutes/)).toBeVisible();
    await page.getByRole('link', { name: 'Back to sign-in' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'too many attempts' })).toContainText(/in 1[0-5] minutes/);
    await expect(page.getByLabel('Username or email')).toHaveValue(user.username);

    const elsewhere = await person(null, { extraHTTPHeaders: { 'X-Forwarded-For': newAddress() } });
    await elsewhere.goto('/signin');
    await signIn(elsewhere, user);
    await expect(elsewhere).toHaveURL('/connections');
  });

  test('leads on to our own pages only', async ({ page, world }) => {
    for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example', '/signin/../\\evil.example']) {
      await page.context().clearCookies();
      await page.goto(`/signin?next=${encodeURIComponent(next)}`);
      await signIn(page, await world.newUser());
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(new URL(page.url()).origin, next).toBe(origin());
    }
  });

  test('the demo accounts and their password are said while demo data is there', async ({ page }) => {
    await page.goto('/signin');
    const accounts = page.getByRole('complementary', { name: 'Demo accounts' });
    for (const text of ['ada', 'eve', 'bob', 'root', PASSWORD]) await expect(accounts).toContainText(text);
  });

  test('"Not you?" on the grant screen signs in as somebody else for the same app', async ({ person, world }) => {
    const [app, first, second] = [await world.newApp(), await world.newUser(), await world.newUser()];
    const page = await person(first);
    await page.goto(authorizeUrl(app));
    await expect(page.getByText(first.username)).toBeVisible();
    await page.getByRole('button', { name: 'Not you?' }).click();
    await signIn(page, second);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(`${app.name} wants to access`);
    await expect(page.getByText(second.username)).toBeVisible();
    await expect(page.getByText(first.username)).toHaveCount(0);
  });
});
