import { expect, test } from 'vitest';
import { reservedTenantNames, tenantNameProblem } from './tenants';

test.each(['acme', 'someTenant', 'a1', 'my-company', '3com'])('%s can be a tenant', (name) => {
  expect(tenantNameProblem(name)).toBeNull();
});

test.each([
  ['', /2 to 40/],
  ['a', /2 to 40/],
  ['a'.repeat(41), /2 to 40/],
  ['-acme', /hyphens/],
  ['acme-', /hyphens/],
  ['ac_me', /hyphens/],
  ['ac.me', /hyphens/],
  ['acmé', /hyphens/],
  ['acme\n', /hyphens/],
  ['xn--acme', /two hyphens/],
  ['1234', /letter/],
  ['app', /reserved/],
  ['API', /reserved/],
  ['adm1n', /reserved/],
  ['l0gin', /reserved/],
  ['o-auth', /reserved/],
])('%j cannot be a tenant', (name, sentence) => {
  expect(tenantNameProblem(name)).toMatch(sentence);
});

test('every reserved name is refused', () => {
  expect(reservedTenantNames.size).toBeGreaterThan(30);
  for (const name of reservedTenantNames) expect(tenantNameProblem(name), name).not.toBeNull();
});
