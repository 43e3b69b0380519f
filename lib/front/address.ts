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

/** Peers are few, proxies for the most part; so many verdicts are kept. */
const MOST_VERDICTS = 1_000;
const verdicts = new WeakMap<BlockList, Map<string, boolean>>();

function isTrusted(address: string, trusted: BlockList): boolean {
  const known = verdicts.get(trusted) ?? new Map<string, boolean>();
  verdicts.set(trusted, known);
  const verdict = known.get(address);
  if (verdict !== undefined) return verdict;
  const family = isIP(address);
  const judged = family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  if (known.size >= MOST_VERDICTS) known.clear();
  known.set(address, judged);
  return judged;
}
