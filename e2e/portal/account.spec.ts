import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, signIn, test } from '@/e2e/fixtures/portal';
import { chooseInAccountMenu, press } from '@/e2e/fixtures/portal-steps';
import { PASSWORD } from '@/e2e/fixtures/world';

const newPassword = () => `harbour ${randomBytes(12).toString('hex')}`;

type Typed = [current: string, next: string, repeated: string];

async function fill(page: Page, [current, next, repeated]: Typed): Promise<void> {
  await page.getByLabel('Current password').fill(current);
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('New password again').fill(repeated);
}
const submit = (page: Page) => press(page, 'Change password');

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'a password is changed' : 'a password is changed without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('mistakes are said beside their field, and change nothing', async ({ person, world }) => {
      const page = await person(await world.newUser());
      await page.goto('/account');
      const next = newPassword();
      const wrong: { typed: Typed; field: string; says: string }[] = [
        { typed: ['', next, next], field: 'Current password', says: 'Enter your current password.' },
        { typed: [PASSWORD, '', ''], field: 'New password', says: 'Enter a new password.' },
        { typed: [PASSWORD, 'short', 'short'], field: 'New password', says: 'Use at least 15 characters.' },
        { typed: [PASSWORD, next, 'another'], field: 'New password again', says: 'The two new passwords differ.' },
        { typed: ['a wrong one', next, next], field: 'Current password', says: 'This is not your current password.' },
      ];
      for (const { typed, field, says } of wrong) {
        await page.getByLabel('Also disconnect all apps').check();
        await fill(page, typed);
        await submit(page);
        const input = page.getByLabel(field, { exact: true });
        await expect(input).toHaveAccessibleDescription(new RegExp(says.replace('.', '\\.')));
        await expect(input).toHaveAttribute('aria-invalid', 'true');
        await expect(page.getByLabel('Also disconnect all apps'), 'what was chosen stays').toBeChecked();
        await expect(page.getByLabel('Current password'), 'passwords do not come back').toHaveValue('');
      }
    });

    test('the new one signs in, the old one does not, and other browsers are signed out', async ({ person, world }) => {
      const user = await world.newUser();
      const [page, elsewhere] = [await person(user), await person(user)];
      const next = newPassword();
      await page.goto('/connections');
      await chooseInAccountMenu(page, 'Account');
      await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
      await fill(page, [PASSWORD, next, next]);
      await submit(page);
      await expect(page.getByRole('status').filter({ hasText: 'Your password was changed.' })).toContainText(
        'One other session was signed out.',
      );
      await page.goto('/connections');
      await expect(page).toHaveURL('/connections');

      await elsewhere.goto('/account');
      await expect(elsewhere).toHaveURL('/signin?next=%2Faccount');
      await signIn(elsewhere, user);
      await expect(elsewhere.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible();
      await signIn(elsewhere, user, next);
      await expect(elsewhere).toHaveURL('/account');
    });
  });
}

test('password managers are told which password is which, and whose', async ({ person, world }) => {
  const user = await world.newUser();
  const page = await person(user);
  await page.goto('/account');
  const fields = await page
    .locator('form input[autocomplete]')
    .evaluateAll((inputs) => inputs.map((input) => [input.getAttribute('autocomplete'), input.getAttribute('value')]));
  expect(fields).toEqual([
    ['username', user.username],
    ['current-password', null],
    ['new-password', null],
    ['new-password', null],
  ]);
});
