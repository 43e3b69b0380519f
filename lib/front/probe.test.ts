import { expect, test } from 'vitest';
import { sharedFor } from './probe';

test('all who ask within the time get one answer, and later comes a new one', async () => {
  let [asked, now] = [0, 0];
  const ask = sharedFor(
    async () => ++asked,
    1_000,
    () => now,
  );
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  now = 999;
  expect(await ask()).toBe(1);
  now = 1_000;
  expect(await ask()).toBe(2);
});

test('an answer that is long in coming is waited for, not asked for again, and a failure holds no longer than it', async () => {
  let [asked, now] = [0, 0];
  let fail: (reason: Error) => void = () => undefined;
  const ask = sharedFor(
    () => {
      asked++;
      return new Promise<never>((_, reject) => {
        fail = reject;
      });
    },
    1_000,
    () => now,
  );
  const first = ask();
  now = 5_000;
  const second = ask();
  expect(asked).toBe(1);
  fail(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
  void ask().catch(() => undefined);
  expect(asked).toBe(2);
});
