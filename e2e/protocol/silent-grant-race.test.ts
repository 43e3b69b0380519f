import { afterAll, beforeAll, expect, test } from 'vitest';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';
import { eventually } from './model/system';

let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

test('case 12, I2: a consent that shrinks while a silent grant waits for it gives no code for more than is left', {
  retry: 0,
}, async () => {
  const [server] = ours('servers');
  const [app, user] = [await world.newApp(), await world.newUser()];
  const browser = new HttpBrowser({ publicUrl: ours('publicUrl'), port: server?.port ?? 0 });
  await browser.signIn(user);
  await browser.obtainCode(app, { scope: 'profile source:d' });

  // What a revoke and a narrower approval leave behind, committed after the server has read the wider consent.
  await world.db.query('BEGIN');
  await world.db.query("UPDATE grants SET scopes = 'profile' WHERE app_id = $1", [app.id]);
  const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'source:d' };
  const answer = browser.authorize(asked);
  await eventually(async () => {
    // Inside a transaction the view stands still.
    await world.db.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await world.db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM grants%FOR UPDATE%'",
    );
    return rowCount === 1;
  }, 'the silent grant does not wait');
  await world.db.query('COMMIT');

  expect((await answer).headers.get('location'), 'the user is asked').toMatch(/^\/consent\//);
  const { rows } = await world.db.query('SELECT scopes FROM authorization_codes WHERE app_id = $1', [app.id]);
  expect(rows).toEqual([{ scopes: 'profile source:d' }]);
});
