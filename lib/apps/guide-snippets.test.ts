import { describe, expect, test } from 'vitest';
import { GUIDE_SNIPPETS, guideSnippet, guideValues } from './guide-snippets';
import { SNIPPET_LANGUAGES } from './snippets';

const at = { issuer: 'https://id.example', apiUrl: 'https://api.example' };
const app = {
  id: 7,
  name: 'Board',
  clientId: '0123456789abcdef0123',
  redirectUri: "https://board.example/it's?a=$HOME&b=`id`",
  scopes: [
    { name: 'profile', access: 'r' },
    { name: 'source', access: 'w' },
  ],
} as const;

const ALL = SNIPPET_LANGUAGES.flatMap((language) => GUIDE_SNIPPETS.map((name) => ({ name, language })));
/** What a shell cannot do with what it brings along. */
const WITHOUT_CURL = ['callback', 'verify'];

describe('what the values are', () => {
  test('the app’s own, with its declared scopes', () => {
    expect(guideValues(at, app)).toEqual({
      ...at,
      clientId: app.clientId,
      redirectUri: app.redirectUri,
      scope: 'profile source:w',
    });
  });

  test('readable placeholders where there is no app, or where it lacks something', () => {
    expect(guideValues(at, null)).toMatchObject({ clientId: 'YOUR_CLIENT_ID', scope: 'profile' });
    expect(guideValues(at, { ...app, redirectUri: null, scopes: null })).toMatchObject({
      clientId: app.clientId,
      redirectUri: 'https://your-app.example/callback',
      scope: 'profile',
    });
  });
});

describe.each(ALL)('$name in $language', ({ name, language }) => {
  const text = guideSnippet(name, language, guideValues(at, app));

  test('is there, wherever the language can do it', () => {
    expect(text === null).toBe(language === 'curl' && WITHOUT_CURL.includes(name));
  });

  test('holds no secret, takes secrets from the environment, and knows this installation only', () => {
    if (text === null) return;
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    expect(text).not.toMatch(/eyJ/);
    if (/_secret$|^introspect$/.test(name)) expect(text).toContain('CLIENT_SECRET');
    else expect(text).not.toContain('CLIENT_SECRET');
    for (const [address] of text.matchAll(/https?:\/\/[^/'"\s`]+/g))
      expect([at.issuer, at.apiUrl, 'https://board.example']).toContain(address);
  });

  test('leaves nothing of a template open', () => {
    expect(text ?? '').not.toMatch(/undefined|\[object|NaN/);
  });
});

test('an app without declared scopes still asks for offline access where it is needed', () => {
  const text = guideSnippet('authorize_offline', 'node', guideValues(at, null));
  expect(text).toContain("scope: 'profile offline_access'");
});
