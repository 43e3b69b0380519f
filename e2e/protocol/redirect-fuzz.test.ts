import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGISTERED, REGISTERED_HOSTS, redirectUris, withoutLoopbackPort } from '@/e2e/fixtures/redirect-grammar';
import { HttpBrowser, newAddress, type TestApp, type TestUser, World } from '@/e2e/fixtures/world';
import { matchesRegistered, redirectTarget, redirectUriProblem } from '@/lib/oauth/redirect-uri';
import { authorizationRedirect } from '@/lib/oauth/wire';
import { ours } from '../fixtures/lane';

const OWN_HOSTS = ['gatehouse.test', 'localhost:3000'];

describe('fuzz 4: the verdict about a redirect URI, against the WHATWG parser', () => {
  test('what is accepted is a registered URI byte for byte, or one with a port where RFC 8252 §7.3 allows any', () => {
    let accepted = 0;
    fc.assert(
      fc.property(redirectUris, (sent) => {
        const registered = new Set<string>(REGISTERED);
        const verdict = matchesRegistered(sent, REGISTERED);
        if (verdict) accepted += 1;
        if (registered.has(sent)) expect(verdict).toBe(true);
        else if (verdict) expect(registered).toContain(withoutLoopbackPort(sent));
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  test('the parser of browsers leads an accepted one to a registered host, path and query, without user name', () => {
    fc.assert(
      fc.property(redirectUris, (sent) => {
        if (!matchesRegistered(sent, REGISTERED)) return;
        const there = new URL(sent);
        const registered = new URL(withoutLoopbackPort(sent) ?? sent);
        if (sent.startsWith('http')) expect(REGISTERED_HOSTS).toContain(there.hostname);
        const parts = ({ protocol, hostname, pathname, search, hash, username, password }: URL) =>
          [protocol, hostname, pathname, search, hash, username, password].join(' ');
        expect(parts(there)).toBe(parts(registered));
        expect(`${there.username}${there.password}${there.hash}`).toBe('');
      }),
      { numRuns: 20_000 },
    );
  });

  test('completeness: a loopback URI without a registered port is accepted with every port, and no port beyond 65535', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), (port) => {
        expect(matchesRegistered(`http://127.0.0.1:${port}/cb`, REGISTERED)).toBe(port <= 65_535);
        expect(matchesRegistered(`http://localhost:${port}/cb?x=1`, REGISTERED)).toBe(port <= 65_535);
        expect(matchesRegistered(`http://[::1]:${port}/cb`, REGISTERED)).toBe(port === 4711);
      }),
      { numRuns: 5_000 },
    );
  });

  test('case 90: what may be registered is read by a browser exactly as it is written', () => {
    let registrable = 0;
    fc.assert(
      fc.property(redirectUris, (uri) => {
        if (redirectUriProblem(uri, { ownHosts: OWN_HOSTS }) !== null) return;
        registrable += 1;
        const url = new URL(uri);
        expect(url.href).toBe(uri);
        expect(uri).toMatch(/^[\x21-\x7e]+$/);
        // RFC 8252 §7.1: a private scheme is a reversed domain name, so it has a dot.
        expect(url.protocol).toMatch(/^https?:$|\./);
        if (url.protocol === 'http:') expect(['localhost', '127.0.0.1', '[::1]']).toContain(url.hostname);
        const target = redirectTarget(uri);
        if (target.kind === 'host') expect(uri.split('/')[2]).toBe(target.host);
      }),
      { numRuns: 20_000 },
    );
    expect(registrable).toBeGreaterThan(100);
  });

  test('the answer leads to where the registered URI leads, and carries one code and one state, unchanged', () => {
    fc.assert(
      fc.property(redirectUris, fc.string({ minLength: 1, unit: 'grapheme' }), (uri, state) => {
        if (redirectUriProblem(uri, { ownHosts: OWN_HOSTS }) !== null) return;
        const location = authorizationRedirect(uri, { code: 'c0de', state, iss: 'http://localhost:3000' });
        const [there, registered] = [new URL(location), new URL(uri)];
        expect(location.startsWith(uri)).toBe(true);
        expect([there.host, there.pathname]).toEqual([registered.host, registered.pathname]);
        expect(there.searchParams.getAll('code')).toEqual(['c0de']);
        expect(there.searchParams.getAll('state')).toEqual([state]);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('fuzz 4 and I11: over HTTP, no Location leads outside registered hosts and our own', () => {
  const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 };
  let world: World;
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    world = await World.open(ours('installation').databaseUrl);
    app = await world.newApp({ redirectUris: [...REGISTERED] });
    user = await world.newUser();
  });
  afterAll(() => world.close());

  /** Percent-encoded throughout, or as little as a careless client would. */
  const encodings: ((text: string) => string)[] = [
    encodeURIComponent,
    (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    (text) => text.replace(/[^\x21-\x7e]|[%&+#"<>\\]/gu, encodeURIComponent),
  ];

  describe.each([
    ['native', '/api/developers/oauth2/authorize'],
    ['rfc', '/oauth2/authorize'],
  ])('%s', (_dialect, path) => {
    test.each([
      ['a request that is fine, signed out', false, 'profile', 150],
      ['a request that is fine, signed in', true, 'profile', 100],
      ['a request with another fault, signed in', true, 'no such scope', 150],
    ])('%s', async (_title, signedIn, scope, runs) => {
      // A new address each: the limit of page requests stays on.
      const browser = new HttpBrowser(site, newAddress());
      if (signedIn) await browser.signIn(user);
      const own = new URL(site.publicUrl).host;
      await fc.assert(
        fc.asyncProperty(redirectUris, fc.constantFrom(...encodings), async (uri, encode) => {
          const rest = `client_id=${app.clientId}&response_type=code&state=s&scope=${encodeURIComponent(scope)}`;
          const answer = await browser.get(`${path}?${rest}&redirect_uri=${encode(uri)}`);
          const location = answer.headers.get('location');
          if (!matchesRegistered(uri, REGISTERED)) {
            const page = await answer.text();
            expect([answer.status, location]).toEqual([400, null]);
            expect(page).not.toMatch(/<script|http-equiv|<a /i);
            return;
          }
          expect(answer.status).toBe(303);
          if (signedIn && scope !== 'profile') {
            expect(location?.startsWith(`${uri}${uri.includes('?') ? '&' : '?'}error=invalid_scope&`)).toBe(true);
            if (uri.startsWith('http')) expect(REGISTERED_HOSTS).toContain(new URL(location ?? '').hostname);
          } else {
            expect(location).toMatch(signedIn ? /^\/consent\/[\w-]{43}$/ : /^\/signin\?transaction=[\w-]{43}$/);
            expect(new URL(location ?? '', site.publicUrl).host).toBe(own);
          }
        }),
        { numRuns: runs },
      );
    });
  });
});
