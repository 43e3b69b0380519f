import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { authorizationRequest, DIALECTS, expectPage, readConsentPath } from '@/e2e/fixtures/answers';
import { browser, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import type { TestApp } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';

withSignedInPerson();

describe.each(DIALECTS)('case 21: the app of a %s request changes while its page is looked at', (dialect) => {
  const ask = async (app: TestApp) => readConsentPath(await browser.authorize(authorizationRequest(app), dialect));

  const CHANGES: [string, string][] = [
    ['suspended', "UPDATE apps SET status = 'SUSPENDED' WHERE id = $1"],
    ['deleted', 'DELETE FROM apps WHERE id = $1'],
    ['without its redirect URI', 'DELETE FROM redirect_uris WHERE app_id = $1'],
    ['limited to another account', 'UPDATE apps SET limit_to_account = true WHERE id = $1'],
  ];

  const expectHeardOf = (app: TestApp) =>
    expect
      .poll(() => browser.authorize(authorizationRequest(app), dialect), { timeout: 15_000 })
      .toSatisfy((answer: Response) => !answer.headers.get('location')?.startsWith('/consent/'));

  it.each(CHANGES)('%s: a yes ends on a page, without a code', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const path = await ask(app);
    expect((await browser.get(path)).status).toBe(200);
    await world.db.query(change, [app.id]);
    await expectPage(await browser.decide(path, 'allow'));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  /** Does it while a change of the app, which holds the app's row as every change does, is done and not committed. */
  async function whileItChanges(app: TestApp, change: string, work: () => Promise<Response>): Promise<Response> {
    const db = new pg.Client({ connectionString: ours('installation').databaseUrl });
    await db.connect();
    await db.query('BEGIN');
    await db.query('SELECT 1 FROM apps WHERE id = $1 FOR NO KEY UPDATE', [app.id]);
    await db.query(change, [app.id]);
    let finished = false;
    const answer = work().finally(() => {
      finished = true;
    });
    const waits = async () => {
      const sql = 'SELECT 1 FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      const { rowCount } = await world.db.query(sql, [(db as pg.Client & { processID: number }).processID]);
      return finished || rowCount !== 0;
    };
    await expect.poll(waits, { timeout: 15_000, interval: 5 }).toBe(true);
    await db.query('COMMIT');
    await db.end();
    return answer;
  }

  it.each(CHANGES)('%s while the yes is on its way: it ends on a page, without a code', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const path = await ask(app);
    await expectPage(await whileItChanges(app, change, () => browser.decide(path, 'allow')));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it.each(CHANGES)('%s while a code is on its way without a screen: none is issued', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    await browser.obtainCode(app, {}, dialect);
    const { codes } = await tracesOf(world, app.id);
    expect(codes).toBe(1);
    const asked = authorizationRequest(app, { scope: 'profile' });
    const answer = await whileItChanges(app, change, () => browser.authorize(asked, dialect));
    expect(answer.headers.get('location') ?? '').not.toContain('code=');
    expect((await tracesOf(world, app.id)).codes).toBeLessThanOrEqual(codes);
  });

  it.each(CHANGES)('%s: a no ends there too, and goes to no address that is not proven', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const path = await ask(app);
    await world.db.query(change, [app.id]);
    await expectHeardOf(app);
    await expectPage(await browser.decide(path, 'deny'));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it.each(CHANGES)('%s: so it does once every server has heard of it', async (_, change) => {
    const app = await world.newApp({ tenant: await world.newTenant() });
    const path = await ask(app);
    await world.db.query(change, [app.id]);
    await expectHeardOf(app);
    await expectPage(await browser.decide(path, 'allow'));
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });
});
