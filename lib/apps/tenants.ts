import { nameKey } from './names';

/** Tenant names are host names below ours and stand in tokens (`il_n`). */

export const MAX_TENANT_NAME_LENGTH = 40;

/** Hosts of ours, words that speak for the service, and hosts that mail and browsers look for by themselves. */
export const reservedTenantNames: ReadonlySet<string> = new Set([
  'app',
  'api',
  'www',
  'admin',
  'administrator',
  'login',
  'logout',
  'signin',
  'signup',
  'signout',
  'auth',
  'oauth',
  'oauth2',
  'sso',
  'id',
  'account',
  'accounts',
  'connections',
  'applications',
  'consent',
  'review',
  'organisation',
  'docs',
  'help',
  'support',
  'status',
  'security',
  'abuse',
  'billing',
  'static',
  'assets',
  'cdn',
  'img',
  'images',
  'mail',
  'smtp',
  'imap',
  'pop',
  'mx',
  'ns',
  'ns1',
  'ns2',
  'ftp',
  'autoconfig',
  'autodiscover',
  'wpad',
  'isatap',
  'postmaster',
  'hostmaster',
  'webmaster',
  'root',
  'system',
  'internal',
  'localhost',
  'local',
  'metrics',
  'healthz',
  'readyz',
  'well-known',
  'dev',
  'test',
  'staging',
]);

// Letters keep the case that the account name has in tokens; DNS compares without it.
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

const RESERVED_KEYS = new Set([...reservedTenantNames].map(nameKey));

/** Why a tenant cannot have this name, as a sentence, or null when it can. Whether it is taken is the store's to say. */
export function tenantNameProblem(name: string): string | null {
  if (name.length < 2 || name.length > MAX_TENANT_NAME_LENGTH) {
    return `The account name must have 2 to ${MAX_TENANT_NAME_LENGTH} characters.`;
  }
  if (!LABEL.test(name)) {
    return 'The account name can have letters, digits and hyphens, and must begin and end with a letter or digit.';
  }
  // `xn--` and its kin are encodings (RFC 5891 §4.2.3.1): the browser would show another name.
  if (name.slice(2, 4) === '--') return 'The account name must not have two hyphens in the third and fourth place.';
  if (/^[0-9-]+$/.test(name)) return 'The account name must have at least one letter.';
  return RESERVED_KEYS.has(nameKey(name)) ? 'This account name is reserved.' : null;
}
