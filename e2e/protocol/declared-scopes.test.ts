import { describe, expect, it } from 'vitest';
import {
  authorizationRequest,
  DIALECTS,
  exchange,
  expectRefusal,
  expectTokens,
  isActive,
  readConsentPath,
  readRedirect,
} from '@/e2e/fixtures/answers';
import { claimsOf, connectApp, eventually, refresh, refreshed } from '@/e2e/fixtures/connected';
import { browser, other, site, user, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { codeRow, NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { HttpBrowser, type TestApp } from '@/e2e/fixtures/world';

withSignedInPerson();

/** Changes what an app declares, and waits until both servers have heard: an address that changes with it tells. */
async function declare(app: TestApp, scopes: string[]): Promise<void> {
  const mark = `https://heard.example/${Date.now()}-${Math.random()}`;
  await world.db.query('BEGIN');
  await world.declareScopes(app.id, scopes);
  await world.db.query('INSERT INTO redirect_uris (app_id, uri) VALUES ($1, $2)', [app.id, mark]);
  await world.db.query('COMMIT');
  for (const server of [site, other]) {
    const knows = async () => {
      const request = authorizationRequest(app, { redirect_uri: mark });
      return (await new HttpBrowser(server).authorize(request)).status === 303;
    };
    await eventually(knows, 15_000);
  }
}

const outcomes = async (app: TestApp): Promise<string[]> => {
  const { rows } = await world.db.query(
    "SELECT outcome, details->'scopes' AS scopes FROM oauth_events WHERE app_id = $1 AND outcome <> 'shown' ORDER BY id",
    [app.id],
  );
  return rows.map(({ outcome, scopes }) => (scopes ? `${outcome}:${scopes.join(' ')}` : outcome));
};

describe.each(DIALECTS)('what an app declares that it may ask for (%s dialect)', (dialect) => {
  const authorize = (app: TestApp, scope: string, who = browser) =>
    who.authorize(authorizationRequest(app, { scope }), dialect);
  const connect = async (app: TestApp, scope: string) =>
    connectApp(world, site, { app, user, browser, scope, dialect });

  it('case 7, 42: a scope that was not declared, or a wider one, is refused; which one, the developer’s log alone says', async () => {
    const app = await world.newApp({ scopes: ['profile', 'source:w'] });
    for (const [scope, undeclared] of [
      ['profile alert', 'alert'],
      ['source:d', 'source:d'],
      ['team:w profile user:d', 'team:w user:d'],
    ]) {
      const told = readRedirect(await authorize(app, scope as string), app.redirectUri);
      expect(told.error).toBe('invalid_scope');
      expect(told.error_description).toBe(
        'The parameter scope names a scope or an access that this app has not declared',
      );
      await expect.poll(() => outcomes(app)).toContain(`scope_not_declared:${undeclared}`);
    }
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });

  it('a refusal that waited for the sign-in says the same in the log', async () => {
    const app = await world.newApp({ scopes: ['profile'] });
    const visitor = new HttpBrowser(site);
    const scope = 'policy schedule source:w monitor:d action connector maintenance:d';
    const answer = await visitor.continueSignIn(user, await authorize(app, scope, visitor));
    expect(readRedirect(answer, app.redirectUri).error).toBe('invalid_scope');
    await expect
      .poll(() => outcomes(app))
      .toEqual(['scope_not_declared:policy schedule source:w monitor:d action connector maintenance:d']);
  });

  it('what it declared, or narrower, is asked for; an app that has declared nothing may ask for everything', async () => {
    const declaring = await world.newApp({ scopes: ['profile', 'source:w'] });
    const silent = await world.newApp();
    readConsentPath(await authorize(declaring, 'source profile offline_access'));
    readConsentPath(await authorize(silent, 'source:d user:d'));
  });

  it('I2: a scope that is narrowed or removed is gone from the next tokens, of a code and of a refresh, on both servers', async () => {
    const app = await world.newApp({ scopes: ['profile', 'source:d', 'alert'], refreshReplay: true });
    const { tokens } = await connect(app, 'profile source:d alert');
    const waiting = await browser.obtainCode(app, { scope: 'profile source:d alert' }, dialect);
    expect(tokens.scope).toBe('profile source:d alert');
    await declare(app, ['profile', 'source']);

    const narrowed = await expectTokens(await exchange(other, dialect, app, waiting));
    const refreshedOnce = await refreshed(other, app, tokens.refresh_token, dialect);
    // Inside the five minutes this app gets the same token again: it is written with what is declared by then.
    await declare(app, ['source']);
    const replayed = await refreshed(site, app, tokens.refresh_token, dialect);
    const told = [narrowed, refreshedOnce, replayed].map(({ scope, access_token }) => [
      scope,
      claimsOf(access_token).il_s,
    ]);
    expect(told).toEqual([
      ['profile source', 'profile source'],
      ['profile source', 'profile source'],
      ['source', 'source'],
    ]);
    // What was issued before keeps what it says until it expires.
    expect(await isActive(site, tokens.access_token)).toBe(true);
  });

  it('I9: where no scope is left a code and a refresh are refused, change nothing, and go on once one is declared again', async () => {
    const app = await world.newApp({ scopes: ['source:w', 'alert'] });
    const { tokens } = await connect(app, 'source:w');
    const code = await browser.obtainCode(app, { scope: 'source:w' }, dialect);
    await declare(app, ['alert']);
    const before = await tracesOf(world, app.id);

    const sentence = 'The app no longer declares any of the scopes that this was issued for';
    for (const server of [site, other]) {
      const exchanged = await exchange(server, dialect, app, code);
      expect(await expectRefusal(exchanged, dialect, 'invalid_scope')).toBe(sentence);
      const again = await refresh(server, app, tokens.refresh_token, dialect);
      expect(await expectRefusal(again, dialect, 'invalid_scope')).toBe(sentence);
    }
    expect(await codeRow(world, code)).toEqual({ failures: 0, redeemed: false });
    expect(await tracesOf(world, app.id)).toEqual(before);
    await expect.poll(() => outcomes(app)).toEqual(expect.arrayContaining(['scope_withdrawn']));

    await declare(app, ['source']);
    expect((await expectTokens(await exchange(site, dialect, app, code))).scope).toBe('source');
    expect((await refreshed(other, app, tokens.refresh_token, dialect)).scope).toBe('source');
  });

  it('a replayed code ends what it issued, whatever the app may ask for by then', async () => {
    const app = await world.newApp({ scopes: ['source', 'alert'] });
    const { code, tokens } = await connect(app, 'source');
    await declare(app, ['alert']);
    await expectRefusal(await exchange(site, dialect, app, code), dialect, 'invalid_grant');
    await eventually(async () => !(await isActive(other, tokens.access_token)), 15_000);
    expect(await tracesOf(world, app.id)).toMatchObject({ connections: 0, families: 0 });
  });

  it('a question that waits is asked about what is declared still; without any of it the app must begin anew', async () => {
    const app = await world.newApp({ scopes: ['profile', 'source:d'] });
    const path = readConsentPath(await authorize(app, 'profile source:d'));
    await declare(app, ['profile']);
    const page = await (await browser.get(path)).text();
    expect([page.includes('your profile'), page.includes('Alert sources')]).toEqual([true, false]);
    await declare(app, ['team']);
    expect((await browser.decide(path, 'allow')).status).toBe(400);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  });
});

describe.each(DIALECTS)('optional scopes (%s dialect)', (dialect) => {
  const ask = async (app: TestApp, scope: string, params: Record<string, string> = {}) =>
    readConsentPath(await browser.authorize(authorizationRequest(app, { scope, ...params }), dialect));
  const ticks = (...scopes: string[]) => scopes.map((scope): [string, string] => ['scope', scope]);
  const scopeOf = async (app: TestApp, answer: Response) => {
    const { code } = readRedirect(answer, app.redirectUri);
    return (await expectTokens(await exchange(site, dialect, app, code as string))).scope;
  };
  const newApp = () => world.newApp({ scopes: ['profile', 'source:w?', 'alert?'] });
  const silent = async (app: TestApp, scope: string) =>
    scopeOf(app, await browser.authorize(authorizationRequest(app, { scope }), dialect));

  it('granted decides: what is unticked is not in the tokens, and the answer says what is', async () => {
    const app = await newApp();
    const path = await ask(app, 'profile source:w alert');
    expect(await scopeOf(app, await browser.decide(path, 'allow', ticks('alert')))).toBe('profile alert');
  });

  it('a required scope stays whatever the form says, and ticks of what was not shown count for nothing', async () => {
    const app = await newApp();
    const path = await ask(app, 'profile source');
    const answer = await browser.decide(path, 'allow', ticks('source:d', 'user:d', 'alert', 'nonsense', ''));
    expect(await scopeOf(app, answer)).toBe('profile source');
  });

  it('what was unticked is remembered: it is not asked again and not given, until prompt=consent shows it, unticked', async () => {
    const app = await newApp();
    await browser.decide(await ask(app, 'profile source:w alert'), 'allow', ticks('alert'));
    expect(await silent(app, 'profile source:w alert')).toBe('profile alert');
    const path = await ask(app, 'profile source:w alert', { prompt: 'consent' });
    const page = await (await browser.get(path)).text();
    const boxes = [...page.matchAll(/<input[^>]*type="checkbox"[^>]*>/g)].map(([tag]) => [
      /value="([^"]*)"/.exec(tag)?.[1],
      /\schecked/.test(tag),
    ]);
    expect(boxes).toEqual([
      ['source:w', false],
      ['alert', true],
    ]);
    expect(await scopeOf(app, await browser.decide(path, 'allow', ticks('source:w', 'alert')))).toBe(
      'profile source:w alert',
    );
    expect(await silent(app, 'profile source:w')).toBe('profile source:w');
  });

  it('what a user unticks later is taken back from what stood', async () => {
    const app = await newApp();
    await browser.decide(await ask(app, 'profile source:w'), 'allow', ticks('source:w'));
    await browser.decide(await ask(app, 'profile source:w', { prompt: 'consent' }), 'allow');
    expect(await silent(app, 'profile source:w')).toBe('profile');
    const { rows } = await world.db.query('SELECT scopes, refused_scopes FROM grants WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ scopes: 'profile', refused_scopes: 'source:w' }]);
  });

  it('a refused scope that the app can’t do without any more is asked about', async () => {
    const app = await newApp();
    await browser.decide(await ask(app, 'profile source:w'), 'allow');
    await declare(app, ['profile', 'source:w']);
    const path = await ask(app, 'profile source:w');
    expect(await (await browser.get(path)).text()).toContain('additionally');
    expect(await scopeOf(app, await browser.decide(path, 'allow'))).toBe('profile source:w');
  });

  it('a yes to nothing is no yes: the question stays open, and the page says so', async () => {
    const app = await world.newApp({ scopes: ['source:w?', 'alert?'] });
    const path = await ask(app, 'source:w alert');
    const answer = await browser.decide(path, 'allow');
    expect(answer.headers.get('location')).toBe(`${path}?again=nothing_ticked&unticked=source%3Aw&unticked=alert`);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    expect(await scopeOf(app, await browser.decide(path, 'allow', ticks('alert')))).toBe('alert');
  });

  it('on a screen of new scopes only, unticking all of them leaves what stood', async () => {
    const app = await newApp();
    await browser.decide(await ask(app, 'profile'), 'allow');
    const path = await ask(app, 'profile source:w');
    expect(await scopeOf(app, await browser.decide(path, 'allow'))).toBe('profile');
  });

  it('an answer to a screen that says something else by now is asked again, with the ticks as they were', async () => {
    const app = await newApp();
    const path = await ask(app, 'profile source:w alert');
    const shown: [string, string] = ['shown', 'year profile ~source:w ~alert'];
    await declare(app, ['profile', 'source:w', 'alert?']);
    const answer = await browser.decide(path, 'allow', [shown]);
    expect(answer.headers.get('location')).toBe(`${path}?again=changed&unticked=alert`);
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
    const page = await (await browser.get(answer.headers.get('location') as string)).text();
    expect(/<input[^>]*value="alert"[^>]*>/.exec(page)?.[0]).not.toContain('checked');
  });
});
