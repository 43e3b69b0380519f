import { z } from 'zod';

/** What people of an organisation see of the addresses from which apps were connected and people signed in. */
export const ADDRESS_POLICIES = ['FULL', 'NETWORK', 'HIDDEN'] as const;
export type AddressPolicy = (typeof ADDRESS_POLICIES)[number];

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();

/** The value of the policy's field, or null when it is none. */
export function addressPolicyOf(value: unknown): AddressPolicy | null {
  return ADDRESS_POLICIES.find((policy) => policy === value) ?? null;
}

/**
 * An address as the organisation lets its people see it: whole, its network (the /24 of an IPv4 address, the /48 of an
 * IPv6 address, about a household or an office), or not at all. null as well for what is no address.
 */
export function shownAddress(address: string, policy: AddressPolicy): string | null {
  // A zone names an interface of ours and is nobody's address.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (policy === 'HIDDEN') return null;
  if (ipv4.safeParse(plain).success)
    return policy === 'FULL' ? plain : `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!ipv6.safeParse(plain).success) return null;
  return policy === 'FULL' ? plain : `${first48(plain)}::/48`;
}

function first48(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  // `::` stands for the zeros that are missing; an IPv4 tail takes the last two groups, which no /48 shows.
  const shown = tail === undefined ? groups : [...groups, '0', '0', '0'];
  return shown
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
