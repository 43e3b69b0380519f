import type { NextApiRequest, NextApiResponse } from 'next';
import NextAuth, { type NextAuthOptions } from 'next-auth';
import OAuth2Strategy from 'passport-oauth2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../../fixtures/connected';
import { ours } from '../../fixtures/lane';
import { Person } from '../../fixtures/person';
import { type TestApp, type TestUser, World } from '../../fixtures/world';

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

const DIALECTS = ['/api/developers/oauth2', '/oauth2'] as const;

describe.each(DIALECTS)('passport-oauth2 at %s', (base) => {
  type Outcome = { redirect: string } | { user: Record<string, unknown> } | { fail: unknown };

  function strategyOf(app: TestApp, more: object) {
    const options = {
      authorizationURL: `${publicUrl}${base}/authorize`,
      tokenURL: `${publicUrl}${base}/token`,
      clientID: app.clientId,
      clientSecret: app.secret,
      callbackURL: app.redirectUri,
      scope: ['profile', 'source:w'],
      scopeSeparator: ' ',
      state: true,
      ...more,
    };
    const strategy = new OAuth2Strategy(options, (accessToken, refreshToken, params, _profile, done) =>
      done(null, { accessToken, refreshToken, params }),
    );
    return (query: Record<string, string>, session: object) =>
      new Promise<Outcome>((resolve, reject) => {
        strategy.redirect = (redirect) => resolve({ redirect });
        strategy.success = (user) => resolve({ user: user as Record<string, unknown> });
        strategy.fail = (fail) => resolve({ fail });
        strategy.error = reject;
        strategy.authenticate({ query, session, headers: {} });
      });
  }

  test.each([
    ['with its secret', 'SECRET_REQUIRED', {}],
    ['with its secret and PKCE', 'SECRET_OR_PKCE', { pkce: true }],
    ['with PKCE only', 'PKCE_ONLY', { pkce: true, scope: ['profile', 'source:w', 'offline_access'] }],
  ] as const)('signs in %s', async (_how, proof, more) => {
    const app = await world.newApp({ proof });
    const [authenticate, session] = [strategyOf(app, more), {}];
    const asked = (await authenticate({}, session)) as { redirect: string };
    const answer = await person.follow(asked.redirect);
    const done = await authenticate(Object.fromEntries(answer.searchParams), session);
    expect(done).toMatchObject({
      user: {
        accessToken: expect.stringMatching(/^ey/),
        refreshToken: expect.stringMatching(/^ey/),
        params: { scope: 'profile source:w', expires_in: 3600 },
      },
    });
  });

  test('is told of a refusal', async () => {
    const app = await world.newApp();
    const [authenticate, session] = [strategyOf(app, {}), {}];
    const asked = (await authenticate({}, session)) as { redirect: string };
    const answer = await person.follow(asked.redirect, 'deny');
    expect(answer.searchParams.get('error')).toBe('access_denied');
    expect(await authenticate(Object.fromEntries(answer.searchParams), session)).toHaveProperty('fail');
  });
});

describe.each(DIALECTS)('next-auth 4 as a client at %s', (base) => {
  const CLIENT_URL = 'http://localhost:9';
  const CALLBACK = `${CLIENT_URL}/api/auth/callback/gatehouse`;

  const optionsOf = (app: TestApp): NextAuthOptions => ({
    secret: 'a secret of the client',
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
    providers: [
      {
        id: 'gatehouse',
        name: 'Gatehouse',
        type: 'oauth',
        // The answer of the authorization names the issuer (RFC 9207), and the library compares it.
        issuer: publicUrl,
        clientId: app.clientId,
        clientSecret: app.secret,
        checks: ['pkce', 'state'],
        authorization: { url: `${publicUrl}${base}/authorize`, params: { scope: 'profile' } },
        token: `${publicUrl}${base}/token`,
        userinfo: `${publicUrl}/api/users/current`,
        profile: (profile: { username: string }) => ({ id: profile.username, name: profile.username }),
      },
    ],
  });

  /** A browser of the client's site, as far as next-auth looks at it. */
  function browserOf(options: NextAuthOptions) {
    const cookies: Record<string, string> = {};
    return async (
      method: string,
      action: string[],
      query: Record<string, string>,
      body: Record<string, string> = {},
    ) => {
      const headers: Record<string, unknown> = {};
      let sent: unknown;
      const response = {
        status: () => response,
        setHeader: (name: string, value: unknown) => {
          headers[name.toLowerCase()] = value;
          return response;
        },
        getHeader: (name: string) => headers[name.toLowerCase()],
        end: () => response,
        send: (value: unknown) => {
          sent = value;
        },
        json: (value: unknown) => {
          sent = value;
        },
      };
      const request = {
        method,
        query: { ...query, nextauth: action },
        body,
        cookies,
        headers: { host: 'localhost:9' },
      };
      await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, options);
      for (const line of [headers['set-cookie'] ?? []].flat() as string[]) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies[name] = decodeURIComponent(value);
      }
      return { location: headers.location as string | undefined, sent };
    };
  }

  test('signs in with PKCE and state, and reads the profile', async () => {
    process.env.NEXTAUTH_URL = CLIENT_URL;
    const app = await world.newApp({ redirectUris: [CALLBACK] });
    const visit = browserOf(optionsOf(app));
    const { sent } = await visit('GET', ['csrf'], {});
    const { csrfToken } = sent as { csrfToken: string };
    const asked = await visit('POST', ['signin', 'gatehouse'], {}, { csrfToken, callbackUrl: CLIENT_URL });
    const answer = await person.follow(asked.location as string);
    const done = await visit('GET', ['callback', 'gatehouse'], Object.fromEntries(answer.searchParams));
    expect(done.location).toBe(CLIENT_URL);
    expect((await visit('GET', ['session'], {})).sent).toMatchObject({ user: { name: user.username } });
    expect(await world.liveFamilies(app.id)).toBe(1);
  });
});
