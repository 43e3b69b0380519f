import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizationRequest, exchange, expectTokens, readConsentPath } from '@/e2e/fixtures/answers';
import { type BuiltAction, builtActions, builtRoutes } from '@/e2e/fixtures/build';
import { eventually } from '@/e2e/fixtures/connected';
import { fetchVia } from '@/e2e/fixtures/http';
import {
  ACTIONS,
  type ActionRule,
  CALLERS,
  type Caller,
  MACHINE_PATHS,
  ROUTES,
  type Target,
  type Verdict,
  verdictFor,
} from '@/e2e/fixtures/permissions';
import { type OpenInstallation, openInstallation, type Server, startServer } from '@/e2e/fixtures/server';
import { snapshot } from '@/e2e/fixtures/snapshot';
import { HttpBrowser, newAddress, type TestApp, type TestTenant, type TestUser, World } from '@/e2e/fixtures/world';
import { auditDetailOf, auditDetails } from '@/lib/apps/audit-details';
import { MACHINE_ROUTES } from '@/lib/flows/table';

// A database of its own: after a refusal, nothing in it may have changed.
let installation: OpenInstallation;
let server: Server;
let world: World;
let tenant: TestTenant;
const users = new Map<Caller, TestUser>();
const browsers = new Map<Caller, HttpBrowser>();
let app: TestApp;
let target: Target;
let transaction: string;
/** Of the outbox, to the member. */
let mail: string;
const site = () => ({ publicUrl: server.origin, port: server.port });

beforeAll(async () => {
  installation = await openInstallation({ demoData: true });
  // Nobody answers there: a look-up of a domain ends at once. Who may do what takes more pages than a person sees in a minute.
  const env = { DNS_SERVERS: '127.0.0.1:9', PAGE_REQUESTS_PER_MINUTE: '100000' };
  server = await startServer({ ...installation, env });
  world = await World.open(installation.databaseUrl);
  // Numbers that stand nowhere else, so that they can be looked for.
  await world.db.query("SELECT setval(pg_get_serial_sequence('apps', 'id'), 710000001)");
  tenant = await world.newTenant();
  users.set('other tenant', await world.newUser({ role: 'ADMIN' }));
  users.set('member', await world.newUser({ tenant }));
  users.set('developer', await world.newUser({ tenant, role: 'DEVELOPER' }));
  users.set('creator', await world.newUser({ tenant, role: 'DEVELOPER' }));
  users.set('tenant admin', await world.newUser({ tenant, role: 'ADMIN' }));
  users.set('platform admin', await world.newUser({ tenant, platformAdmin: true }));
  for (const caller of CALLERS) {
    const browser = new HttpBrowser(site());
    const user = users.get(caller);
    if (user) await browser.signIn(user);
    browsers.set(caller, browser);
  }
  ({ app, target } = await newTarget());
  // No news to its user: the notice of it would stand on every page.
  await world.db.query('UPDATE connections SET seen_at = now() WHERE app_id = $1', [app.id]);
  const waiting = await browsers.get('member')?.authorize(authorizationRequest(app, { scope: 'profile:w' }));
  transaction = readConsentPath(waiting as Response);
  await browsers.get('member')?.get(transaction);
  mail = await connectionMail();
}, 60_000);
afterAll(async () => {
  await world.close();
  await server.stop();
  await installation.close();
});

/** What the member was told of the connection, once it is. */
async function connectionMail(): Promise<string> {
  let id = '';
  await eventually(async () => {
    const { rows } = await world.db.query('SELECT mail_id AS id FROM outbox_mails WHERE user_id = $1', [
      users.get('member')?.id,
    ]);
    id = rows[0]?.id ?? '';
    return id !== '';
  });
  return id;
}

/** An app of the creator's that the member has connected. */
async function newTarget({ secrets = 2, setup }: Pick<ActionRule, 'secrets' | 'setup'> = {}): Promise<{
  app: TestApp;
  target: Target;
}> {
  const app = await world.newApp({ tenant });
  if (secrets > 1) await world.newSecret(app.id);
  await world.db.query('UPDATE apps SET created_by_id = $1 WHERE id = $2', [users.get('creator')?.id, app.id]);
  const member = browsers.get('member') as HttpBrowser;
  await expectTokens(await exchange(site(), 'native', app, await member.obtainCode(app)));
  const review = await newReview(app);
  if (setup) await world.db.query(setup, [app.id]);
  const { rows } = await world.db.query(
    `SELECT (SELECT id FROM app_secrets WHERE app_id = $1 ORDER BY created_at LIMIT 1) AS "secretId",
            (SELECT id FROM grants WHERE app_id = $1) AS "grantId",
            (SELECT id FROM connections WHERE app_id = $1) AS "connectionId"`,
    [app.id],
  );
  return { app, target: { appId: app.id, appName: app.name, ...review, ...rows[0] } };
}

/** A request of the app's that waits, with a picture and a proven domain; and a change that was added later. */
async function newReview(app: TestApp): Promise<Pick<Target, 'requestId' | 'screenshotId' | 'domainId'>> {
  const scopes = [{ name: 'profile', access: 'w', optional: false, purpose: 'x' }];
  const asked = {
    name: app.name,
    redirectHosts: ['https://client.example'],
    scopes,
    icon: null,
    publisher: { tenantId: tenant.id, domain: null },
  };
  await world.db.query("INSERT INTO app_scopes (app_id, name, access, purpose) VALUES ($1, 'profile', 'w', 'x')", [
    app.id,
  ]);
  await world.db.query('UPDATE apps SET pending_changes = $2 WHERE id = $1', [
    app.id,
    { redirectUris: ['https://later.example/cb'] },
  ]);
  // An organisation has a few domains only.
  await world.db.query('DELETE FROM publisher_domains WHERE tenant_id = $1', [tenant.id]);
  const { rows } = await world.db.query(
    `WITH r AS (INSERT INTO verification_requests (app_id, asked, purpose, created_by_id, submitted_at)
                VALUES ($1, $2, 'x', $3, now()) RETURNING id),
          s AS (INSERT INTO verification_screenshots (request_id, png, width, height) SELECT id, 'x', 1, 1 FROM r RETURNING id),
          d AS (INSERT INTO publisher_domains (tenant_id, domain, token, proven_at)
                VALUES ($4, 'proven' || $1::int || '.example', 'x', now()) RETURNING id)
     SELECT r.id AS "requestId", s.id AS "screenshotId", d.id AS "domainId" FROM r, s, d`,
    [app.id, asked, users.get('creator')?.id, tenant.id],
  );
  return rows[0];
}

function verdictOf(answer: Response): Verdict | string {
  const location = answer.headers.get('location') ?? answer.headers.get('x-action-redirect')?.split(';')[0];
  if (location) return new URL(location, server.origin).pathname === '/signin' ? 'sign in' : 'led on';
  return (
    (
      { 200: 'shown', 404: 'not there', 400: 'refused', 401: 'refused', 405: 'no such method', 415: 'refused' } as const
    )[answer.status] ?? `status ${answer.status}`
  );
}

const addressOf = (path: string) =>
  path
    .replace('[id]', String(app.id))
    .replace('[request]', String(target.requestId))
    .replace('[screenshot]', target.screenshotId)
    .replace('[mail]', mail)
    .replace('/consent/[transaction]', transaction);

/** Somebody at a new client address. A session of one's own: some calls end it. */
function at(caller: Caller): HttpBrowser {
  const there = new HttpBrowser(site(), newAddress());
  for (const [name, value] of browsers.get(caller)?.cookies ?? []) there.cookies.set(name, value);
  return there;
}

/** What nobody may read who may not manage the app. */
const telling = () => [app.name, app.clientId, app.redirectUri];

describe('fuzz 8: the list of permissions is complete', () => {
  test('every route of the build stands in it, and no other', () => {
    expect(
      builtRoutes()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(ROUTES).sort());
  });
  test('every machine path stands in it, and no other', () => {
    expect([...MACHINE_ROUTES.keys()].sort()).toEqual(Object.keys(MACHINE_PATHS).sort());
  });
  test('every server action of the build stands in it, and no other', () => {
    expect(
      builtActions()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(ACTIONS).sort());
  });
});

/** What Next's router sends beside the address. */
const ROUTER: Record<string, string>[] = [
  { RSC: '1' },
  { RSC: '1', 'Next-Router-Prefetch': '1' },
  { RSC: '1', 'Next-Router-Prefetch': '1', 'Next-Router-Segment-Prefetch': '/_tree' },
];

const VISITS = builtRoutes().flatMap(({ path }) => CALLERS.map((caller) => ({ path, caller })));

describe('fuzz 8 and case 87: routes', () => {
  test.each(VISITS.filter(({ path }) => path !== '/signout/submit'))(
    'GET and POST $path as $caller',
    async ({ path, caller }) => {
      const before = await snapshot(world.db);
      for (const method of ['GET', 'POST'] as const) {
        const expected = verdictFor((ROUTES[path] as (typeof ROUTES)[string])[method], caller);
        const browser = at(caller);
        const answer = method === 'GET' ? await browser.get(addressOf(path)) : await browser.post(addressOf(path), {});
        const body = await answer.text();
        expect({ method, path, caller, verdict: verdictOf(answer), status: answer.status }).toMatchObject({
          verdict: expected,
        });
        const mayRead =
          path === '/consent/[transaction]' ? caller === 'member' : caller !== 'other tenant' && expected === 'shown';
        if (!mayRead) for (const text of telling()) expect(body).not.toContain(text);
        expect(await snapshot(world.db)).toEqual(
          path.endsWith('/decision') && caller === 'member' ? expect.anything() : before,
        );
      }
    },
  );

  const isPage = ({ path, caller }: (typeof VISITS)[number]) =>
    verdictFor((ROUTES[path] as (typeof ROUTES)[string]).GET, caller) !== 'no such method' &&
    !/authorize|icon/.test(path);
  test.each(VISITS.filter(isPage))(
    'the data of $path as $caller, as the router and its prefetch ask for it (case 94)',
    async ({ path, caller }) => {
      const rule = (ROUTES[path] as (typeof ROUTES)[string]).GET;
      const mayRead =
        path === '/consent/[transaction]'
          ? caller === 'member'
          : caller !== 'other tenant' && verdictFor(rule, caller) === 'shown';
      for (const headers of ROUTER) {
        const browser = at(caller);
        const first = await browser.get(addressOf(path), headers);
        // Next adds what tells the kinds of data apart in caches, and asks again.
        const again = first.headers.get('location')?.includes('_rsc=') ? first.headers.get('location') : null;
        const answer = again ? await browser.get(again, headers) : first;
        const body = await answer.text();
        if (!mayRead) for (const text of telling()) expect(body).not.toContain(text);
        if (answer.status === 200) expect(answer.headers.get('cache-control')).toMatch(/no-store/);
        else expect([303, 307, 404]).toContain(answer.status);
      }
    },
  );

  test('signing out ends one’s own session and no other', async () => {
    for (const caller of CALLERS) {
      const browser = new HttpBrowser(site(), newAddress());
      const user = users.get(caller);
      if (user) await browser.signIn(user);
      const before = await snapshot(world.db, ['sessions']);
      const { rows } = await world.db.query('SELECT count(*)::int AS n FROM sessions WHERE revoked_at IS NULL');
      expect(verdictOf(await browser.post('/signout/submit', {}))).toBe('sign in');
      const { rows: left } = await world.db.query('SELECT count(*)::int AS n FROM sessions WHERE revoked_at IS NULL');
      expect(rows[0].n - left[0].n).toBe(user ? 1 : 0);
      expect(await snapshot(world.db, ['sessions'])).toEqual(before);
    }
  });

  test.each(Object.keys(MACHINE_PATHS).flatMap((path) => CALLERS.map((caller) => ({ path, caller }))))(
    '$path as $caller: a portal session is no credential',
    async ({ path, caller }) => {
      const before = await snapshot(world.db);
      const { method } = MACHINE_ROUTES.get(path) as { method: string };
      const browser = at(caller);
      const answer = method === 'GET' ? await browser.get(path) : await browser.post(path, { token: 'x' });
      // token_info and revoke without client are open to whoever holds a token: "x" is none.
      const open = /token_info|developers\/oauth2\/revoke/.test(path);
      expect(verdictOf(answer)).toBe(open ? 'shown' : MACHINE_PATHS[path]);
      if (open) expect(await answer.text()).toMatch(/^\{("active":false)?\}$/);
      expect(await snapshot(world.db)).toEqual(before);
    },
  );
});

/** As Next's client calls an action: arguments in the format of React's replies, a form among them. */
function callAsClient(browser: HttpBrowser, action: BuiltAction, page: string, rule: ActionRule, on: Target) {
  const body = new FormData();
  for (const [name, value] of Object.entries(rule.form(on))) body.append(`_1_${name}`, value);
  // What refers to the others comes last.
  body.set('0', JSON.stringify([...rule.args(on), '$K1']));
  return post(browser, page, body, { 'Next-Action': action.id, Accept: 'text/x-component' });
}

/** As a browser without JavaScript posts the form. */
function callAsForm(browser: HttpBrowser, action: BuiltAction, page: string, rule: ActionRule, on: Target) {
  const body = new FormData();
  body.set('$ACTION_REF_1', '');
  body.set('$ACTION_1:0', JSON.stringify({ id: action.id, bound: '$@1' }));
  body.set('$ACTION_1:1', JSON.stringify(rule.args(on)));
  body.set('$ACTION_KEY', 'k0');
  for (const [name, value] of Object.entries(rule.form(on))) body.append(name, value);
  return post(browser, page, body, {});
}

function post(browser: HttpBrowser, path: string, body: FormData, headers: Record<string, string>): Promise<Response> {
  return fetchVia(server.port)(new URL(path, server.origin), {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: {
      Origin: browser.origin,
      'X-Forwarded-For': browser.address,
      Cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...headers,
    },
  });
}

/** Milliseconds for tests that call every action many times. */
const MANY_CALLS = 120_000;

const WAYS = { 'as Next’s client calls it': callAsClient, 'as a plain form': callAsForm } as const;

describe.each(Object.entries(WAYS))('fuzz 8 and case 88: server actions, %s', (_way, call) => {
  const pageOf = (action: BuiltAction, on: Target) =>
    action.page.replace('[id]', String(on.appId)).replace('[request]', String(on.requestId));

  test.each(builtActions().flatMap((action) => CALLERS.map((caller) => ({ action, name: action.name, caller }))))(
    '$name as $caller',
    async ({ action, name, caller }) => {
      const rule = ACTIONS[name] as ActionRule;
      const { target: on } = rule.allowed.includes(caller) ? await newTarget(rule) : { target };
      const before = await snapshot(world.db);
      const answer = await call(at(caller), action, pageOf(action, on), rule, on);
      const body = await answer.text();
      const after = await snapshot(world.db);
      if (rule.allowed.includes(caller)) {
        expect(JSON.stringify(after)).not.toBe(JSON.stringify(before));
        // Those that lead on name the next page, or are it already.
        expect([200, 303]).toContain(answer.status);
        return;
      }
      expect(after).toEqual(before);
      expect(verdictOf(answer)).toBe(
        rule.refusals?.[caller] ?? (caller === 'anonymous' ? 'sign in' : (rule.others ?? 'not there')),
      );
      // What its readers may read of their own organisation or account is what an answer may bring along.
      const readsList = action.page === '/applications' && ROUTES['/applications']?.GET[caller] === 'shown';
      const readsOwn = action.page.startsWith('/account') && caller === 'member';
      if (!(readsList || readsOwn) || caller === 'other tenant')
        for (const text of telling()) expect(body).not.toContain(text);
    },
  );

  test(
    'from any page of the portal, even one that the caller may see, an action guards itself',
    async () => {
      const before = await snapshot(world.db);
      for (const action of builtActions())
        for (const caller of ['anonymous', 'other tenant', 'platform admin'] as const) {
          const rule = ACTIONS[action.name] as ActionRule;
          if (rule.allowed.includes(caller)) continue;
          for (const page of ['/connections', '/signin', '/applications', '/'])
            await (await call(at(caller), action, page, rule, target)).text();
        }
      expect(await snapshot(world.db)).toEqual(before);
    },
    MANY_CALLS,
  );

  test('a foreign app answers like one that never existed, to every action', async () => {
    for (const action of builtActions()) {
      const rule = ACTIONS[action.name] as ActionRule;
      if (rule.allowed.includes('other tenant')) continue;
      const unknown = { ...target, appId: 2_147_483_647, grantId: '00000000-0000-4000-8000-000000000000' };
      const answers = await Promise.all(
        [target, unknown].map(async (on) => {
          const answer = await call(at('other tenant'), action, '/applications', rule, on);
          // The parts of a page are sent as they are ready: their order means nothing.
          return {
            status: answer.status,
            parts: plain(await answer.text(), on)
              .split('\n')
              .sort(),
          };
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
    }
  });

  test(
    'arguments of other types are refused like unknown apps (case 93)',
    async () => {
      const before = await snapshot(world.db);
      const odd = [null, '', '1 OR 1=1', -1, 1e308, [target.appId], { id: target.appId }, `${target.appId}\0`, true];
      for (const action of builtActions().filter(({ name }) => ACTIONS[name]?.args(target).length === 2))
        for (const id of odd) {
          const rule = { ...(ACTIONS[action.name] as ActionRule), args: () => [id, { status: 'idle' }] };
          const answer = await call(at('creator'), action, pageOf(action, target), rule, target);
          expect({ id, status: answer.status }).toEqual({ id, status: 404 });
        }
      expect(await snapshot(world.db)).toEqual(before);
    },
    MANY_CALLS,
  );
});

/** Without what differs from request to request: ids, nonces, and how the stream was cut into parts, in which order. */
function plain(body: string, { appId, grantId }: Target): string {
  const rows = new Set(
    body
      .replace(/"\]\)<\/script><script[^>]*>self\.__next_f\.push\(\[1,"/g, '')
      .replace(/<script[^>]*>self\.__next_f\.push\(\[1,"|"\]\)<\/script>/g, '\n')
      .replaceAll(String(appId), 'APP')
      .replaceAll(grantId, 'GRANT')
      .replace(/nonce="[^"]*"|"nonce":"[^"]*"/g, '')
      .replace(/[\w+/-]{20,}={0,2}/g, '')
      // The numbers of a stream's rows are given out as its parts get ready.
      .replace(/\$[A-Z@]?[0-9a-f]{1,3}\b/g, '$')
      // Rows of a page's data stand in its scripts, or by themselves.
      .split(/\\n|\n|(?=<)/)
      .map((row) => row.replace(/^[0-9a-f]{1,3}:/, '')),
  );
  return [...rows].sort().join('\n');
}

test.each(Object.keys(ROUTES).filter((path) => path.startsWith('/applications/[id]')))(
  'case 87: %s of a foreign app answers like that of one that never existed',
  async (path) => {
    const foreign = await at('other tenant').get(path.replace('[id]', String(app.id)));
    const unknown = await at('other tenant').get(path.replace('[id]', '2147483647'));
    expect(foreign.status).toBe(404);
    expect(unknown.status).toBe(404);
    expect(plain(await foreign.text(), target)).toBe(plain(await unknown.text(), { ...target, appId: 2_147_483_647 }));
  },
);

test('an action that was never built is not there, whoever calls', async () => {
  const before = await snapshot(world.db);
  const unknown = { id: `60${randomBytes(20).toString('hex')}`, name: 'x', page: '/connections' };
  for (const caller of CALLERS) {
    const rule = { allowed: [], args: () => [], form: () => ({}) };
    const answer = await callAsClient(at(caller), unknown, '/connections', rule, target);
    expect([caller, answer.headers.get('x-nextjs-action-not-found')]).toEqual([caller, '1']);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
  expect(await snapshot(world.db)).toEqual(before);
});

test('what the audit log says of all that was done above has words', async () => {
  const { rows } = await world.db.query<{ kind: string; data: unknown }>('SELECT kind, data FROM audit_events');
  const names = rows.flatMap(({ kind, data }) => auditDetails(kind, data).flatMap(({ path }) => path));
  expect(names).toContain('endedConnections');
  expect([...new Set(names)].filter((name) => auditDetailOf(name) === null)).toEqual([]);
});
