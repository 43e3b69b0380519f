import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dialect } from '@/lib/oauth/errors';
import { type Connected, connectApp, isActive, refresh, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { newAddress, PATHS, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const sites = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
const REQUESTS = 10_000;

let world: World;
let connected: Connected;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  connected = await connectApp(world, sites[0]);
});
afterAll(() => world.close());

/** The documented codes with their statuses, and the honest ones beside them. */
const NATIVE: Record<string, number[]> = {
  invalid_request: [400, 405, 413, 415, 429],
  invalid_scope: [400],
  access_denied: [400],
  unsupported_grant_type: [400],
  invalid_grant: [401],
};
const RFC: Record<string, number[]> = {
  invalid_request: [400, 405, 413, 415, 429],
  invalid_client: [401],
  invalid_grant: [400],
  unsupported_grant_type: [400],
  unsupported_token_type: [400],
};

/** mulberry32: a run can be repeated by its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof generator>;
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random(items.length)] as Item;
const some = <Item>(random: Random, items: readonly Item[], most: number): Item[] =>
  Array.from({ length: random(most + 1) }, () => pick(random, items));

const NASTY = [
  '',
  ' ',
  'x',
  '0',
  '-1',
  'null',
  'undefined',
  'true',
  '[object Object]',
  '%',
  '%zz',
  '%00',
  '%C0%AF',
  '%ED%A0%80',
  '%E0%A4%A',
  '%F0%9F%98%80',
  '<script>alert(1)</script>',
  "' OR 1=1 --",
  '"}{"',
  '{"a":1}',
  '[1]',
  '../../etc/passwd',
  '\\',
  '\t',
  '%0d%0aX: y',
  '\u00ff',
  '\u202e',
  'a'.repeat(300),
  'f'.repeat(28),
  'f'.repeat(20),
  'f'.repeat(64),
  'eyJhbGciOiJub25lIn0.e30.',
  'a.b.c',
  '__proto__',
  '$ne',
];
const NAMES = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'token',
  'token_type_hint',
  'scope',
  'state',
  'client_assertion',
  'client_assertion_type',
  'grant_type[]',
  'code[0]',
  '__proto__',
  'constructor',
  '',
  'CODE',
  'resource',
];
const TYPES = [
  ...Array(12).fill('application/x-www-form-urlencoded'),
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
  '',
  'nonsense',
  'APPLICATION/X-WWW-FORM-URLENCODED',
];
const METHODS = [...Array(20).fill('POST'), 'PUT', 'DELETE', 'PATCH', 'GET'];
const AUTHORIZATIONS = [
  'Basic',
  'Basic ',
  'Basic %%%',
  'Basic Og==',
  'Basic eDp5',
  'Bearer x',
  'Digest a="b"',
  'x',
  'Basic eDp5, Basic eDp5',
];

/** One request that cannot succeed: whatever is right in it, something else is missing or wrong. */
function badRequest(random: Random) {
  const { app, tokens } = connected;
  const right: [string, string][] = [
    ['client_id', app.clientId],
    ['grant_type', pick(random, ['authorization_code', 'refresh_token', 'password', 'client_credentials'])],
    ['redirect_uri', app.redirectUri],
    ['client_secret', app.secret],
    ['token', 'x'],
    ['refresh_token', tokens.access_token],
    ['code', 'f'.repeat(28)],
  ];
  const pairs = [
    ...some(random, right, 6),
    ...some(random, NAMES, 4).map((name): [string, string] => [name, pick(random, NASTY)]),
  ];
  const raw = pairs.map(([name, value]) => `${name}=${random(3) ? encodeURIComponent(value) : value}`).join('&');
  const method = pick(random, METHODS);
  const body = random(60) === 0 ? 'a=b&'.repeat(9_000) : random(40) === 0 ? '{"grant_type":"refresh_token"}' : raw;
  const headers: Record<string, string> = { 'X-Forwarded-For': newAddress() };
  const type = pick(random, TYPES);
  if (type) headers['Content-Type'] = type;
  if (random(6) === 0) headers.Authorization = pick(random, AUTHORIZATIONS);
  if (random(4) === 0) headers.Accept = pick(random, ['text/html', 'application/xml', '*/*', 'image/png']);
  if (random(4) === 0) headers['User-Agent'] = pick(random, ['Mozilla/5.0', 'curl/8', 'axios/1.7', '']);
  if (random(30) === 0) headers['Content-Encoding'] = pick(random, ['gzip', 'br', 'identity', 'x']);
  const query = random(8) === 0 ? `?${pick(random, NAMES)}=${encodeURIComponent(pick(random, NASTY))}` : '';
  return { method, headers, query, ...(method === 'GET' ? {} : { body: Buffer.from(body) }) };
}

const show = (path: string, { method, headers, query, body }: ReturnType<typeof badRequest>) =>
  JSON.stringify({ path, method, headers, query, body: body?.subarray(0, 500).toString() });

async function judge(dialect: Dialect, path: string, request: ReturnType<typeof badRequest>, answer: Response) {
  const text = await answer.text();
  const about = `${show(path, request)} → ${answer.status} ${text.slice(0, 300)}`;
  // Unknown tokens are no errors where a token is asked about or revoked (RFC 7662 §2.2, RFC 7009 §2.2).
  if (answer.status === 200 && !path.endsWith('/token')) {
    expect(['{"active":false}', '{}', ''], about).toContain(text);
    return;
  }
  expect(answer.headers.get('content-type'), about).toBe('application/json');
  expect(answer.headers.get('cache-control'), about).toBe('no-store');
  const body = JSON.parse(text) as Record<string, string>;
  const [code, sentence] = dialect === 'native' ? ['code', 'error'] : ['error', 'error_description'];
  expect(Object.keys(body).sort(), about).toEqual([code, sentence].sort());
  expect((dialect === 'native' ? NATIVE : RFC)[body[code as string] as string] ?? [], about).toContain(answer.status);
  // RFC 6749 §5.2: printable ASCII without quote and backslash; nothing of the request comes back (case 42).
  expect(body[sentence as string], about).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(text, about).not.toMatch(/<script|OR 1=1|prisma|at .*\.(ts|js|mjs)|select /i);
}

test(`case 75: ${REQUESTS} bad requests are answered in the codes of the path's dialect and nothing else`, {
  timeout: 120_000,
}, async () => {
  const seed = Number(process.env.FUZZ_SEED) || randomInt(2 ** 31);
  console.info(`FUZZ_SEED=${seed}`);
  const random = generator(seed);
  const targets = (['native', 'rfc'] as const).flatMap((dialect) =>
    [PATHS[dialect].token, PATHS[dialect].token, PATHS[dialect].info, PATHS[dialect].revoke].map((path) => ({
      dialect,
      path,
    })),
  );
  const before = await situation();
  for (let sent = 0; sent < REQUESTS; sent += 40) {
    const requests = Array.from({ length: 40 }, () => ({
      ...pick(random, targets),
      request: badRequest(random),
      site: pick(random, sites),
    }));
    await Promise.all(
      requests.map(async ({ dialect, path, request, site }) => {
        const { query, ...init } = request;
        const answer = await fetchVia(site.port)(`${publicUrl}${path}${query}`, init);
        await judge(dialect, path, request, answer);
      }),
    );
  }
  expect(await situation()).toEqual(before);
  expect(await isActive(sites[1], connected.tokens.access_token)).toBe(true);
  expect((await refresh(sites[0], connected.app, connected.tokens.refresh_token)).status).toBe(200);
});

/** What no error may change. */
async function situation() {
  const { rows } = await world.db.query(
    `SELECT (SELECT json_agg(r) FROM refresh_tokens r WHERE app_id = $1) AS families,
            (SELECT json_agg(json_build_object('id', id, 'ended', ended_at)) FROM connections WHERE app_id = $1) AS connections,
            (SELECT json_agg(json_build_object('redeemed', redeemed_at, 'failures', failures)) FROM authorization_codes WHERE app_id = $1) AS codes`,
    [connected.app.id],
  );
  return rows;
}
