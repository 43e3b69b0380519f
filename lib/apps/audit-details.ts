import type { MessageKey, Sentence } from '@/lib/i18n/catalogue';
import { isJsonObject } from '@/lib/oauth/json';
import { formatScope, type Scope } from '@/lib/oauth/scopes';

/** Names in the data of audit events (audit_events.data). Each has its words in the catalogues; tests find one that is missing here. */
export const AUDIT_DETAILS = [
  'appId',
  'appName',
  'apps',
  'appsDisconnected',
  'before',
  'blocked',
  'connectionsEnded',
  'count',
  'days',
  'description',
  'domain',
  'email',
  'endConnections',
  'endedConnections',
  'first',
  'from',
  'icon',
  'invitation',
  'invitedBy',
  'lastFour',
  'lifetimeDays',
  'limitToAccount',
  'movedOrganisation',
  'name',
  'note',
  'organisation',
  'pending',
  'policy',
  'privacyUrl',
  'proof',
  'publisher',
  'publisherDomain',
  'reason',
  'redirectHosts',
  'redirectUris',
  'refreshReplay',
  'request',
  'requesters',
  'requirePkce',
  'role',
  'scopes',
  'sessionsEnded',
  'snapshot',
  'stillPending',
  'supportEmail',
  'tenantId',
  'termsUrl',
  'to',
  'username',
  'website',
] as const;
export type AuditDetailName = (typeof AUDIT_DETAILS)[number];

/** The name as one that has words; null: one that nothing of this version writes. */
export function auditDetailOf(name: string): AuditDetailName | null {
  return AUDIT_DETAILS.find((known) => known === name) ?? null;
}

/** One thing that an event says beyond its kind. */
export type AuditDetail = {
  /** Names, from the outside in: `snapshot`, `name`. */
  path: string[];
  /** Words for it, where the name alone would say something else. */
  label?: MessageKey;
  /** Texts as they were written, or sentences to be said. */
  values: (Sentence | string)[];
};

const ROLES = {
  MEMBER: 'organisation.members.roles.MEMBER',
  DEVELOPER: 'organisation.members.roles.DEVELOPER',
  ADMIN: 'organisation.members.roles.ADMIN',
} as const;

/** Values that have words, by name, or by kind and name where others mean something else by it. */
const WORDS: Record<string, Record<string, MessageKey>> = {
  role: ROLES,
  'member_role_changed.from': ROLES,
  'member_role_changed.to': ROLES,
  proof: {
    SECRET_OR_PKCE: 'applications.proof.SECRET_OR_PKCE.label',
    SECRET_REQUIRED: 'applications.proof.SECRET_REQUIRED.label',
    PKCE_ONLY: 'applications.proof.PKCE_ONLY.label',
  },
  'app_policy_set.policy': {
    ALL: 'organisation.policy.ALL.label',
    VERIFIED_ONLY: 'organisation.policy.VERIFIED_ONLY.label',
    ALLOW_LIST: 'organisation.policy.ALLOW_LIST.label',
  },
  'address_policy_set.policy': {
    FULL: 'organisation.addresses.FULL.label',
    NETWORK: 'organisation.addresses.NETWORK.label',
    HIDDEN: 'organisation.addresses.HIDDEN.label',
  },
  'invitation_withdrawn.reason': {
    replaced: 'audit.value.replaced',
    inviter_lost_role: 'audit.value.inviter_lost_role',
  },
};

/** Names that mean something else in events of one kind. */
const LABELS: Record<string, MessageKey> = {
  'member_role_changed.from': 'audit.label.role_before',
  'member_role_changed.to': 'audit.label.role_now',
};

/** What is said of a value that is not there. */
const MISSING: Record<string, MessageKey> = { 'secret_created.lifetimeDays': 'audit.value.never_expires' };

/** What an event of a kind says beyond it, in the order in which it was written. Nothing is left out. */
export function auditDetails(kind: string, data: unknown): AuditDetail[] {
  return isJsonObject(data) ? flattened(kind, data, []) : [];
}

function flattened(kind: string, object: Record<string, unknown>, above: string[]): AuditDetail[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const path = [...above, name];
    if (isJsonObject(value)) return flattened(kind, value, path);
    const label = own(LABELS, `${kind}.${name}`);
    return [{ path, ...(label ? { label } : {}), values: valuesOf(kind, name, value) }];
  });
}

function valuesOf(kind: string, name: string, value: unknown): (Sentence | string)[] {
  if (Array.isArray(value) && value.length > 0) return value.map(itemOf);
  if (value === null || value === '' || Array.isArray(value))
    return [{ key: own(MISSING, `${kind}.${name}`) ?? 'audit.value.none' }];
  if (typeof value === 'boolean') return [{ key: value ? 'audit.value.yes' : 'audit.value.no' }];
  const text = String(value);
  const key = own(own(WORDS, `${kind}.${name}`) ?? own(WORDS, name) ?? {}, text);
  return [key ? { key } : text];
}

function itemOf(item: unknown): Sentence | string {
  if (!isScope(item)) return typeof item === 'string' ? item : JSON.stringify(item);
  const { optional, purpose } = item;
  const values = { scope: formatScope(item), purpose: purpose ?? '' };
  if (!optional) return purpose ? `${values.scope}: ${purpose}` : values.scope;
  return { key: purpose ? 'audit.value.optional_scope_for' : 'audit.value.optional_scope', values };
}

/** What an object has itself: names and values may be any, `constructor` too. */
const own = <Value>(object: Record<string, Value>, name: string): Value | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isScope = (value: unknown): value is Scope & { optional?: boolean; purpose?: string } =>
  isJsonObject(value) && typeof value.name === 'string' && ['r', 'w', 'd'].includes(value.access as string);
