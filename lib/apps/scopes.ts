import type { Sentence } from '@/lib/i18n/catalogue';
import type { DeclaredScope } from '@/lib/oauth/client';
import { type Access, SCOPE_CATALOGUE } from '@/lib/oauth/scopes';
import type { FormFields } from './registration';

/** What an app declares that it may ask for: by name the widest access, whether users may untick it, and what for. */

export const MAX_PURPOSE_LENGTH = 300;

/** Problems by scope name; '' is the form as a whole. */
export type ScopeErrors = Record<string, Sentence>;

const ACCESSES: readonly Access[] = ['r', 'w', 'd'];

/** One line of the form, as it was filled in. */
export type ScopeLine = { name: string; access: Access | ''; optional: boolean; purpose: string };

/**
 * Reads the form of declared scopes: for each scope of the catalogue the fields `access.<name>` (empty, `r`, `w` or
 * `d`), `optional.<name>` (a checkbox) and `purpose.<name>`. Fields of other names are nobody's and are not read.
 */
export function parseScopesForm(form: FormFields): ScopeLine[] {
  return SCOPE_CATALOGUE.map(({ name }) => ({
    name,
    access: ACCESSES.find((access) => access === form.get(`access.${name}`)) ?? '',
    optional: form.get(`optional.${name}`) !== null,
    purpose: textOf(form.get(`purpose.${name}`)),
  }));
}

/** A purpose is one paragraph: line ends become spaces. */
function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/\s*[\r\n]+\s*/g, ' ')
        .trim()
        .normalize('NFC')
    : '';
}

/** Why a purpose can't be taken, or null. Empty is a purpose: the developer has stated none. */
export function purposeProblem(purpose: string): Sentence | null {
  if ([...purpose].length > MAX_PURPOSE_LENGTH)
    return { key: 'rules.purpose.length', values: { max: MAX_PURPOSE_LENGTH } };
  // It stands on the grant screen: nothing in it may reorder or hide what stands beside it (CVE-2021-42574).
  return /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(purpose) ? { key: 'rules.purpose.control' } : null;
}

/**
 * Judges what an app is to declare. An app that has declared its scopes never goes back to having said nothing, which
 * would let it ask for everything: at least one scope stays.
 */
export function validateScopes(
  lines: readonly ScopeLine[],
): { ok: true; value: DeclaredScope[] } | { ok: false; errors: ScopeErrors } {
  const chosen = lines.flatMap(({ access, ...rest }) => (access === '' ? [] : [{ ...rest, access }]));
  const errors: ScopeErrors = {};
  if (chosen.length === 0) errors[''] = { key: 'rules.scopes.none' };
  for (const { name, access, optional, purpose } of lines) {
    const problem = purposeProblem(purpose);
    if (access === '') {
      // A purpose without an access was meant for a scope that would silently be left out.
      if (purpose !== '') errors[name] = { key: 'rules.scopes.access' };
    } else if (problem) errors[name] = problem;
    // Who may say no must be told what they would miss.
    else if (optional && purpose === '') errors[name] = { key: 'rules.scopes.optional_purpose' };
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value: chosen };
}

/** The form's lines for what is declared now; an app that has declared nothing yet starts with none chosen. */
export function linesOf(declared: readonly DeclaredScope[] | null): ScopeLine[] {
  return SCOPE_CATALOGUE.map(({ name }) => {
    const { access, optional, purpose } = declared?.find((scope) => scope.name === name) ?? NOT_DECLARED;
    return { name, access, optional, purpose };
  });
}

const NOT_DECLARED: Omit<ScopeLine, 'name'> = { access: '', optional: false, purpose: '' };
