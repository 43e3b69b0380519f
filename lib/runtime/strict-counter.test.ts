import { RateLimiterMemory } from 'rate-limiter-flexible';
import { expect, test } from 'vitest';
import { type Block, StrictCounter } from './strict-counter';

/** Two instances over one store, which tell each other. */
function pair(points = 2) {
  const store = new RateLimiterMemory({ keyPrefix: 'strict', points, duration: 900 });
  const told: Block[] = [];
  const counters: StrictCounter[] = [];
  for (const n of [0, 1]) {
    counters.push(
      new StrictCounter('strict', store, (block) => {
        told.push(block);
        counters[1 - n]?.note(block.key, block.milliseconds);
      }),
    );
  }
  return { one: counters[0] as StrictCounter, two: counters[1] as StrictCounter, told, store };
}

test('one failure too many blocks the key on every instance, once told', async () => {
  const { one, two, told } = pair();
  await one.count('k');
  await two.count('k');
  expect([one.blocked('k'), two.blocked('k')]).toEqual([{ retryAfterSeconds: null }, { retryAfterSeconds: null }]);
  expect((await one.count('k')).retryAfterSeconds).toBeGreaterThan(0);
  expect(two.blocked('k').retryAfterSeconds).toBeGreaterThan(0);
  expect(two.blocked('other').retryAfterSeconds).toBeNull();
  expect(told).toEqual([{ name: 'strict', key: 'k', milliseconds: expect.any(Number) }]);
});

test('who is blocked is refused from memory, told once, and counted no further', async () => {
  const { one, told, store } = pair();
  for (let n = 0; n < 10; n++) await one.count('k');
  expect(told).toHaveLength(1);
  expect((await store.get('k'))?.consumedPoints).toBe(3);
});

test('a right answer opens the block everywhere', async () => {
  const { one, two, told } = pair();
  for (let n = 0; n < 3; n++) await one.count('k');
  await two.clear('k');
  expect([one.blocked('k'), two.blocked('k')]).toEqual([{ retryAfterSeconds: null }, { retryAfterSeconds: null }]);
  expect(told.at(-1)).toEqual({ name: 'strict', key: 'k', milliseconds: 0 });
  expect((await one.count('k')).retryAfterSeconds).toBeNull();
  await one.clear('k');
  expect(told).toHaveLength(2);
});
