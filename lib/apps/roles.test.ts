import { expect, test } from 'vitest';
import { canManageApps } from './roles';

test('case 88: developers and admins manage the apps of their organisation, members do not', () => {
  const roles = ['MEMBER', 'DEVELOPER', 'ADMIN'] as const;
  expect(roles.map(canManageApps)).toEqual([false, true, true]);
});
