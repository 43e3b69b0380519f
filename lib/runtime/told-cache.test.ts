import { expect, test } from 'vitest';
import { ToldCache } from './told-cache';

const cacheOver = (answers: { n: number }[], trusted = () => true) =>
  new ToldCache(async () => answers.shift() ?? null, trusted);

test('what was read is kept until a change is told', async () => {
  const cache = cacheOver([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect([await cache.get('a'), await cache.get('a')]).toEqual([{ n: 1 }, { n: 1 }]);
  cache.forget('a');
  expect(await cache.get('a')).toEqual({ n: 2 });
  cache.clear();
  expect(await cache.get('a')).toEqual({ n: 3 });
});

test.each(['forget', 'clear'] as const)(
  '%s while the database is read: the answer is used once and not kept',
  async (told) => {
    const answers = [{ n: 1 }, { n: 2 }];
    const cache: ToldCache<{ n: number }> = new ToldCache(
      async () => {
        if (answers.length === 2) cache[told]('a');
        return answers.shift() ?? null;
      },
      () => true,
    );
    expect([await cache.get('a'), await cache.get('a')]).toEqual([{ n: 1 }, { n: 2 }]);
  },
);

test('while the bus is silent the database is asked every time', async () => {
  const cache = cacheOver([{ n: 1 }, { n: 2 }], () => false);
  expect([await cache.get('a'), await cache.get('a')]).toEqual([{ n: 1 }, { n: 2 }]);
});
