import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLAYGROUND_LIFETIME_SECONDS, playgroundCallback, redirectRule, refreshLifetime } from './playground';

const CALLBACK = playgroundCallback('http://localhost:3000');

test('the address is one for all apps, below the issuer', () => {
  expect(CALLBACK).toBe('http://localhost:3000/playground/callback');
});

test('who manages the app may use it, nobody else, whatever is registered', () => {
  const registered = ['https://client.example/cb', 'http://localhost/playground/callback', CALLBACK];
  for (const urls of [[], registered]) {
    expect(redirectRule(CALLBACK, true)(CALLBACK, urls)).toBe(true);
    expect(redirectRule(CALLBACK, false)(CALLBACK, urls)).toBe(false);
  }
});

test('every other address is judged as for everybody', () => {
  for (const manages of [true, false]) {
    const accepts = redirectRule(CALLBACK, manages);
    expect(accepts('https://client.example/cb', ['https://client.example/cb'])).toBe(true);
    expect(accepts('http://127.0.0.1:9/cb', ['http://127.0.0.1/cb'])).toBe(true);
    for (const near of [
      `${CALLBACK}/`,
      `${CALLBACK}?a=1`,
      `${CALLBACK}#x`,
      'http://LOCALHOST:3000/playground/callback',
    ])
      expect(accepts(near, []), near).toBe(false);
  }
});

test('a refresh token of the playground lives a day at most, others as long as the app’s', () => {
  expect(refreshLifetime(true, null)).toBe(PLAYGROUND_LIFETIME_SECONDS);
  expect(refreshLifetime(false, null)).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000_000 }), (seconds) => {
      expect(refreshLifetime(true, seconds)).toBe(Math.min(seconds, 86_400));
      expect(refreshLifetime(false, seconds)).toBe(seconds);
    }),
  );
});
