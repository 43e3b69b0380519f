import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectPage,
  expectTokens,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { browser, site, user, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newPkce, type TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const AUTHORIZE = { native: '/api/developers/oauth2/authorize', rfc: '/oauth2/authorize' } as const;
withSignedInPerson();

describe.each(DIALECTS)('the %s authorization endpoint', (dialect) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await world.newApp();
  });

  /** A refusal that is told to the app (RFC 6749 §4.1.2.1), with the issuer (RFC 9207) and nothing issued. */
  async function expectToldToApp(answer: Response, to: TestApp, error: string, state: string | null = 'xyz') {
    expect(readRedirect(answer, to.redirectUri)).toEqual({
      error,
      error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
      ...(state === null ? {} : { state }),
      iss: publicUrl,
    });
    expect(await tracesOf(world, to.id)).toEqual(NO_TRACES);
  }

  it('case 1: code and state come back to the byte, with the issuer, and no token stands in any address', async () => {
    const own = await world.newApp();
    const state = `${'&=%+"<>🦔\\ /?#\u00e9\t'.repeat(40)}`.slice(0, 511).concat('.');
    const asked = await browser.authorize(authorizationRequest(own, { state }), dialect);
    const answer = await browser.decide(readConsentPath(asked), 'allow');
    const carried = readRedirect(answer, own.redirectUri);
    expect(carried).toEqual({ code: expect.any(String), state, iss: publicUrl });
    expect(carried.code).toMatch(dialect === 'native' ? /^[0-9a-f]{28}$/ : /^[\w-]{43}$/);
    const tokens = await expectTokens(await exchange(site, dialect, own, carried.code as string));
    for (const token of [tokens.access_token, tokens.refresh_token as string]) {
      expect(asked.headers.get('location')).not.toContain(token);
      expect(answer.headers.get('location')).not.toContain(token);
    }
  });

  it('RFC 6749 §4.1.2: without a state in the request there is none in the answer', async () => {
    const own = await world.newApp();
    const { state: _, ...rest } = authorizationRequest(own);
    const answer = await browser.decide(readConsentPath(await browser.authorize(rest, dialect)), 'allow');
    expect(readRedirect(answer, own.redirectUri)).toEqual({ code: expect.any(String), iss: publicUrl });
  });

  it('case 2: a client_id that is missing, empty, unknown or of another spelling ends on a page', async () => {
    const { client_id: _, ...rest } = authorizationRequest(app);
    await expectPage(await browser.authorize(rest, dialect));
    for (const clientId of [
      '',
      '0'.repeat(20),
      app.clientId.toUpperCase(),
      `${app.clientId} `,
      `${app.clientId}0`,
      '1',
    ]) {
      await expectPage(await browser.authorize({ ...rest, client_id: clientId }, dialect));
    }
  });

  it('case 2: unknown, deleted and suspended apps read the same', async () => {
    const [deleted, suspended] = [await world.newApp(), await world.newApp()];
    for (const known of [deleted, suspended]) {
      readConsentPath(await browser.authorize(authorizationRequest(known), dialect));
    }
    await world.db.query('DELETE FROM apps WHERE id = $1', [deleted.id]);
    await world.db.query("UPDATE apps SET status = 'SUSPENDED' WHERE id = $1", [suspended.id]);
    const unknown = { ...authorizationRequest(app), client_id: 'f'.repeat(20) };
    const text = await expectPage(await browser.authorize(unknown, dialect));
    for (const gone of [deleted, suspended]) {
      await expect
        .poll(async () => (await browser.authorize(authorizationRequest(gone), dialect)).status, { timeout: 15_000 })
        .toBe(400);
      expect(await expectPage(await browser.authorize(authorizationRequest(gone), dialect))).toBe(text);
    }
  });

  describe('case 5: a parameter that is sent twice', () => {
    const NAMES = ['response_type', 'scope', 'code_challenge', 'code_challenge_method', 'prompt', 'response_mode'];

    it.each(['client_id', 'redirect_uri'])('%s: a page, also when both values are equal', async (name) => {
      const asked = authorizationRequest(app);
      for (const again of [asked[name] as string, 'other', '']) {
        const query = `${new URLSearchParams(asked)}&${name}=${encodeURIComponent(again)}`;
        await expectPage(await browser.get(`${AUTHORIZE[dialect]}?${query}`));
      }
    });

    it.each(NAMES)('%s: told to the app', async (name) => {
      const asked = authorizationRequest(app, {
        code_challenge: newPkce().challenge,
        code_challenge_method: 'S256',
        prompt: 'consent',
        response_mode: 'query',
      });
      for (const again of [asked[name] as string, '']) {
        const query = `${new URLSearchParams(asked)}&${name}=${encodeURIComponent(again)}`;
        await expectToldToApp(await browser.get(`${AUTHORIZE[dialect]}?${query}`), app, 'invalid_request');
      }
    });

    it('state: told to the app, without either of them', async () => {
      const query = `${new URLSearchParams(authorizationRequest(app))}&state=other`;
      const carried = readRedirect(await browser.get(`${AUTHORIZE[dialect]}?${query}`), app.redirectUri);
      expect(carried).toEqual({ error: 'invalid_request', error_description: expect.any(String), iss: publicUrl });
    });
  });

  it.each(['', 'token', 'code token', 'id_token', 'CODE', 'code ', 'none', 'code\u0000'])(
    'case 6: response_type %j is refused and never leads to a token',
    async (responseType) => {
      const answer = await browser.authorize(authorizationRequest(app, { response_type: responseType }), dialect);
      const unsupported = responseType !== '' && !responseType.includes('\u0000');
      const error = unsupported && dialect === 'rfc' ? 'unsupported_response_type' : 'invalid_request';
      await expectToldToApp(answer, app, error);
      expect(answer.headers.get('location')).not.toMatch(/access_token|#/);
    },
  );

  it('case 6: a response_mode that would put the code elsewhere is refused', async () => {
    for (const mode of ['fragment', 'form_post', 'web_message', 'query.jwt']) {
      const answer = await browser.authorize(authorizationRequest(app, { response_mode: mode }), dialect);
      await expectToldToApp(answer, app, 'invalid_request');
    }
  });

  it.each(
    [
      '',
      'nope',
      '*',
      'Profile',
      'PROFILE',
      'profile nope',
      'profile:x',
      'profile:',
      ':r',
      'profile:r:w',
      'profile"',
      'profile\\',
      'profile\u0001',
      'profile\tsource',
      'profile\nsource',
      'profile  source',
      ' profile',
      'profile,source',
      'prof\u0456le',
      'offline_access',
      '__proto__',
      'constructor',
      'profile '.repeat(1280).trim().concat(' x'),
    ].map((scope) => [scope.slice(0, 40), scope] as const),
  )('case 7: scope %j is told to the app as invalid_scope', async (_, scope) => {
    await expectToldToApp(await browser.authorize(authorizationRequest(app, { scope }), dialect), app, 'invalid_scope');
  });

  it('case 7: scope[a]=b is no scope', async () => {
    const { scope: _, ...rest } = authorizationRequest(app);
    const answer = await browser.authorize({ ...rest, 'scope[a]': 'profile', 'scope[]': 'profile' }, dialect);
    await expectToldToApp(answer, app, 'invalid_scope');
  });

  it.each(['%ff', 'profile%00', '%c0%80', '%ed%a0%80', '%', '%zz'])(
    'case 7: the damaged encoding %s is refused in any parameter, never repaired',
    async (raw) => {
      for (const [name, state] of [
        ['scope', 'xyz'],
        ['state', null],
        ['prompt', 'xyz'],
      ] as const) {
        const asked = new URLSearchParams(authorizationRequest(app));
        asked.delete(name);
        await expectToldToApp(
          await browser.get(`${AUTHORIZE[dialect]}?${asked}&${name}=${raw}`),
          app,
          'invalid_request',
          state,
        );
      }
    },
  );

  it('case 8: parameters that nobody knows are ignored', async () => {
    const own = await world.newApp();
    const extra = {
      nonce: 'n',
      audience: 'x',
      resource: 'https://x.example',
      'a[b]': 'c',
      claims: '{}',
      registration: '{}',
    };
    await exchange(site, dialect, own, await browser.obtainCode(own, extra, dialect)).then(expectTokens);
  });

  it('case 9: a request object is refused, and a request_uri is never fetched', async () => {
    let connections = 0;
    const listener = http.createServer((_, response) => response.end('{}')).on('connection', () => connections++);
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    try {
      for (const fault of [
        { request_uri: `http://127.0.0.1:${port}/` },
        { request_uri: `http://localhost:${port}/#x`, request: 'e30.e30.' },
        { request: 'eyJhbGciOiJub25lIn0.e30.' },
      ]) {
        await expectToldToApp(
          await browser.authorize(authorizationRequest(app, fault as Record<string, string>), dialect),
          app,
          'invalid_request',
        );
      }
      readConsentPath(
        await browser.authorize(authorizationRequest(app, { registration: `http://127.0.0.1:${port}/` }), dialect),
      );
      expect(connections).toBe(0);
    } finally {
      listener.close();
    }
  });

  it('a state beyond its length is refused and not sent back cut', async () => {
    readConsentPath(await browser.authorize(authorizationRequest(app, { state: 's'.repeat(2048) }), dialect));
    const answer = await browser.authorize(authorizationRequest(app, { state: 's'.repeat(2049) }), dialect);
    expect(readRedirect(answer, app.redirectUri)).toEqual({
      error: 'invalid_request',
      error_description: expect.any(String),
      iss: publicUrl,
    });
  });

  it('a refusal of a signed-out browser waits for sign-in (RFC 9700 §4.11.2), then is told', async () => {
    const stranger = new HttpBrowser(site);
    const waiting = await stranger.authorize(authorizationRequest(app, { scope: 'nope' }), dialect);
    expect(waiting.headers.get('location')).toMatch(/^\/signin\?transaction=[\w-]{43}$/);
    const answer = await stranger.continueSignIn(user, waiting);
    await expectToldToApp(answer, app, 'invalid_scope');
  });

  it.each(['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])(
    'cases 13, 14: %s gets 405 with Allow, no CORS, and approves nothing',
    async (method) => {
      const own = await world.newApp();
      const granted = await browser.obtainCode(own, {}, dialect);
      await exchange(site, dialect, own, granted).then(expectTokens);
      const before = await tracesOf(world, own.id);
      const query = new URLSearchParams(authorizationRequest(own));
      const answers = [
        await browser.send(`${AUTHORIZE[dialect]}?${query}`, { method, headers: { Origin: browser.origin } }),
        await browser.send(AUTHORIZE[dialect], {
          method,
          headers: { Origin: browser.origin, 'X-HTTP-Method-Override': 'GET' },
          ...(method === 'HEAD' ? {} : { body: query }),
        }),
      ];
      for (const answer of answers) {
        expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'GET' });
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.headers.get('location')).toBeNull();
      }
      expect(await tracesOf(world, own.id)).toEqual(before);
    },
  );

  it('case 13: a method override beside GET is not read', async () => {
    const answer = await browser.get(`${AUTHORIZE[dialect]}?${new URLSearchParams(authorizationRequest(app))}`, {
      'X-HTTP-Method-Override': 'POST',
      'X-Method-Override': 'DELETE',
    });
    readConsentPath(answer);
  });

  it('case 77: no origin may read this endpoint', async () => {
    for (const origin of ['https://evil.example', 'null', publicUrl]) {
      const answer = await browser.get(`${AUTHORIZE[dialect]}?${new URLSearchParams(authorizationRequest(app))}`, {
        Origin: origin,
      });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('case 17: codes are unique, in the form of their dialect, and share no beginning', async () => {
    const codes = new Set<string>();
    for (let n = 0; n < 40; n++) {
      codes.add(await browser.obtainCode(app, { prompt: 'consent' }, dialect));
    }
    expect(codes.size).toBe(40);
    for (const code of codes) expect(code).toMatch(dialect === 'native' ? /^[0-9a-f]{28}$/ : /^[\w-]{43}$/);
    expect(new Set([...codes].map((code) => code.slice(0, 6))).size).toBeGreaterThan(35);
  });
});
