import { describe, expect, test } from 'vitest';
import { challengeOf, isOnDomain, parseDomain, provesDomain } from './domains';

const OWN = ['app.gatehouse.example', 'localhost:3000'];

describe('a domain as it is typed', () => {
  test.each([
    ['example.com', 'example.com'],
    [' Example.COM. ', 'example.com'],
    ['https://www.example.com/about?x', 'www.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['shop.example.co.uk', 'shop.example.co.uk'],
    ['me.github.io', 'me.github.io'],
  ])('%s is %s', (typed, domain) => expect(parseDomain(typed, OWN)).toEqual({ ok: true, domain }));

  test.each([
    ['', 'empty'],
    ['example', 'not_a_domain'],
    ['exa mple.com', 'not_a_domain'],
    ['user@example.com', 'not_a_domain'],
    ['example.com:8443', 'not_a_domain'],
    ['a..example.com', 'not_a_domain'],
    ['-a.example.com', 'not_a_domain'],
    ['*.example.com', 'not_a_domain'],
    // Case 83: addresses in every notation that a parser knows.
    ['127.0.0.1', 'address'],
    ['2130706433', 'address'],
    ['0x7f.1', 'address'],
    ['[::1]', 'address'],
    ['[::ffff:7f00:1]', 'address'],
    ['169.254.169.254', 'address'],
    ['localhost', 'reserved'],
    ['x.localhost', 'reserved'],
    ['x.local', 'reserved'],
    ['1.0.0.127.in-addr.arpa', 'reserved'],
    ['co.uk', 'public_suffix'],
    ['github.io', 'public_suffix'],
    ['com.au', 'public_suffix'],
    ['app.gatehouse.example', 'ours'],
    ['x.app.gatehouse.example', 'ours'],
    [`${'a.'.repeat(120)}example`, 'too_long'],
  ])('%s is refused: %s', (typed, problem) => expect(parseDomain(typed, OWN)).toEqual({ ok: false, problem }));
});

describe('the proof', () => {
  test('is a TXT record beside the domain', () => {
    expect(challengeOf('example.com', 'abc')).toEqual({
      name: '_gatehouse-challenge.example.com',
      value: 'gatehouse-verification=abc',
    });
  });
  test('may be cut into strings and stand among others, but must be whole', () => {
    expect(provesDomain([['v=spf1 -all'], ['gatehouse-', 'verification=abc']], 'abc')).toBe(true);
    for (const records of [[], [['gatehouse-verification=abcd']], [['x gatehouse-verification=abc']], [['abc']]])
      expect(provesDomain(records, 'abc')).toBe(false);
  });
});

describe('a redirect URL on or beside a domain', () => {
  test.each([
    ['https://example.com/cb', 'example.com', true],
    ['https://app.example.com:8443/cb', 'example.com', true],
    ['https://app.example.com/cb', 'www.example.com', true],
    ['https://other.co.uk/cb', 'example.co.uk', false],
    ['https://you.github.io/cb', 'me.github.io', false],
    ['https://evilexample.com/cb', 'example.com', false],
    ['https://example.com.evil.net/cb', 'example.com', false],
    ['com.example:/cb', 'example.com', false],
    ['http://localhost/cb', 'example.com', false],
  ])('%s and %s: %s', (uri, domain, expected) => expect(isOnDomain(uri, domain)).toBe(expected));
});
