/** The scope catalogue as data, and the algebra of scopes (RFC 6749 §3.3). */

/** r: GET · w: GET, POST, PUT · d: GET, POST, PUT, DELETE. Each includes the ones before it. */
export type Access = 'r' | 'w' | 'd';

export type Scope = { name: string; access: Access };

/** What people read, by language (BCP 47). English stands in for languages that are not there. */
export type Words = { en: string } & { [language: string]: string };

export type ScopeDefinition = {
  name: string;
  /** Path of the API resource that the scope opens. */
  resource: string;
  /** Words for people, completing "See …" and "See, Create, Edit …". */
  label: Words;
  /** What else the scope opens, as a sentence part for people. */
  also?: Words;
};

/** Asks for refresh tokens on behalf of apps without a secret; it opens no resource. */
export const OFFLINE_ACCESS = 'offline_access';

const SUBSCRIPTION: Words = { en: 'your own subscription to them', de: 'Ihr eigenes Abonnement darauf' };

export const SCOPE_CATALOGUE: readonly ScopeDefinition[] = [
  { name: 'profile', resource: '/api/users/current', label: { en: 'your profile', de: 'Ihr Profil' } },
  {
    name: 'policy',
    resource: '/api/escalation-policies',
    label: { en: 'Escalation policies', de: 'Eskalationsrichtlinien' },
  },
  { name: 'schedule', resource: '/api/schedules', label: { en: 'Schedules', de: 'Dienstpläne' } },
  { name: 'source', resource: '/api/alert-sources', label: { en: 'Alert sources', de: 'Alarmquellen' } },
  {
    name: 'monitor',
    resource: '/api/uptime-monitors',
    label: { en: 'Uptime monitors', de: 'Uptime-Monitore' },
  },
  { name: 'action', resource: '/api/alert-actions', label: { en: 'Alert actions', de: 'Alarmaktionen' } },
  { name: 'connector', resource: '/api/connectors', label: { en: 'Connectors', de: 'Konnektoren' } },
  {
    name: 'maintenance',
    resource: '/api/maintenance-windows',
    label: { en: 'Maintenance windows', de: 'Wartungsfenster' },
  },
  { name: 'report', resource: '/api/reports', label: { en: 'Reports', de: 'Berichte' } },
  {
    name: 'template',
    resource: '/api/incident-templates',
    label: { en: 'Incident templates', de: 'Vorfallvorlagen' },
  },
  {
    name: 'service',
    resource: '/api/services',
    label: { en: 'Services', de: 'Dienste' },
    also: SUBSCRIPTION,
  },
  {
    name: 'status_page',
    resource: '/api/status-pages',
    label: { en: 'Status pages', de: 'Statusseiten' },
    also: SUBSCRIPTION,
  },
  { name: 'team', resource: '/api/teams', label: { en: 'Teams', de: 'Teams' } },
  { name: 'user', resource: '/api/users', label: { en: 'Users', de: 'Nutzer' } },
  { name: 'alert', resource: '/api/alerts', label: { en: 'Alerts', de: 'Alarme' } },
  {
    name: 'incident',
    resource: '/api/incidents',
    label: { en: 'Incidents', de: 'Vorfälle' },
    also: SUBSCRIPTION,
  },
];

const DEFINITIONS: ReadonlyMap<string, ScopeDefinition> = new Map(SCOPE_CATALOGUE.map((entry) => [entry.name, entry]));

const RANK: Record<Access, number> = { r: 0, w: 1, d: 2 };

export type ParsedScope = { ok: true; scopes: Scope[]; offlineAccess: boolean } | { ok: false };

/**
 * Reads a `scope` value. `x` is `x:r`, duplicates collapse to the widest. Not ok when it is empty, names a scope that is
 * not in the catalogue (the empty one between two spaces, and whatever the grammar of RFC 6749 §3.3 has no room for, among
 * them), or asks for nothing but offline access (a token that opens nothing has no `scope` that could be written).
 */
export function parseScope(raw: string): ParsedScope {
  let offlineAccess = false;
  const found: Scope[] = [];
  for (const token of raw.split(' ')) {
    if (token === OFFLINE_ACCESS) {
      offlineAccess = true;
      continue;
    }
    const scope = parseScopeToken(token);
    if (!scope) return { ok: false };
    found.push(scope);
  }
  if (found.length === 0) return { ok: false };
  return { ok: true, scopes: mergeScopes(found, []), offlineAccess };
}

function parseScopeToken(token: string): Scope | null {
  const colon = token.indexOf(':');
  const name = colon < 0 ? token : token.slice(0, colon);
  const access = colon < 0 ? 'r' : token.slice(colon + 1);
  if (!DEFINITIONS.has(name)) return null;
  return access === 'r' || access === 'w' || access === 'd' ? { name, access } : null;
}

/** Writes scopes in the canonical form, in their order; `source:r` is written `source`. */
export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map(formatScope).join(' ');
}

/** Writes one scope in the canonical form. */
export function formatScope(scope: Scope): string {
  return scope.access === 'r' ? scope.name : `${scope.name}:${scope.access}`;
}

/** Whether what was granted allows what is needed. */
export function covers(granted: readonly Scope[], needed: Scope): boolean {
  return granted.some((scope) => scope.name === needed.name && RANK[scope.access] >= RANK[needed.access]);
}

/** The requested scopes that the granted ones do not cover. */
export function missingScopes(granted: readonly Scope[], requested: readonly Scope[]): Scope[] {
  return requested.filter((scope) => !covers(granted, scope));
}

/** Union: one entry a name, the widest access, in order of first appearance. */
export function mergeScopes(a: readonly Scope[], b: readonly Scope[]): Scope[] {
  const merged = new Map<string, Access>();
  for (const { name, access } of [...a, ...b]) {
    const present = merged.get(name);
    if (present === undefined || RANK[access] > RANK[present]) merged.set(name, access);
  }
  return [...merged].map(([name, access]) => ({ name, access }));
}

/** Intersection, in the order of `requested`: what was both requested and granted, at the narrower access. */
export function intersectScopes(requested: readonly Scope[], granted: readonly Scope[]): Scope[] {
  const widest = new Map(mergeScopes(granted, []).map(({ name, access }) => [name, access]));
  return mergeScopes(requested, []).flatMap(({ name, access }) => {
    const limit = widest.get(name);
    if (limit === undefined) return [];
    return [{ name, access: RANK[limit] < RANK[access] ? limit : access }];
  });
}

/** Whether `a` asks for at least what `b` asks for, of the same name. */
export function includesScope(a: Scope, b: Scope): boolean {
  return a.name === b.name && RANK[a.access] >= RANK[b.access];
}

/** The access that an HTTP method needs on a resource, or null for methods that no scope opens. */
export function accessForMethod(method: string): Access | null {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return 'r';
    case 'POST':
    case 'PUT':
      return 'w';
    case 'DELETE':
      return 'd';
    default:
      return null;
  }
}

/** A scope for people: what is done with it says the access, with what the label. */
export type ScopeDescription = { access: Access; label: Words; also?: Words };

/** A scope in words for people. Throws a RangeError for a scope outside the catalogue. */
export function describeScope(scope: Scope): ScopeDescription {
  const definition = DEFINITIONS.get(scope.name);
  if (!definition) throw new RangeError('scope is not in the catalogue');
  const description = { access: scope.access, label: definition.label };
  return definition.also === undefined ? description : { ...description, also: definition.also };
}

/** The words in a language, else in English. */
export function wordsIn(words: Words, language: string): string {
  return words[language] ?? words.en;
}
