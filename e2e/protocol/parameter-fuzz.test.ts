import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizationRequest, exchange, expectTokens, isActive } from '@/e2e/fixtures/answers';
import { encode, type Hostile, MARKER, type Pair, SPOILED, SPOILED_QUERIES } from '@/e2e/fixtures/hostile-forms';
import { fetchVia } from '@/e2e/fixtures/http';
import { type OpenInstallation, openInstallation, type Server, startServer } from '@/e2e/fixtures/server';
import { snapshot } from '@/e2e/fixtures/snapshot';
import { HttpBrowser, newAddress, postForm, type TestApp, type Tokens, World } from '@/e2e/fixtures/world';
import { MACHINE_ROUTES } from '@/lib/flows/table';

// A database of its own: "no row changed" is asked of all tables.
let installation: OpenInstallation;
let server: Server;
let world: World;
let app: TestApp;
let code: string;
let tokens: Tokens;
let before: Record<string, string>;
/** For the tests of the authorization endpoint, which make people and apps. */
const MADE = ['users', 'sessions', 'apps', 'app_secrets', 'redirect_uris'];
const site = () => ({ publicUrl: server.origin, port: server.port });

beforeAll(async () => {
  installation = await openInstallation({ demoData: true });
  server = await startServer(installation);
  world = await World.open(installation.databaseUrl);
  app = await world.newApp();
  const browser = new HttpBrowser(site());
  await browser.signIn(await world.newUser());
  tokens = await expectTokens(await exchange(site(), 'native', app, await browser.obtainCode(app)));
  await world.openRefreshWindow(app.id);
  code = await browser.obtainCode(app);
  // It shall not expire before the run is over.
  await world.ageCode(code, -3_600);
  before = await snapshot(world.db, MADE);
}, 60_000);
afterAll(async () => {
  await world.close();
  await server.stop();
  await installation.close();
});

const N = '/api/developers/oauth2';
const client = (): Pair[] => [
  ['client_id', app.clientId],
  ['client_secret', app.secret],
];
const token = (value: string): Pair[] => [...client(), ['token', value]];

/** Every form that a machine may post: honest, and the parameters that it can't do without. */
const FORMS: { title: string; path: string; honest: () => Pair[]; required: string[] }[] = ['native', 'rfc']
  .flatMap((dialect) => {
    const path = dialect === 'native' ? `${N}/token` : '/oauth2/token';
    return [
      {
        title: `${path} (code)`,
        path,
        honest: (): Pair[] => [...client(), ['grant_type', 'authorization_code'], ['code', code]],
        required: ['grant_type', 'code', 'client_id'],
      },
      {
        title: `${path} (refresh)`,
        path,
        honest: (): Pair[] => [
          ...client(),
          ['grant_type', 'refresh_token'],
          ['refresh_token', tokens.refresh_token ?? ''],
        ],
        required: ['grant_type', 'refresh_token', 'client_id'],
      },
    ];
  })
  .concat(
    [`${N}/revoke`, '/oauth2/revoke', `${N}/token_info`, '/oauth2/introspect'].map((path) => ({
      title: path,
      path,
      honest: () => token((path.endsWith('revoke') ? tokens.refresh_token : tokens.access_token) ?? ''),
      required: ['token'],
    })),
  );

const NATIVE_CODES: Record<string, number[]> = {
  invalid_request: [400, 405, 413, 415],
  invalid_grant: [401],
  unsupported_grant_type: [400],
  invalid_scope: [400],
  access_denied: [400],
};
const RFC_CODES: Record<string, number[]> = {
  invalid_request: [400, 405, 413, 415],
  invalid_client: [401],
  invalid_grant: [400],
  unsupported_grant_type: [400],
  unsupported_token_type: [400],
  invalid_scope: [400],
};

async function send(path: string, { body, query, headers, method = 'POST' }: Hostile): Promise<Response> {
  const reads = method === 'GET' || method === 'HEAD';
  return fetchVia(server.port)(`${server.origin}${path}${query ? `?${query}` : ''}`, {
    method,
    ...(reads ? {} : { body: new Uint8Array(body) }),
    headers: {
      'X-Forwarded-For': newAddress(),
      ...(reads ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  });
}

/** A refusal in the dialect of the path, in ASCII, without a word of what was sent. */
async function expectRefusal(path: string, answer: Response, bodiless = false): Promise<void> {
  const body = await answer.text();
  const seen = { path, status: answer.status, body };
  expect(seen.status, JSON.stringify(seen)).toBeGreaterThanOrEqual(400);
  expect(seen.status, JSON.stringify(seen)).toBeLessThan(500);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(JSON.stringify([...answer.headers])).not.toContain(MARKER);
  if (bodiless) return expect(body).toBe('');
  expect(body).toMatch(/^[\x20-\x7e]+$/);
  expect(body).not.toContain(MARKER);
  const native = MACHINE_ROUTES.get(path)?.dialect === 'native';
  const read = JSON.parse(body) as Record<string, string>;
  expect(Object.keys(read)).toEqual(native ? ['code', 'error'] : ['error', 'error_description']);
  const name = (native ? read.code : read.error) ?? '';
  expect((native ? NATIVE_CODES : RFC_CODES)[name], JSON.stringify(seen)).toContain(answer.status);
}

const expectNothingChanged = async () => expect(await snapshot(world.db, MADE)).toEqual(before);

describe.each(FORMS)('fuzz 5: $title', ({ path, honest, required }) => {
  test.each(Object.keys(SPOILED))('%s is refused, and no row changes', async (way) => {
    const spoil = SPOILED[way] as (typeof SPOILED)[string];
    for (const [at, name] of required.entries())
      for (let variant = 0; variant < (at > 0 ? 1 : way === 'too large' ? 3 : 11); variant++) {
        const hostile = spoil(honest(), name, variant);
        await expectRefusal(path, await send(path, hostile), hostile.method === 'HEAD');
      }
    await expectNothingChanged();
  });
});

describe('fuzz 5: anything at all', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', '0', 'null', 'true', '[object Object]', '__proto__'),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.json().map((json) => Buffer.from(json)),
    fc.array(fc.tuple(text, text), { maxLength: 8 }).map((pairs) => encode(pairs)),
  );

  test('bytes as a body are refused on every path that takes one (case 75)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FORMS), bytes, async ({ path }, body) => {
        await expectRefusal(path, await send(path, { body }));
      }),
      { numRuns: 400 },
    );
    await expectNothingChanged();
  });

  test('a value that we never issued is refused at the token endpoint, and inactive elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMS),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        async ({ path, honest, required }, value) => {
          if (value.includes('\0')) return;
          const name = required.find((n) => /token$|code/.test(n)) ?? '';
          const body = encode(honest().map(([n, v]) => [n, n === name ? `${value}${MARKER}` : v]));
          const answer = await send(path, { body });
          if (/\/token$/.test(path)) return expectRefusal(path, answer);
          expect(answer.status).toBe(200);
          expect(await answer.text()).toBe(
            path.endsWith('revoke') ? (path.startsWith(N) ? '{}' : '') : '{"active":false}',
          );
        },
      ),
      { numRuns: 200 },
    );
    await expectNothingChanged();
  });

  test('paths that are only read answer the same, or refuse, whatever the query and the headers say', async () => {
    const paths = [...MACHINE_ROUTES].filter(([, { method }]) => method === 'GET').map(([path]) => path);
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) {
      const plain = await send(path, { body: Buffer.alloc(0), method: 'GET' });
      const [status, body] = [plain.status, await plain.text()];
      for (const query of [MARKER, 'a&a&a', '%00', '%ff%', 'a[]=1', '&a'.repeat(5_000)]) {
        const answer = await send(path, {
          body: Buffer.alloc(0),
          method: 'GET',
          query,
          headers: { 'If-None-Match': MARKER, Range: 'bytes=0-1', Accept: MARKER, Origin: 'null' },
        });
        expect([answer.status, await answer.text()]).toEqual([status, body]);
      }
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
        await expectRefusal(path, await send(path, { method, body: Buffer.from(`a=${MARKER}`) }));
    }
    for (const authorization of [
      'Bearer',
      'Bearer %E0%A4%A',
      `Bearer ${MARKER}`,
      'Basic YTpi',
      `Bearer ${'a'.repeat(9_000)}`,
      'Bearer a b',
    ]) {
      const answer = await send('/api/users/current', {
        body: Buffer.alloc(0),
        method: 'GET',
        headers: { Authorization: authorization },
      });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain(MARKER);
    }
    await expectNothingChanged();
  });
});

describe.each([`${N}/authorize`, '/oauth2/authorize'])('fuzz 5: %s', (path) => {
  test.each(Object.keys(SPOILED_QUERIES))('%s gives a page or a refusal, never a code', async (way) => {
    const spoil = SPOILED_QUERIES[way] as (typeof SPOILED_QUERIES)[string];
    const browser = new HttpBrowser(site());
    const shop = await world.newApp({ requirePkce: true });
    await browser.signIn(await world.newUser());
    const honest: Pair[] = Object.entries(
      authorizationRequest(shop, { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }),
    );
    // Without a state, or with another one, the request is honest.
    const names = honest.map(([name]) => name).filter((name) => name !== 'state' || /twice|damaged|too/.test(way));
    const start = await snapshot(world.db);
    for (const name of names)
      for (let variant = 0; variant < (way.startsWith('too') ? 3 : 11); variant++) {
        const answer = await browser.get(`${path}?${spoil(honest, name, variant)}`).catch(refusedByClosing);
        if (answer) await expectNoCode(answer, shop.redirectUri, { way, name, variant });
      }
    expect(await snapshot(world.db)).toEqual(start);
  });

  /** More header than Node reads: it answers 431 and closes, which may reach us while we are still sending. */
  function refusedByClosing(problem: NodeJS.ErrnoException): null {
    if (problem.code === 'ECONNRESET' || problem.code === 'EPIPE') return null;
    throw problem;
  }

  async function expectNoCode(answer: Response, redirectUri: string, sent: object): Promise<void> {
    const location = answer.headers.get('location');
    const seen = JSON.stringify({ ...sent, status: answer.status, location });
    if (location !== null) {
      expect(location.startsWith(`${redirectUri}?error=`), seen).toBe(true);
      expect(location.replace(/state=[^&]*/, ''), seen).not.toContain(MARKER);
      return expect(location, seen).toMatch(/^[\x21-\x7e]+$/);
    }
    // 431: the target is larger than the headers that are read.
    expect([400, 431], seen).toContain(answer.status);
    const body = await answer.text();
    expect(body, seen).not.toContain(MARKER);
    expect(body, seen).not.toMatch(/<script|http-equiv|href="https?:/i);
  }
});

describe('fuzz 5: what all this leaves behind', () => {
  const megabytesInUse = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)])) / 1_024;

  test('large requests leave no memory behind', async () => {
    const round = async () => {
      for (const { path, honest, required } of FORMS)
        for (const way of ['too large', '10,000 parameters', 'compressed'])
          await (
            await send(path, (SPOILED[way] as (typeof SPOILED)[string])(honest(), required[0] as string, 2))
          ).text();
    };
    await round();
    const start = megabytesInUse();
    // 8 forms × 2 MB × 20 rounds: kept bodies would be hundreds of megabytes.
    for (let rounds = 0; rounds < 20; rounds++) await round();
    expect(megabytesInUse() - start).toBeLessThan(150);
  }, 60_000);

  test('the server lives, and what was honest is still good', async () => {
    expect((await fetchVia(server.port)(`${server.origin}/readyz`)).status).toBe(200);
    await expectNothingChanged();
    expect(await isActive(site(), tokens.access_token)).toBe(true);
    await expectTokens(await exchange(site(), 'rfc', app, code));
    const refreshed = await postForm(site(), `${N}/token`, [
      ...client(),
      ['grant_type', 'refresh_token'],
      ['refresh_token', tokens.refresh_token ?? ''],
    ]);
    await expectTokens(refreshed);
  });
});
