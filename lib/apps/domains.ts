import { leadsToThisMachine } from '@/lib/oauth/redirect-uri';

/** Domains that an organisation proves to be its own by a TXT record, and what lies on them. */

export const MAX_DOMAINS = 20;
export const MAX_DOMAIN_LENGTH = 253;
/** Seconds between two look-ups of one domain. */
export const CHECK_INTERVAL_SECONDS = 5;

const PREFIX = '_gatehouse-challenge';
const KEY = 'gatehouse-verification';

export type DomainProblem = 'empty' | 'not_a_domain' | 'address' | 'reserved' | 'public_suffix' | 'ours' | 'too_long';

// RFC 6761, 6762, 7686, 8375: names that mean another host in each network, or none.
const RESERVED_ENDINGS = ['localhost', 'invalid', 'onion', 'arpa', 'local'];

// What registries and hosters give out below: whoever owns one name there does not own the next. The proof protects by
// itself (nobody sets a record on co.uk); the list keeps neighbours on such a name from passing for one publisher.
const SHARED = new Set([
  ...['github.io', 'githubusercontent.com', 'gitlab.io', 'bitbucket.io', 'codeberg.page', 'pages.dev', 'workers.dev'],
  ...['vercel.app', 'netlify.app', 'netlify.com', 'now.sh', 'herokuapp.com', 'fly.dev', 'onrender.com', 'render.com'],
  ...['railway.app', 'surge.sh', 'web.app', 'firebaseapp.com', 'appspot.com', 'run.app', 'cloudfunctions.net'],
  ...['azurewebsites.net', 'azurestaticapps.net', 'azureedge.net', 'cloudapp.net', 'cloudapp.azure.com', 'windows.net'],
  ...[
    'amazonaws.com',
    'cloudfront.net',
    'elasticbeanstalk.com',
    'awsapprunner.com',
    'amplifyapp.com',
    'ondigitalocean.app',
  ],
  ...['blogspot.com', 'wordpress.com', 'wixsite.com', 'webflow.io', 'framer.app', 'notion.site', 'myshopify.com'],
  ...['ngrok.io', 'ngrok.app', 'ngrok-free.app', 'trycloudflare.com', 'loca.lt', 'serveo.net', 'lhr.life'],
  ...['duckdns.org', 'dyndns.org', 'no-ip.org', 'ddns.net', 'hopto.org', 'sslip.io', 'nip.io', 'replit.dev', 'repl.co'],
  ...['glitch.me', 'stackblitz.io', 'webcontainer.io', 'codesandbox.io', 'gitpod.io', 'deno.dev', 'eu.org', 'uk.com'],
]);
const SECOND_LEVEL = /^(?:ac|co|com|edu|gob|go|gouv|gov|gv|mil|ne|net|nom|or|org|sch)\.[a-z]{2}$/;

const isPublicSuffix = (name: string) => !name.includes('.') || SECOND_LEVEL.test(name) || SHARED.has(name);

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads what was typed as a domain: a bare name, or an address whose host is meant. Other alphabets turn into punycode.
 * @param ownHosts hosts that this service answers on, whose sub-domains are ours too
 */
export function parseDomain(
  typed: string,
  ownHosts: readonly string[],
): { ok: true; domain: string } | { ok: false; problem: DomainProblem } {
  const text = typed.trim().replace(/\.$/, '');
  if (text === '') return { ok: false, problem: 'empty' };
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return { ok: false, problem: 'not_a_domain' };
  const { hostname, username, port } = new URL(address);
  if (username !== '' || port !== '') return { ok: false, problem: 'not_a_domain' };
  const problem = problemOf(hostname, ownHosts);
  return problem ? { ok: false, problem } : { ok: true, domain: hostname };
}

function problemOf(domain: string, ownHosts: readonly string[]): DomainProblem | null {
  if (domain.startsWith('[') || /^[0-9.]+$/.test(domain)) return 'address';
  // The record stands on a longer name, which must fit into DNS as well (RFC 1035 §2.3.4).
  if (domain.length + PREFIX.length + 1 > MAX_DOMAIN_LENGTH) return 'too_long';
  const labels = domain.split('.');
  if (RESERVED_ENDINGS.includes(labels.at(-1) ?? '')) return 'reserved';
  if (!labels.every((label) => LABEL.test(label))) return 'not_a_domain';
  if (labels.length < 2) return 'not_a_domain';
  if (isPublicSuffix(domain)) return 'public_suffix';
  const ours = ownHosts.map((host) => host.toLowerCase().replace(/:[0-9]+$/, ''));
  return ours.some((own) => own === domain || isBelow(domain, own)) ? 'ours' : null;
}

const isBelow = (name: string, domain: string) => name.endsWith(`.${domain}`);

/** The record that proves a domain: its name and what it must hold. */
export function challengeOf(domain: string, token: string): { name: string; value: string } {
  return { name: `${PREFIX}.${domain}`, value: `${KEY}=${token}` };
}

/** Whether one of the TXT records is the proof. A record comes in several strings that belong together (RFC 1035 §3.3.14). */
export function provesDomain(records: readonly (readonly string[])[], token: string): boolean {
  return records.some((strings) => strings.join('').trim() === `${KEY}=${token}`);
}

/** The domain that was registered: the public suffix and one label more. */
function registrable(host: string): string {
  const labels = host.split('.');
  for (let start = labels.length - 2; start >= 0; start--) {
    const name = labels.slice(start).join('.');
    if (!isPublicSuffix(name)) return name;
  }
  return host;
}

/** Whether a redirect URI leads, by https, to the domain, below it, or beside it under the same registered name. */
export function isOnDomain(uri: string, domain: string): boolean {
  if (!uri.startsWith('https://') || leadsToThisMachine(uri)) return false;
  const { hostname } = new URL(uri);
  return hostname === domain || isBelow(hostname, domain) || registrable(hostname) === registrable(domain);
}
