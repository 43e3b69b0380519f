import type { Sentence } from '@/lib/i18n/catalogue';
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

/** Why a tenant cannot have this name, or null when it can. Whether it is taken is the store's to say. */
export function tenantNameProblem(name: string): Sentence | null {
  if (name.length < 2 || name.length > MAX_TENANT_NAME_LENGTH) {
    return { key: 'rules.account_name.length', values: { min: 2, max: MAX_TENANT_NAME_LENGTH } };
  }
  if (!LABEL.test(name)) return { key: 'rules.account_name.characters' };
  // `xn--` and its kin are encodings (RFC 5891 §4.2.3.1): the browser would show another name.
  if (name.slice(2, 4) === '--') return { key: 'rules.account_name.encoded' };
  if (/^[0-9-]+$/.test(name)) return { key: 'rules.account_name.no_letter' };
  return RESERVED_KEYS.has(nameKey(name)) ? { key: 'rules.account_name.reserved' } : null;
}
