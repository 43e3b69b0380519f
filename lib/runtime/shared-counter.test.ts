import { expect, test } from 'vitest';
import { SharedCounter } from './shared-counter';

test('a counter keeps a bounded number of keys: the least recent begins anew', async () => {
  const counter = new SharedCounter('test', 1, 2);
  for (const key of ['a', 'b', 'c']) await counter.count(key);
  expect((await counter.full('a')).retryAfterSeconds).toBeNull();
  expect((await counter.full('b')).retryAfterSeconds).not.toBeNull();
  expect((await counter.full('c')).retryAfterSeconds).not.toBeNull();
  expect([...counter.take()].map(({ key }) => key)).toEqual(['b', 'c']);
});

test('giving back what was never counted changes nothing', async () => {
  const counter = new SharedCounter('test', 1);
  await counter.giveBack('a');
  await counter.count('a');
  expect((await counter.full('a')).retryAfterSeconds).not.toBeNull();
});

test('refusals name the seconds to wait, at least one', async () => {
  const counter = new SharedCounter('test', 1);
  await counter.count('a');
  const { retryAfterSeconds } = await counter.count('a');
  expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
  expect(retryAfterSeconds).toBeLessThanOrEqual(60);
});
