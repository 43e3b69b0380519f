import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { fetchVia } from '@/e2e/fixtures/http';
import { World } from '@/e2e/fixtures/world';
import { houseworkOf } from '@/lib/store/housekeeping';

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

test('an icon that nobody uses is kept for a day, one that an app has or a reviewer sees for as long as that', async () => {
  const kept = async (age: string) => {
    const name = createHash('sha256').update(randomBytes(9)).digest('hex');
    await world.db.query('INSERT INTO app_icons (digest, png, created_at) VALUES ($1, $2, now() - $3::interval)', [
      name,
      'x',
      age,
    ]);
    return name;
  };
  const [fresh, unused, live, waiting, asked] = [
    await kept('23 hours'),
    await kept('25 hours'),
    await kept('25 hours'),
    await kept('25 hours'),
    await kept('25 hours'),
  ];
  const [withIcon, changed, reviewed] = [
    await world.newApp(),
    await world.newApp({ verified: true }),
    await world.newApp(),
  ];
  await world.db.query('UPDATE apps SET icon_digest = $2 WHERE id = $1', [withIcon.id, live]);
  await world.db.query('UPDATE apps SET pending_changes = $2 WHERE id = $1', [changed.id, { icon: waiting }]);
  await world.db.query(
    'INSERT INTO verification_requests (app_id, asked, created_by_id) SELECT $1, $2, created_by_id FROM apps WHERE id = $1',
    [reviewed.id, { icon: asked }],
  );
  const sql = houseworkOf({ endedDays: 30, eventsDays: 90, auditDays: 400 }).find((one) => one.includes('app_icons'));
  await world.db.query(sql as string);
  const { rows } = await world.db.query('SELECT digest FROM app_icons WHERE digest = ANY ($1)', [
    [fresh, unused, live, waiting, asked],
  ]);
  expect(rows.map(({ digest: name }) => name).sort()).toEqual([fresh, live, waiting, asked].sort());
});
