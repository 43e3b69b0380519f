import { describe, expect, test } from 'vitest';
import { AUTHORIZE_PATHS, MACHINE_ROUTES } from '@/lib/flows/table';
import { ENDPOINT_NAMES, ENDPOINTS, type Endpoint, refusalOf } from './endpoints';
import { REASONS } from './errors';

describe('the endpoints as they are described', () => {
  test('are those that are served, with method and dialect', () => {
    const described = ENDPOINTS.map(({ path, method, dialect }) => `${method} ${path} ${dialect}`);
    const served = [
      ...[...MACHINE_ROUTES].map(([path, { method, dialect }]) => `${method} ${path} ${dialect}`),
      ...[...AUTHORIZE_PATHS].map((path) => `GET ${path} ${path.startsWith('/api/') ? 'native' : 'rfc'}`),
    ];
    expect(described.sort()).toEqual(served.sort());
    expect([...new Set(ENDPOINTS.map(({ name }) => name))].sort()).toEqual([...ENDPOINT_NAMES].sort());
  });

  test('every reason belongs to one of them, and to none twice', () => {
    expect([...new Set(ENDPOINTS.flatMap(({ reasons }) => reasons))].sort()).toEqual([...REASONS].sort());
    for (const { path, reasons } of ENDPOINTS) expect(new Set(reasons).size, path).toBe(reasons.length);
  });
});

test.each([
  ['/api/developers/oauth2/token', 'code_expired', 401, 'invalid_grant'],
  ['/oauth2/token', 'code_expired', 400, 'invalid_grant'],
  ['/api/developers/oauth2/token', 'secret_mismatch', 401, 'invalid_grant'],
  ['/oauth2/token', 'secret_mismatch', 401, 'invalid_client'],
  ['/oauth2/token', 'refresh_too_soon', 429, 'invalid_request'],
  ['/oauth2/revoke', 'access_token_not_revocable', 400, 'unsupported_token_type'],
  ['/api/users/current', 'bearer_scope_missing', 403, 'insufficient_scope'],
  ['/api/users/current', 'rate_limited', 429, 'invalid_request'],
  ['/oauth2/authorize', 'redirect_uri_mismatch', 400, 'invalid_request'],
  ['/oauth2/authorize', 'response_type_unsupported', null, 'unsupported_response_type'],
  ['/api/developers/oauth2/authorize', 'response_type_unsupported', null, 'invalid_request'],
] as const)('%s tells %s by %s %s', (path, reason, status, code) => {
  const endpoint = ENDPOINTS.find((one) => one.path === path) as Endpoint;
  expect(refusalOf(endpoint, reason)).toMatchObject({ status, code });
});
