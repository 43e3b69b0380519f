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

test('however many keys of no worth are asked for, the others are kept', async () => {
  const asked: string[] = [];
  const cache = new ToldCache(
    async (key) => {
      asked.push(key);
      return { worthless: key !== 'ours' };
    },
    () => true,
    { isWorthless: ({ worthless }) => worthless },
  );
  await cache.get('ours');
  for (let n = 0; n < 20_001; n++) await cache.get(`random-${n}`);
  await cache.get('ours');
  await cache.get('random-20000');
  expect(asked).toHaveLength(20_002);
  expect(cache.statistics.entries).toBeLessThan(20_002);
  cache.clear();
  await cache.get('ours');
  await cache.get('random-20000');
  expect(asked).toHaveLength(20_004);
});

test('a key that has lost or won worth is kept in one place', async () => {
  const answers = [true, false, true].map((worthless) => ({ worthless }));
  let trusted = false;
  const cache = new ToldCache(
    async () => answers.shift() ?? null,
    () => trusted,
    { isWorthless: ({ worthless }) => worthless },
  );
  for (let n = 0; n < 3; n++) await cache.get('a');
  trusted = true;
  expect([await cache.get('a'), cache.statistics.entries]).toEqual([{ worthless: true }, 1]);
});
