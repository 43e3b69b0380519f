import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressPolicyOf, shownAddress } from './addresses';

describe('what people see of an address', () => {
  test.each([
    ['203.0.113.77', '203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
    ['2001:0DB8::1', '2001:0DB8::1', '2001:db8:0::/48'],
    ['::1', '::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80::1', 'fe80:0:0::/48'],
    ['', null, null],
    ['unknown', null, null],
    ['203.0.113', null, null],
  ])('%j is %j in full and %j by its network', (address, full, network) => {
    expect([shownAddress(address, 'FULL'), shownAddress(address, 'NETWORK'), shownAddress(address, 'HIDDEN')]).toEqual([
      full,
      network,
      null,
    ]);
  });

  test('what is shown of a network is the same for all of its addresses', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16));
    const v6 = fc.tuple(
      fc.array(group, { minLength: 3, maxLength: 3 }),
      fc.array(group, { minLength: 5, maxLength: 5 }),
    );
    fc.assert(
      fc.property(v6, fc.array(group, { minLength: 5, maxLength: 5 }), ([network, host], other) => {
        const shown = shownAddress([...network, ...host].join(':'), 'NETWORK');
        expect(shown).toBe(`${network.join(':')}::/48`);
        expect(shownAddress([...network, ...other].join(':'), 'NETWORK')).toBe(shown);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), fc.nat({ max: 255 }), (address, host) => {
        const sibling = address.replace(/\d+$/, String(host));
        expect(shownAddress(sibling, 'NETWORK')).toBe(shownAddress(address, 'NETWORK'));
      }),
    );
  });

  test('a policy is one of three words', () => {
    expect(['FULL', 'NETWORK', 'HIDDEN', 'full', '', null].map(addressPolicyOf)).toEqual([
      'FULL',
      'NETWORK',
      'HIDDEN',
      null,
      null,
      null,
    ]);
  });
});
