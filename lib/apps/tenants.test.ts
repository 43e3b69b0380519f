import { expect, test } from 'vitest';
import { reservedTenantNames, tenantNameProblem } from './tenants';

test.each(['acme', 'someTenant', 'a1', 'my-company', '3com'])('%s can be a tenant', (name) => {
  expect(tenantNameProblem(name)).toBeNull();
});

test.each([
  ['', 'length'],
  ['a', 'length'],
  ['a'.repeat(41), 'length'],
  ['-acme', 'characters'],
  ['acme-', 'characters'],
  ['ac_me', 'characters'],
  ['ac.me', 'characters'],
  ['acmé', 'characters'],
  ['acme\n', 'characters'],
  ['xn--acme', 'encoded'],
  ['1234', 'no_letter'],
  ['app', 'reserved'],
  ['API', 'reserved'],
  ['adm1n', 'reserved'],
  ['l0gin', 'reserved'],
  ['o-auth', 'reserved'],
])('%j cannot be a tenant', (name, problem) => {
  expect(tenantNameProblem(name)?.key).toBe(`rules.account_name.${problem}`);
});

test('every reserved name is refused', () => {
  expect(reservedTenantNames.size).toBeGreaterThan(30);
  for (const name of reservedTenantNames) expect(tenantNameProblem(name), name).not.toBeNull();
});
