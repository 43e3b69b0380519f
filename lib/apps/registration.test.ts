import { describe, expect, test } from 'vitest';
import {
  descriptionProblem,
  MAX_DESCRIPTION_LENGTH,
  parseAppChangeForm,
  parseAppForm,
  validateNewApp,
} from './registration';

const form = (entries: [string, string][]) => {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return data;
};

describe('the form of a new app', () => {
  test('is read with the space of the typist dropped', () => {
    const data = form([
      ['name', '  Deploy   Bot '],
      ['description', 'One\r\ntwo '],
      ['limitToAccount', 'on'],
    ]);
    expect(parseAppForm(data)).toEqual({ name: 'Deploy Bot', description: 'One\ntwo', limitToAccount: true });
    expect(parseAppForm(form([]))).toEqual({ name: '', description: '', limitToAccount: false });
  });

  test('a file in place of a text is no text', () => {
    const data = new FormData();
    data.append('name', new File(['x'], 'x.txt'));
    expect(parseAppForm(data).name).toBe('');
  });

  test('every field tells its own problem', () => {
    const app = { name: 'x', description: 'a'.repeat(MAX_DESCRIPTION_LENGTH + 1), limitToAccount: false };
    const result = validateNewApp(app);
    expect(result).toEqual({
      ok: false,
      errors: {
        name: { key: 'rules.name.length', values: { min: 3, max: 50 } },
        description: { key: 'rules.description.length', values: { max: 2000 } },
      },
    });
    const good = { name: 'Deploy Bot', description: '', limitToAccount: true };
    expect(validateNewApp(good, 'Gatehouse')).toEqual({ ok: true, value: good });
    expect(validateNewApp({ ...good, name: 'Gatehouse Bot' }, 'Gatehouse')).toMatchObject({ ok: false });
  });

  test('a description counts characters, not code units, and has no control characters', () => {
    expect(descriptionProblem('😀'.repeat(MAX_DESCRIPTION_LENGTH))).toBeNull();
    expect(descriptionProblem('a\n\tb')).toBeNull();
    for (const bad of ['\u0000', '\u001b[31m', '\u007f', '\u0085', '\u202e', '\u2066', '\r']) {
      expect(descriptionProblem(`a${bad}b`)?.key).toBe('rules.description.control');
    }
  });
});

describe('the form of the edit view', () => {
  test('redirect URIs stand one a line or in several fields; empty lines and repetitions are dropped', () => {
    const data = form([
      ['redirectUris', 'https://a.ex/cb\r\n\r\n https://b.ex/cb '],
      ['redirectUris', 'https://a.ex/cb'],
    ]);
    expect(parseAppChangeForm(data).redirectUris).toEqual(['https://a.ex/cb', 'https://b.ex/cb']);
  });

  test('case 90: a URI is never repaired: a TAB inside or at its end is left for the rule to refuse', () => {
    const change = parseAppChangeForm(form([['redirectUris', 'https://a.ex/cb\t']]));
    expect(change.redirectUris).toEqual(['https://a.ex/cb\t']);
  });
});
