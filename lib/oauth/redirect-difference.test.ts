import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { explainRedirect, nearestRegistered, redirectDifferences } from './redirect-difference';
import { matchesRegistered } from './redirect-uri';

const REGISTERED = 'https://app.example/cb';

describe('what differs between a sent redirect URI and the registered one', () => {
  const parts = (sent: string, registered = REGISTERED) =>
    redirectDifferences(sent, registered).map(({ part }) => part);

  test.each([
    ['https://app.example/cb/', ['slash_added']],
    ['http://app.example/cb', ['scheme']],
    ['HTTPS://app.example/cb', ['scheme']],
    ['https://App.Example/cb', ['host_case']],
    ['https://www.app.example/cb', ['host_www']],
    ['https://app.example.evil/cb', ['host']],
    ['https://app.example:8443/cb', ['port']],
    ['https://app.example:443/cb', ['port']],
    ['https://app.example:/cb', ['port']],
    ['https://app.example/CB', ['path_case']],
    ['https://app.example/c%62', ['path_encoding']],
    ['https://app.example/cb/google', ['path_longer']],
    ['https://app.example/callback', ['path']],
    ['https://app.example', ['path_shorter']],
    ['https://app.example/cb?next=1', ['query_added']],
    ['https://app.example/cb?', ['query_added']],
    ['https://app.example/cb#top', ['fragment']],
    ['https://ada@app.example/cb', ['userinfo']],
    ['https://good@bad@app.example/cb', ['userinfo']],
    [' https://app.example/cb', ['space_around']],
    ['https://app.example/cb\n', ['space_around']],
    ['https%3A%2F%2Fapp.example%2Fcb', ['encoded_twice']],
    ['http://app.example:3000/cb/?a=1', ['scheme', 'port', 'slash_added', 'query_added']],
    ['https:app.example/cb', ['host', 'path']],
    ['//app.example/cb', ['scheme']],
    ['', ['scheme', 'host', 'path_shorter']],
  ])('%j', (sent, expected) => {
    if (sent === '') expect(parts(sent)).toEqual(expect.arrayContaining(['scheme', 'host']));
    else expect(parts(sent)).toEqual(expected);
  });

  test.each([
    ['http://127.0.0.1:3000/cb', 'http://localhost:3000/cb', ['loopback_name']],
    ['http://localhost:4000/cb', 'http://localhost:3000/cb', ['port']],
    ['http://localhost:4000/cb/', 'http://localhost/cb', ['slash_added']],
    ['http://localhost:99999/cb', 'http://localhost/cb', ['port']],
    ['http://[::1]:80/cb', 'http://127.0.0.1/cb', ['loopback_name']],
    ['https://app.example/cb', 'https://app.example/cb/', ['slash_missing']],
    ['https://app.example/cb', 'https://app.example/cb?tenant=1', ['query_missing']],
    ['https://app.example/cb?tenant=2', 'https://app.example/cb?tenant=1', ['query']],
    ['com.example.app:/other', 'com.example.app:/cb', ['path']],
    ['com.example.other:/cb', 'com.example.app:/cb', ['scheme']],
  ])('%j against %j', (sent, registered, expected) => {
    expect(parts(sent, registered)).toEqual(expected);
  });

  test('both values are named where they are short', () => {
    expect(redirectDifferences('http://app.example:3000/cb', REGISTERED)).toEqual([
      { part: 'scheme', sent: 'http', registered: 'https' },
      { part: 'port', sent: '3000', registered: '' },
    ]);
  });

  const uris = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string(),
    fc.constantFrom(REGISTERED, 'http://localhost/cb', 'http://localhost:3000/cb', 'com.example.app:/cb'),
    fc.string({ unit: fc.constantFrom('/', ':', '@', '?', '#', 'a', 'A', '%', '.', '8', ' ', '[', ']') }),
  );

  test('none is found exactly where the two are equal', () => {
    fc.assert(
      fc.property(uris, uris, (sent, registered) => {
        expect(redirectDifferences(sent, registered).length === 0).toBe(sent === registered);
        expect(redirectDifferences(sent, sent)).toEqual([]);
      }),
    );
  });

  test('whatever is refused has a difference from its nearest', () => {
    fc.assert(
      fc.property(uris, fc.array(uris, { minLength: 1, maxLength: 5 }), (sent, registered) => {
        const nearest = nearestRegistered(sent, registered) as string;
        expect(registered).toContain(nearest);
        if (!matchesRegistered(sent, registered)) expect(redirectDifferences(sent, nearest)).not.toEqual([]);
      }),
    );
  });

  test('the nearest of several is the one that was meant', () => {
    const registered = ['https://other.example/cb', 'https://app.example/login/cb', 'https://app.example/cb'];
    expect(nearestRegistered('https://app.example/cb/', registered)).toBe('https://app.example/cb');
    expect(nearestRegistered('http://app.example/login/cb', registered)).toBe('https://app.example/login/cb');
    expect(nearestRegistered('https://app.example/cb', [])).toBeNull();
  });
});

describe('what is kept of a sent redirect URI', () => {
  const kept = (sent: string, registered = [REGISTERED]) => explainRedirect(sent, registered).sent;

  test.each([
    ['https://app.example/cb/', 'https://app.example/cb/'],
    ['https://app.example/cb?token=abc&next', 'https://app.example/cb?token=…&next'],
    ['https://ada:secret@app.example/cb', 'https://…@app.example/cb'],
    ['https://app.example/cb#access_token=x', 'https://app.example/cb#…'],
    ['https://app.example/ada@example.com/cb', 'https://app.example/…@…/cb'],
    ['https://app.example/ada%40example.com', 'https://app.example/…@…'],
    ['https://app.example/9f86d081884c7d659a2feaa0c55ad015', 'https://app.example/9f8…'],
    [
      'https://app-git-feature-abc123-team.preview.example/cb',
      'https://app-git-feature-abc123-team.preview.example/cb',
    ],
    ['https://app.example/c\u202eb\n', 'https://app.example/c\ufffdb\ufffd'],
  ])('%j', (sent, expected) => {
    expect(kept(sent)).toBe(expected);
  });

  test('what is registered is no secret', () => {
    const own = 'https://app.example/9f86d081884c7d659a2feaa0c55ad015?tenant=acme';
    expect(kept(`${own}&x=1`, [own])).toBe(`${own}&x=…`);
  });

  test('it is short, well-formed, and neither a value of a query nor a fragment is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6_000 }), fc.uuid(), (text, secret) => {
        const explained = explainRedirect(`${text}?code=${secret}#${secret}`, [REGISTERED]);
        const json = JSON.stringify(explained);
        expect(json).not.toContain(secret);
        expect(json).not.toMatch(/\\u(?:d[89a-f]|00)/i);
        expect(Array.from(explained.sent).length).toBeLessThanOrEqual(300);
      }),
    );
  });

  const k16 = (text: string) => text.repeat(Math.ceil(16_384 / text.length)).slice(0, 16_384);
  const LONG: [string, string, string][] = [
    ['letters', `https://app.example/${k16('a')}`, 'https://app.example/…'],
    ['a word and a long tail', `https://app.example/cb/${k16('a')}`, 'https://app.example/cb/…'],
    ['a key', `https://app.example/${k16('a1')}`, 'https://app.example/…'],
    ['a key, and more behind it', `https://app.example/${k16('a1').slice(0, 400)}/cb`, 'https://app.example/a1a…/cb'],
    ['a key that the bound cuts', `https://app.example/${'k1'.repeat(395)}/${k16('x9')}`, 'https://app.example/k1k…/…'],
    [
      'an address that the bound cuts',
      `https://app.example/${'k1'.repeat(395)}/adalovelace@example.com`,
      'https://app.example/k1k…/…',
    ],
    ['encoded signs', `https://app.example/${k16('%41')}`, 'https://app.example/…'],
    ['one name before the host', `https://${k16('secret')}@app.example/cb`, 'https://…@app.example/cb'],
    ['a value of a query', `https://app.example/cb?token=${k16('s3cret')}&next`, 'https://app.example/cb?token=…'],
    ['a name of a query', `https://app.example/cb?${k16('s3cret')}=1`, 'https://app.example/cb?…'],
    ['many pairs', `https://app.example/cb?${k16('a=1&')}`, `https://app.example/cb?${'a=…&'.repeat(69)}…`],
    ['a fragment', `https://app.example/cb#${k16('s3cret')}`, 'https://app.example/cb#…'],
    ['slashes', `https://app.example${k16('/')}`, `https://app.example${'/'.repeat(280)}…`],
    ['at signs', `https://app.example/${k16('@')}`, 'https://app.example/…'],
    ['a host', `https://${k16('a')}/cb`, `https://${'a'.repeat(291)}…`],
  ];
  test.each(LONG)('of 16 kB: %s', (_what, sent, expected) => {
    expect(kept(sent)).toBe(expected);
  });

  test('however long it is, what is replaced by patterns is short', () => {
    const replace = vi.spyOn(RegExp.prototype, Symbol.replace);
    try {
      for (const [, sent] of LONG) explainRedirect(sent, [REGISTERED]);
      expect(replace).toHaveBeenCalled();
      expect(Math.max(...replace.mock.calls.map(([text]) => text.length))).toBeLessThanOrEqual(1_000);
    } finally {
      replace.mockRestore();
    }
  });
});
