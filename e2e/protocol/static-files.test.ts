import { readdirSync, readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { sendRaw } from '../fixtures/raw';
import { HttpBrowser, newAddress, type TestUser, World } from '../fixtures/world';

const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port as number };
const host = new URL(site.publicUrl).host;
let world: World;
let user: TestUser;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser({ role: 'DEVELOPER' });
});
afterAll(() => world.close());

/** The largest file of a kind that the build made. */
function built(ending: string): { path: string; content: Buffer } {
  const folder = inRoot('.next/static/chunks');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ path: `/_next/static/chunks/${name}`, content: readFileSync(`${folder}/${name}`) }));
  return files.sort((one, other) => other.content.length - one.content.length)[0] as (typeof files)[number];
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetchVia(site.port)(`${site.publicUrl}${path}`, { method, headers });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('static files', () => {
  const encodings = [
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
    ['gzip', 'br;q=0, gzip', gunzipSync],
    ['br', '*', brotliDecompressSync],
    [null, 'identity', (bytes: Buffer) => bytes],
    [null, 'br;q=0, gzip;q=0', (bytes: Buffer) => bytes],
    [null, '', (bytes: Buffer) => bytes],
  ] as const;
  test.each(encodings)('a built file comes as %s to who accepts "%s", for ever', async (encoding, accepted, decode) => {
    for (const { path, content } of [built('.js'), built('.css')]) {
      const answer = await get(path, accepted === '' ? {} : { 'Accept-Encoding': accepted });
      const bytes = await bytesOf(answer);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
      expect(answer.headers.get('content-type')).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      expect(decode(bytes).equals(content)).toBe(true);
      if (encoding) expect(bytes.length).toBeLessThan(content.length / 2);
    }
  });

  test('every encoding has a tag of its own, and is told unchanged by it and by no other', async () => {
    const { path } = built('.js');
    const tags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (encoding) =>
        (await get(path, { 'Accept-Encoding': encoding })).headers.get('etag'),
      ),
    );
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) {
      const answer = await get(path, { 'Accept-Encoding': 'br', 'If-None-Match': `"x", W/${tag}` });
      expect([answer.status, await answer.text()]).toEqual(tag === tags[0] ? [304, ''] : [200, expect.anything()]);
      expect(answer.headers.get('etag')).toBe(tags[0]);
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    }
  });

  test('HEAD tells what GET would, without it', async () => {
    const { path } = built('.js');
    const [head, whole] = await Promise.all([
      get(path, { 'Accept-Encoding': 'br' }, 'HEAD'),
      get(path, { 'Accept-Encoding': 'br' }),
    ]);
    for (const name of ['content-length', 'content-encoding', 'etag', 'cache-control', 'content-type', 'vary'])
      expect(head.headers.get(name), name).toBe(whole.headers.get(name));
    expect(await head.text()).toBe('');
  });

  test('a file that keeps its name is asked for again; a picture comes as it is', async () => {
    const script = await get('/consent.js', { 'Accept-Encoding': 'br' });
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=0, must-revalidate']);
    const again = await get('/consent.js', {
      'Accept-Encoding': 'br',
      'If-None-Match': script.headers.get('etag') as string,
    });
    expect(again.status).toBe(304);
    const picture = await get('/readme/consent.png', { 'Accept-Encoding': 'br' });
    expect(picture.headers.get('content-encoding')).toBeNull();
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.has('vary')).toBe(false);
  });

  test('they are visited only, answer no other host, and are nobody’s attack on the limits', async () => {
    const { path } = built('.css');
    const posted = await get(path, {}, 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetchVia(site.port)(`http://api.${host}${path}`)).status).toBe(404);
    expect((await fetchVia(site.port)(`http://acme.${host}${path}`)).status).toBe(200);
    const headers = { 'X-Forwarded-For': newAddress() };
    for (let n = 0; n < 300; n++) expect((await get(path, headers)).status).toBe(200);
  });

  test.each(['/_next/static/nothing.js', '/_next/static/', '/_next/static/chunks', '/_next/static/%5Bx%5D.js'])(
    '%s is not there, and its answer can be framed, sniffed or kept by nobody',
    async (path) => {
      const answer = await get(path);
      expect([answer.status, await answer.text()]).toEqual([404, '']);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );
});

describe('compression of pages', () => {
  test('lists are compressed; where transactions, secrets or what was typed are shown, nothing is (BREACH)', async () => {
    const browser = new HttpBrowser(site);
    await browser.signIn(user);
    const app = await world.newApp();
    const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'profile' };
    const consent = (await browser.authorize(asked)).headers.get('location') as string;
    const encodingOf = async (path: string) => {
      const answer = await browser.get(path, { 'Accept-Encoding': 'gzip, br' });
      expect(answer.status, path).toBe(200);
      return answer.headers.get('content-encoding');
    };
    expect(await encodingOf('/applications')).toBe('gzip');
    expect(await encodingOf('/connections')).toBe('gzip');
    expect(await encodingOf(consent)).toBeNull();
    const stranger = await new HttpBrowser(site).get('/signin?transaction=x', { 'Accept-Encoding': 'gzip, br' });
    expect([stranger.status, stranger.headers.get('content-encoding')]).toEqual([200, null]);
  });
});

describe('requests that are too large, or no form', () => {
  const long = `x=${'a'.repeat(20_000)}`;

  test.each(['/oauth2/token', '/api/developers/oauth2/token'])('%s refuses in its dialect', async (path) => {
    const line = `POST ${path}?${long} HTTP/1.1`;
    const rest = `Host: ${host}\r\nConnection: close\r\nContent-Length: 0`;
    const answer = await sendRaw(site.port, `${line}\r\n${rest}\r\n\r\n`);
    expect(answer.status).toBe(431);
    const told = JSON.parse(answer.body) as Record<string, string>;
    expect(told[path === '/oauth2/token' ? 'error' : 'code']).toBe('invalid_request');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a page says so on a page of ours', async () => {
    const answer = await new HttpBrowser(site).get(`/signin?${long}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([431, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('larger than 16 kB');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
  });

  test('what the parser itself gives up on is answered with headers of ours', async () => {
    for (const [bytes, status] of [
      [`GET /signin?${'a'.repeat(200_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 431],
      [`GET / HTTP/9.9\r\nHost: ${host}\r\n\r\n`, 400],
    ] as const) {
      const answer = await sendRaw(site.port, bytes);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  const nonsense: [string, string, number][] = [
    ['multipart/form-data', 'x', 400],
    ['multipart/form-data; boundary=x', 'no boundary here', 400],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nwithout an end', 400],
    ['multipart/form-data; boundary=x', '--x\r\nnonsense\r\n\r\n--x--', 400],
    ['multipart/form-data; boundary=x', '', 400],
    ['application/json', '{"a":1}', 415],
    ['application/octet-stream', 'x', 415],
  ];
  test.each(nonsense)(
    '%s with the body %j posted to a page → %i, and nothing is changed',
    async (type, body, status) => {
      const browser = new HttpBrowser(site);
      await browser.signIn(user);
      for (const path of ['/applications', '/connections', '/applications/new']) {
        const headers = { Origin: browser.origin, 'Content-Type': type };
        const answer = await browser.send(path, { method: 'POST', headers, body });
        expect(answer.status, path).toBe(status);
        expect(await answer.text()).toContain('This could not be read');
      }
      const { rows } = await world.db.query('SELECT count(*)::int AS n FROM apps WHERE created_by_id = $1', [user.id]);
      expect(rows[0].n).toBe(0);
    },
  );

  test.each([
    ['/oauth2/token/', 'POST'],
    ['/oauth2/token/', 'GET'],
    ['/api/developers/oauth2/token/', 'POST'],
    ['/oauth2/revoke/', 'POST'],
    ['/.well-known/jwks.json/', 'GET'],
    ['/api/users/current/', 'GET'],
  ])(
    '%s by %s is not there, in the dialect of its path: no redirect makes a client send its secret twice',
    async (path, method) => {
      const answer = await get(path, { 'X-Forwarded-For': newAddress() }, method);
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
      const told = (await answer.json()) as Record<string, string>;
      expect(path.startsWith('/api/') ? told.code : told.error).toBe('invalid_request');
    },
  );
});
