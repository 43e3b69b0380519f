import { expect, test } from 'vitest';
import { NotBefore } from './not-before';

const token = { connection: 'c', user: 'u', app: 7, tenant: 't', kid: 'k' };
const at = (subject: string, seconds: number) => ({ subject, notBefore: new Date(seconds * 1000) });

test.each(['connection:c', 'user:u', 'app:7', 'tenant:t'])(
  'a token issued at or before the time of %s is ended, a later one is not',
  async (subject) => {
    const times = new NotBefore(
      async () => [at(subject, 100)],
      async () => [],
      () => true,
    );
    await times.reload();
    expect(await times.ended(token, 99)).toBe(true);
    expect(await times.ended(token, 100)).toBe(true);
    expect(await times.ended(token, 101)).toBe(false);
    expect(await times.ended({ ...token, connection: 'd', user: 'v', app: 8, tenant: 's', kid: 'l' }, 99)).toBe(false);
  },
);

test('case 72: a key that is gone ends every token that it signed, whenever it claims to have been issued', async () => {
  const times = new NotBefore(
    async () => [at('key:k', 100)],
    async () => [],
    () => true,
  );
  await times.reload();
  expect(await times.ended(token, 9_999_999_999)).toBe(true);
  expect(await times.ended({ ...token, kid: 'l' }, 99)).toBe(false);
});

test('a time that is told while the database is read is kept', async () => {
  const times = new NotBefore(
    async () => {
      times.note('user:u', 100_000);
      return [at('app:9', 50)];
    },
    async () => [],
    () => true,
  );
  await times.reload();
  expect(await times.ended(token, 99)).toBe(true);
});

test('times never move back', async () => {
  const times = new NotBefore(
    async () => [at('user:u', 50)],
    async () => [],
    () => true,
  );
  times.note('user:u', 100_000);
  await times.reload();
  expect(await times.ended(token, 99)).toBe(true);
});

test('while memory is not to be trusted the database is asked, with every subject', async () => {
  const asked: string[][] = [];
  const times = new NotBefore(
    async () => [],
    async (subjects) => {
      asked.push(subjects);
      return [at('user:u', 100)];
    },
    () => false,
  );
  expect(await times.ended(token, 99)).toBe(true);
  expect(asked).toEqual([['connection:c', 'user:u', 'app:7', 'tenant:t', 'key:k']]);
});

test('times that no living token can meet are forgotten', async () => {
  const hour = 3_600_000;
  const times = new NotBefore(
    async () => [at('user:u', 100)],
    async () => [],
    () => true,
  );
  await times.reload();
  times.forgetOld(100_000 + hour);
  expect(await times.ended(token, 99)).toBe(true);
  times.forgetOld(100_000 + 2 * hour);
  expect(await times.ended(token, 99)).toBe(false);
});
