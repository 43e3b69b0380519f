import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCandidate, newRequest } from '@/e2e/fixtures/candidate';
import { connectApp, eventually, exchange, isActive, refresh, signedIn } from '@/e2e/fixtures/connected';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { snapshot } from '@/e2e/fixtures/snapshot';
import { type HttpBrowser, type TestApp, type TestTenant, type TestUser, World } from '@/e2e/fixtures/world';
import { APP_POLICIES, type AppPolicy, type AppVerdict, judgeApp } from '@/lib/apps/app-policy';
import { digestOf } from '@/lib/flows/ids';
import type { Dialect } from '@/lib/oauth/errors';
import { runtime } from '@/lib/runtime/runtime';
import { askForApp, listAskedApps } from '@/lib/store/access-requests';
import { findStopped } from '@/lib/store/app-policy';
import { listConnectedApps } from '@/lib/store/connection-views';
import { listOutbox } from '@/lib/store/outbox';
import { changePolicy, decideRequests, settleLetIn } from '@/lib/store/policy-changes';
import { approveRequest } from '@/lib/store/review';
import { acceptTransfer, offerTransfer } from '@/lib/store/transfers';
import { ours } from '../fixtures/lane';

const [first] = ours('servers');
const site = { publicUrl: ours('publicUrl'), port: first?.port ?? 0 };
let world: World;
let close: () => Promise<void>;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  close = await openOwnRuntime(ours('installation'));
});
afterAll(async () => {
  await close();
  await world.close();
});

const DIALECTS: Dialect[] = ['native', 'rfc'];

type Standing = { policy?: AppPolicy; verdict?: AppVerdict | null; verified?: boolean; own?: boolean };

/** An organisation with its policy, somebody who belongs to it, and an app of it or of another one. */
async function newCase({ policy = 'ALL', verdict = null, verified = false, own = false }: Standing = {}) {
  const tenant = await world.newTenant();
  const [admin, user] = [await world.newUser({ tenant, role: 'ADMIN' }), await world.newUser({ tenant })];
  const app = await world.newApp(own ? { tenant, verified } : { verified });
  await setPolicy(tenant, policy);
  if (verdict) await decide(tenant, app, verdict, admin);
  return { tenant, admin, user, app, actor: { userId: admin.id, tenantId: tenant.id } };
}

const setPolicy = (tenant: TestTenant, policy: AppPolicy) =>
  world.db.query('UPDATE tenants SET app_policy = $2::app_policy WHERE id = $1', [tenant.id, policy]);
const decide = (tenant: TestTenant, app: TestApp, verdict: AppVerdict, admin: TestUser) =>
  world.db.query('INSERT INTO app_rules (tenant_id, app_id, verdict, decided_by_id) VALUES ($1, $2, $3, $4)', [
    tenant.id,
    app.id,
    verdict,
    admin.id,
  ]);

const ask = (app: TestApp, more: Record<string, string> = {}) => ({
  client_id: app.clientId,
  response_type: 'code',
  redirect_uri: app.redirectUri,
  scope: 'profile',
  state: 'the state',
  ...more,
});

async function visit(browser: HttpBrowser, app: TestApp, dialect: Dialect = 'native', more = {}) {
  const answer = await browser.authorize(ask(app, more), dialect);
  const path = answer.headers.get('location') ?? '';
  return { answer, path, page: path.startsWith('/consent/') ? await (await browser.get(path)).text() : '' };
}

async function left(app: TestApp, user: TestUser) {
  const { rows } = await world.db.query(
    `SELECT (SELECT count(*)::int FROM authorization_codes c WHERE c.app_id = $1) AS codes,
            (SELECT count(*)::int FROM grants g WHERE g.app_id = $1 AND g.user_id = $2 AND g.revoked_at IS NULL) AS grants,
            (SELECT count(*)::int FROM connections k WHERE k.app_id = $1 AND k.ended_at IS NULL) AS connections`,
    [app.id, user.id],
  );
  return rows[0];
}

/** Somebody waits for who holds the policy. */
async function waitsForPolicy(way: 'use_app_policy' | 'change_app_policy' = 'use_app_policy') {
  await eventually(async () => {
    // Inside a transaction the view stands still.
    await world.db.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await world.db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'",
      [way],
    );
    return (rowCount ?? 0) > 0;
  });
}

const BLOCKED = 'without access';
const ALLOW = 'value="allow"';
const NOTHING = { codes: 0, grants: 0, connections: 0 };

describe('the policy of the user’s organisation', () => {
  const table = APP_POLICIES.flatMap((policy) =>
    ([null, 'ALLOWED', 'BLOCKED'] as const).flatMap((verdict) =>
      [true, false].flatMap((verified) => [true, false].map((own) => ({ policy, verdict, verified, own }))),
    ),
  );

  test('the database judges as the rule does, for every case', async () => {
    for (const one of table) {
      const { app, user } = await newCase(one);
      const { rows } = await world.db.query('SELECT grant_problem($1, $2) AS problem', [app.id, user.id]);
      const allowed = judgeApp({ ...one, ownApp: one.own }) === 'allowed';
      expect({ ...one, problem: rows[0].problem }).toEqual({ ...one, problem: allowed ? null : 'app_not_allowed' });
    }
  });

  const kept = table.filter((one) => judgeApp({ ...one, ownApp: one.own }) !== 'allowed');
  const let_in = [
    { policy: 'VERIFIED_ONLY', verified: true },
    { policy: 'ALLOW_LIST', verdict: 'ALLOWED' },
    { policy: 'ALLOW_LIST', own: true },
    { policy: 'ALL' },
  ] as const;

  test.each(kept)('keeps out $policy $verdict verified: $verified', async (one) => {
    const { app, user } = await newCase(one);
    const browser = await signedIn(site, user);
    for (const dialect of DIALECTS) {
      const { path, page } = await visit(browser, app, dialect);
      expect(path).toMatch(/^\/consent\//);
      expect(page).toContain(BLOCKED);
      expect(page).not.toContain(ALLOW);
      // Whoever posts the yes all the same gets nothing, and the request still waits.
      const answer = await browser.decide(path, 'allow');
      expect(answer.headers.get('location')).toBe(path);
      const none = await browser.authorize(ask(app, { prompt: 'none' }), dialect);
      const error = new URL(none.headers.get('location') ?? site.publicUrl).searchParams.get('error');
      // To an app that this user has no reason to trust nobody is sent.
      expect(none.status === 400 || error !== null).toBe(true);
    }
    expect(await left(app, user)).toEqual(NOTHING);
    const { rows } = await world.db.query('SELECT decided_at FROM consent_transactions WHERE user_id = $1', [user.id]);
    expect(rows.filter(({ decided_at }) => decided_at !== null)).toEqual([]);
  });

  test.each(let_in)('lets in $policy', async (one) => {
    const { app, user } = await newCase(one);
    const browser = await signedIn(site, user);
    for (const dialect of DIALECTS) {
      const code = await browser.obtainCode(app, {}, dialect);
      expect((await exchange(site, app, code, dialect)).status).toBe(200);
    }
  });

  test('a standing consent gives no silent code of an app that is kept out, in either dialect', async () => {
    for (const dialect of DIALECTS) {
      const { tenant, app, user } = await newCase();
      const { browser } = await connectApp(world, site, { app, user });
      const before = await left(app, user);
      const silent = await browser.authorize(ask(app), dialect);
      expect(silent.headers.get('location')).toContain('code=');
      await setPolicy(tenant, 'ALLOW_LIST');
      const { path, page } = await visit(browser, app, dialect);
      expect(path).toMatch(/^\/consent\//);
      expect(page).toContain(BLOCKED);
      expect((await left(app, user)).codes).toBe(before.codes + 1);
    }
  });

  test('its no to the app is access_denied with the state, and ends the request', async () => {
    for (const dialect of DIALECTS) {
      const { app, user } = await newCase({ policy: 'ALLOW_LIST' });
      const browser = await signedIn(site, user);
      const { path } = await visit(browser, app, dialect);
      const back = new URL((await browser.decide(path, 'deny')).headers.get('location') ?? '');
      expect(back.searchParams.get('error')).toMatch(/access_denied/);
      expect(back.searchParams.get('state')).toBe('the state');
      expect(await left(app, user)).toEqual(NOTHING);
    }
  });
});

describe('a policy that gets tighter', () => {
  test('a code that is out is not redeemed, a token not refreshed; allowed again, the connection goes on', async () => {
    const { tenant, app, user, actor } = await newCase();
    const { browser, tokens } = await connectApp(world, site, { app, user });
    const code = await browser.obtainCode(app);
    expect(await findStopped(tenant.id, { kind: 'policy', policy: 'ALLOW_LIST' })).toMatchObject([
      { id: app.id, members: 1 },
    ]);
    await changePolicy(actor, { kind: 'policy', policy: 'ALLOW_LIST' }, { endConnections: false });
    for (const dialect of DIALECTS) {
      const refused = await refresh(site, app, tokens.refresh_token, dialect);
      expect(refused.status).toBe(dialect === 'native' ? 401 : 400);
      expect(JSON.stringify(await refused.json())).toContain('invalid_grant');
    }
    expect((await exchange(site, app, code)).status).toBe(401);
    expect((await listConnectedApps(user.id)).apps).toMatchObject([{ app: { id: app.id, keptOut: true } }]);
    await changePolicy(actor, { kind: 'rule', appId: app.id, verdict: 'ALLOWED', note: '' }, { endConnections: false });
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(200);
  });

  test('connections that are ended with it are gone for good, their access tokens at once, and nobody else’s', async () => {
    const { tenant, app, user, actor } = await newCase();
    const [{ tokens }, elsewhere] = [
      await connectApp(world, site, { app, user }),
      await connectApp(world, site, { app }),
    ];
    expect(await isActive(site, tokens.access_token)).toBe(true);
    const outcome = await changePolicy(actor, { kind: 'policy', policy: 'VERIFIED_ONLY' }, { endConnections: true });
    expect(outcome).toEqual({ ok: true, changed: true, endedConnections: 1 });
    await eventually(async () => !(await isActive(site, tokens.access_token)));
    await setPolicy(tenant, 'ALL');
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(401);
    expect(await isActive(site, elsewhere.tokens.access_token), 'another organisation').toBe(true);
    expect((await refresh(site, app, elsewhere.tokens.refresh_token)).status).toBe(200);
    const { rows } = await world.db.query(
      'SELECT ended_reason FROM connections k JOIN grants g ON g.id = k.grant_id WHERE g.user_id = $1',
      [user.id],
    );
    expect(rows).toEqual([{ ended_reason: 'revoked_by_admin' }]);
  });

  test('an app that rests already is not ended with another one, whichever way that is stopped', async () => {
    for (const way of ['rule', 'request', 'policy'] as const) {
      const { tenant, app, user, actor } = await newCase();
      const resting = await connectApp(world, site, { user });
      await connectApp(world, site, { app, user });
      await changePolicy(
        actor,
        { kind: 'rule', appId: resting.app.id, verdict: 'BLOCKED', note: '' },
        { endConnections: false },
      );
      if (way === 'request') {
        await setPolicy(tenant, 'ALLOW_LIST');
        const browser = await signedIn(site, await world.newUser({ tenant }));
        await askFor(browser, (await visit(browser, app)).path, 'Please');
        await decideRequests(actor, app.id, { kind: 'deny', note: '', block: true });
        await setPolicy(tenant, 'ALL');
      } else {
        const rule = { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: '' } as const;
        const change = way === 'rule' ? rule : ({ kind: 'policy', policy: 'ALLOW_LIST' } as const);
        expect(await changePolicy(actor, change, { endConnections: true })).toMatchObject({ endedConnections: 1 });
      }
      expect(await left(app, user), way).toMatchObject({ grants: 0, connections: 0 });
      const back = { kind: 'rule', appId: resting.app.id, verdict: 'ALLOWED', note: '' } as const;
      await changePolicy(actor, back, { endConnections: false });
      expect((await refresh(site, resting.app, resting.tokens.refresh_token)).status, way).toBe(200);
    }
  });

  test('what ends in one organisation waits for nothing of the app in another, and holds nothing up there', async () => {
    const { app, user, actor } = await newCase();
    await connectApp(world, site, { app, user });
    await world.db.query('BEGIN');
    await world.db.query('SELECT use_app_tokens($1)', [app.id]);
    const rule = { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: '' } as const;
    expect(await changePolicy(actor, rule, { endConnections: true })).toMatchObject({ endedConnections: 1 });
    await world.db.query('COMMIT');
    expect(await left(app, user)).toMatchObject({ grants: 0, connections: 0 });
  });

  test('an app that loses its badge stops where only verified ones are let in', async () => {
    const { app, user } = await newCase({ policy: 'VERIFIED_ONLY', verified: true });
    const { tokens } = await connectApp(world, site, { app, user });
    await world.db.query("UPDATE apps SET state = 'DEVELOPMENT' WHERE id = $1", [app.id]);
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(401);
  });

  test('a consent that is given while the policy changes waits for it, and gives nothing', async () => {
    const { tenant, app, user } = await newCase();
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await world.db.query('BEGIN');
    await world.db.query('SELECT change_app_policy($1)', [tenant.id]);
    await setPolicy(tenant, 'ALLOW_LIST');
    const answer = browser.decide(path, 'allow');
    await waitsForPolicy();
    await world.db.query('COMMIT');
    expect((await answer).headers.get('location')).toBe(path);
    expect(await left(app, user)).toEqual(NOTHING);
  });

  test('redemptions and refreshes that come with the change leave no token that lives', async () => {
    const { app, user, actor } = await newCase();
    const { browser, tokens } = await connectApp(world, site, { app, user });
    const codes = [await browser.obtainCode(app), await browser.obtainCode(app), await browser.obtainCode(app)];
    const [, ...answers] = await Promise.all([
      changePolicy(actor, { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: '' }, { endConnections: true }),
      refresh(site, app, tokens.refresh_token),
      ...codes.map((code) => exchange(site, app, code)),
    ]);
    expect((await left(app, user)).connections).toBe(0);
    const given = await Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.json()));
    for (const { access_token } of given) await eventually(async () => !(await isActive(site, access_token)));
  });
});

/** Runs a story of this process's own, and keeps the mails that it queues. */
async function withOutbox(story: () => Promise<void>) {
  const made = runtime();
  made.mails = { kind: 'outbox', everybody: true };
  await story().finally(() => {
    made.mails = { kind: 'none' };
  });
}

const askFor = async (browser: HttpBrowser, path: string, reason: string) => {
  const answer = await browser.post(`${path}/request`, { reason });
  expect(answer.status).toBe(303);
  return (await browser.get(path)).text();
};
const stateOf = async (browser: HttpBrowser, path: string) =>
  ((await (await browser.get(`${path}/state`)).json()) as { state: string }).state;
const WAITS = 'data-waits-at';

describe('a request in the flow', () => {
  test('waits for up to an hour, and after the approval goes on to consent and code with the original state', async () => {
    for (const dialect of DIALECTS) {
      const { app, user, actor } = await newCase({ policy: 'ALLOW_LIST' });
      const browser = await signedIn(site, user);
      const { path } = await visit(browser, app, dialect);
      expect(await askFor(browser, path, 'I write reports with it.')).toContain(WAITS);
      expect(await stateOf(browser, path)).toBe('waiting');
      const { rows } = await world.db.query(
        'SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM consent_transactions WHERE user_id = $1',
        [user.id],
      );
      expect(rows[0].seconds).toBeGreaterThan(3_500);
      expect(rows[0].seconds).toBeLessThanOrEqual(3_600);
      expect(await decideRequests(actor, app.id, { kind: 'approve' })).toMatchObject({ ok: true, requesters: 1 });
      expect(await stateOf(browser, path)).toBe('changed');
      expect(await (await browser.get(path)).text()).toContain(ALLOW);
      const back = new URL((await browser.decide(path, 'allow')).headers.get('location') ?? '');
      expect(back.searchParams.get('state')).toBe('the state');
      const code = back.searchParams.get('code') ?? '';
      expect((await exchange(site, app, code, dialect)).status).toBe(200);
    }
  });

  test('the state is told to nobody else: another browser, another account, nobody', async () => {
    const { app, user, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Mine');
    for (const other of [await signedIn(site, user), await signedIn(site, await world.newUser({ tenant }))])
      expect(await stateOf(other, path)).toBe('changed');
  });

  test('a denial says why, is not asked about again for a day, and leads back with access_denied', async () => {
    const { app, user, actor } = await newCase({ policy: 'VERIFIED_ONLY' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Please');
    await decideRequests(actor, app.id, { kind: 'deny', note: 'Use the other one.', block: false });
    expect(await stateOf(browser, path)).toBe('changed');
    const page = await (await browser.get(path)).text();
    expect(page).toContain('Use the other one.');
    expect(page).not.toContain('name="reason"');
    await browser.post(`${path}/request`, { reason: 'Again' });
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE user_id = $1', [user.id]);
    expect(rows).toEqual([{ status: 'DENIED' }]);
    const back = new URL((await browser.decide(path, 'deny')).headers.get('location') ?? '');
    expect(back.searchParams.get('error')).toBe('access_denied');
    await world.db.query("UPDATE access_requests SET decided_at = now() - interval '25 hours' WHERE user_id = $1", [
      user.id,
    ]);
    expect((await visit(browser, app)).page).toContain('name="reason"');
  });

  test('a denial that blocks ends what members have, and nobody asks any more', async () => {
    const { app, user, actor, tenant } = await newCase();
    const colleague = await connectApp(world, site, { app, user: await world.newUser({ tenant }) });
    await setPolicy(tenant, 'ALLOW_LIST');
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Please');
    const outcome = await decideRequests(actor, app.id, { kind: 'deny', note: 'Never', block: true });
    expect(outcome).toEqual({ ok: true, requesters: 1, endedConnections: 1 });
    await eventually(async () => !(await isActive(site, colleague.tokens.access_token)));
    await setPolicy(tenant, 'ALL');
    const again = await visit(browser, app);
    expect(again.page).toContain(BLOCKED);
    expect(again.page).not.toContain('name="reason"');
    await browser.post(`${again.path}/request`, { reason: 'Still' });
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE user_id = $1', [user.id]);
    expect(rows).toEqual([{ status: 'DENIED' }]);
  });

  test('once the hour is over the page says how to start again, also when an admin says yes later', async () => {
    const { app, user, actor } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Please');
    await world.db.query(
      "UPDATE consent_transactions SET expires_at = now() - interval '1 second' WHERE user_id = $1",
      [user.id],
    );
    expect(await (await browser.get(path)).text()).toContain('waited long enough');
    expect(await decideRequests(actor, app.id, { kind: 'approve' })).toMatchObject({ ok: true });
    expect(await (await browser.get(path)).text()).toContain('Go to the app and connect again');
    const answer = await browser.decide(path, 'allow');
    expect(answer.headers.get('location')).toBe(path);
    expect(await left(app, user)).toEqual(NOTHING);
    expect((await visit(browser, app)).page).toContain(ALLOW);
  });

  test('who comes again waits with the same request; a colleague joins it, and one decision is for both', async () => {
    const { app, user, tenant, actor } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'First');
    const second = await visit(browser, app);
    expect(second.page).toContain(WAITS);
    const colleague = await signedIn(site, await world.newUser({ tenant }));
    await askFor(colleague, (await visit(colleague, app, 'native', { scope: 'source:d' })).path, 'Me too');
    const { entries } = await listAskedApps(tenant.id, { appId: null, after: null }, new Date());
    expect(entries).toMatchObject([{ id: app.id, count: 2, requesters: [{ reason: 'First' }, { reason: 'Me too' }] }]);
    expect(await decideRequests(actor, app.id, { kind: 'approve' })).toMatchObject({ requesters: 2 });
    expect(await (await browser.get(second.path)).text()).toContain(ALLOW);
  });

  test('the first whose request admins can see is mailed to them, also after somebody who was disabled', async () => {
    const { app, user, tenant, admin } = await newCase({ policy: 'ALLOW_LIST' });
    const mailed = async () => {
      const { rows } = await world.db.query('SELECT kind FROM outbox_mails WHERE user_id = $1', [admin.id]);
      return rows.filter(({ kind }) => kind === 'approval_asked').length;
    };
    const asks = async (who: TestUser) => {
      const { path } = await visit(await signedIn(site, who), app);
      const transactionDigest = digestOf(path.replace('/consent/', ''));
      const { rows } = await world.db.query('SELECT session_id FROM consent_transactions WHERE digest = $1', [
        transactionDigest,
      ]);
      const request = { reason: 'Please', scopes: 'profile', offlineAccess: false, transactionDigest };
      const whose = { userId: who.id, tenantId: tenant.id, appId: app.id, sessionId: rows[0].session_id };
      await withOutbox(async () => expect(await askForApp({ ...request, ...whose })).toBe('asked'));
    };
    await asks(user);
    expect(await mailed()).toBe(1);
    await world.db.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [user.id]);
    await asks(await world.newUser({ tenant }));
    expect(await mailed()).toBe(2);
    await asks(await world.newUser({ tenant }));
    expect(await mailed(), 'who joins in stands beside it').toBe(2);
  });

  test('a member asks for ten apps a day, each once, however many tabs', async () => {
    const { user, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const app = await world.newApp();
    const paths = [(await visit(browser, app)).path, (await visit(browser, app)).path];
    await Promise.all(paths.map((path) => browser.post(`${path}/request`, { reason: 'Once' })));
    for (let n = 1; n < 10; n++) {
      const { path } = await visit(browser, await world.newApp());
      await browser.post(`${path}/request`, { reason: 'One of many' });
    }
    const { path } = await visit(browser, await world.newApp());
    const page = await askFor(browser, path, 'One too many');
    expect(page).toContain('many apps today');
    expect(page, 'what was typed stays').toContain('One too many');
    const { rows } = await world.db.query('SELECT count(*)::int AS n FROM access_requests WHERE tenant_id = $1', [
      tenant.id,
    ]);
    expect(rows[0].n).toBe(10);
  });

  test('a reason that is missing or too long is not taken, and stays in the form', async () => {
    const { app, user } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    expect(await askFor(browser, path, '   ')).toContain('aria-invalid="true"');
    const long = await askFor(browser, path, `Long ${'x'.repeat(600)}`);
    expect(long).toContain('at most 500');
    expect(long).toContain(`Long ${'x'.repeat(600)}`);
    const { rowCount } = await world.db.query('SELECT 1 FROM access_requests WHERE user_id = $1', [user.id]);
    expect(rowCount).toBe(0);
  });

  test('a foreign browser or account asks nothing with it', async () => {
    const { app, user, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    const before = await snapshot(world.db, ['sessions']);
    for (const other of [await signedIn(site, user), await signedIn(site, await world.newUser({ tenant }))])
      await other.post(`${path}/request`, { reason: 'Not mine' });
    const after = await snapshot(world.db, ['sessions']);
    expect(after.access_requests).toBe(before.access_requests);
    expect(after.consent_transactions).toBe(before.consent_transactions);
  });
});

describe('a decision', () => {
  test('is taken once: of an approval and a denial at the same time one counts', async () => {
    const { app, user, actor, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    const other = { userId: (await world.newUser({ tenant, role: 'ADMIN' })).id, tenantId: tenant.id };
    const outcomes = await Promise.all([
      decideRequests(actor, app.id, { kind: 'approve' }),
      decideRequests(other, app.id, { kind: 'deny', note: 'No', block: true }),
    ]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const { rows } = await world.db.query(
      'SELECT q.status, r.verdict FROM access_requests q LEFT JOIN app_rules r ON r.app_id = q.app_id AND r.tenant_id = q.tenant_id WHERE q.user_id = $1',
      [user.id],
    );
    expect([
      { status: 'APPROVED', verdict: 'ALLOWED' },
      { status: 'DENIED', verdict: 'BLOCKED' },
    ]).toContainEqual(rows[0]);
    const { rows: told } = await world.db.query(
      "SELECT kind FROM audit_events WHERE tenant_id = $1 AND kind IN ('app_request_approved', 'app_request_denied')",
      [tenant.id],
    );
    expect(told).toHaveLength(1);
  });

  test('an admin of another organisation decides nothing, and sees nothing', async () => {
    const { app, user, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'A reason of ours');
    const stranger = await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' });
    const actor = { userId: stranger.id, tenantId: stranger.tenant.id };
    expect(await decideRequests(actor, app.id, { kind: 'approve' })).toEqual({ ok: false, reason: 'decided_already' });
    const page = await (await (await signedIn(site, stranger)).get(`/organisation/requests?app=${app.id}`)).text();
    expect(page).not.toContain('A reason of ours');
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([{ status: 'PENDING' }]);
  });

  test('a policy that lets the app in answers what waits for it', async () => {
    const { app, user, actor } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Please');
    await changePolicy(actor, { kind: 'policy', policy: 'ALL' }, { endConnections: false });
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE user_id = $1', [user.id]);
    expect(rows).toEqual([{ status: 'APPROVED' }]);
    expect(await (await browser.get(path)).text()).toContain(ALLOW);
  });

  test.each([
    [
      'a requester who is disabled',
      (_app: TestApp, user: TestUser) => ["UPDATE users SET status = 'DISABLED' WHERE id = $1", user.id],
    ],
    ['an app that is suspended', (app: TestApp) => ["UPDATE apps SET status = 'SUSPENDED' WHERE id = $1", app.id]],
  ] as const)('a change that concerns another app answers nothing because of %s', async (_name, change) => {
    const { app, user, actor, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const colleague = await world.newUser({ tenant });
    for (const one of [user, colleague]) {
      const browser = await signedIn(site, one);
      await askFor(browser, (await visit(browser, app)).path, 'Please');
    }
    const [statement, id] = change(app, user);
    await world.db.query(statement as string, [id]);
    const other = await world.newApp();
    const rule = { kind: 'rule', appId: other.id, verdict: 'ALLOWED', note: '' } as const;
    await changePolicy(actor, rule, { endConnections: false });
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([{ status: 'PENDING' }, { status: 'PENDING' }]);
  });

  test('a request that is written while an admin decides does not stay behind', async () => {
    for (const policy of ['ALL', 'ALLOW_LIST'] as const) {
      const { tenant, app, user, admin } = await newCase({ policy: 'ALLOW_LIST' });
      const browser = await signedIn(site, user);
      const { path } = await visit(browser, app);
      await world.db.query('BEGIN');
      await world.db.query('SELECT change_app_policy($1)', [tenant.id]);
      if (policy === 'ALL') await setPolicy(tenant, policy);
      else await decide(tenant, app, 'BLOCKED', admin);
      const answer = browser.post(`${path}/request`, { reason: 'Please' });
      await waitsForPolicy();
      await world.db.query('COMMIT');
      expect((await answer).status).toBe(303);
      const { rows } = await world.db.query('SELECT status FROM access_requests WHERE user_id = $1', [user.id]);
      expect(rows, policy).toEqual([]);
    }
  });

  test('an app that was deleted meanwhile is not approved, and nobody is told so', async () => {
    const { app, user, actor, tenant } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    await world.db.query("UPDATE apps SET deleted_at = now(), status = 'SUSPENDED' WHERE id = $1", [app.id]);
    const before = await snapshot(world.db);
    expect(await decideRequests(actor, app.id, { kind: 'approve' })).toEqual({ ok: false, reason: 'app_gone' });
    expect(await snapshot(world.db)).toEqual(before);
    const { rows } = await world.db.query('SELECT status FROM access_requests WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual([{ status: 'PENDING' }]);
  });

  /** What is left of the requests for an app, and of a decision about it. */
  async function standingOf(app: TestApp, user: TestUser) {
    const { rows } = await world.db.query(
      `SELECT q.status, q.decided_by_id AS "decidedBy", q.decided_at IS NOT NULL AS decided,
              (SELECT count(*)::int FROM app_rules r WHERE r.app_id = q.app_id) AS rules
         FROM access_requests q WHERE q.app_id = $1 AND q.user_id = $2`,
      [app.id, user.id],
    );
    return rows;
  }
  const LET_IN = [{ status: 'APPROVED', decidedBy: null, decided: true, rules: 0 }];

  /** What the story told the user by mail. */
  async function toldIn(user: TestUser, story: () => Promise<void>) {
    await withOutbox(story);
    const { mails } = await listOutbox({ userId: user.id, all: false }, null);
    return mails.flatMap(({ notice }) => (notice?.kind === 'approval_decided' ? [notice.data] : []));
  }

  test('a badge answers who waits for it, in every organisation that lets verified apps in and in no other', async () => {
    const one = await newCandidate(world);
    const requestId = await newRequest(world, one);
    const policies = ['VERIFIED_ONLY', 'VERIFIED_ONLY', 'ALLOW_LIST'] as const;
    const cases = await Promise.all(policies.map((policy) => newCase({ policy })));
    const paths: string[] = [];
    for (const { user } of cases) {
      const browser = await signedIn(site, user);
      const { path } = await visit(browser, one.app);
      await askFor(browser, path, 'Please');
      paths.push(path);
    }
    const [first, second, listed] = cases;
    if (!first || !second || !listed) throw new Error('three cases');
    const told = await toldIn(first.user, async () => {
      expect(await approveRequest({ userId: one.reviewer.id }, requestId)).toEqual({ ok: true });
    });
    for (const { user } of [first, second]) expect(await standingOf(one.app, user)).toEqual(LET_IN);
    expect(await standingOf(one.app, listed.user)).toMatchObject([{ status: 'PENDING' }]);
    expect(told).toMatchObject([{ appName: one.app.name, outcome: 'let_in', note: null, wentOn: true }]);
    const { rows } = await world.db.query(
      "SELECT kind FROM audit_events WHERE tenant_id = $1 AND kind IN ('app_request_approved', 'app_request_denied')",
      [first.tenant.id],
    );
    expect(rows, 'no admin has decided').toEqual([]);
  });

  /** Who waited was answered by a badge that the app got meanwhile. */
  async function letInMeanwhile() {
    const made = await newCase({ policy: 'VERIFIED_ONLY' });
    const browser = await signedIn(site, made.user);
    await askFor(browser, (await visit(browser, made.app)).path, 'Please');
    await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [made.app.id]);
    await settleLetIn(made.app.id);
    return made;
  }

  test('who decides after a badge has answered is told so, and not that somebody has decided', async () => {
    const { app, user, actor } = await letInMeanwhile();
    for (const decision of [
      { kind: 'approve' },
      { kind: 'deny', note: 'No', block: false },
      { kind: 'deny', note: 'No', block: true },
    ] as const) {
      expect(await decideRequests(actor, app.id, decision)).toEqual({ ok: false, reason: 'allowed_already' });
    }
    expect(await standingOf(app, user)).toEqual(LET_IN);
    // Nobody of this organisation has asked.
    const elsewhere = await newCase();
    expect(await decideRequests(elsewhere.actor, app.id, { kind: 'approve' })).toEqual({
      ok: false,
      reason: 'decided_already',
    });
  });

  test.each(['ALLOWED', 'BLOCKED'] as const)('after an admin has %s it somebody has decided', async (verdict) => {
    const { app, actor } = await letInMeanwhile();
    const rule = { kind: 'rule', appId: app.id, verdict, note: '' } as const;
    expect(await changePolicy(actor, rule, { endConnections: false })).toMatchObject({ ok: true });
    const late = await decideRequests(actor, app.id, { kind: 'deny', note: 'No', block: true });
    expect(late).toEqual({ ok: false, reason: 'decided_already' });
    const { rows } = await world.db.query('SELECT verdict FROM app_rules WHERE app_id = $1', [app.id]);
    expect(rows).toEqual([{ verdict }]);
  });

  test('so it is after a policy that lets the app in', async () => {
    const { app, user, actor } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    await changePolicy(actor, { kind: 'policy', policy: 'ALL' }, { endConnections: false });
    const late = await decideRequests(actor, app.id, { kind: 'deny', note: 'No', block: false });
    expect(late).toEqual({ ok: false, reason: 'decided_already' });
  });

  const OUT_OF_USE = [
    [
      'suspended',
      "UPDATE apps SET status = 'SUSPENDED' WHERE id = $1",
      "UPDATE apps SET status = 'ACTIVE' WHERE id = $1",
    ],
    [
      'of a suspended publisher',
      "UPDATE tenants SET status = 'SUSPENDED' WHERE id = (SELECT tenant_id FROM apps WHERE id = $1)",
      "UPDATE tenants SET status = 'ACTIVE' WHERE id = (SELECT tenant_id FROM apps WHERE id = $1)",
    ],
    [
      'limited to its own organisation',
      'UPDATE apps SET limit_to_account = true WHERE id = $1',
      'UPDATE apps SET limit_to_account = false WHERE id = $1',
    ],
  ] as const;
  test.each(OUT_OF_USE)('nobody is told to use an app that is %s, before it is over', async (_name, begins, ends) => {
    const publisher = await world.newTenant();
    const { user, actor, tenant } = await newCase({ policy: 'VERIFIED_ONLY' });
    const app = await world.newApp({ tenant: publisher });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    await world.db.query(begins, [app.id]);
    await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [app.id]);
    const told = await toldIn(user, async () => {
      await settleLetIn(app.id);
      await settleLetIn(null);
      // Neither an admin who decides, nor what is decided about other apps, nor a policy says so.
      const late = await decideRequests(actor, app.id, { kind: 'approve' });
      expect(late).toEqual({ ok: false, reason: 'allowed_already' });
      const rule = { kind: 'rule', appId: (await world.newApp()).id, verdict: 'ALLOWED', note: '' } as const;
      await changePolicy(actor, rule, { endConnections: false });
      await changePolicy(actor, { kind: 'policy', policy: 'ALL' }, { endConnections: false });
    });
    expect(told).toEqual([]);
    expect(await standingOf(app, user)).toEqual([{ status: 'PENDING', decidedBy: null, decided: false, rules: 0 }]);
    await world.db.query(ends, [app.id]);
    expect(await toldIn(user, () => settleLetIn(null))).toMatchObject([{ outcome: 'let_in' }]);
    expect(await standingOf(app, user)).toEqual(LET_IN);
    const { rows } = await world.db.query('SELECT FROM app_rules WHERE tenant_id = $1 AND app_id = $2', [
      tenant.id,
      app.id,
    ]);
    expect(rows).toHaveLength(0);
  });

  test('a suspended app can be blocked while people wait for it', async () => {
    const { app, user, actor } = await newCase({ policy: 'VERIFIED_ONLY' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    await world.db.query("UPDATE apps SET status = 'SUSPENDED', state = 'VERIFIED' WHERE id = $1", [app.id]);
    const rule = { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: 'No' } as const;
    await changePolicy(actor, rule, { endConnections: false });
    expect(await standingOf(app, user)).toMatchObject([{ status: 'DENIED', rules: 1 }]);
  });

  test('an organisation that can’t be answered keeps no other one waiting', async () => {
    const [stuck, next] = [await newCase({ policy: 'VERIFIED_ONLY' }), await newCase({ policy: 'VERIFIED_ONLY' })];
    expect(stuck.tenant.id).toBeLessThan(next.tenant.id);
    const app = await world.newApp();
    for (const { user } of [stuck, next]) {
      const browser = await signedIn(site, user);
      await askFor(browser, (await visit(browser, app)).path, 'Please');
    }
    await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [app.id]);
    const { pool } = runtime();
    const failing = {
      query: pool.query.bind(pool),
      connect: async () => {
        const db = await pool.connect();
        const query = (text: string, values: unknown[]) =>
          text.includes('change_app_policy') && values[0] === stuck.tenant.id
            ? Promise.reject(new Error('injected'))
            : db.query(text, values);
        return { query, release: (broken?: Error) => db.release(broken) };
      },
    } as unknown as typeof pool;
    await settleLetIn(null, failing);
    expect(await standingOf(app, stuck.user)).toMatchObject([{ status: 'PENDING' }]);
    expect(await standingOf(app, next.user)).toEqual(LET_IN);
    await settleLetIn(null);
    expect(await standingOf(app, stuck.user)).toEqual(LET_IN);
  });

  test('an app that comes into the organisation answers its people who wait for it', async () => {
    const { app, user, tenant, admin, actor } = await newCase({ policy: 'ALLOW_LIST' });
    const browser = await signedIn(site, user);
    const { path } = await visit(browser, app);
    await askFor(browser, path, 'Please');
    const { rows } = await world.db.query('SELECT tenant_id, created_by_id, name FROM apps WHERE id = $1', [app.id]);
    const { rows: named } = await world.db.query('SELECT name FROM tenants WHERE id = $1', [tenant.id]);
    const giver = { userId: rows[0].created_by_id ?? admin.id, tenantId: rows[0].tenant_id };
    expect(await offerTransfer(giver, app.id, { kind: 'organisation', name: named[0].name })).toMatchObject({
      ok: true,
    });
    const told = await toldIn(user, async () => {
      expect(await acceptTransfer(actor, app.id)).toMatchObject({ movedOrganisation: true });
    });
    expect(await standingOf(app, user)).toEqual(LET_IN);
    expect(told).toMatchObject([{ outcome: 'let_in' }]);
    expect(await (await browser.get(path)).text()).toContain(ALLOW);
  });

  test.each([
    { kind: 'approve' } as const,
    { kind: 'deny', note: 'No', block: false } as const,
    { kind: 'deny', note: 'No', block: true } as const,
  ])('$kind of what is let in already says so, decides nothing and tells who asked', async (decision) => {
    const { app, user, tenant, actor } = await newCase({ policy: 'VERIFIED_ONLY' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    // The admin's decision comes before whoever settles it.
    await world.db.query('BEGIN');
    await world.db.query('SELECT change_app_policy($1)', [tenant.id]);
    await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [app.id]);
    const told = await toldIn(user, async () => {
      const outcome = decideRequests(actor, app.id, decision);
      await waitsForPolicy('change_app_policy');
      await world.db.query('COMMIT');
      expect(await outcome).toEqual({ ok: false, reason: 'allowed_already' });
    });
    expect(await standingOf(app, user)).toEqual(LET_IN);
    expect(told).toMatchObject([{ outcome: 'let_in' }]);
  });

  test('what a crash left behind between a badge and its answers is settled by housekeeping', async () => {
    const { app, user } = await newCase({ policy: 'VERIFIED_ONLY' });
    const browser = await signedIn(site, user);
    await askFor(browser, (await visit(browser, app)).path, 'Please');
    await settleLetIn(null);
    expect(await standingOf(app, user)).toMatchObject([{ status: 'PENDING' }]);
    await world.db.query("UPDATE apps SET state = 'VERIFIED' WHERE id = $1", [app.id]);
    await settleLetIn(null);
    expect(await standingOf(app, user)).toEqual(LET_IN);
  });

  test('nobody decides about an app of the own organisation: it is always let in', async () => {
    const { app, actor, user } = await newCase({ policy: 'ALLOW_LIST', own: true });
    const change = { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: '' } as const;
    expect(await changePolicy(actor, change, { endConnections: true })).toEqual({ ok: false });
    const { browser } = await connectApp(world, site, { app, user });
    expect((await visit(browser, app)).answer.headers.get('location')).toContain('code=');
  });
});
