import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  expectPage,
  Person,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newPkce, type TestApp, type TestUser, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 };
let world: World;
let user: TestUser;
let person: Person;
let signedIn: HttpBrowser;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
  person = new Person(site, user);
});
beforeEach(async () => {
  signedIn = await person.browser();
});
afterAll(() => world.close());

/** Twins of https://good.example/cb that one parser or another takes for it (RFC 9700 §4.1.3). */
const TWINS = [
  'https://good.example/cb/',
  'https://good.example/cb/x',
  'https://good.example/cb/../e',
  'https://good.example/cb/%2e%2e/cb',
  'https://good.example/cb..;/e',
  'https://good.example/cb;x',
  'https://good.example/cb%2f..%2fe',
  'https://good.example/CB',
  'https://good.example/c%62',
  'https://GOOD.example/cb',
  'HTTPS://good.example/cb',
  'http://good.example/cb',
  'https://good.example:443/cb',
  'https://good.example:8443/cb',
  'https://good.example/cb?a=1',
  'https://good.example/cb?',
  'https://good.example/cb#x',
  'https://good.example/cb#',
  '//evil.example/cb',
  'https:evil.example/cb',
  'https:/good.example/cb',
  'https:///good.example/cb',
  'https:\\\\good.example\\cb',
  'https://good.example@evil.example/cb',
  'https://x@good.example/cb',
  'https://a@b@evil.example/cb',
  'https://evil.example\\@good.example/cb',
  'https://evil.example%5c@good.example/cb',
  'https://good.example.evil.example/cb',
  'https://good.example./cb',
  'https://www.good.example/cb',
  'https://g\u043e\u043ed.example/cb',
  'https://xn--gd-jbca.example/cb',
  'https://good.example/\u017fcb',
  'https://good.example/\u212ab',
  ' https://good.example/cb',
  'https://good.example/cb ',
  'https://good.example/c\tb',
  'https://good.example/cb\n',
  'https://good\r\n.example/cb',
  'https://good.example/cb\u0000',
  'https://good.example/cb\ufeff',
  'javascript:alert(1)//https://good.example/cb',
  'data:text/html,https://good.example/cb',
  'null',
  '/cb',
  'good.example/cb',
];

describe.each(DIALECTS)('redirect_uri on the %s authorization endpoint', (dialect) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await world.newApp({ redirectUris: ['https://good.example/cb'] });
  });

  it('the registered one is good (the twins below differ from it alone)', async () => {
    readConsentPath(await signedIn.authorize(authorizationRequest(app), dialect));
  });

  it.each(TWINS)('case 3: %j is not https://good.example/cb', async (redirectUri) => {
    await expectPage(await signedIn.authorize(authorizationRequest(app, { redirect_uri: redirectUri }), dialect));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('case 3: another app’s registered redirect URI is not this app’s', async () => {
    const other = await world.newApp({ redirectUris: ['https://other.example/cb'] });
    await expectPage(await signedIn.authorize(authorizationRequest(app, { redirect_uri: other.redirectUri }), dialect));
  });

  it('case 3: a damaged percent-encoding is not repaired into the registered one', async () => {
    const path = dialect === 'native' ? '/api/developers/oauth2/authorize' : '/oauth2/authorize';
    for (const raw of [
      'https://good.example/cb%',
      'https://good.example/cb%zz',
      'https://good.example/cb%c0%af',
      '%ff',
    ]) {
      const query = `client_id=${app.clientId}&response_type=code&scope=profile&redirect_uri=${raw}`;
      await expectPage(await signedIn.get(`${path}?${query}`));
    }
  });

  it('an app without any registered redirect URI has none that matches, not even the empty one', async () => {
    const bare = await world.newApp({ redirectUris: [] });
    for (const redirectUri of ['', 'https://client.example/cb']) {
      await expectPage(await signedIn.authorize(authorizationRequest(bare, { redirect_uri: redirectUri }), dialect));
    }
  });

  it('RFC 6749 §3.1.2.3: it is required, also where only one is registered', async () => {
    const { redirect_uri: _, ...rest } = authorizationRequest(app);
    await expectPage(await signedIn.authorize(rest, dialect));
  });

  it('RFC 6749 §3.1.2: a query of the registered URI stays, and the answer is appended', async () => {
    const queried = await world.newApp({ redirectUris: ['https://client.example/cb?tenant=1&x=%20'] });
    const answer = await signedIn.authorize(authorizationRequest(queried, { scope: 'nope' }), dialect);
    expect(readRedirect(answer, queried.redirectUri)).toMatchObject({ tenant: '1', error: 'invalid_scope' });
  });

  const FAULTS: [string, Record<string, string>][] = [
    ['an unknown response_type', { response_type: 'token' }],
    ['no response_type', { response_type: '' }],
    ['an unknown scope', { scope: 'nope' }],
    ['no challenge where one is required', {}],
    ['a plain challenge', { code_challenge: newPkce().challenge, code_challenge_method: 'plain' }],
    ['prompt=none', { prompt: 'none' }],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0..' }],
    ['a state that is too long', { state: 's'.repeat(3000) }],
  ];

  describe.each(['signed in', 'signed out'])('%s', (who) => {
    const browser = () => (who === 'signed in' ? signedIn : new HttpBrowser(site));

    it.each(FAULTS)('case 4: a bad redirect_uri beside %s never redirects', async (_, fault) => {
      const pkceOnly = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: ['https://good.example/cb'] });
      const asked = { ...authorizationRequest(pkceOnly), ...fault, redirect_uri: 'https://evil.example/cb' };
      await expectPage(await browser().authorize(asked, dialect));
      expect(await tracesOf(world, pkceOnly.id)).toEqual(NO_TRACES);
    });

    it('case 4: a bad redirect_uri beside a repeated parameter never redirects', async () => {
      const path = dialect === 'native' ? '/api/developers/oauth2/authorize' : '/oauth2/authorize';
      const query = new URLSearchParams(authorizationRequest(app, { redirect_uri: 'https://evil.example/cb' }));
      await expectPage(await browser().get(`${path}?${query}&scope=profile&state=2`));
    });
  });
});

describe.each(DIALECTS)('loopback redirects on the %s authorization endpoint (case 16, RFC 8252 §7.3)', (dialect) => {
  const pkce = newPkce();
  const ask = (app: TestApp, redirectUri: string) =>
    signedIn.authorize(
      authorizationRequest(app, {
        redirect_uri: redirectUri,
        code_challenge: pkce.challenge,
        code_challenge_method: 'S256',
      }),
      dialect,
    );

  it.each(['http://127.0.0.1', 'http://[::1]', 'http://localhost'])(
    '%s/cb without a port takes any port',
    async (host) => {
      const app = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: [`${host}/cb`] });
      for (const port of ['', ':1', ':80', ':8080', ':51004', ':65535']) {
        const redirectUri = `${host}${port}/cb`;
        const answer = await signedIn.decide(readConsentPath(await ask(app, redirectUri)), 'deny');
        expect(readRedirect(answer, redirectUri)).toMatchObject({ error: 'access_denied' });
      }
      for (const port of [':0', ':65536', ':080', ':', ':+1', ':1e3', ':80@evil.example', ':80.evil.example']) {
        await expectPage(await ask(app, `${host}${port}/cb`));
      }
    },
  );

  it('registered with a port, it is that port only', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: ['http://127.0.0.1:7777/cb'] });
    readConsentPath(await ask(app, 'http://127.0.0.1:7777/cb'));
    for (const uri of ['http://127.0.0.1:7778/cb', 'http://127.0.0.1/cb']) await expectPage(await ask(app, uri));
  });

  it.each([
    'http://127.0.0.1:80/CB',
    'http://127.0.0.1:80/cb/',
    'http://127.0.0.1:80/cb?x=1',
    'http://127.0.0.1:80/cb#x',
    'http://127.0.0.1:80',
    'http://x@127.0.0.1/cb',
    'http://x@127.0.0.1:80/cb',
    'http://x:80@127.0.0.1/cb',
    'http://localhost:80/cb',
    'http://[::1]:80/cb',
    'http://127.0.0.2:80/cb',
    'http://127.1:80/cb',
    'http://2130706433:80/cb',
    'https://127.0.0.1:80/cb',
    'http://127.0.0.1:80\\@evil.example/cb',
  ])('registered as http://127.0.0.1/cb, %s is another', async (uri) => {
    const app = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: ['http://127.0.0.1/cb'] });
    await expectPage(await ask(app, uri));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('any port is for loopback only: a host without port stays without', async () => {
    const app = await world.newApp({ proof: 'PKCE_ONLY', redirectUris: ['https://client.example/cb'] });
    await expectPage(await ask(app, 'https://client.example:8443/cb'));
  });
});
