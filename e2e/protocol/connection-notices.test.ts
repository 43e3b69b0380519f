import { describe, expect, it } from 'vitest';
import { authorizationRequest, DIALECTS, expectRefusal, isActive, readConsentPath } from '@/e2e/fixtures/answers';
import { claimsOf, connectApp, eventually, refresh, signedIn } from '@/e2e/fixtures/connected';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import { browser, other, site, user, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { isDecided } from '@/e2e/fixtures/traces';
import type { HttpBrowser } from '@/e2e/fixtures/world';

withSignedInPerson();

const connectionIn = (accessToken: string) => String(claimsOf(accessToken).il_c);
const pageOf = async (who: HttpBrowser, path: string) => (await who.get(path)).text();
const NOT_ME = 'This wasn’t me</button>';

/** The form of the notice of a connection with this button, as the portal's page shows it. */
async function noticeForm(who: HttpBrowser, connectionId: string, button: string): Promise<FormData> {
  const page = await pageOf(who, '/connections');
  const form = page
    .match(/<form [^>]*multipart.*?<\/form>/gs)
    ?.find((text) => text.includes(`name="connection" value="${connectionId}"`) && text.includes(button));
  const fields = form && readForm(form, button);
  if (!fields) throw new Error('the page has no such notice');
  return fields;
}

const rowOf = async (connectionId: string) => {
  const { rows } = await world.db.query(
    `SELECT k.ended_reason, k.seen_at IS NOT NULL AS seen, r.revoked_reason, g.revoked_at IS NOT NULL AS grant_ended
       FROM connections k JOIN grants g ON g.id = k.grant_id LEFT JOIN refresh_tokens r ON r.connection_id = k.id WHERE k.id = $1`,
    [connectionId],
  );
  return rows[0];
};

describe.each(DIALECTS)('"This wasn’t me" (%s dialect)', (dialect) => {
  it('ends the connection, its tokens on every server within a second, codes and decisions on their way', async () => {
    const app = await world.newApp();
    const { tokens } = await connectApp(world, site, { app, user, browser, dialect });
    const id = connectionIn(tokens.access_token);
    const code = await browser.obtainCode(app, {}, dialect);
    const waiting = readConsentPath(
      await browser.authorize(authorizationRequest(app, { scope: 'profile team', prompt: 'consent' }), dialect),
    );
    const answer = await sendForm(browser, '/connections', await noticeForm(browser, id, NOT_ME));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/connections/reported/${id}`]);

    for (const server of [site, other])
      await eventually(async () => !(await isActive(server, tokens.access_token)), 15_000);
    for (const server of [site, other])
      await expectRefusal(await refresh(server, app, tokens.refresh_token, dialect), dialect, 'invalid_grant');
    expect(await rowOf(id)).toEqual({
      ended_reason: 'reported',
      revoked_reason: 'reported',
      seen: true,
      grant_ended: true,
    });
    expect(await isDecided(world, waiting)).toBe(true);
    const { rows } = await world.db.query(
      `SELECT (SELECT count(*)::int FROM authorization_codes WHERE app_id = $1 AND redeemed_at IS NULL) AS codes,
              (SELECT json_agg(kind) FROM audit_events WHERE user_id = $2 AND subject = 'connection:' || $3) AS audits`,
      [app.id, user.id, id],
    );
    expect(code).not.toBe('');
    expect(rows[0]).toEqual({ codes: 0, audits: ['connection_reported'] });
    expect(await pageOf(browser, `/connections/reported/${id}`)).toContain(app.name);
  });

  it('leaves the app’s other connections, and their grant, as they are', async () => {
    const app = await world.newApp();
    const mine = await connectApp(world, site, { app, user, browser, dialect });
    const theirs = await connectApp(world, site, { app, user, browser, dialect });
    const id = connectionIn(theirs.tokens.access_token);
    await sendForm(browser, '/connections', await noticeForm(browser, id, NOT_ME));
    expect(await rowOf(connectionIn(mine.tokens.access_token))).toMatchObject({
      ended_reason: null,
      grant_ended: false,
    });
    await eventually(async () => !(await isActive(other, theirs.tokens.access_token)), 15_000);
    expect(await isActive(other, mine.tokens.access_token)).toBe(true);
  });
});

describe('notices', () => {
  it('are dismissed one by one or together, and of one’s own connections only (case 87)', async () => {
    const connected = await connectApp(world, site);
    const id = connectionIn(connected.tokens.access_token);
    const mine = await connectApp(world, site, { user, browser });
    const form = await noticeForm(browser, connectionIn(mine.tokens.access_token), 'This was me</button>');
    form.set('connection', id);
    expect((await sendForm(browser, '/connections', form)).status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ seen: false, ended_reason: null });

    const report = await noticeForm(browser, connectionIn(mine.tokens.access_token), NOT_ME);
    report.set('connection', id);
    expect((await sendForm(browser, '/connections', report)).status).toBe(404);
    expect(await rowOf(id)).toMatchObject({ seen: false, ended_reason: null });
    expect(await isActive(site, connected.tokens.access_token)).toBe(true);
    expect((await browser.get(`/connections/reported/${id}`)).status).toBe(404);
  });

  it('name three, say how many more there are, and go with the connection', async () => {
    const somebody = await world.newUser();
    const there = await signedIn(site, somebody);
    const apps = [];
    for (let n = 0; n < 5; n++) apps.push((await connectApp(world, site, { user: somebody, browser: there })).app);
    const page = await pageOf(there, '/account');
    expect(page).toContain('5 new app connections');
    expect(page).toContain('See 2 more');
    expect(apps.filter(({ name }) => page.includes(`${name}</bdi> was connected`))).toHaveLength(3);
    await world.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = now() WHERE id = $1", [apps.at(-1)?.id]);
    expect(await pageOf(there, '/account')).toContain('4 new app connections');
  });
});

describe('idle connections', () => {
  it('are found anew when they end: one that is used between the page and the button stays', async () => {
    const somebody = await world.newUser();
    const there = await signedIn(site, somebody);
    const apps = [await world.newApp(), await world.newApp()] as const;
    const tokens = [];
    for (const app of apps)
      tokens.push((await connectApp(world, site, { user: somebody, browser: there, app })).tokens);
    await world.db.query(
      `UPDATE connections SET issued_at = now() - interval '61 days', connected_at = now() - interval '61 days', last_activity_at = NULL
        WHERE grant_id IN (SELECT id FROM grants WHERE user_id = $1)`,
      [somebody.id],
    );
    const path = '/connections/idle?days=60';
    const form = readForm(await pageOf(there, path), 'name="days"') as FormData;
    expect((await refresh(site, apps[1], tokens[1]?.refresh_token)).status).toBe(200);
    const answer = await sendForm(there, path, form);
    expect(await answer.text()).toContain('1 connection was revoked.');
    const states = await Promise.all(
      tokens.map(async ({ access_token }) => (await rowOf(connectionIn(access_token))).ended_reason),
    );
    expect(states).toEqual(['revoked_by_user', null]);
  });

  it('cannot be asked for by a time of one’s own', async () => {
    const somebody = await world.newUser();
    const there = await signedIn(site, somebody);
    const { app, tokens } = await connectApp(world, site, { user: somebody, browser: there });
    await world.db.query("UPDATE connections SET issued_at = now() - interval '31 days' WHERE app_id = $1", [app.id]);
    const form = readForm(await pageOf(there, '/connections/idle?days=30'), 'name="days"') as FormData;
    form.set('days', '0');
    expect((await sendForm(there, '/connections/idle?days=30', form)).status).toBe(404);
    expect((await rowOf(connectionIn(tokens.access_token))).ended_reason).toBeNull();
  });
});

describe('the account’s activity', () => {
  it('tells sign-ins, connections and how they ended, newest first, page by page, and nobody else’s', async () => {
    const somebody = await world.newUser();
    const there = await signedIn(site, somebody);
    const app = await world.newApp();
    for (let n = 0; n < 12; n++) await connectApp(world, site, { user: somebody, browser: there, app });
    const { rows } = await world.db.query(
      "SELECT count(*)::int AS n FROM connections WHERE app_id = $1 AND ended_reason = 'evicted'",
      [app.id],
    );
    expect(rows).toEqual([{ n: 2 }]);
    await world.db.query(
      `INSERT INTO audit_events (user_id, kind, subject, data, at)
       SELECT $1, 'connection_revoked', 'x', jsonb_build_object('appName', 'Old ' || n), now() - make_interval(days => n)
         FROM generate_series(1, 40) n`,
      [somebody.id],
    );
    const told: string[] = [];
    let path: string | undefined = '/account/activity';
    for (let pages = 0; path && pages < 5; pages++) {
      const text = await pageOf(there, path);
      told.push(...[...text.matchAll(/<li class="relative.*?<\/li>/gs)].map(([item]) => item.replace(/<[^>]*>/g, ' ')));
      path = /href="(\/account\/activity\?before=[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    // A sign-in, twelve connections, two that made room, forty from before.
    expect(told).toHaveLength(55);
    expect(told.filter((line) => line.includes('ended because 10 were connected'))).toHaveLength(2);
    expect(told.filter((line) => line.includes('was connected'))).toHaveLength(12);
    expect(told.filter((line) => line.includes('Signed in'))).toHaveLength(1);
    expect(new Set(told.filter((line) => line.includes('Old '))).size).toBe(40);
    expect(await pageOf(browser, '/account/activity')).not.toContain(app.name);
  });

  it.each(['', 'x', '1.s', '99999999999999999.s1', '1.z1', "1.s' OR '1'='1", '-1.s1'])(
    'a page that begins at %j is the first one',
    async (before) => {
      const answer = await browser.get(`/account/activity?before=${encodeURIComponent(before)}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('This browser');
    },
  );

  it('another browser is signed out from it; a foreign one is not', async () => {
    const somebody = await world.newUser();
    const [here, there, foreign] = [
      await signedIn(site, somebody),
      await signedIn(other, somebody),
      await signedIn(site, await world.newUser()),
    ];
    const form = readForm(await pageOf(here, '/account/activity'), 'name="session"') as FormData;
    const theirs = readForm(await pageOf(foreign, '/account/activity'), 'Sign out all other browsers') as FormData;
    theirs.set('session', String(form.get('session')));
    await sendForm(foreign, '/account/activity', theirs);
    expect((await there.get('/account')).status).toBe(200);
    expect((await sendForm(here, '/account/activity', form)).status).toBe(303);
    expect((await there.get('/account')).headers.get('location')).toMatch(/^\/signin/);
    expect((await here.get('/account')).status).toBe(200);
  });
});
