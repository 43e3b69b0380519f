import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../../fixtures/connected';
import { ours } from '../../fixtures/lane';
import { Person } from '../../fixtures/person';
import { type TestUser, World } from '../../fixtures/world';

const publicUrl = ours('publicUrl');
const first: Site = { publicUrl, port: ours('servers')[0]?.port as number };
const issuerUrl = new URL(publicUrl);
let world: World;
let user: TestUser;
let person: Person;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
  person = await Person.signedIn(first, user);
});
afterAll(() => world.close());

const insecure = { [oauth.allowInsecureRequests]: true };
const discover = async () =>
  oauth.processDiscoveryResponse(
    issuerUrl,
    await oauth.discoveryRequest(issuerUrl, { algorithm: 'oauth2', ...insecure }),
  );

describe('oauth4webapi, standard dialect', () => {
  test.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ] as const)('discovery, PKCE, iss, %s, refresh, introspection, revocation', async (_name, authenticate) => {
    const as = await discover();
    const app = await world.newApp({ proof: 'SECRET_REQUIRED' });
    const client: oauth.Client = { client_id: app.clientId };
    const clientAuth = authenticate(app.secret);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint as string);
    url.search = new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'profile source:w',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();

    const params = oauth.validateAuthResponse(as, client, await person.follow(url), state);
    expect(params.get('iss')).toBe(as.issuer);
    const answered = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      clientAuth,
      params,
      app.redirectUri,
      verifier,
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answered);
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'profile source:w' });

    const profile = await oauth.protectedResourceRequest(
      tokens.access_token,
      'GET',
      new URL('/api/users/current', publicUrl),
      undefined,
      null,
      insecure,
    );
    expect(await profile.json()).toMatchObject({ username: user.username });

    const request = new Request(new URL('/resource', publicUrl), {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, publicUrl, insecure);
    expect(claims).toMatchObject({ client_id: app.clientId, sub: user.id });

    const refreshed = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, clientAuth, tokens.refresh_token as string, insecure),
    );
    expect(refreshed.refresh_token).toBe(tokens.refresh_token);

    const introspected = await oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, clientAuth, refreshed.access_token, insecure),
    );
    expect(introspected).toMatchObject({ active: true, username: user.username });

    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, clientAuth, tokens.refresh_token as string, insecure),
    );
    await world.openRefreshWindow(app.id);
    const dead = await oauth.refreshTokenGrantRequest(as, client, clientAuth, tokens.refresh_token as string, insecure);
    await expect(oauth.processRefreshTokenResponse(as, client, dead)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });

  test('a public client gets a rotating refresh token with offline_access', async () => {
    const as = await discover();
    const app = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: ['http://127.0.0.1/cb'] });
    const client: oauth.Client = { client_id: app.clientId };
    const redirectUri = 'http://127.0.0.1:51004/cb';
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(as.authorization_endpoint as string);
    url.search = new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'profile offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const params = oauth.validateAuthResponse(as, client, await person.follow(url), oauth.expectNoState);
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), params, redirectUri, verifier, insecure),
    );
    const next = await oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token as string, insecure),
    );
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
  });

  test('a refusal comes back with iss and is understood', async () => {
    const as = await discover();
    const app = await world.newApp();
    const url = new URL(as.authorization_endpoint as string);
    const asked = {
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'profile',
      state: 'x',
    };
    url.search = new URLSearchParams(asked).toString();
    const location = await person.follow(url, 'deny');
    expect(() => oauth.validateAuthResponse(as, { client_id: app.clientId }, location, 'x')).toThrow(
      expect.objectContaining({ error: 'access_denied' }),
    );
    location.searchParams.set('iss', 'https://evil.example');
    expect(() => oauth.validateAuthResponse(as, { client_id: app.clientId }, location, 'x')).toThrow(/iss/);
  });

  test('a wrong secret is told by a challenge that the library reads (RFC 6749 §5.2)', async () => {
    const as = await discover();
    const app = await world.newApp();
    const client: oauth.Client = { client_id: app.clientId };
    const answer = await oauth.refreshTokenGrantRequest(
      as,
      client,
      oauth.ClientSecretBasic('f'.repeat(64)),
      'x',
      insecure,
    );
    await expect(oauth.processRefreshTokenResponse(as, client, answer)).rejects.toMatchObject({
      code: oauth.WWW_AUTHENTICATE_CHALLENGE,
      status: 401,
    });
  });
});

describe('openid-client 6', () => {
  test('standard dialect, by discovery: PKCE, iss, refresh, introspection, revocation', async () => {
    const app = await world.newApp();
    const config = await openid.discovery(issuerUrl, app.clientId, undefined, openid.ClientSecretPost(app.secret), {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    });
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: app.redirectUri,
      scope: 'profile',
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const tokens = await openid.authorizationCodeGrant(config, await person.follow(url), checks);
    expect(tokens.expiresIn()).toBeGreaterThan(3590);
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token as string);
    expect((await openid.tokenIntrospection(config, refreshed.access_token)).active).toBe(true);
    await openid.tokenRevocation(config, tokens.refresh_token as string);
    await world.openRefreshWindow(app.id);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token as string)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const profile = await openid.fetchProtectedResource(
      config,
      refreshed.access_token,
      new URL('/api/users/current', publicUrl),
      'GET',
    );
    expect(await profile.json()).toMatchObject({ username: user.username });
  });

  test('documented dialect, endpoints written down by hand', async () => {
    const app = await world.newApp();
    const base = `${publicUrl}/api/developers/oauth2`;
    const metadata = {
      issuer: publicUrl,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      revocation_endpoint: `${base}/revoke`,
    };
    const config = new openid.Configuration(metadata, app.clientId, undefined, openid.ClientSecretBasic(app.secret));
    openid.allowInsecureRequests(config);
    const url = openid.buildAuthorizationUrl(config, { redirect_uri: app.redirectUri, scope: 'profile', state: 'abc' });
    const tokens = await openid.authorizationCodeGrant(config, await person.follow(url), { expectedState: 'abc' });
    expect((await openid.refreshTokenGrant(config, tokens.refresh_token as string)).access_token).toBeTruthy();
  });
});

describe('simple-oauth2', () => {
  test.each([
    ['documented', '/api/developers/oauth2', 'body', 'form'],
    ['documented', '/api/developers/oauth2', 'header', 'form'],
    ['standard', '/oauth2', 'header', 'form'],
    ['standard', '/oauth2', 'body', 'form'],
  ] as const)('%s dialect (%s), credentials in the %s', async (_dialect, base, authorizationMethod, bodyFormat) => {
    const app = await world.newApp();
    const client = new AuthorizationCode({
      client: { id: app.clientId, secret: app.secret },
      auth: {
        tokenHost: publicUrl,
        tokenPath: `${base}/token`,
        authorizePath: `${base}/authorize`,
        revokePath: `${base}/revoke`,
      },
      options: { authorizationMethod, bodyFormat },
    });
    const url = client.authorizeURL({ redirect_uri: app.redirectUri, scope: 'profile source:w', state: 'xyz' });
    const location = await person.follow(url);
    expect(location.searchParams.get('state')).toBe('xyz');
    const code = location.searchParams.get('code') as string;
    const token = await client.getToken({ code, redirect_uri: app.redirectUri });
    expect(token.expired()).toBe(false);
    expect(token.token).toMatchObject({ token_type: 'Bearer', scope: 'profile source:w' });
    const refreshed = await token.refresh();
    expect(refreshed.token.access_token).not.toBe(token.token.access_token);
    await refreshed.revoke('refresh_token');
    expect(await world.liveFamilies(app.id)).toBe(0);
  });

  test('a code that was used is told as 401 in the documented dialect and as 400 in the standard one', async () => {
    for (const [base, status] of [
      ['/api/developers/oauth2', 401],
      ['/oauth2', 400],
    ] as const) {
      const app = await world.newApp();
      const client = new AuthorizationCode({
        client: { id: app.clientId, secret: app.secret },
        auth: { tokenHost: publicUrl, tokenPath: `${base}/token`, authorizePath: `${base}/authorize` },
        options: { authorizationMethod: 'body' },
      });
      await expect(client.getToken({ code: 'f'.repeat(28), redirect_uri: app.redirectUri })).rejects.toMatchObject({
        output: { statusCode: status },
      });
    }
  });
});
