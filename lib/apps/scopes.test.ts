import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseScope } from '@/lib/oauth/scopes';
import { linesOf, MAX_PURPOSE_LENGTH, parseScopesForm, purposeProblem, validateScopes } from './scopes';

function read(fields: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return parseScopesForm(form);
}
const judge = (fields: Record<string, string>) => validateScopes(read(fields));

describe('what an app declares', () => {
  test('is read by name, with its access, whether it is optional, and what for', () => {
    const fields = {
      'access.profile': 'r',
      'access.source': 'w',
      'optional.source': 'on',
      'purpose.source': '  To show where\r\n  alerts come from ',
    };
    expect(judge(fields)).toEqual({
      ok: true,
      value: [
        { name: 'profile', access: 'r', optional: false, purpose: '' },
        { name: 'source', access: 'w', optional: true, purpose: 'To show where alerts come from' },
      ],
    });
  });

  test('knows the catalogue’s scopes and accesses only; offline access is none of them', () => {
    expect(judge({ 'access.nonsense': 'r', 'access.offline_access': 'r', 'access.source': 'x' })).toEqual({
      ok: false,
      errors: { '': { key: 'rules.scopes.none' } },
    });
  });

  test('is never nothing: that would mean everything', () => {
    expect(judge({})).toEqual({ ok: false, errors: { '': { key: 'rules.scopes.none' } } });
  });

  test('an optional scope says what for; a purpose without an access is no slip that is passed over', () => {
    expect(judge({ 'access.source': 'r', 'optional.source': 'on', 'purpose.alert': 'To count them' })).toEqual({
      ok: false,
      errors: { source: { key: 'rules.scopes.optional_purpose' }, alert: { key: 'rules.scopes.access' } },
    });
  });

  test.each([
    ['a'.repeat(MAX_PURPOSE_LENGTH), null],
    ['😀'.repeat(MAX_PURPOSE_LENGTH), null],
    ['a'.repeat(MAX_PURPOSE_LENGTH + 1), 'rules.purpose.length'],
    ['read \u202eeverything', 'rules.purpose.control'],
    ['read\u0000', 'rules.purpose.control'],
    ['', null],
  ])('case 81: the purpose %j', (purpose, problem) => {
    expect(purposeProblem(purpose)?.key ?? null).toBe(problem);
  });

  test('what is declared fills the form that declares it again', () => {
    const line = fc.record({
      access: fc.constantFrom('', 'r', 'w', 'd'),
      optional: fc.boolean(),
      purpose: fc.constantFrom('', 'To show them'),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('profile', 'source', 'alert', 'team'), line), (lines) => {
        const fields = Object.entries(lines).flatMap(([name, { access, optional, purpose }]) => [
          [`access.${name}`, access],
          ...(optional ? [[`optional.${name}`, 'on']] : []),
          [`purpose.${name}`, purpose],
        ]);
        const declared = judge(Object.fromEntries(fields));
        if (!declared.ok) return;
        expect(validateScopes(linesOf(declared.value))).toEqual(declared);
        for (const { name, access } of declared.value) expect(parseScope(`${name}:${access}`).ok).toBe(true);
      }),
    );
    expect(linesOf(null).every(({ access }) => access === '')).toBe(true);
  });
});
