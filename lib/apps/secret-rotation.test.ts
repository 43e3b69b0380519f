import { expect, test } from 'vitest';
import { IDLE_DAYS, type RotatingSecret, rotationStep } from './secret-rotation';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const secret = (id: string, created: number, used: number | null, expires: number | null = null): RotatingSecret => ({
  id,
  createdAt: ago(created),
  lastUsedAt: used === null ? null : ago(used),
  expiresAt: expires === null ? null : ago(-expires),
});

test.each([
  ['nothing there', [], { step: 'none' }],
  ['the only one has expired', [secret('old', 99, 1, -1)], { step: 'none' }],
  ['one secret', [secret('old', 99, 1)], { step: 'generate', old: { id: 'old' } }],
  [
    'one lives, one has expired',
    [secret('gone', 99, 1, -1), secret('old', 9, 1)],
    { step: 'generate', old: { id: 'old' } },
  ],
  [
    'the new one waits',
    [secret('new', 1, null), secret('old', 99, 0)],
    { step: 'deploy', old: { id: 'old' }, fresh: { id: 'new' } },
  ],
  ['both in use', [secret('old', 99, 0), secret('new', 1, 0)], { step: 'wait', idleDays: 0, old: { id: 'old' } }],
  [
    'the old one is idle, not long enough',
    [secret('old', 99, IDLE_DAYS - 0.001), secret('new', 20, 0)],
    { step: 'wait', idleDays: IDLE_DAYS - 1 },
  ],
  [
    'the old one is idle',
    [secret('old', 99, IDLE_DAYS), secret('new', 20, 0)],
    { step: 'delete', idleDays: IDLE_DAYS, old: { id: 'old' } },
  ],
  [
    'the old one was never used',
    [secret('old', 99, null), secret('new', IDLE_DAYS, 0)],
    { step: 'delete', idleDays: IDLE_DAYS },
  ],
  [
    'the old one was never used, the new one is young',
    [secret('old', 99, null), secret('new', 1, 0)],
    { step: 'wait', idleDays: 1 },
  ],
  ['a use in the future (another clock)', [secret('old', 99, -1), secret('new', 20, 0)], { step: 'wait', idleDays: 0 }],
] as const)('%s', (_name, secrets, expected) => {
  expect(rotationStep(secrets, NOW)).toMatchObject(expected);
});
