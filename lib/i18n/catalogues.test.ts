import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { expect, test } from 'vitest';
import { MESSAGES } from './messages';

const ROOT = join(import.meta.dirname, '../..');

/** Texts that are the same word, name or example in both languages. */
const SAME_IN_BOTH = new Set<string>([
  'account.mails.title',
  'mails.fact.secret',
  'applications.endpoints.token_hint',
  'applications.list.name',
  'applications.new.name',
  'applications.general.name',
  'applications.general.website',
  'applications.icon.title',
  'applications.lifetimes.rotation',
  'connections.list.name',
  'audit.detail.appName',
  'audit.detail.apps',
  'audit.detail.domain',
  'audit.detail.icon',
  'audit.detail.name',
  'audit.detail.organisation',
  'audit.detail.scopes',
  'audit.detail.website',
  'audit.labelled',
  'audit.value.optional_scope',
  'audit.value.optional_scope_for',
  'connections.list.client_short',
  'connections.list.playground',
  'applications.sections.playground',
  'playground.proof.pkce',
  'playground.authorize.verifier',
  'playground.dialect.rfc',
  'playground.numbered',
  'playground.code',
  'playground.jwt.claims',
  'playground.callback.title',
  'connections.sort.name',
  'events.kind.introspect',
  'events.kind.token_info',
  'organisation.connections.app',
  'organisation.members.apps',
  'organisation.members.person',
  'organisation.members.roles.ADMIN',
  'organisation.policy.rules.app',
  'shell.tabs.organisation',
  'review.app.organisation',
  'review.app.support',
  'review.app.website',
  'review.apps.organisation',
  'review.audit.organisation',
  'review.audit.person',
  'review.open.app',
  'review.risk.short.loopback',
  'verification.domains.add',
  'verification.scope',
  'shell.portal',
  'shell.organisation.label',
  'shell.language.en',
  'shell.language.de',
  'verification.diff.field.icon',
]);

type Tree = { [name: string]: string | Tree };

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, node]): [string, string][] =>
    typeof node === 'string' ? [[path + name, node]] : leaves(node, `${path}${name}.`),
  );
}

const english = new Map(leaves(MESSAGES.en));
const german = new Map(leaves(MESSAGES.de));

/** Names and kinds of the places and tags of a text, at any depth. */
function places(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`<${element.value}>`, ...places(element.children)];
      case TYPE.plural:
      case TYPE.select:
        return [
          `${element.value}:${element.type}`,
          ...Object.values(element.options).flatMap((option) => places(option.value)),
        ];
      default:
        return [`${element.value}:${element.type}`];
    }
  });
}

const placesOf = (text: string) => [...new Set(places(parse(text)))].sort();

test('both catalogues hold the same texts', () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
});

test('a text has the same places and tags in both languages', () => {
  for (const [key, text] of english) expect(placesOf(german.get(key) ?? ''), key).toEqual(placesOf(text));
});

test('a plural has the branches that the language needs', () => {
  const branches = (elements: MessageFormatElement[]): string[][] =>
    elements.flatMap((element) =>
      element.type === TYPE.plural
        ? [Object.keys(element.options), ...Object.values(element.options).flatMap((option) => branches(option.value))]
        : [],
    );
  for (const text of [...english.values(), ...german.values()])
    for (const names of branches(parse(text))) expect(names, text).toEqual(expect.arrayContaining(['one', 'other']));
});

test('German is German', () => {
  const same = [...english].filter(([key, text]) => german.get(key) === text).map(([key]) => key);
  expect(same.sort()).toEqual([...SAME_IN_BOTH].sort());
});

test('every text is said somewhere', () => {
  const source = ['app', 'components', 'lib', 'server.ts'].map(read).join('\n');
  // Composed keys name their part in front of the place: `rules.redirect_uri.${problem}`.
  const patterns = [...source.matchAll(/`((?:[a-z_A-Z]+\.)+[^`\n]*\$\{[^`\n]*)`/g)].map(
    ([, template = '']) => new RegExp(`^${template.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[a-zA-Z0-9_]+')}$`),
  );
  const unused = [...english.keys()].filter(
    (key) => !source.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});

function read(path: string): string {
  const full = join(ROOT, path);
  if (/\.tsx?$/.test(path)) return /\.test\.tsx?$/.test(path) ? '' : readFileSync(full, 'utf8');
  if (/\.[a-z]+$/.test(path)) return '';
  return readdirSync(full)
    .map((name) => read(`${path}/${name}`))
    .join('\n');
}
