import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newRequestId, readRequestId } from './request-id';

const moments = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the id of a request', () => {
  test('is 16 letters and digits that nobody confuses, and tells when it was made', () => {
    fc.assert(
      fc.property(moments, (second) => {
        const id = newRequestId(randomBytes, second * 1000 + 999);
        expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
        expect(readRequestId(id)).toEqual({ id, at: second * 1000 });
      }),
    );
  });
  test('is found however it was written down', () => {
    const id = newRequestId(() => Buffer.from('0102030405aa', 'hex'), 1_795_000_000_000);
    const written = (id.toUpperCase().match(/.{4}/g) ?? []).join('-').replaceAll('0', 'O').replaceAll('1', 'l');
    expect(readRequestId(` ${written} `)?.id).toBe(id);
  });
  test.each(['', 'abc', '0123456789abcdeu', '0123456789abcdef0', 'request-7', '………………'])('%j is none', (text) => {
    expect(readRequestId(text)).toBeNull();
  });
  test('two of one moment differ', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => newRequestId(randomBytes, 0)));
    expect(ids.size).toBe(1_000);
  });
});
