import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../../fixtures/connected';
import { type ForeignClient, goClient, pythonClient, type Story, tell } from '../../fixtures/foreign-client';
import { ours } from '../../fixtures/lane';
import { Person } from '../../fixtures/person';
import { newPkce, PATHS, type TestApp, type TestUser, World } from '../../fixtures/world';

const publicUrl = ours('publicUrl');
const first: Site = { publicUrl, port: ours('servers')[0]?.port as number };
let world: World;
let user: TestUser;
let person: Person;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
  person = await Person.signedIn(first, user);
});
afterAll(() => world.close());

const CLIENTS: ForeignClient[] = [
  pythonClient('Authlib (Python)', 'authlib.integrations.requests_client', 'authlib_client.py'),
  pythonClient('requests-oauthlib (Python)', 'requests_oauthlib', 'requests_oauthlib_client.py'),
  goClient('golang.org/x/oauth2 (Go)', 'golang.org/x/oauth2', 'xoauth2_client.go'),
];

for (const { name, missing } of CLIENTS) if (missing) console.info(`${name} is not driven: ${missing} on this machine`);

const BASE = { native: '/api/developers/oauth2', rfc: '/oauth2' } as const;

function storyOf(
  app: TestApp,
  dialect: keyof typeof BASE,
  authentication: Story['authentication'],
  pkce?: ReturnType<typeof newPkce>,
): Story {
  const at = (path: string) => `${publicUrl}${path}`;
  return {
    client_id: app.clientId,
    ...(app.secret ? { client_secret: app.secret } : {}),
    scope: app.secret ? 'profile source:w' : 'profile source:w offline_access',
    redirect_uri: app.redirectUri,
    authentication,
    ...(pkce ? { code_verifier: pkce.verifier, code_challenge: pkce.challenge } : {}),
    authorize: at(`${BASE[dialect]}/authorize`),
    token: at(PATHS[dialect].token),
    introspect: at(PATHS[dialect].info),
    revoke: at(PATHS[dialect].revoke),
    profile: at('/api/users/current'),
  };
}

describe.each(CLIENTS)('$name', (client) => {
  const { missing } = client;
  const skipped = missing ? ` (skipped: ${missing} on this machine)` : '';
  const refusedAs = { native: expect.stringMatching(/revoked/i), rfc: 'invalid_grant' };

  test.skipIf(missing).for([
    ['native', 'client_secret_basic'],
    ['native', 'client_secret_post'],
    ['rfc', 'client_secret_basic'],
    ['rfc', 'client_secret_post'],
  ] as const)(
    `%s dialect, %s: code, refresh, API, introspection, revocation${skipped}`,
    { timeout: 90_000 },
    async ([dialect, authentication]) => {
      const app = await world.newApp({ proof: 'SECRET_REQUIRED' });
      const told = await tell(client, storyOf(app, dialect, authentication), (url) => person.follow(url));
      expect(told.exchanged).toMatchObject({ token_type: 'Bearer', scope: 'profile source:w' });
      expect(told.exchanged.expires_in).toBeGreaterThan(3500);
      expect(told.refreshed.access_token).not.toBe(told.exchanged.access_token);
      expect(told.refreshed.refresh_token).toBe(told.exchanged.refresh_token);
      expect(told.profile).toMatchObject({ username: user.username });
      expect(told.introspected).toMatchObject({ active: true, username: user.username });
      expect(told).toMatchObject({ revoked: 200, error: refusedAs[dialect] });
      expect(await world.liveFamilies(app.id)).toBe(0);
    },
  );

  test.skipIf(missing).for(['native', 'rfc'] as const)(
    `%s dialect, public client with PKCE and offline_access: the refresh token rotates${skipped}`,
    { timeout: 90_000 },
    async (dialect) => {
      const app = await world.newApp({ proof: 'PKCE_ONLY' });
      const told = await tell(client, storyOf(app, dialect, 'none', newPkce()), (url) => person.follow(url));
      expect(told.exchanged).toMatchObject({ token_type: 'Bearer', scope: 'profile source:w' });
      expect(told.refreshed.refresh_token).not.toBe(told.exchanged.refresh_token);
      expect(told.profile).toMatchObject({ username: user.username });
      expect(told).toMatchObject({ revoked: 200, error: refusedAs[dialect] });
      expect(await world.liveFamilies(app.id)).toBe(0);
    },
  );
});

test.skipIf(CLIENTS[2]?.missing).for(['native', 'rfc'] as const)(
  'case 30: x/oauth2 finds out by itself where the secret belongs, without burning the code: %s dialect',
  { timeout: 90_000 },
  async (dialect) => {
    const app = await world.newApp();
    const told = await tell(CLIENTS[2] as ForeignClient, storyOf(app, dialect, 'detect', newPkce()), (url) =>
      person.follow(url),
    );
    expect(told.exchanged.scope).toBe('profile source:w');
  },
);
