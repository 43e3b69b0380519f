import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moved } from '@/e2e/fixtures/answers';
import { builtRoutes } from '@/e2e/fixtures/build';
import { fetchVia } from '@/e2e/fixtures/http';
import { ROUTE_HEADERS, WATCHED } from '@/e2e/fixtures/security-headers';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { MACHINE_ROUTES } from '@/lib/flows/table';
import { ours } from '../fixtures/lane';

const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 };
let world: World;
let signedIn: HttpBrowser;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  signedIn = new HttpBrowser(site);
  await signedIn.signIn(await world.newUser({ role: 'DEVELOPER' }));
});
afterAll(() => world.close());

const watched = (headers: Headers) =>
  Object.fromEntries(
    WATCHED.map((name) => [name, headers.get(name)?.replace(/'nonce-[\w+/=]{24}'/g, "'nonce-NONCE'") ?? null]),
  );

describe('fuzz 11: the security headers of every route', () => {
  test('every route of the build and every machine path stands in the table, and no other', () => {
    const served = [...builtRoutes().map(({ path }) => path), ...MACHINE_ROUTES.keys()];
    expect(served.sort()).toEqual(Object.keys(ROUTE_HEADERS).sort());
  });

  const rows = Object.entries(ROUTE_HEADERS).flatMap(([path, rows]) =>
    rows.map((row) => ({
      path,
      method: 'GET' as 'GET' | 'POST',
      who: row.signedIn ? 'signed in' : 'anonymous',
      ...row,
    })),
  );
  test.each(rows)('$method $path → $status, $who', async ({ path, visit = path, method, who, status, headers }) => {
    const browser = who === 'signed in' ? moved(signedIn) : new HttpBrowser(site);
    // A machine sends a body of a type; without one it is told so.
    const answer =
      method === 'GET'
        ? await browser.get(visit)
        : MACHINE_ROUTES.has(path)
          ? await fetchVia(site.port)(new URL(visit, site.publicUrl), { method })
          : await browser.post(visit, {});
    expect({ status: answer.status, ...watched(answer.headers) }).toEqual({ status, ...headers });
  });

  test('the nonce of a page is new each time', async () => {
    const nonces = await Promise.all(
      [1, 2, 3].map(async () => {
        const answer = await new HttpBrowser(site).get('/signin');
        return /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
      }),
    );
    expect(new Set(nonces).size).toBe(3);
  });

  test('what is refused before it is anybody’s may not be framed or sniffed either', async () => {
    const foreign = await fetchVia(site.port)(`http://evil.example:${new URL(site.publicUrl).port}/signin`);
    expect({ status: foreign.status, ...watched(foreign.headers) }).toMatchObject({
      status: 421,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'access-control-allow-origin': null,
    });
  });
});
