import net from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authorizationRequest } from '@/e2e/fixtures/answers';
import { type RawAnswer, sendRaw } from '@/e2e/fixtures/raw';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, newAddress, type TestApp, type TestUser, World } from '@/e2e/fixtures/world';
import { MACHINE_ROUTES } from '@/lib/flows/table';
import { ours } from '../fixtures/lane';

// What fetch and browsers are too polite to send. None of it may reach another path, host or method than was judged.
const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 };
const host = new URL(site.publicUrl).host;
const MACHINE_PATHS = [...MACHINE_ROUTES.keys()];
const PAGE_PATHS = ['/', '/signin', '/applications', '/connections', '/oauth2/authorize'];

let world: World;
let app: TestApp;
let user: TestUser;
let browser: HttpBrowser;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
  app = await world.newApp();
});
afterAll(() => world.close());
beforeEach(async () => {
  browser = new HttpBrowser(site, newAddress());
});

const request = (line: string, headers: string[], body: string | Buffer = '') =>
  sendRaw(
    site.port,
    `${[line, ...headers, `X-Forwarded-For: ${browser.address}`, 'Connection: close'].join('\r\n')}\r\n\r\n`,
    body,
  );

const cookie = () => `Cookie: ${[...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`;

async function expectAlive() {
  expect((await request('GET /healthz HTTP/1.1', [`Host: ${host}`])).status).toBe(200);
}

/** Refused, without a way to another host. */
function expectRefused({ status, headers, body }: RawAnswer) {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(headers.get('location')).toBeNull();
  expect(body).not.toContain('evil.example');
}

describe('case 91: the host and the target of a request', () => {
  test.each([...MACHINE_PATHS, ...PAGE_PATHS])(
    '%s: two Host headers, none, and a foreign one are refused',
    async (path) => {
      expectRefused(await request(`GET ${path} HTTP/1.1`, [`Host: ${host}`, 'Host: evil.example']));
      expectRefused(await request(`GET ${path} HTTP/1.1`, ['Host: evil.example', `Host: ${host}`]));
      expectRefused(await request(`GET ${path} HTTP/1.1`, []));
      const foreign = await request(`GET ${path} HTTP/1.1`, ['Host: evil.example']);
      expect(foreign.status).toBe(421);
      expectRefused(foreign);
      for (const odd of [
        `${host}@evil.example`,
        `evil.example#${host}`,
        `${host}.evil.example`,
        `user@${host}`,
        `${host},evil.example`,
        '',
      ])
        expectRefused(await request(`GET ${path} HTTP/1.1`, [`Host: ${odd}`]));
    },
  );

  test.each([...MACHINE_PATHS, ...PAGE_PATHS])(
    '%s: the absolute form of a target is refused, whoever it names',
    async (path) => {
      for (const target of [
        `http://evil.example${path}`,
        `http://${host}${path}`,
        `https://evil.example@${host}${path}`,
        `//evil.example${path}`,
      ])
        expectRefused(await request(`GET ${target} HTTP/1.1`, [`Host: ${host}`]));
      expectRefused(await request('OPTIONS * HTTP/1.1', [`Host: ${host}`]));
    },
  );

  test('CONNECT opens no way to anywhere', async () => {
    const answer = await request('CONNECT 169.254.169.254:80 HTTP/1.1', [`Host: ${host}`]);
    expect([0, 400, 405]).toContain(answer.status);
    await expectAlive();
  });
});

describe('case 94: an upgrade is never made; a request that offers one is answered by the front as if it did not (RFC 9110 §7.8)', () => {
  const webSocket = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
  const http2 = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
  // Next would listen for upgrades on the server that its first page came from.
  beforeAll(async () => {
    expect((await new HttpBrowser(site).get('/signin')).status).toBe(200);
  });

  const offer = (line: string, headers: string[], body = '') =>
    sendRaw(
      site.port,
      [line, `Host: ${host}`, `X-Forwarded-For: ${newAddress()}`, ...headers, '\r\n'].join('\r\n') + body,
    );

  test.each([
    ...MACHINE_PATHS,
    ...PAGE_PATHS,
    '/healthz',
    '/nowhere',
    '/_next/webpack-hmr',
    'http://169.254.169.254/',
    `http://${host}/`,
    '//evil.example/',
  ])('%s', async (target) => {
    const plain = await offer(`GET ${target} HTTP/1.1`, ['Connection: close']);
    for (const upgrade of [webSocket, http2]) {
      const answer = await offer(`GET ${target} HTTP/1.1`, ['Connection: Upgrade, close', ...upgrade]);
      expect([answer.status, answer.headers.get('location')]).toEqual([plain.status, plain.headers.get('location')]);
      expect(answer.status).not.toBe(101);
      expect(answer.body).not.toContain('HTTP/1.1 ');
      if (!target.startsWith('/') || target.startsWith('//')) expect(answer.status).toBe(400);
    }
    await expectAlive();
  });

  test('a form of a client that offers HTTP/2 is read (curl --http2, Java)', async () => {
    const form = `client_id=${app.clientId}&client_secret=${app.secret}&token=x`;
    const answer = await offer(
      'POST /oauth2/introspect HTTP/1.1',
      [
        'Connection: Upgrade, HTTP2-Settings, close',
        ...http2,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${form.length}`,
      ],
      form,
    );
    expect([answer.status, answer.body]).toEqual([200, '{"active":false}']);
  });
});

describe('case 13: a path that others read differently is refused before anybody reads it', () => {
  const spellings = [
    '/oauth2/./authorize',
    '/oauth2/x/../authorize',
    '/oauth2/x/%2e%2E/authorize',
    '/oauth2/%2e/authorize',
    '/_next/static/../../oauth2/authorize',
    '/_next/static/%2e%2e/%2e%2e/oauth2/authorize',
    '/_next/static/..%2f..%2foauth2/authorize',
    '/api/developers/oauth2/../../../oauth2/authorize',
    '//oauth2/authorize',
    '/oauth2//authorize',
    '/oauth2\\authorize',
    '/oauth2%2fauthorize',
    '/oauth2%5cauthorize',
    '/oauth2/authorize%00',
    '/oauth2/authorize%ff',
    '/oauth2/authorize%',
    '/oauth2/authorize#x',
    '/\toauth2/authorize',
    '/\\oauth2/authorize',
    '/\\',
    '/\\[',
  ];

  test.each(['GET', 'HEAD', 'POST'])('%s by another spelling gives no code, whatever is granted', async (method) => {
    await browser.signIn(user);
    const granted = await world.newApp();
    await browser.obtainCode(granted);
    const before = await tracesOf(world, granted.id);
    const query = new URLSearchParams(authorizationRequest(granted));
    for (const spelling of spellings) {
      const answer = await request(`${method} ${spelling}?${query} HTTP/1.1`, [
        `Host: ${host}`,
        `Origin: ${browser.origin}`,
        'Content-Length: 0',
        cookie(),
      ]);
      expect({ spelling, status: answer.status, to: answer.headers.get('location') }).toEqual({
        spelling,
        status: 400,
        to: null,
      });
    }
    expect(await tracesOf(world, granted.id)).toEqual(before);
  });

  test.each(['%61uthorize', 'AUTHORIZE', 'authorize;x', 'authorize.rsc', 'authorize%20'])(
    '/oauth2/%s is another path, where nothing is',
    async (name) => {
      await browser.signIn(user);
      const query = new URLSearchParams(authorizationRequest(app));
      const answer = await request(`GET /oauth2/${name}?${query} HTTP/1.1`, [`Host: ${host}`, cookie()]);
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
      expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    },
  );

  test('the way around by static files takes no sign-in without an Origin (cases 79, 97)', async () => {
    const form = `username=${user.username}&password=gatehouse-demo`;
    for (const path of ['/_next/static/../../signin/submit', '/_next/static/%2e%2e/%2e%2e/signin/submit']) {
      const answer = await request(
        `POST ${path} HTTP/1.1`,
        [`Host: ${host}`, 'Content-Type: application/x-www-form-urlencoded', `Content-Length: ${form.length}`],
        form,
      );
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null]);
    }
  });

  test('case 83: no address that a request or an app names is ever asked for', async () => {
    let connections = 0;
    const listener = net.createServer((socket) => socket.destroy()).on('connection', () => connections++);
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as net.AddressInfo;
    try {
      for (const place of ['127.0.0.1', 'localhost', '[::ffff:7f00:1]', '2130706433', '0x7f.1', '127.0.0.1.nip.io']) {
        const url = encodeURIComponent(`http://${place}:${port}/x.png`);
        for (const path of [
          `/_next/image?url=${url}&w=64&q=75`,
          `/_next/image?w=64&q=75&url=%2F%2F${place}:${port}/x`,
        ]) {
          const answer = await request(`GET ${path} HTTP/1.1`, [`Host: ${host}`]);
          expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
        }
      }
      for (const url of ['http%3A%2F%2F169.254.169.254%2Flatest', 'file%3A%2F%2F%2Fetc%2Fpasswd', '%2F%2Fevil.example'])
        expect((await request(`GET /_next/image?url=${url}&w=64&q=75 HTTP/1.1`, [`Host: ${host}`])).status).toBe(404);
      // Addresses that a developer typed stand on pages as links, and that is all.
      const own = await world.newApp();
      const at = `http://127.0.0.1:${port}/`;
      await world.db.query('UPDATE apps SET terms_url = $2, privacy_url = $2 WHERE id = $1', [own.id, at]);
      await browser.signIn(user);
      const asked = await browser.authorize(authorizationRequest(own));
      const consent = asked.headers.get('location') as string;
      expect((await browser.get(consent)).status).toBe(200);
      await browser.decide(consent, 'allow');
      expect((await browser.get('/connections')).status).toBe(200);
      expect(connections).toBe(0);
    } finally {
      listener.close();
    }
  });

  test('pages that Next renders for itself are nobody’s to ask for', async () => {
    for (const path of ['/_global-error', '/_not-found', '/_next/image?url=%2Ficon.svg&w=64&q=75']) {
      const answer = await request(`GET ${path} HTTP/1.1`, [`Host: ${host}`]);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
    }
  });
});

describe('fuzz 5: damaged framing', () => {
  const form = 'grant_type=authorization_code&client_id=x&code=y';
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const framings: [string, string[], string][] = [
    ['a chunk size that is no number', ['Transfer-Encoding: chunked'], `zz\r\n${form}\r\n0\r\n\r\n`],
    ['a chunk longer than it says', ['Transfer-Encoding: chunked'], `3\r\n${form}\r\n0\r\n\r\n`],
    ['a negative chunk size', ['Transfer-Encoding: chunked'], `-1\r\n${form}\r\n0\r\n\r\n`],
    ['a chunk size beyond 64 bits', ['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${form}\r\n0\r\n\r\n`],
    [
      'length and chunks at once',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      `${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`,
    ],
    ['two lengths', ['Content-Length: 5', `Content-Length: ${form.length}`], form],
    ['a negative length', ['Content-Length: -1'], form],
    ['a length with a sign', ['Content-Length: +48'], form],
    ['chunked twice', ['Transfer-Encoding: chunked, chunked'], `0\r\n\r\n`],
    ['an unknown transfer coding', ['Transfer-Encoding: gzip'], form],
    ['a folded header line', ['X-Folded: a\r\n b', 'Content-Length: 0'], ''],
    ['NUL in a header', ['X-Bad: a\0b', 'Content-Length: 0'], ''],
    ['a header line without a colon', ['nonsense', 'Content-Length: 0'], ''],
    ['a space before the colon', ['Content-Length : 0'], ''],
    ['40 kB of headers', [`X-Long: ${'a'.repeat(40_000)}`, 'Content-Length: 0'], ''],
    ['3,000 headers', [...Array(3_000).fill('X-Many: 1'), 'Content-Length: 0'], ''],
    ['a NUL in the length', ['Content-Length: 4\x008'], form],
  ];

  test.each(framings)(
    '%s is refused on every machine path and page, and the server lives',
    async (_title, headers, body) => {
      for (const path of ['/api/developers/oauth2/token', '/oauth2/token', '/oauth2/revoke', '/signin/submit']) {
        const answer = await request(
          `POST ${path} HTTP/1.1`,
          [`Host: ${host}`, `Origin: ${browser.origin}`, type, ...headers],
          body,
        );
        // Node hangs up without a word where a parser may have lost the thread.
        if (answer.status !== 0) expectRefused(answer);
      }
      await expectAlive();
    },
  );

  test.each(['GET / HTTP/9.9', 'G\x00T / HTTP/1.1', '\x16\x03\x01\x02\x00', `GET /${'a'.repeat(20_000)} HTTP/1.1`])(
    'the request line %j is refused',
    async (line) => {
      const answer = await request(line, [`Host: ${host}`]);
      if (answer.status !== 0) expectRefused(answer);
      await expectAlive();
    },
  );

  test('a body without a length is refused on pages, and cut off on machine paths', async () => {
    const megabytes = Buffer.alloc(3_000_000, 'a');
    const chunked = Buffer.concat([
      Buffer.from(`${megabytes.length.toString(16)}\r\n`),
      megabytes,
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    const head = [`Host: ${host}`, `Origin: ${browser.origin}`, type, 'Transfer-Encoding: chunked'];
    for (const path of ['/signin/submit', '/applications'])
      expect((await request(`POST ${path} HTTP/1.1`, head, '1\r\na\r\n0\r\n\r\n')).status).toBe(411);
    for (const path of ['/oauth2/token', '/api/developers/oauth2/token_info'])
      expect((await request(`POST ${path} HTTP/1.1`, head, chunked)).status).toBe(413);
    await expectAlive();
  });

  test('a second request in the body of a refused one is not answered', async () => {
    const hidden = `GET /.well-known/jwks.json HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answer = await sendRaw(
      site.port,
      `POST /oauth2/token HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-For: ${browser.address}\r\n${type}\r\nContent-Length: 50000\r\n\r\n${hidden}`,
    );
    expect(answer.status).toBe(413);
    expect(answer.body).not.toMatch(/HTTP\/1\.1|"keys"/);
  });
});

describe('fuzz 5: forms of people that are none', () => {
  test.each([
    ['application/json', '{"username":"ada"}'],
    ['text/plain', 'username=ada'],
    ['multipart/form-data; boundary=x', 'no boundary here'],
    ['multipart/form-data', '--x'],
    ['', 'username=ada'],
  ])('%s is answered with a page of ours', async (contentType, body) => {
    await browser.signIn(user);
    for (const path of ['/signin/submit', '/signout/submit', '/consent/x/decision']) {
      const answer = await request(
        `POST ${path} HTTP/1.1`,
        [
          `Host: ${host}`,
          `Origin: ${browser.origin}`,
          `Content-Length: ${body.length}`,
          ...(contentType ? [`Content-Type: ${contentType}`] : []),
          cookie(),
        ],
        body,
      );
      expect(answer.status, path).toBe(400);
      expect(answer.body).toContain('This could not be read');
    }
    // Nobody was signed out by it.
    expect((await browser.get('/connections')).status).toBe(200);
  });

  test('a username with NUL, or with damaged UTF-8, is nobody’s', async () => {
    for (const username of ['%00', 'ada%00', 'ada%ff', '%ed%a0%80', 'ada%u0000']) {
      const body = `username=${username}&password=gatehouse-demo%00`;
      const answer = await request(
        'POST /signin/submit HTTP/1.1',
        [
          `Host: ${host}`,
          `Origin: ${browser.origin}`,
          `Content-Length: ${body.length}`,
          'Content-Type: application/x-www-form-urlencoded',
        ],
        body,
      );
      expect([username, answer.status, answer.headers.get('location')]).toEqual([username, 303, '/signin']);
    }
  });
});
