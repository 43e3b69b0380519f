import { type BlockList, isIP } from 'node:net';

/**
 * The client's address. `X-Forwarded-For` counts only as far as trusted proxies wrote it: from the right, the first
 * address that is not one of them.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trusted: BlockList): string {
  let address = plain(peer ?? '');
  const hops = (forwardedFor ?? '')
    .split(',')
    .map((hop) => plain(hop.trim()))
    .filter(Boolean);
  while (hops.length > 0 && isTrusted(address, trusted)) {
    const hop = hops.pop() as string;
    if (!isIP(hop)) break;
    address = hop;
  }
  return address;
}

// A dual-stack socket writes IPv4 peers as ::ffff:a.b.c.d.
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

function isTrusted(address: string, trusted: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
