import { generateKeyPairSync } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { HashQueue } from './hash-queue';
import { Signer } from './signing-keys';

const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

test('one hash is under way at a time, in the order they were asked for, and a failed one keeps nobody', async () => {
  const queue = new HashQueue();
  let underWay = 0;
  const done: number[] = [];
  const work = (n: number) => async () => {
    expect(++underWay).toBe(1);
    await new Promise(setImmediate);
    underWay--;
    done.push(n);
    if (n === 3) throw new Error('a damaged hash');
    return n;
  };
  const asked = Array.from({ length: 10 }, (_, n) => queue.run(work(n)));
  expect(queue.waiting).toBe(10);
  const settled = await Promise.allSettled(asked);
  expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(Array.from({ length: 10 }, (_, n) => n !== 3));
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(queue.waiting).toBe(0);
});

test('it is full at 50 and free again when one is done', async () => {
  const queue = new HashQueue();
  const asked = Array.from({ length: 49 }, () => queue.run(async () => undefined));
  expect(queue.full).toBe(false);
  asked.push(queue.run(async () => undefined));
  expect(queue.full).toBe(true);
  await asked[0];
  expect(queue.full).toBe(false);
  await Promise.all(asked);
});

test('signing does not stand behind the hashes: it shares their thread pool, and they take one thread of it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = new Signer('kid', privateKey);
  const stored = await hash('a password', ARGON2ID);
  const queue = new HashQueue();
  let hashed = 0;
  const hashes = Array.from({ length: 24 }, () =>
    queue.run(() => verify(stored, 'a password')).then((right) => (hashed += Number(right))),
  );
  // The first is under way before the first signature is asked for.
  await new Promise(setImmediate);
  await Promise.all(Array.from({ length: 8 }, () => signer.sign('header.payload')));
  expect(hashed).toBeLessThan(12);
  await Promise.all(hashes);
  expect(hashed).toBe(24);
});
