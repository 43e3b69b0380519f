import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill } from '@/bench/growth/fill';
import { clientIdOf, idOf, type Shape, shapeOf } from '@/bench/growth/shape';
import { newRequestId } from '@/lib/oauth/request-id';
import { countConnections } from '@/lib/store/connection-counts';
import { houseworkOf } from '@/lib/store/housekeeping';
import { connectApp, credentials, eventually, exchange, refresh, signedIn } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { readForm, sendForm } from '../fixtures/portal-form';
import { type OpenInstallation, openInstallation } from '../fixtures/server';
import { RecordedServer } from '../fixtures/statements';
import { type HttpBrowser, PASSWORD, PATHS, postForm, type TestUser, World } from '../fixtures/world';

/** Tables that grow with tenants, apps, users or time. */
const LARGE = [
  'tenants',
  'users',
  'apps',
  'app_secrets',
  'redirect_uris',
  'app_activity',
  'grants',
  'connections',
  'refresh_tokens',
  'retired_refresh_tokens',
  'authorization_codes',
  'sessions',
  'oauth_events',
  'app_event_counts',
  'app_connection_counts',
  'audit_events',
];

/** Once, at start. */
const AT_START = /FROM "?public"?\."?tenants"? WHERE .*"?demo"?/;

type Node = { 'Node Type': string; 'Relation Name'?: string; Plans?: Node[] };
type Explained = { 'Query Text': string; Plan: Node };

/** What the database reports about a statement that it has run, those inside of functions and of foreign keys included. */
function explained(message: string): Explained {
  return JSON.parse(message.slice(message.indexOf('{'))) as Explained;
}

function scanned({ 'Node Type': type, 'Relation Name': table, Plans = [] }: Node): string[] {
  const here = type === 'Seq Scan' && table && LARGE.includes(table) ? [table] : [];
  return [...here, ...Plans.flatMap(scanned)];
}

let installation: OpenInstallation;
let shape: Shape;
let world: World;
let recorded: RecordedServer;
let site: { publicUrl: string; port: number };
beforeAll(async () => {
  installation = await openInstallation();
  // So many tenants and apps that the planner has a reason to look for one in an index.
  shape = { ...shapeOf(0.005), tenants: 4_000, apps: 4_000, bigTenantApps: 800, bigUserApps: 10 };
  await fill(installation.databaseUrl, shape, undefined, PASSWORD);
  const db = new pg.Client({ connectionString: installation.databaseUrl });
  await db.connect();
  await db.query("INSERT INTO tenants (name, display_name) VALUES ('acme', 'Acme')");
  await db.query(
    `INSERT INTO users (tenant_id, username, email, password_hash, first_name, last_name)
     SELECT (SELECT id FROM tenants WHERE name = 'acme'), 'ada', '', password_hash, '', '' FROM users LIMIT 1`,
  );
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_level': 'notice',
    'auto_explain.log_format': 'json',
    'auto_explain.log_parameter_max_length': '0',
  };
  for (const [name, value] of Object.entries(settings)) {
    const database = "format('ALTER DATABASE %I SET %s = %L', current_database(), $1::text, $2::text) AS sql";
    const { rows } = await db.query<{ sql: string }>(`SELECT ${database}`, [name, value]);
    await db.query(rows[0]?.sql ?? '');
  }
  await db.query('ANALYZE');
  await db.end();
  world = await World.open(installation.databaseUrl);
  recorded = await RecordedServer.start(installation);
  site = { publicUrl: recorded.server.origin, port: recorded.server.port };
}, 180_000);
afterAll(async () => {
  await recorded?.stop();
  await world?.close();
  await installation?.close();
});

/** Statements that read all of a large table, of those that the server has sent since it was last asked. */
function sequential(): string[] {
  const plans = recorded.take().flatMap((line) => ('plan' in line ? [explained(line.plan)] : []));
  expect(plans.length).toBeGreaterThan(0);
  return plans
    .filter(({ 'Query Text': text }) => !AT_START.test(text))
    .flatMap(({ 'Query Text': text, Plan }) => scanned(Plan).map((table) => `${table}: ${text}`));
}

async function submit(
  browser: HttpBrowser,
  path: string,
  holding: string,
  values: Record<string, string>,
): Promise<void> {
  const fields = readForm(await (await browser.get(path)).text(), `name="${holding}"`);
  if (!fields) throw new Error(`${path} has no form with ${holding}`);
  for (const [name, value] of Object.entries(values)) fields.set(name, value);
  expect((await sendForm(browser, path, fields)).status).toBeLessThan(400);
}

describe('no statement reads all of a table that grows', () => {
  test('of the protocol', async () => {
    const confidential = await connectApp(world, site);
    const open = await connectApp(world, site, { app: await world.newApp({ proof: 'PKCE_ONLY' }) });
    for (const { app, tokens, browser } of [confidential, open]) {
      expect((await refresh(site, app, tokens.refresh_token)).status).toBe(200);
      await world.openRefreshWindow(app.id);
      expect((await refresh(site, app, tokens.refresh_token)).status).toBe(200);
      expect((await refresh(site, app, tokens.refresh_token)).status).toBe(429);
      await browser.authorize({
        client_id: app.clientId,
        response_type: 'code',
        redirect_uri: app.redirectUri,
        scope: 'profile',
      });
      await postForm(site, PATHS.rfc.info, { token: tokens.access_token, ...credentials(app) });
      const headers = { Authorization: `Bearer ${tokens.access_token}` };
      expect((await fetchVia(site.port)(`${site.publicUrl}/api/users/current`, { headers })).status).toBe(200);
    }
    const { app, code, tokens } = confidential;
    expect((await exchange(site, app, code)).status).toBe(401);
    await postForm(site, PATHS.native.revoke, { token: tokens.refresh_token ?? '' });
    // Events and last activity are written after the answers.
    await eventually(
      async () => (await world.db.query('SELECT 1 FROM oauth_events WHERE app_id = $1', [app.id])).rowCount !== 0,
    );
    expect(sequential()).toEqual([]);
  });

  test('of the pages, of a big tenant, the app with the most users and the user with the most apps', async () => {
    const tenant = { id: 1, name: 'tenant0' };
    const developer: TestUser = { id: idOf('user', 0), username: 'user0', tenant };
    const browser = await signedIn(site, developer);
    const asked = {
      client_id: clientIdOf(0),
      response_type: 'code',
      redirect_uri: 'https://client.example/cb',
      scope: 'team',
    };
    const consent = (await browser.authorize(asked)).headers.get('location') ?? '';
    const paths = [
      '/',
      '/connections',
      '/applications',
      '/applications?older=50',
      '/applications?q=Application+7',
      '/applications/1',
      ...[
        'credentials',
        'redirect-urls',
        'scopes',
        'access',
        'connections',
        'activity',
        'playground',
        'verification',
        'danger',
      ].map((section) => `/applications/1/${section}`),
      `/applications/1/connections?older=${Date.now()}.${idOf('connection', 0)}`,
      '/applications/1/connections?q=user1',
      '/applications/1/activity?older=1000',
      '/applications/1/activity?newer=1000',
      '/applications/1/activity?kind=revoke',
      '/applications/1/activity?outcome=failures',
      '/applications/1/activity?outcome=pkce_mismatch&period=day',
      `/applications/1/activity?request=${newRequestId(randomBytes, Date.now())}`,
      `/applications/1/activity?connection=${idOf('connection', 0)}`,
      '/applications/1/activity?outcome=ok&period=month',
      '/applications/1/activity/charts?period=quarter',
    ];
    for (const path of [...paths, consent]) expect((await browser.get(path)).status, path).toBeLessThan(400);
    expect((await browser.decide(consent, 'deny')).status).toBe(303);
    expect(sequential()).toEqual([]);
  });

  test('of what developers and users change', async () => {
    const tenant = { id: 1, name: 'tenant0' };
    const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
    const browser = await signedIn(site, developer);
    const { app, browser: visitor } = await connectApp(world, site, { app: await world.newApp({ tenant }) });
    const path = `/applications/${app.id}`;
    await submit(browser, '/applications/new', 'name', { name: 'Made to be planned' });
    await submit(browser, path, 'description', { description: 'planned' });
    await submit(browser, `${path}/redirect-urls`, 'redirectUris', { redirectUris: 'https://client.example/other' });
    await submit(browser, `${path}/scopes`, 'access.profile', { 'access.profile': 'r' });
    await submit(browser, `${path}/access`, 'refreshReplay', { refreshReplay: 'on' });
    await submit(browser, `${path}/danger`, 'username', { kind: 'organisation', organisation: 'acme' });
    await submit(browser, `${path}/credentials`, 'lifetime', { lifetime: 'never' });
    await submit(browser, `${path}/danger`, 'typedName', { typedName: app.name });
    const { app: second } = await connectApp(world, site, { browser: visitor });
    const revoking = readForm(await (await visitor.get('/connections')).text(), second.name);
    if (revoking) await sendForm(visitor, '/connections', revoking);
    await visitor.post('/signout/submit', {});
    expect(sequential()).toEqual([]);
  });

  test('of housekeeping', async () => {
    const db = new pg.Client({ connectionString: installation.databaseUrl });
    const plans: Explained[] = [];
    db.on('notice', ({ message }) => void (message?.includes('plan:') && plans.push(explained(message))));
    await db.connect();
    await db.query('BEGIN');
    // A batch is a large part of what a test has: whether an index serves is asked, not whether it pays here.
    await db.query('SET LOCAL enable_seqscan = off');
    await db.query("INSERT INTO app_endings (app_id, at, reason) VALUES (1, db_now(), 'planned')");
    await db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = db_now() WHERE id = 2");
    const retention = { endedDays: 20, eventsDays: 60, auditDays: 300 };
    await countConnections(db, 0);
    for (const sql of houseworkOf(retention)) await db.query(sql);
    await db.query('SELECT write_ending(id, 500) FROM app_endings');
    for (let more = true; more; ) more = (await db.query('SELECT purge_app(2, 500) AS more')).rows[0].more;
    await db.query('ROLLBACK');
    await db.end();
    expect(plans.length).toBeGreaterThan(20);
    const all = plans.flatMap(({ 'Query Text': text, Plan }) => scanned(Plan).map((table) => `${table}: ${text}`));
    expect(all).toEqual([]);
  });
});
