import { describe, expect, test } from 'vitest';
import de from '@/messages/de.json';
import en from '@/messages/en.json';
import { AUDIT_DETAILS, auditDetailOf, auditDetails } from './audit-details';

test('every name that has words has them in every language', () => {
  for (const messages of [en, de]) expect(Object.keys(messages.audit.detail).sort()).toEqual([...AUDIT_DETAILS]);
});

test('a name that nothing writes any more is shown as it is', () => {
  expect(auditDetailOf('colour')).toBeNull();
  expect(auditDetails('app_changed', { colour: 'red' })).toEqual([{ path: ['colour'], values: ['red'] }]);
});

describe('what an event says beyond its kind', () => {
  test.each<[string, string, unknown, unknown]>([
    ['a text is said as it is', 'app_suspended', { reason: 'yes' }, ['yes']],
    ['a number', 'app_deleted', { endedConnections: 0 }, ['0']],
    ['yes and no', 'app_changed', { limitToAccount: false }, [{ key: 'audit.value.no' }]],
    ['nothing', 'app_changed', { website: null }, [{ key: 'audit.value.none' }]],
    ['an empty text', 'member_invited', { email: '' }, [{ key: 'audit.value.none' }]],
    ['an empty list', 'redirect_uris_changed', { redirectUris: [] }, [{ key: 'audit.value.none' }]],
    ['a list', 'redirect_uris_changed', { redirectUris: ['https://a/', 'https://b/'] }, ['https://a/', 'https://b/']],
    ['a role', 'member_invited', { role: 'ADMIN' }, [{ key: 'organisation.members.roles.ADMIN' }]],
    ['a secret without an end', 'secret_created', { lifetimeDays: null }, [{ key: 'audit.value.never_expires' }]],
    ['a secret with an end', 'secret_created', { lifetimeDays: 90 }, ['90']],
    ['a role before', 'member_role_changed', { from: 'MEMBER' }, [{ key: 'organisation.members.roles.MEMBER' }]],
    ['an organisation that is called like a role', 'app_transfer_offered', { to: 'ADMIN' }, ['ADMIN']],
    ['a policy', 'app_policy_set', { policy: 'ALL' }, [{ key: 'organisation.policy.ALL.label' }]],
    ['another policy', 'address_policy_set', { policy: 'FULL' }, [{ key: 'organisation.addresses.FULL.label' }]],
    ['a policy that is no more', 'app_policy_set', { policy: 'SOME' }, ['SOME']],
    ['a reason that a reviewer typed', 'app_suspended', { reason: 'replaced' }, ['replaced']],
    ['a reason of ours', 'invitation_withdrawn', { reason: 'replaced' }, [{ key: 'audit.value.replaced' }]],
    [
      'a scope',
      'scopes_changed',
      { scopes: [{ name: 'alert', access: 'w', optional: false, purpose: '' }] },
      ['alert:w'],
    ],
    [
      'what a scope is for',
      'scopes_changed',
      { scopes: [{ name: 'profile', access: 'r', optional: false, purpose: 'To greet' }] },
      ['profile: To greet'],
    ],
    [
      'an optional scope',
      'scopes_changed',
      { scopes: [{ name: 'profile', access: 'r', optional: true, purpose: 'To greet' }] },
      [{ key: 'audit.value.optional_scope_for', values: { scope: 'profile', purpose: 'To greet' } }],
    ],
    ['something else in a list', 'app_changed', { apps: [{ a: 1 }] }, ['{"a":1}']],
    ['a name that every object has', 'app_changed', { role: 'constructor' }, ['constructor']],
  ])('%s', (_name, kind, data, values) => {
    expect(auditDetails(kind, data).map((detail) => detail.values)).toEqual([values]);
  });

  test('a role that was and a role that is are named so, where others say from whom and to whom', () => {
    const labels = (kind: string) => auditDetails(kind, { from: 'MEMBER', to: 'ADMIN' }).map(({ label }) => label);
    expect(labels('member_role_changed')).toEqual(['audit.label.role_before', 'audit.label.role_now']);
    expect(labels('app_transferred')).toEqual([undefined, undefined]);
  });

  test('what stands inside of something is named from the outside in', () => {
    expect(auditDetails('verification_approved', { first: true, snapshot: { publisher: { domain: null } } })).toEqual([
      { path: ['first'], values: [{ key: 'audit.value.yes' }] },
      { path: ['snapshot', 'publisher', 'domain'], values: [{ key: 'audit.value.none' }] },
    ]);
  });

  test.each([null, [], 'text', {}])('%j says nothing', (data) => {
    expect(auditDetails('app_changed', data)).toEqual([]);
  });
});
