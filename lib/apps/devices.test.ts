import { describe, expect, test } from 'vitest';
import { describeDevice, isNewDevice } from './devices';

test.each([
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox, Mac'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Chrome, Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari, iPhone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1',
    'Safari, iPad',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox, Linux'],
  ['curl/8.5.0', 'curl'],
  ['', null],
  ['   ', null],
  ['<script>alert(1)</script>/1', null],
])('%j is %j', (userAgent, device) => {
  expect(describeDevice(userAgent)).toBe(device);
});

test('a long header costs no time', () => {
  const start = performance.now();
  describeDevice(`Mozilla/5.0 ${'('.repeat(100_000)}`);
  expect(performance.now() - start).toBeLessThan(1000);
});

describe('whether a sign-in comes from a new device', () => {
  const firefox = (version: string) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}) Gecko/20100101 Firefox/${version}`;
  const home = { userAgent: firefox('140.0'), ip: '192.0.2.7' };
  const phone = { userAgent: 'curl/8.5.0', ip: '2001:db8:1:2::3' };

  test('the very first is none', () => expect(isNewDevice([], home, true)).toBe(false));
  test('one of an account that was not used for long is', () => expect(isNewDevice([], home, false)).toBe(true));

  test.each([
    ['the same again', home, false],
    ['a newer version of the browser', { ...home, userAgent: firefox('141.0') }, false],
    ['another address of the network', { ...home, ip: '192.0.2.250' }, false],
    ['the same address, as IPv6 writes it', { ...home, ip: '::ffff:192.0.2.7' }, false],
    ['another address of the /48', { ...phone, ip: '2001:db8:1:ffff::1' }, false],
    ['another network', { ...home, ip: '198.51.100.7' }, true],
    ['another browser in a known network', { ...home, userAgent: 'curl/8.5.0' }, true],
    ['a browser that says nothing', { ...home, userAgent: '' }, true],
  ])('%s', (_what, place, isNew) => {
    for (const young of [true, false]) expect(isNewDevice([home, phone], place, young)).toBe(isNew);
  });
});
