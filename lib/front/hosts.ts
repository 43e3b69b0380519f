import type { HostKind } from '@/lib/flows/table';

/** A host that this installation serves, and the origin that its own pages have. */
export type ServedHost = { kind: HostKind; tenant: string | null; origin: string };

type Names = { publicUrl: string; apiUrl: string; baseDomain: string };

/** A name or an address, an IPv6 one in brackets, and maybe a port (RFC 9110 §7.2, RFC 3986 §3.2.2). */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

const TENANT = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Header values of the hosts that never change; so many spellings are kept. */
const MOST_SPELLINGS = 100;
const unchanging = new WeakMap<Names, Map<string, ServedHost>>();

/**
 * Which of our hosts a request names, as `judgeHost` says. What it said of hosts that are no organisation's is kept: it
 * follows from the settings alone, and every request asks.
 */
export async function servedHost(
  header: string,
  names: Names,
  tenantName: (label: string) => Promise<string | null>,
): Promise<ServedHost | null> {
  const known = unchanging.get(names) ?? new Map<string, ServedHost>();
  unchanging.set(names, known);
  const kept = known.get(header);
  if (kept) return kept;
  const host = await judgeHost(header, names, tenantName);
  if (host && host.kind !== 'tenant' && known.size < MOST_SPELLINGS) known.set(header, host);
  return host;
}

/**
 * Which of our hosts a request names. Links, issuer and metadata never follow it; it steers sign-in only.
 * @param header the Host header (RFC 9110 §7.2), exactly one
 * @param tenantName the active organisation on a sub-domain, as its name is written, or null
 * @returns null for a host that is not ours
 */
async function judgeHost(
  header: string,
  { publicUrl, apiUrl, baseDomain }: Names,
  tenantName: (label: string) => Promise<string | null>,
): Promise<ServedHost | null> {
  const base = new URL(publicUrl);
  const host = header.toLowerCase();
  const [, name, port] = HOST.exec(host) ?? [];
  if (name === undefined) return null;
  const given = `${base.protocol}//${host}`;
  // What reads like a host may still be none: a port beyond 65535, numbers that are no IPv4 address.
  const url = URL.canParse(given) ? new URL(given) : null;
  // The port that people see is the public URL's.
  if (url?.port !== base.port) return null;
  if (port !== undefined && url.host !== base.host.replace(base.hostname, name)) return null;
  const canonical = url.origin;

  if (name === base.hostname || name === baseDomain) return { kind: 'plain', tenant: null, origin: canonical };
  if (canonical === apiUrl || name === `api.${baseDomain}`) return { kind: 'api', tenant: null, origin: canonical };
  if (name === `app.${baseDomain}`) return { kind: 'app', tenant: null, origin: canonical };
  if (!name.endsWith(`.${baseDomain}`)) return null;
  const label = name.slice(0, -baseDomain.length - 1);
  const tenant = TENANT.test(label) ? await tenantName(label) : null;
  return tenant === null ? null : { kind: 'tenant', tenant, origin: canonical };
}
