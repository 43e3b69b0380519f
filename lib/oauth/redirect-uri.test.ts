import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isLoopback,
  isPrivateScheme,
  leadsToThisMachine,
  MAX_REDIRECT_URI_LENGTH,
  matchesRegistered,
  redirectOrigin,
  redirectTarget,
  redirectUriProblem,
} from './redirect-uri';

const REGISTERED = ['https://good.ex/cb'];
const own = { ownHosts: ['gatehouse.test', 'localhost:3000'] };

describe('matching a sent redirect_uri (RFC 9700 §4.1.3)', () => {
  test('case 3: the registered URI itself matches', () => {
    expect(matchesRegistered('https://good.ex/cb', REGISTERED)).toBe(true);
  });

  test.each([
    'https://good.ex/cb/',
    'https://good.ex/cb/x',
    'https://good.ex/cb/../e',
    'https://good.ex/cb..;/e',
    'https://good.ex/cb%2f..%2fe',
    'https://good.ex/CB',
    'https://GOOD.ex/cb',
    'http://good.ex/cb',
    'https://good.ex:443/cb',
    'https://good.ex/cb?a=1',
    'https://good.ex/cb#x',
    '//evil',
    'https:evil',
    'https://good.ex@evil',
    'https://good.ex/cb@evil',
    'https://a@b@evil',
    'https://evil\\@good.ex/cb',
    'https://good.ex.evil/cb',
    'https://xn--god-1na.ex/cb',
    'https://göod.ex/cb',
    'https://good.ex/\u017fb',
    'https://good.ex/\u212ab',
    ' https://good.ex/cb',
    'https://good.ex/cb ',
    'https://good.\tex/cb',
    'https://good.ex/\ncb',
    'https://good.ex/cb\0',
    '',
  ])('case 3: %j does not match', (sent) => {
    expect(matchesRegistered(sent, REGISTERED)).toBe(false);
  });

  test('case 3: without the loopback exception, only bytes match', () => {
    const uri: fc.Arbitrary<string> = fc.constantFrom(
      'https://good.ex/cb',
      'https://good.ex/cb/',
      'https://Good.ex/cb',
      'com.ex.app:/cb',
    );
    fc.assert(
      fc.property(fc.oneof(uri, fc.webUrl(), fc.string()), fc.array(uri), (sent, registered) => {
        expect(matchesRegistered(sent, registered)).toBe(registered.includes(sent));
      }),
    );
  });

  const LOOPBACK = ['http://127.0.0.1/cb?x=1', 'http://[::1]/cb', 'http://localhost/cb', 'http://localhost'];

  test('case 16: a loopback URI registered without a port matches every port (RFC 8252 §7.3)', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LOOPBACK), fc.integer({ min: 1, max: 65535 }), (uri, port) => {
        const sent = uri.replace(/^(http:\/\/[^/?]+)/, `$1:${port}`);
        expect(matchesRegistered(sent, [uri])).toBe(true);
        expect(matchesRegistered(uri, [sent])).toBe(false);
      }),
    );
  });

  test('case 16: the ports are 1 to 65535', () => {
    const matches = (port: number) => matchesRegistered(`http://127.0.0.1:${port}/cb`, ['http://127.0.0.1/cb']);
    expect([0, 1, 65_535, 65_536].map(matches)).toEqual([false, true, true, false]);
  });

  test('case 16: a loopback URI registered with a port matches that port only', () => {
    expect(matchesRegistered('http://127.0.0.1:8000/cb', ['http://127.0.0.1:8000/cb'])).toBe(true);
    expect(matchesRegistered('http://127.0.0.1:8001/cb', ['http://127.0.0.1:8000/cb'])).toBe(false);
    expect(matchesRegistered('http://127.0.0.1/cb', ['http://127.0.0.1:8000/cb'])).toBe(false);
  });

  test.each([
    'http://127.0.0.1:0/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:080/cb',
    'http://127.0.0.1:+80/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:99999999999/cb',
    'http://127.0.0.1:8000/other',
    'http://127.0.0.1:8000/cb?x=1',
    'http://127.0.0.1:8000/cb#x',
    'http://localhost:8000/cb',
    'http://[::1]:8000/cb',
    'http://127.0.0.2:8000/cb',
    'http://127.1:8000/cb',
    'http://x@127.0.0.1/cb',
    'http://x@127.0.0.1:8000/cb',
    'http://127.0.0.1:8000@evil.ex/cb',
    'http://127.0.0.1:8000.evil.ex/cb',
    'http://127.0.0.1:80\\@evil.ex/cb',
    'http://127.0.0.1.evil.ex:8000/cb',
    'https://127.0.0.1:8000/cb',
    'HTTP://127.0.0.1:8000/cb',
    'http://127.0.0.1:8000/cb\n',
    ' http://127.0.0.1:8000/cb',
  ])('case 16: registered http://127.0.0.1/cb does not match %j', (sent) => {
    expect(matchesRegistered(sent, ['http://127.0.0.1/cb'])).toBe(false);
  });

  test('case 16: only loopback hosts have the exception', () => {
    expect(matchesRegistered('http://good.ex:8000/cb', ['http://good.ex/cb'])).toBe(false);
    expect(matchesRegistered('https://localhost:8000/cb', ['https://localhost/cb'])).toBe(false);
  });

  test('whatever matches leads to the host and path of a registered URI as the browser reads them', () => {
    const sent = fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'http:', 'http:\\\\'),
        fc.constantFrom('', 'x@', '127.0.0.1:1@', 'localhost:1\\@', '127.0.0.1:1/@'),
        fc.constantFrom('127.0.0.1', 'localhost', '[::1]', 'evil.ex', '127.0.0.1.evil.ex', '127.0.0.1%2eevil.ex'),
        fc.constantFrom('', ':', ':1', ':65535', ':65536', ':08', ':8\t0', ':80:80'),
        fc.constantFrom('', '/cb', '\\cb', '?a', '//cb', ';cb', '@evil.ex', '/cb/..'),
      )
      .map((parts) => parts.join(''));
    const registered = ['http://127.0.0.1/cb', 'http://localhost/cb', 'http://[::1]/cb'];
    let hits = 0;
    fc.assert(
      fc.property(sent, (uri) => {
        if (!matchesRegistered(uri, registered)) return;
        hits += 1;
        const { hostname, pathname, username } = new URL(uri);
        expect(['127.0.0.1', 'localhost', '[::1]']).toContain(hostname);
        expect([pathname, username]).toEqual(['/cb', '']);
      }),
      { numRuns: 20_000 },
    );
    expect(hits).toBeGreaterThan(10);
  });
});

describe('registering a redirect URI', () => {
  test.each([
    'https://good.ex/cb',
    'https://good.ex/',
    'https://good.ex/cb?tenant=1&next=%2Fhome',
    'https://good.ex:8443/cb',
    'https://xn--gd-fkaa.ex/cb',
    'http://127.0.0.1/cb',
    'http://127.0.0.1:8000/cb',
    'http://[::1]/cb',
    'http://localhost/cb',
    'http://localhost:5173/cb',
    'com.example.app:/oauth/cb',
    'com.example.app://cb',
    'https://notgatehouse.test/cb',
    'https://gatehouse.test.good.ex/cb',
  ])('%s can be registered', (uri) => {
    expect(redirectUriProblem(uri, own)).toBeNull();
  });

  test.each([
    ['javascript:alert(1)', 'script_scheme'],
    ['JaVaScript:alert(1)//.', 'script_scheme'],
    ['java\tscript:alert(1)', 'script_scheme'],
    ['\u0001javascript:alert(1)', 'script_scheme'],
    ['data:text/html,hi', 'script_scheme'],
    ['VBScript:x', 'script_scheme'],
    ['file:///etc/passwd', 'script_scheme'],
    ['blob:https://good.ex/1', 'script_scheme'],
    ['https://*.good.ex/cb', 'wildcard'],
    ['https://good.ex/*', 'wildcard'],
    ['https://good.ex/cb#x', 'fragment'],
    ['https://good.ex/cb#', 'fragment'],
    ['https://user@good.ex/cb', 'userinfo'],
    ['https://:pw@good.ex/cb', 'userinfo'],
    ['https://@good.ex/cb', 'userinfo'],
    ['com.example.app://u:p@host/cb', 'userinfo'],
    ['http://good.ex/cb', 'plain_http'],
    ['http://127.0.0.2/cb', 'plain_http'],
    ['http://localhost.evil.ex/cb', 'plain_http'],
    ['myapp:/cb', 'scheme_not_reversed'],
    ['myapp://cb', 'scheme_not_reversed'],
    ['mailto:a@b.ex', 'scheme_not_reversed'],
    ['https://good.ex/../cb', 'two_dots'],
    ['https://good.ex/%2e%2E/cb', 'two_dots'],
    ['https://good.ex/.%2e/cb', 'two_dots'],
    ['https://good.ex/cb..;/e', 'two_dots'],
    ['https://good.ex\\@evil.ex/cb', 'backslash'],
    ['https://good.ex/c b', 'control'],
    ['https://good;sandbox/cb', 'host_characters'],
    ['https://a,b/cb', 'host_characters'],
    [' https://good.ex/cb', 'control'],
    ['https://good.ex/cb\n', 'control'],
    ['https://good.ex/\u0000', 'control'],
    ['https://good.ex/%0d%0aX:1', 'encoded_control'],
    ['https://good.ex/%00', 'encoded_control'],
    ['https://good.ex/%zz', 'damaged_percent'],
    ['https://göod.ex/cb', 'not_ascii'],
    ['https://good.ex/\u017f', 'not_ascii'],
    ['https://good.ex/cb?code=1', 'response_parameter'],
    ['https://good.ex/cb?a=1&state=', 'response_parameter'],
    ['https://good.ex/cb?error=1', 'response_parameter'],
    ['https://good.ex/cb?error_description=1', 'response_parameter'],
    ['https://good.ex/cb?iss', 'response_parameter'],
    ['https://good.ex/cb?response=1', 'response_parameter'],
    ['https://good.ex/cb?%63ode=1', 'response_parameter'],
    ['https://good.ex/cb?code[]=1', 'response_parameter'],
    ['https://good.ex/cb?CODE=1', 'response_parameter'],
    ['com.example.app:/cb?code=1', 'response_parameter'],
    ['https://gatehouse.test/cb', 'own_host'],
    ['https://app.gatehouse.test/cb', 'own_host'],
    ['https://acme.gatehouse.test:8443/cb', 'own_host'],
    ['http://localhost:3000/cb', 'own_host'],
    ['https://gatehouse.test/playground/callback', 'playground'],
    ['http://localhost:3000/playground/callback', 'playground'],
    // It would match our port.
    ['http://localhost/playground/callback', 'playground'],
    ['https://GOOD.ex/cb', 'not_normalized'],
    ['HTTPS://good.ex/cb', 'not_normalized'],
    ['https://good.ex:443/cb', 'not_normalized'],
    ['https://good.ex', 'not_normalized'],
    ['https:good.ex/cb', 'not_normalized'],
    ['https:///good.ex/cb', 'not_normalized'],
    ['https://0x7f.1/cb', 'not_normalized'],
    ['https://good.ex./cb', 'trailing_dot'],
    ['com.Example.app:/cb', 'not_normalized'],
    ['//good.ex/cb', 'incomplete'],
    ['good.ex/cb', 'incomplete'],
    ['', 'empty'],
  ])('case 90: %j cannot be registered', (uri, reason) => {
    expect(redirectUriProblem(uri, own)).toBe(reason);
  });

  test('case 90: twenty URIs are the most, and 2000 characters', () => {
    expect(redirectUriProblem('https://good.ex/cb', { ...own, count: 20 })).toBeNull();
    expect(redirectUriProblem('https://good.ex/cb', { ...own, count: 21 })).toBe('too_many');
    const longest = `https://good.ex/${'a'.repeat(MAX_REDIRECT_URI_LENGTH - 16)}`;
    expect(redirectUriProblem(longest, own)).toBeNull();
    expect(redirectUriProblem(`${longest}a`, own)).toBe('too_long');
  });

  test('whatever can be registered is ASCII, has a host of its own, and is what the browser makes of it', () => {
    const part = fc.constantFrom(
      'https://',
      'http://',
      'com.ex.app:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '443',
      'good.ex',
      'GOOD',
      'localhost',
      '127.0.0.1',
      '127.1',
      '%2e',
      '%2f',
      '..',
      '.',
      '?',
      'code',
      '=',
      '#',
      '&',
      ';',
      ' ',
      '\t',
      'gatehouse.test',
      'ſ',
      '[::1]',
      '*',
    );
    let hits = 0;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const uri = parts.join('');
        if (redirectUriProblem(uri, own) !== null) return;
        hits += 1;
        const url = new URL(uri);
        expect(url.href).toBe(uri);
        expect(uri).toMatch(/^[\x21-\x7e]+$/);
        expect(url.username + url.password + url.hash).toBe('');
        if (!isPrivateScheme(uri)) expect(url.hostname).not.toMatch(/(^|\.)gatehouse\.test$/);
        if (url.protocol === 'http:') expect(isLoopback(uri)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(hits).toBeGreaterThan(10);
  });
});

describe('where a redirect leads', () => {
  test('people read a host, or the scheme of an app', () => {
    expect(redirectTarget('https://good.ex/cb?x=1')).toEqual({
      kind: 'host',
      host: 'good.ex',
    });
    expect(redirectTarget('http://localhost:8080/cb')).toEqual({
      kind: 'host',
      host: 'localhost:8080',
    });
    expect(redirectTarget('com.example.app:/cb')).toEqual({
      kind: 'app',
      scheme: 'com.example.app',
    });
  });

  test('form-action gets an origin, or a scheme where CSP has no syntax for the host', () => {
    expect(redirectOrigin('https://good.ex/cb?x=1;y')).toBe('https://good.ex');
    expect(redirectOrigin('http://127.0.0.1:8080/cb')).toBe('http://127.0.0.1:8080');
    expect(redirectOrigin('http://[::1]:8080/cb')).toBe('http:');
    expect(redirectOrigin('com.example.app:/cb')).toBe('com.example.app:');
  });

  test.each([
    ['http://localhost/cb', true, false],
    ['http://[::1]:80/cb', true, false],
    ['http://localhost.evil.ex/cb', false, false],
    ['https://localhost/cb', false, false],
    ['https://good.ex/', false, false],
    ['https://good.ex/?http://127.0.0.1/', false, false],
    ['com.example.app:/cb', false, true],
    ['com.example.app:http://localhost/', false, true],
  ])('%s: loopback %s, private scheme %s', (uri, loopback, privateScheme) => {
    expect([isLoopback(uri), isPrivateScheme(uri)]).toEqual([loopback, privateScheme]);
  });
});

test.each([
  ['http://localhost/cb', true],
  ['https://localhost:8443/cb', true],
  ['https://127.0.0.1/cb', true],
  ['https://127.1.2.3/cb', true],
  ['https://[::1]:8443/cb', true],
  ['https://dev.localhost/cb', true],
  ['https://0.0.0.0:8443/cb', true],
  ['https://[::]/cb', true],
  ['https://[::ffff:7f00:1]/cb', true],
  ['https://[::ffff:127.1.2.3]/cb', true],
  ['https://[::ffff:0.0.0.0]/cb', true],
  ['https://[::ffff:8000:1]/cb', false],
  ['https://[2001:db8::1]/cb', false],
  ['https://0.0.0.1/cb', false],
  ['https://localhost.evil.ex/cb', false],
  ['https://127.0.0.1.evil.ex/cb', false],
  ['https://notlocalhost/cb', false],
  ['https://good.ex/?https://localhost/', false],
  ['https://128.0.0.1/cb', false],
  ['com.example.app://localhost/cb', false],
  ['no address', false],
])('%s leads to this machine: %s', (uri, leads) => {
  expect(leadsToThisMachine(uri)).toBe(leads);
});

test('by https a loopback host has no exception: bytes match, ports too', () => {
  expect(matchesRegistered('https://localhost:8443/cb', ['https://localhost:8443/cb'])).toBe(true);
  expect(matchesRegistered('https://localhost:8443/cb', ['https://localhost/cb'])).toBe(false);
});

describe('the edges of registration', () => {
  const problem = (uri: string, ownHosts: string[] = own.ownHosts) => redirectUriProblem(uri, { ownHosts });

  test('user names are refused in every part of the authority', () => {
    for (const uri of ['https://u@good.ex/', 'https://:p@good.ex/', 'https://u:p@good.ex/', 'https://@good.ex/'])
      expect(problem(uri), uri).toBe('userinfo');
    for (const uri of ['https:u@good.ex/', 'https:/u@good.ex/', 'https:///u@good.ex/', 'https:////u@good.ex/'])
      expect(problem(uri), uri).not.toBeNull();
    expect(problem('https://good.ex/a@b')).toBeNull();
    expect(problem('https://good.ex/?next=//x@y')).toBeNull();
  });

  test('our own hosts are compared without their port, and with sub-domains; a private scheme leads to an app', () => {
    for (const uri of [
      'https://gate.test/',
      'https://gate.test:8443/',
      'https://a.gate.test/cb',
      'https://gate.test:1/',
    ])
      expect(problem(uri, ['gate.test:8443']), uri).toBe('own_host');
    expect(problem('https://notgate.test/', ['gate.test:8443'])).toBeNull();
    expect(problem('com.example.app://gate.test/cb', ['gate.test'])).toBeNull();
    expect(problem('https://[2001:db8::1]/cb', ['[2001:db8::1]:3000'])).toBe('own_host');
    expect(problem('http://localhost:3000/cb')).toBe('own_host');
    expect(problem('http://localhost:3001/cb')).toBeNull();
    expect(problem('http://localhost:3001/playground/callback')).toBeNull();
    expect(problem('https://good.ex/playground/callback')).toBeNull();
    expect(problem('com.example.app://gate.test/playground/callback', ['gate.test'])).toBeNull();
  });

  test('parameters of the answer are refused as arrays too, and no longer names that begin like them', () => {
    for (const query of ['code=1', 'CODE=1', 'state[]=1', 'iss[a][b]=1', 'iss[ab]=1', 'error[', 'a=1&response=2'])
      expect(problem(`https://good.ex/?${query}`), query).toBe('response_parameter');
    for (const query of ['codex=1', 'a=code', 'my_state=1'])
      expect(problem(`https://good.ex/?${query}`), query).toBeNull();
  });

  test('half a percent-encoding is damaged', () => {
    for (const uri of ['https://good.ex/%', 'https://good.ex/%4', 'https://good.ex/%4z', 'https://good.ex/%zz'])
      expect(problem(uri), uri).toBe('damaged_percent');
    expect(problem('https://good.ex/%4a')).toBeNull();
  });

  test('a scheme is what a URI begins with', () => {
    expect(problem('https://good.ex/javascript:x')).toBeNull();
    expect(isPrivateScheme('com.example.app:/https://x')).toBe(true);
    for (const uri of ['javascript:x', 'JAVASCRIPT:x', 'view-source:x'])
      expect(problem(uri), uri).toBe('script_scheme');
  });
});
