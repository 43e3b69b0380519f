import { afterEach, expect, test, vi } from 'vitest';
import { Batch } from './batch';
import type { Log } from './log';

const log = { warn: vi.fn() } as unknown as Log;
let open: Batch<number> | null = null;
afterEach(async () => {
  await open?.stop();
});

function newBatch(write: (items: number[]) => Promise<number[]>, bound?: number): Batch<number> {
  open = new Batch(write, log, bound);
  return open;
}

test('what a write leaves waits for the next one, before what came meanwhile', async () => {
  const written: number[][] = [];
  const batch = newBatch(async (items) => {
    written.push(items);
    if (written.length > 1) return [];
    batch.add(4);
    return [1, 3];
  });
  for (const item of [1, 2, 3]) batch.add(item);
  await batch.flush();
  expect(batch.waiting).toBe(3);
  await batch.flush();
  expect(written).toEqual([
    [1, 2, 3],
    [1, 3, 4],
  ]);
  expect(batch.waiting).toBe(0);
});

test('after a failure everything waits, up to the bound', async () => {
  let away = true;
  const batch = newBatch(async () => {
    if (!away) return [];
    batch.add(4);
    throw new Error('away');
  }, 3);
  for (const item of [1, 2, 3]) batch.add(item);
  await batch.flush();
  expect(batch.waiting).toBe(3);
  away = false;
  await batch.flush();
  expect(batch.waiting).toBe(0);
});
