import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Candidate, newCandidate, newIcon, newRequest } from '@/e2e/fixtures/candidate';
import { housework } from '@/e2e/fixtures/housework';
import { fetchVia } from '@/e2e/fixtures/http';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { World } from '@/e2e/fixtures/world';
import { deleteApp } from '@/lib/store/apps';
import { discardPendingChanges, saveIcon } from '@/lib/store/face-changes';
import { ours } from '../fixtures/lane';

const { port } = ours('servers')[0] ?? { port: 0 };
const ask = fetchVia(port);
const addressOf = (digest: string) => new URL(`/icons/${digest}.png`, ours('publicUrl'));
const bytes = randomBytes(600);
const digest = createHash('sha256').update(bytes).digest('hex');

let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  close = await openOwnRuntime(ours('installation'));
  await world.db.query('INSERT INTO app_icons (digest, png) VALUES ($1, $2)', [digest, bytes]);
});
afterAll(async () => {
  await close();
  await world.close();
});

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
      const { status } = await ask(new URL(`/icons/${name}.png`, ours('publicUrl')));
      expect([400, 404]).toContain(status);
    },
  );
});

test('an icon that nobody uses is kept for a day, one that an app has or a reviewer sees for as long as that', async () => {
  const kept = async (age: string) => {
    const name = createHash('sha256').update(randomBytes(9)).digest('hex');
    await world.db.query('INSERT INTO app_icons (digest, png, unused_since) VALUES ($1, $2, now() - $3::interval)', [
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
  await lookAtIcons();
  expect(await keptOf(fresh, unused, live, waiting, asked)).toEqual([fresh, live, waiting, asked].sort());
});

const lookAtIcons = () => housework(world, 'app_icons');

async function keptOf(...digests: string[]): Promise<string[]> {
  const { rows } = await world.db.query('SELECT digest FROM app_icons WHERE digest = ANY ($1)', [digests]);
  return rows.map(({ digest: name }) => name).sort();
}

/** As if everything had happened so much earlier. */
const waitDays = (days: number, ...digests: string[]) =>
  world.db.query(
    'UPDATE app_icons SET created_at = created_at - $2::interval, unused_since = unused_since - $2::interval WHERE digest = ANY ($1)',
    [digests, `${days} days`],
  );

describe('an icon that was in use for long goes a day after the last one dropped it', () => {
  const actorOf = ({ developer, tenant }: Candidate) => ({ userId: developer.id, tenantId: tenant.id });
  const rowOf = async (name: string) =>
    (await world.db.query('SELECT unused_since AS since FROM app_icons WHERE digest = $1', [name])).rows[0];

  /** An app whose icon has been looked at as one in use, months ago. */
  async function longInUse(): Promise<Candidate> {
    const one = await newCandidate(world, { verified: true });
    await waitDays(100, one.icon);
    await lookAtIcons();
    expect(await rowOf(one.icon)).toEqual({ since: null });
    return one;
  }
  async function goesIn(days: number, icon: string): Promise<boolean> {
    await waitDays(days, icon);
    await lookAtIcons();
    return (await keptOf(icon)).length === 0;
  }

  test('replaced or removed by its developers', async () => {
    const one = await longInUse();
    await saveIcon(actorOf(one), one.app.id, null);
    expect(await goesIn(0.9, one.icon)).toBe(false);
    expect(await goesIn(0.2, one.icon)).toBe(true);
  });

  test('one that another app has, too, stays until that one drops it', async () => {
    const [one, other] = [await longInUse(), await newCandidate(world)];
    await world.db.query('UPDATE apps SET icon_digest = $2 WHERE id = $1', [other.app.id, one.icon]);
    await saveIcon(actorOf(one), one.app.id, null);
    expect(await goesIn(2, one.icon)).toBe(false);
    await saveIcon(actorOf(other), other.app.id, null);
    expect(await goesIn(2, one.icon)).toBe(true);
  });

  test('of an app that is deleted', async () => {
    const one = await longInUse();
    await newRequest(world, one, { status: 'REJECTED', reason: 'No.' });
    await deleteApp(actorOf(one), one.app.id);
    await world.db.query('SELECT purge_app($1, 500)', [one.app.id]);
    expect((await world.db.query('SELECT FROM apps WHERE id = $1', [one.app.id])).rowCount).toBe(0);
    expect(await goesIn(2, one.icon)).toBe(true);
  });

  test('that waited for a review and was discarded', async () => {
    const one = await longInUse();
    const wanted = await newIcon(world);
    expect(await saveIcon(actorOf(one), one.app.id, wanted)).toMatchObject({ ok: true, pending: { icon: wanted } });
    expect(await goesIn(100, wanted)).toBe(false);
    await discardPendingChanges(actorOf(one), one.app.id);
    expect(await goesIn(2, wanted)).toBe(true);
    expect(await keptOf(one.icon)).toEqual([one.icon]);
  });

  test('that only an old request shows, with its pictures', async () => {
    const one = await longInUse();
    const request = await newRequest(world, one, { status: 'REJECTED', reason: 'No.' });
    await saveIcon(actorOf(one), one.app.id, null);
    expect(await goesIn(2, one.icon)).toBe(false);
    await world.db.query("UPDATE verification_requests SET decided_at = now() - interval '366 days' WHERE id = $1", [
      request,
    ]);
    await housework(world, 'verification_screenshots');
    expect(await goesIn(2, one.icon)).toBe(true);
  });
});
