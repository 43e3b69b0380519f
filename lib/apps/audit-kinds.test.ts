import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import de from '@/messages/de.json';
import en from '@/messages/en.json';
import { AUDIT_KINDS, auditKindOf } from './audit-kinds';

const ROOT = join(import.meta.dirname, '../..');

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.includes('.test.'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
}

/** Words in quotes inside of what writes audit events: calls, their tables of kinds, and SQL. */
function written(): Set<string> {
  const store = filesBelow('lib/store', /\.ts$/);
  const sql = filesBelow('prisma/migrations', /\.sql$/);
  const calls = store.flatMap((text) => [
    ...text.matchAll(/\b(?:audit|auditPlain|saveFace|record)\(\s*(?:[^'`;]*?)'([a-z_]+)'/g),
    ...text.matchAll(/\bconst kind = \{([^}]*)\}/g),
    ...text.matchAll(/\baudit(?:Plain)?\([^;]*? \? '([a-z_]+)' : '([a-z_]+)'/g),
    ...text.matchAll(/INSERT INTO audit_events[^;]*?(?:VALUES|SELECT)[^;]*?'([a-z_]+)'/g),
  ]);
  const inSql = sql.flatMap((text) => [...text.matchAll(/INSERT INTO audit_events[^;]*?, '([a-z_]+)', /g)]);
  const found = [...calls, ...inSql].flatMap(([, ...groups]) =>
    groups.flatMap((group) =>
      group?.includes(':') ? [...group.matchAll(/'([a-z_]+)'/g)].map(([, word]) => word) : [group],
    ),
  );
  return new Set(found.filter((word): word is string => Boolean(word)));
}

test('every kind of event that code writes has words', () => {
  const kinds = written();
  // What is looked for is found: one from each way of writing.
  for (const known of [
    'app_created',
    'member_disabled',
    'app_request_denied',
    'code_replayed',
    'grant_revoked',
    'icon_changed',
    'sessions_ended',
  ])
    expect(kinds).toContain(known);
  expect([...kinds].filter((kind) => auditKindOf(kind) === null)).toEqual([]);
});

test('every kind that has words is written, and has them in every language', () => {
  const source = [...filesBelow('lib/store', /\.ts$/), ...filesBelow('prisma/migrations', /\.sql$/)].join('\n');
  expect(AUDIT_KINDS.filter((kind) => !source.includes(`'${kind}'`))).toEqual([]);
  for (const messages of [en, de]) expect(Object.keys(messages.audit.kind).sort()).toEqual([...AUDIT_KINDS]);
});

test('a word that nothing writes any more is shown as it is', () => {
  expect(auditKindOf('signing_key_removed')).toBeNull();
});
