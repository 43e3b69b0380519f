import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, claimsOf, connectApp, credentials, isActive, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { newAddress, PATHS, postForm, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
let connected: Connected;
let access: string;
let jwk: JsonWebKey & { kid: string };
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  connected = await connectApp(world, first, { scope: 'profile source:w' });
  access = connected.tokens.access_token;
  const jwks = (await (await fetch(`${publicUrl}/.well-known/jwks.json`)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  jwk = jwks.keys.find(({ kid }) => kid === headerOf(access).kid) as typeof jwk;
});
afterAll(() => world.close());

const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString());
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function api(token: string, site = first, headers: Record<string, string> = {}) {
  return fetchVia(site.port)(`${publicUrl}/api/users/current`, {
    headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-For': newAddress(), ...headers },
  });
}

describe('case 69', () => {
  test('header and claims are the documented ones and those of RFC 9068 §2', async () => {
    expect(headerOf(access)).toStrictEqual({ alg: 'RS256', typ: 'at+jwt', kid: jwk.kid });
    const claims = claimsOf(access);
    expect(claims).toStrictEqual({
      il_n: connected.user.tenant.name,
      il_a: connected.app.id,
      il_s: 'profile source:w',
      il_u: connected.user.username,
      il_t: 'ACCESS',
      il_v: 1,
      il_c: expect.any(String),
      iss: publicUrl,
      aud: publicUrl,
      sub: connected.user.id,
      client_id: connected.app.clientId,
      scope: 'profile source:w',
      iat: expect.any(Number),
      exp: (claims.iat as number) + 3600,
      jti: expect.any(String),
    });
    const { rows } = await world.db.query('SELECT 1 FROM connections WHERE id = $1 AND app_id = $2', [
      claims.il_c,
      connected.app.id,
    ]);
    expect(rows).toHaveLength(1);
  });

  test('independent libraries verify the token with the published keys', async () => {
    const keys = createRemoteJWKSet(new URL(`${publicUrl}/.well-known/jwks.json`));
    const checks = { issuer: publicUrl, audience: publicUrl, typ: 'at+jwt', algorithms: ['RS256'] };
    expect((await jwtVerify(access, keys, checks)).payload.sub).toBe(connected.user.id);
    const [head, payload, signature] = access.split('.') as [string, string, string];
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('sub is a user id and never the form of a client id (RFC 9700 §4.15)', async () => {
    expect(claimsOf(access).sub).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(connected.app.clientId).toMatch(/^[0-9a-f]{20}$/);
  });
});

describe('the API', () => {
  test('answers the user of a token with the scope profile, from either server', async () => {
    for (const site of [first, second]) {
      const answer = await api(access, site);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.json()).toMatchObject({ username: connected.user.username });
    }
  });

  test('refuses a token without the scope (RFC 6750 §3.1)', async () => {
    const { tokens } = await connectApp(world, first, { scope: 'source:w' });
    const answer = await api(tokens.access_token);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="insufficient_scope".*scope="profile"/);
  });

  test('without a token the challenge names no error (RFC 6750 §3.1)', async () => {
    const answer = await fetchVia(first.port)(`${publicUrl}/api/users/current`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="oauth2"');
  });

  test('case 70: other tokens, other transports and other schemes do not open it', async () => {
    const { tokens, browser, code } = connected;
    const session = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sessionToken = [...browser.cookies].find(([name]) => name.endsWith('session-token'))?.[1] as string;
    for (const token of [tokens.refresh_token as string, sessionToken, code, connected.app.secret, connected.user.id]) {
      const answer = await api(token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/error="invalid_token"/);
      expect(await isActive(first, token)).toBe(false);
    }
    const plain: [string, Record<string, string>][] = [
      ['/api/users/current', { Cookie: session }],
      ['/api/users/current', { Cookie: `access_token=${access}` }],
      [`/api/users/current?access_token=${access}`, {}],
      ['/api/users/current', { Authorization: `Basic ${access}` }],
      ['/api/users/current', { Authorization: access }],
      ['/api/users/current', { 'X-Authorization': `Bearer ${access}` }],
    ];
    for (const [path, headers] of plain)
      expect((await fetchVia(first.port)(`${publicUrl}${path}`, { headers })).status, JSON.stringify(headers)).toBe(
        401,
      );
  });

  test('case 93 (GHSA-xmf8-cvqr-rfgj): damaged credentials are refused and break nothing', async () => {
    for (const header of [
      'Bearer %E0%A4%A',
      'Bearer',
      'Bearer ',
      'Bearer a b',
      'Bearer ..',
      'Bearer \u00ff\u00fe',
      `Bearer ${'a'.repeat(9_000)}`,
      'Basic %%%',
    ])
      expect(
        (await fetchVia(first.port)(`${publicUrl}/api/users/current`, { headers: { Authorization: header } })).status,
        header.slice(0, 30),
      ).toBe(401);
  });
});

describe('mutated access tokens are inactive', () => {
  /** Not active by token_info on one server, and no way into the API of the other. */
  async function expectInactive(token: string) {
    const answer = await postForm(first, PATHS.native.info, { token });
    expect(await answer.text(), token.slice(0, 120)).toBe('{"active":false}');
    expect(answer.status).toBe(200);
    if (/^[\w.-]+$/.test(token)) expect((await api(token, second)).status).toBe(401);
  }

  test('every single changed character, one way each', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const mutants = [...access].map((was, at) => {
      const now = was === '.' ? '-' : (alphabet[(alphabet.indexOf(was) + 1) % 64] as string);
      return `${access.slice(0, at)}${now}${access.slice(at + 1)}`;
    });
    while (mutants.length > 0) {
      const some = mutants.splice(0, 40);
      const bodies = await Promise.all(
        some.map(async (token) => (await postForm(first, PATHS.native.info, { token })).text()),
      );
      for (const [at, body] of bodies.entries()) expect(body, some[at]).toBe('{"active":false}');
    }
  });

  test('the last character in every other way: no second spelling of one signature (RFC 4648 §3.5)', async () => {
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      if (last !== access.at(-1)) await expectInactive(access.slice(0, -1) + last);
  });

  test('other headers over the same claims and signature (RFC 8725 §3.1)', async () => {
    const [, payload, signature] = access.split('.') as [string, string, string];
    const header = headerOf(access);
    for (const change of [
      { alg: 'none' },
      { alg: 'None' },
      { alg: 'HS256' },
      { alg: 'PS256' },
      { alg: 'RS512' },
      { typ: 'JWT' },
      { typ: 'application/at+jwt' },
      { kid: 'unknown' },
      { kid: '' },
      { kid: `../../${jwk.kid}` },
      { kid: [jwk.kid] },
      { kid: "' OR 1=1 --" },
      { jwk },
      { jku: 'https://evil.example/jwks.json' },
      { x5u: 'https://evil.example/cert' },
      { crit: ['exp'] },
      { b64: false },
    ]) {
      await expectInactive(`${encode({ ...header, ...change })}.${payload}.${signature}`);
    }
    await expectInactive(`${encode({ ...header, alg: 'none' })}.${payload}.`);
  });

  test('HS256 with the public key as the secret, in every spelling of the key (CVE-2016-5431)', async () => {
    const payload = access.split('.')[1] as string;
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const spki = key.export({ type: 'spki', format: 'pem' }).toString();
    const spellings = [
      spki,
      spki.trim(),
      key.export({ type: 'pkcs1', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      key.export({ type: 'pkcs1', format: 'der' }),
      jwk.n as string,
      Buffer.from(jwk.n as string, 'base64url'),
      JSON.stringify(jwk),
      '',
    ];
    for (const secret of spellings) {
      const input = `${encode({ ...headerOf(access), alg: 'HS256' })}.${payload}`;
      await expectInactive(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
    }
  });

  test('other claims: signed by a key that is not ours, under our kid and with the key embedded', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const own = publicKey.export({ format: 'jwk' });
    for (const header of [headerOf(access), { ...headerOf(access), jwk: own }, { ...headerOf(access), kid: 'mine' }]) {
      const input = `${encode(header)}.${encode({ ...claimsOf(access), il_u: 'admin' })}`;
      await expectInactive(`${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`);
    }
  });

  test('other claims under the true signature', async () => {
    const [head, , signature] = access.split('.') as [string, string, string];
    for (const change of [
      { exp: 4_102_444_800 },
      { il_u: 'admin' },
      { scope: 'user:d', il_s: 'user:d' },
      { aud: ['*'] },
    ])
      await expectInactive(`${head}.${encode({ ...claimsOf(access), ...change })}.${signature}`);
  });

  test('the very same token with more or fewer segments, spaces or paddings', async () => {
    const [head, payload, signature] = access.split('.') as [string, string, string];
    for (const token of [
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}..${signature}`,
      `.${payload}.${signature}`,
      `${access}.${signature}`,
      `${head}=.${payload}.${signature}`,
      `${head}.${payload}.${signature}==`,
      `${head} .${payload}.${signature}`,
      `${head}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      `${head}\n.${payload}.${signature}`,
      `Bearer ${access}`,
    ]) {
      await expectInactive(token);
    }
  });

  test('the token itself is still active after all this', async () => {
    expect(await isActive(first, access)).toBe(true);
    const form = { ...credentials(connected.app), token: access };
    expect(await (await postForm(second, PATHS.rfc.info, form)).json()).toMatchObject({ active: true });
  });
});
