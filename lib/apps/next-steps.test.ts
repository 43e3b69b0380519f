import { describe, expect, test } from 'vitest';
import { nextSteps, tryAddress } from './next-steps';

const BARE = {
  redirectUris: [],
  scopes: null,
  proof: 'SECRET_OR_PKCE',
  liveSecrets: 0,
  users: 0,
  lastActivityAt: null,
} as const;

const open = (app: Parameters<typeof nextSteps>[0]) => nextSteps(app).flatMap(({ step, done }) => (done ? [] : [step]));

describe('what is left to do with a new app', () => {
  test('everything, then one after the other', () => {
    expect(open(BARE)).toEqual(['redirect', 'scopes', 'secret', 'try']);
    expect(open({ ...BARE, redirectUris: ['https://a.example/cb'], liveSecrets: 1 })).toEqual(['scopes', 'try']);
  });
  test('an app that proves itself by PKCE only needs no secret', () => {
    expect(open({ ...BARE, proof: 'PKCE_ONLY' })).not.toContain('secret');
  });
  test('nothing once somebody has connected it, or has used it before', () => {
    expect(open({ ...BARE, users: 1 })).toEqual([]);
    expect(open({ ...BARE, lastActivityAt: new Date(0) })).toEqual([]);
  });
});

describe('the address to try an app with', () => {
  const app = {
    ...BARE,
    clientId: 'c',
    redirectUris: ['https://a.example/cb?x=1'],
    requirePkce: false,
    scope: 'profile',
  };
  test('asks for a code at the first redirect URL', () => {
    const url = new URL(tryAddress('https://gate.example/authorize', app) ?? '');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'c',
      redirect_uri: 'https://a.example/cb?x=1',
      scope: 'profile',
      state: 'try',
    });
  });
  test('there is none without a redirect URL, and none where a code challenge is needed', () => {
    for (const without of [{ redirectUris: [] }, { requirePkce: true }, { proof: 'PKCE_ONLY' as const }])
      expect(tryAddress('https://gate.example/authorize', { ...app, ...without })).toBeNull();
  });
});
