import { describe, expect, test } from 'vitest';
import { decodeBase64url, decodeJsonObject, encodeJson } from './base64url';

describe('base64url without padding (RFC 7515 §2)', () => {
  test('one spelling per text: padding, spare bits, the other alphabet and blanks are refused', () => {
    expect(decodeBase64url('YQ')?.toString()).toBe('a');
    expect(decodeBase64url('')).toEqual(Buffer.alloc(0));
    for (const alias of ['YQ==', 'YR', 'Y Q', 'YQ\n', '+/8', 'Y!Q']) expect(decodeBase64url(alias)).toBeNull();
  });

  test('a segment is a JSON object in UTF-8 and nothing else', () => {
    const segment = (text: string) => Buffer.from(text).toString('base64url');
    expect(decodeJsonObject(segment('{"a":"é"}'))).toEqual({ a: 'é' });
    for (const text of ['[]', '["a"]', 'null', '1', '"a"', 'true', '', '{', '{"a":1']) {
      expect(decodeJsonObject(segment(text)), text).toBeNull();
    }
    expect(decodeJsonObject(`${segment('{"a":1}')}=`)).toBeNull();
    expect(decodeJsonObject(`${segment('{"a":1}')} `)).toBeNull();
  });

  test('what is written is read by others', () => {
    expect(encodeJson({ a: 'é' })).toBe('eyJhIjoiw6kifQ');
  });
});
