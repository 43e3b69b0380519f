import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accessForMethod,
  covers,
  describeScope,
  formatScopes,
  includesScope,
  intersectScopes,
  mergeScopes,
  missingScopes,
  parseScope,
  SCOPE_CATALOGUE,
  type Scope,
  wordsIn,
} from './scopes';

const scope = fc.record({
  name: fc.constantFrom(...SCOPE_CATALOGUE.map(({ name }) => name)),
  access: fc.constantFrom('r' as const, 'w' as const, 'd' as const),
});
const scopes = fc.array(scope, { minLength: 1, maxLength: 8 });
const read = (raw: string) => {
  const parsed = parseScope(raw);
  return parsed.ok ? formatScopes(parsed.scopes) : null;
};

describe('reading a scope (RFC 6749 §3.3)', () => {
  test('the documented request asks for two scopes and offline access, which is none of them', () => {
    expect(parseScope('profile source:w offline_access')).toEqual({
      ok: true,
      scopes: [
        { name: 'profile', access: 'r' },
        { name: 'source', access: 'w' },
      ],
      offlineAccess: true,
    });
  });

  test.each([
    ['source:r', 'source'],
    ['source source:r', 'source'],
    ['source:r source:d source:w', 'source:d'],
    ['alert profile alert:w', 'alert:w profile'],
  ])('%j is written %j', (raw, canonical) => {
    expect(read(raw)).toBe(canonical);
  });

  test.each([
    '',
    ' ',
    ' profile',
    'profile ',
    'profile  source',
    'profile\tsource',
    'profile\nsource',
    'profile\u00a0source',
    'Profile',
    'PROFILE',
    'source:W',
    'source:x',
    'source:',
    'source:rw',
    'source:w:r',
    ':r',
    '*',
    'unknown',
    'pro"file',
    'pro\\file',
    'profile\u0000',
    'profil\u00e9',
    'offline_access',
    'profile offline_access:r',
    '__proto__',
    'constructor',
    'toString:r',
    'openid',
    'profile '.repeat(1250),
    'x'.repeat(10_240),
  ])('case 7: %j is refused', (raw) => {
    expect(parseScope(raw)).toEqual({ ok: false });
  });

  test('what was written is read back as the same', () => {
    fc.assert(
      fc.property(scopes, (list) => {
        const canonical = mergeScopes(list, []);
        expect(parseScope(formatScopes(canonical))).toEqual({
          ok: true,
          scopes: canonical,
          offlineAccess: false,
        });
      }),
    );
  });
});

describe('the algebra of scopes', () => {
  const opens = (granted: Scope[], name: string, method: string) => {
    const access = accessForMethod(method);
    return access !== null && covers(granted, { name, access });
  };

  test.each([
    ['source', ['GET', 'HEAD']],
    ['source:r', ['GET', 'HEAD']],
    ['source:w', ['GET', 'HEAD', 'POST', 'PUT']],
    ['source:d', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']],
  ])('%s opens exactly %j', (raw, methods) => {
    const parsed = parseScope(raw);
    const granted = parsed.ok ? parsed.scopes : [];
    const all = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get'];
    expect(all.filter((method) => opens(granted, 'source', method))).toEqual(methods);
    expect(all.filter((method) => opens(granted, 'alert', method))).toEqual([]);
  });

  test('the union covers both sides and nothing is missing from it', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const union = mergeScopes(a, b);
        expect(missingScopes(union, [...a, ...b])).toEqual([]);
        expect(new Set(union.map(({ name }) => name)).size).toBe(union.length);
        expect(union.every((entry) => covers(a, entry) || covers(b, entry))).toBe(true);
      }),
    );
  });

  test('the intersection is within both sides and is the widest such', () => {
    fc.assert(
      fc.property(scopes, scopes, scope, (a, b, probe) => {
        const both = intersectScopes(a, b);
        expect(covers(both, probe)).toBe(covers(a, probe) && covers(b, probe));
      }),
    );
  });

  test('missing is what is requested and not covered', () => {
    fc.assert(
      fc.property(scopes, scopes, (granted, requested) => {
        const missing = missingScopes(granted, requested);
        expect(missing.every((entry) => !covers(granted, entry))).toBe(true);
        expect(missingScopes(mergeScopes(granted, missing), requested)).toEqual([]);
      }),
    );
  });
});

describe('scopes in words', () => {
  test('sixteen resources are in the catalogue, each once', () => {
    expect(new Set(SCOPE_CATALOGUE.map(({ name }) => name)).size).toBe(16);
    expect(new Set(SCOPE_CATALOGUE.map(({ resource }) => resource)).size).toBe(16);
  });

  test('a scope is its access and its words; a language that has none gets the English ones', () => {
    expect(wordsIn({ en: 'Teams', de: 'Gruppen' }, 'de')).toBe('Gruppen');
    expect(wordsIn({ en: 'Teams', de: 'Gruppen' }, 'fr')).toBe('Teams');
    expect(describeScope({ name: 'profile', access: 'r' })).toEqual({
      access: 'r',
      label: { en: 'your profile', de: 'Ihr Profil' },
    });
    expect(describeScope({ name: 'source', access: 'd' })).toMatchObject({
      access: 'd',
      label: { en: 'Alert sources', de: 'Alarmquellen' },
    });
    expect(describeScope({ name: 'service', access: 'r' }).also?.en).toMatch(/subscription/);
  });

  test('a scope outside the catalogue has no words', () => {
    expect(() => describeScope({ name: 'nothing', access: 'r' })).toThrow(RangeError);
  });
});

test('the catalogue is the documented one', () => {
  const table = SCOPE_CATALOGUE.map(({ name, resource, label, also }) => [name, resource, label.en, also?.en ?? '']);
  const subscription = 'your own subscription to them';
  expect(table).toEqual([
    ['profile', '/api/users/current', 'your profile', ''],
    ['policy', '/api/escalation-policies', 'Escalation policies', ''],
    ['schedule', '/api/schedules', 'Schedules', ''],
    ['source', '/api/alert-sources', 'Alert sources', ''],
    ['monitor', '/api/uptime-monitors', 'Uptime monitors', ''],
    ['action', '/api/alert-actions', 'Alert actions', ''],
    ['connector', '/api/connectors', 'Connectors', ''],
    ['maintenance', '/api/maintenance-windows', 'Maintenance windows', ''],
    ['report', '/api/reports', 'Reports', ''],
    ['template', '/api/incident-templates', 'Incident templates', ''],
    ['service', '/api/services', 'Services', subscription],
    ['status_page', '/api/status-pages', 'Status pages', subscription],
    ['team', '/api/teams', 'Teams', ''],
    ['user', '/api/users', 'Users', ''],
    ['alert', '/api/alerts', 'Alerts', ''],
    ['incident', '/api/incidents', 'Incidents', subscription],
  ]);
});

describe('the edges of scopes', () => {
  test('one scope includes another of the same name only, and only up to its access', () => {
    const [r, w] = [
      { name: 'alert', access: 'r' },
      { name: 'alert', access: 'w' },
    ] as const;
    expect([includesScope(w, r), includesScope(w, w), includesScope(r, w)]).toEqual([true, true, false]);
    expect(includesScope({ name: 'user', access: 'd' }, r)).toBe(false);
  });

  test.each([
    '',
    ' ',
    ' alert',
    'alert ',
    'alert  user',
    'alert\tuser',
    'alert\nuser',
    'al"ert',
    'al\\ert',
    'alert\n',
    ':r',
    'alert:',
    'alert:r:w',
    'ALERT',
    'alert:R',
    'älert',
    '*',
  ])('%j is no scope', (raw) => {
    expect(parseScope(raw)).toEqual({ ok: false });
  });

  test('a scope outside the catalogue has no words', () => {
    expect(() => describeScope({ name: 'nonsense', access: 'r' })).toThrow('scope is not in the catalogue');
    expect(describeScope({ name: 'team', access: 'r' })).not.toHaveProperty('also');
    expect(accessForMethod('PATCH')).toBeNull();
  });
});
