import { describe, expect, it } from 'vitest';
import { authorizationRequest, DIALECTS, expectPage, readConsentPath } from '@/e2e/fixtures/answers';
import { browser, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import type { TestApp } from '@/e2e/fixtures/world';

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
