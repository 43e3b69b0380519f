import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asCurl, asGo, asNode, asPython, asSnippet, SNIPPET_LANGUAGES, type SnippetRequest } from './snippets';

const TOKEN_REQUEST: SnippetRequest = {
  method: 'POST',
  url: 'https://app.example.com/oauth2/token',
  headers: { Accept: 'application/json' },
  form: [
    ['grant_type', 'authorization_code'],
    ['client_secret', { env: 'CLIENT_SECRET' }],
  ],
};
const API_REQUEST: SnippetRequest = {
  method: 'GET',
  url: 'https://api.example.com/api/users/current',
  headers: { Authorization: ['Bearer ', { env: 'ACCESS_TOKEN' }] },
};

describe('a request as text', () => {
  test('for curl', () => {
    expect(asCurl(TOKEN_REQUEST)).toBe(
      [
        `curl -i 'https://app.example.com/oauth2/token'`,
        `-H 'Accept: application/json'`,
        `--data-urlencode 'grant_type=authorization_code'`,
        `--data-urlencode "client_secret=$CLIENT_SECRET"`,
      ].join(' \\\n  '),
    );
    expect(asCurl(API_REQUEST)).toBe(
      `curl -i 'https://api.example.com/api/users/current' \\\n  -H "Authorization: Bearer $ACCESS_TOKEN"`,
    );
  });

  test('for Node', () => {
    expect(asNode(API_REQUEST)).toBe(
      [
        `const response = await fetch('https://api.example.com/api/users/current', {`,
        '  headers: {',
        `    'Authorization': 'Bearer ' + process.env.ACCESS_TOKEN,`,
        '  },',
        '});',
        'console.log(response.status, await response.text());',
      ].join('\n'),
    );
    expect(asNode({ ...API_REQUEST, headers: {} })).toContain(
      `await fetch('https://api.example.com/api/users/current');`,
    );
  });

  test('for Python, with the imports that it needs', () => {
    expect(asPython(TOKEN_REQUEST)).toContain(`        ('client_secret', os.environ['CLIENT_SECRET']),\n`);
    expect(asPython({ ...API_REQUEST, headers: {} })).not.toMatch(/import os|urlencode/);
  });

  test('for Go, with the imports that it needs: unused ones are errors there', () => {
    expect(asGo(TOKEN_REQUEST)).toContain('"net/url"\n\t"os"\n\t"strings"\n');
    expect(asGo({ ...API_REQUEST, headers: {} })).not.toMatch(/net\/url|"os"|"strings"/);
  });

  test('what is no request is refused', () => {
    for (const wrong of [
      { ...API_REQUEST, url: '/relative' },
      { ...API_REQUEST, method: 'GET /' },
      { ...API_REQUEST, headers: { 'X-A': 'a\r\nX-B: b' } },
      { ...API_REQUEST, headers: { 'X A': 'a' } },
      { ...API_REQUEST, headers: { 'X-A': { env: 'A}; rm -r' } } },
    ]) {
      for (const language of SNIPPET_LANGUAGES) expect(() => asSnippet(language, wrong)).toThrow(RangeError);
    }
  });
});

const HOSTILE = [
  'word',
  `'; touch /tmp/x; '`,
  `"; $(id) \`id\` \${HOME} !! \\`,
  '@/etc/passwd',
  '=&+% <>;|?*[x]{a,b}~#',
  'line\nbreak\r\n\ttab',
  '\u0000\u001b[31m\u007f\u0085\u2028\u2029\u202e\ufeff',
  'žluťoučký 🐎 漢字',
  '\ud800',
  '',
  '-X',
];
/** As browsers send it. */
const sent = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD');

test('no text in a form leaves its quotes in a shell: curl hears what was written', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...HOSTILE),
      (pairs, hostile) => {
        const form = [...pairs, ['hostile', hostile] as const, [hostile, 'x'] as const];
        const text = asCurl({ method: 'POST', url: 'https://a.example/', headers: {}, form });
        const run = spawnSync('sh', ['-s'], { input: `curl() { printf '%s\\0' "$@"; }\n${text}\n`, encoding: 'utf8' });
        expect(run.stderr).toBe('');
        const args = run.stdout.split('\0').slice(0, -1);
        expect(args.slice(0, 2)).toEqual(['-i', 'https://a.example/']);
        expect(fieldsOf(args.slice(2))).toEqual(form.map(([name, value]) => [sent(name), sent(value)]));
      },
    ),
    { numRuns: 40 },
  );
});

/** What curl makes of its arguments. */
function fieldsOf(args: string[]): [string, string][] {
  return Array.from({ length: args.length / 2 }, (_, i) => {
    const [flag = '', field = ''] = args.slice(2 * i, 2 * i + 2);
    const cut = field.indexOf('=');
    const [name, value] = [field.slice(0, cut), field.slice(cut + 1)];
    if (flag !== '-d' && (flag !== '--data-urlencode' || name === ''))
      throw new Error(`curl reads ${flag} ${field} otherwise`);
    return [decodeURIComponent(name), flag === '-d' ? decodeURIComponent(value) : value];
  });
}

test('a variable stands for its value, whatever is around it', () => {
  for (const around of HOSTILE.filter((text) => !text.includes('\u0000'))) {
    const form = [['a', [around, { env: 'SECRET' }, around]]] as const;
    const text = asCurl({ method: 'POST', url: 'https://a.example/', headers: {}, form });
    const run = spawnSync('sh', ['-s'], {
      input: `curl() { printf '%s\\0' "$@"; }\n${text}\n`,
      encoding: 'utf8',
      env: { ...process.env, SECRET: '$(id)' },
    });
    expect(run.stdout.split('\0')[3]).toBe(`a=${sent(around)}$(id)${sent(around)}`);
  }
});

describe('run for real', () => {
  type Heard = { method: string; url: string; header: string; type: string; body: string };
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    heard.push({ ...described(request), body: await bodyOf(request) });
    response.writeHead(418, { 'content-type': 'text/plain' }).end('a teapot');
  });
  let origin = '';
  let folder = '';
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = await mkdtemp(join(tmpdir(), 'snippets-'));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const described = ({ method = '', url = '', headers }: IncomingMessage) => ({
    method,
    url,
    header: String(headers['x-about']),
    type: String(headers['content-type']),
  });
  async function bodyOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  const exists = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
  const commands = {
    curl: { there: exists('curl', '--version'), file: 'request.sh', run: ['sh'] },
    node: { there: true, file: 'request.mjs', run: [process.execPath] },
    python: { there: exists('python3', '--version'), file: 'request.py', run: ['python3'] },
    go: { there: exists('go', 'version'), file: 'request.go', run: ['go', 'run'] },
  };

  for (const language of SNIPPET_LANGUAGES) {
    const { there, file, run } = commands[language];
    test.skipIf(!there)(
      `${language} sends what the request says and prints the answer`,
      { timeout: 180_000 },
      async () => {
        heard.length = 0;
        const form = HOSTILE.map((value, index) => [`f${index}${value}`, value] as const);
        const requests: SnippetRequest[] = [
          {
            method: 'POST',
            url: `${origin}/a?b=c d&e=[1]{2,3}&q='"$x`,
            headers: { 'X-About': [`it's "$HOME" \\`, { env: 'SECRET' }] },
            form: [...form, ['secret', { env: 'SECRET' }]],
          },
          { method: 'GET', url: `${origin}/plain`, headers: { 'X-About': 'x' } },
          { method: 'PUT', url: `${origin}/json`, headers: { 'X-About': 'x' }, json: { a: HOSTILE, b: 1, c: null } },
        ];
        for (const request of requests) {
          await writeFile(join(folder, file), asSnippet(language, request));
          const [command = '', ...args] = run;
          const { stdout } = await promisify(execFile)(command, [...args, join(folder, file)], {
            env: { ...process.env, SECRET: 's&=cr e+t$', NO_PROXY: '*', no_proxy: '*' },
          });
          expect(stdout).toContain('418');
          expect(stdout).toContain('a teapot');
        }
        const [post, get, put] = heard;
        expect(post).toMatchObject({ method: 'POST', url: `/a?b=c%20d&e=[1]{2,3}&q=%27%22$x` });
        expect(post?.header).toBe(`it's "$HOME" \\s&=cr e+t$`);
        expect(post?.type).toMatch(/^application\/x-www-form-urlencoded/);
        const received = [...new URLSearchParams(post?.body)].sort();
        expect(received).toEqual([...form.map((pair) => pair.map(sent)), ['secret', 's&=cr e+t$']].sort());
        expect(get).toMatchObject({ method: 'GET', url: '/plain', header: 'x', body: '' });
        expect(put).toMatchObject({ method: 'PUT', type: 'application/json' });
        expect(JSON.parse(put?.body ?? '')).toEqual({ a: HOSTILE.map((text) => text), b: 1, c: null });
      },
    );
  }
});
