import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { fetchVia } from '@/e2e/fixtures/http';
import { World } from '@/e2e/fixtures/world';

const { port } = inject('servers')[0] ?? { port: 0 };
const ask = fetchVia(port);
const addressOf = (digest: string) => new URL(`/icons/${digest}.png`, inject('publicUrl'));
const bytes = randomBytes(600);
const digest = createHash('sha256').update(bytes).digest('hex');

let world: World;
beforeAll(async () => {
  world = await World.open(inject('installation').databaseUrl);
  await world.db.query('INSERT INTO app_icons (digest, png) VALUES ($1, $2)', [digest, bytes]);
});
afterAll(() => world.close());

describe('case 82: icons are served as nothing but pictures', () => {
  test('the address of an icon never changes what it shows, so it is kept for ever', async () => {
    const answer = await ask(addressOf(digest));
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a browser that has it is told so (RFC 9110 §13.1.2)', async () => {
    const etag = (await ask(addressOf(digest))).headers.get('etag') ?? '';
    const answer = await ask(addressOf(digest), { headers: { 'If-None-Match': etag } });
    expect([answer.status, await answer.text()]).toEqual([304, '']);
  });

  test('HEAD says the same without the picture', async () => {
    const answer = await ask(addressOf(digest), { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '600', '']);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s changes nothing', async (method) => {
    const answer = await ask(addressOf(digest), { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('an unknown digest is not there, and no cache remembers that', async () => {
    const answer = await ask(addressOf('0'.repeat(64)));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  });

  test.each([digest.toUpperCase(), digest.slice(1), `${digest}.svg`, `${digest}%00`])(
    '/icons/%s.png is no icon',
    async (name) => {
      const { status } = await ask(new URL(`/icons/${name}.png`, inject('publicUrl')));
      expect([400, 404]).toContain(status);
    },
  );
});
