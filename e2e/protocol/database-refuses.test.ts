import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Connected,
  connectApp,
  eventually,
  exchange,
  isActive,
  refresh,
  type Site,
  signedIn,
} from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { OwnPostgres, whyNoMount } from '../fixtures/own-postgres';
import { readForm, sendForm } from '../fixtures/portal-form';
import { type Server, startServer } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { HttpBrowser, newAddress, PASSWORD, PATHS, postForm, type TestApp, World } from '../fixtures/world';
import { takeSnapshot } from './model/snapshot';

// Case 96 with a PostgreSQL of its own: these faults strike a whole database, and nobody else shall meet them.
const publicUrl = ours('publicUrl');
const DIALECTS = ['native', 'rfc'] as const;
const CONNECTIONS = 'gatehouse-refused';
const DISK_MEGABYTES = 64;
const noMount = whyNoMount();
let postgres: OwnPostgres;
let world: World;
let servers: Server[] = [];
let sites: Site[] = [];

beforeAll(async () => {
  postgres = await OwnPostgres.open('refusing', {
    run: ours('installation'),
    ...(noMount ? {} : { diskMegabytes: DISK_MEGABYTES }),
  });
  const installation = await postgres.install();
  const url = new URL(installation.databaseUrl);
  url.searchParams.set('application_name', CONNECTIONS);
  const options = { ...installation, databaseUrl: url.href, env: { PUBLIC_URL: publicUrl } };
  servers = await Promise.all([startServer(options), startServer(options)]);
  sites = servers.map(({ port }) => ({ publicUrl, port }));
  world = await World.open(installation.databaseUrl);
}, 120_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await world?.close();
  await postgres?.close();
}, 60_000);

/** On a connection of its own, to another database of that server. */
async function asAdmin(text: string): Promise<void> {
  const db = new pg.Client({ connectionString: postgres.urlOf('postgres') });
  await db.connect();
  try {
    await db.query(text);
  } finally {
    await db.end();
  }
}

/** Cuts what the servers have open, as a switch-over does. */
const cutConnections = () =>
  asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${CONNECTIONS}'`);

/** @throws Error when the answer needs more than the 5 seconds of case 96 */
async function inTime<Answer>(sent: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 5 seconds')), 5_000);
  });
  try {
    return await Promise.race([sent, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a person and two apps have under way when the fault begins, in one dialect, at one server. */
type Stage = Awaited<ReturnType<typeof prepare>>;

async function prepare(dialect: (typeof DIALECTS)[number], site: Site) {
  const refreshed = await connectApp(world, site, { dialect });
  const { browser, user } = refreshed;
  const connect = (app?: TestApp) => connectApp(world, site, { browser, user, dialect, ...(app ? { app } : {}) });
  const revoked = await connect();
  const inPortal = await connect();
  const exchanged = await world.newApp();
  const code = await browser.obtainCode(exchanged, {}, dialect);
  const asked = await world.newApp();
  const consent = (await browser.authorize(requestOf(asked), dialect)).headers.get('location') as string;
  expect(consent).toMatch(/^\/consent\//);
  const page = await (await browser.get('/connections')).text();
  const form = readForm(page, `name="id" value="${connectionOf(inPortal)}"`) as FormData;
  const apps = [refreshed.app, revoked.app, inPortal.app, exchanged, asked];
  return { dialect, site, user, browser, refreshed, revoked, inPortal, exchanged, code, asked, consent, form, apps };
}

const connectionOf = ({ tokens }: Connected): string =>
  JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString()).il_c;

const requestOf = (app: TestApp) => ({
  client_id: app.clientId,
  response_type: 'code',
  redirect_uri: app.redirectUri,
  scope: 'profile',
  state: 's',
});

const revoke = ({ dialect, site, revoked: { app, tokens } }: Stage) =>
  postForm(site, PATHS[dialect].revoke, {
    ...(dialect === 'rfc' ? { client_id: app.clientId, client_secret: app.secret } : {}),
    token: tokens.refresh_token as string,
  });

/** Everything of a stage that a fault must not change. */
const rowsOf = async ({ apps, user }: Stage) =>
  (
    await takeSnapshot(
      world.db,
      apps.map(({ id }) => id),
      [user.id],
    )
  ).rows;

async function expectAllRefused(stage: Stage): Promise<void> {
  const { dialect, site, browser, user, refreshed, exchanged, code, consent, form } = stage;
  for (const sent of [
    exchange(site, exchanged, code, dialect),
    refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect),
    revoke(stage),
  ]) {
    await expectRefusal(await inTime(sent), dialect, 'SE');
  }
  // A guess that can't be counted is still no way in.
  const guess = { client_id: refreshed.app.clientId, client_secret: 'f'.repeat(64) };
  const guessed = await inTime(refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect, guess));
  await expectRefusal(guessed, dialect, guessed.status >= 500 ? 'SE' : 'IC');

  const stranger = new HttpBrowser(site);
  for (const sent of [
    browser.authorize(requestOf(stage.asked), dialect),
    browser.authorize(requestOf(refreshed.app), dialect),
    stranger.authorize(requestOf(refreshed.app), dialect),
    browser.decide(consent, 'allow'),
    stranger.post('/signin/submit', { username: user.username, password: PASSWORD }),
  ]) {
    const answer = await inTime(sent);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.has('location')).toBe(false);
  }
  expect([...stranger.cookies.keys()].filter((name) => name.includes('session'))).toEqual([]);
  const ended = await inTime(sendForm(browser, '/connections', form));
  expect(await ended.text()).not.toContain('was revoked');
}

/** What needs nothing written goes on: APIs go on checking tokens. */
async function expectReadersGoOn({ site, refreshed: { tokens } }: Stage): Promise<void> {
  expect(await inTime(isActive(site, tokens.access_token))).toBe(true);
  const api = await inTime(
    fetchVia(site.port)(new URL('/api/users/current', publicUrl), {
      headers: { Authorization: `Bearer ${tokens.access_token}`, 'X-Forwarded-For': newAddress() },
    }),
  );
  expect(api.status).toBe(200);
  for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/jwks.json']) {
    const headers = { 'X-Forwarded-For': newAddress() };
    expect((await inTime(fetchVia(site.port)(new URL(path, publicUrl), { headers }))).status, path).toBe(200);
  }
}

/** Nothing was burnt, so everything that was refused can be done now. */
async function expectAllDone(stage: Stage): Promise<void> {
  const { dialect, site, browser, refreshed, revoked, inPortal, exchanged, code, consent, form } = stage;
  expect((await exchange(site, exchanged, code, dialect)).status).toBe(200);
  expect((await refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect)).status).toBe(200);
  expect((await revoke(stage)).status).toBe(200);
  expect(await world.liveFamilies(revoked.app.id)).toBe(0);
  expect((await browser.decide(consent, 'allow')).headers.get('location')).toMatch(/^https:\/\/client\.example\/cb\?/);
  await sendForm(browser, '/connections', form);
  expect(await world.liveFamilies(inPortal.app.id)).toBe(0);
  await signedIn(site, stage.user);
}

type Fault = {
  name: string;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Whether the database still answers questions. */
  readable: boolean;
};

/** Lets every change fail with an SQLSTATE, as if PostgreSQL had met it itself. */
const failing = (name: string, sqlstate: string): Fault => ({
  name,
  readable: true,
  async begin() {
    await world.db.query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${sqlstate}'; END $$`,
    );
    await world.db.query(
      `DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
         EXECUTE format('CREATE TRIGGER fails BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION fail()', t);
       END LOOP; END $$`,
    );
  },
  async end() {
    await world.db.query('DROP FUNCTION fail() CASCADE');
  },
});

const FAULTS: Fault[] = [
  {
    name: 'a read-only database, as after a switch-over to a standby (25006)',
    readable: true,
    async begin() {
      await asAdmin('ALTER DATABASE gatehouse SET default_transaction_read_only = on');
      await cutConnections();
    },
    async end() {
      await asAdmin('ALTER DATABASE gatehouse RESET default_transaction_read_only');
      await cutConnections();
    },
  },
  failing('a full disk, as PostgreSQL tells it (SQLSTATE 53100 from a trigger)', '53100'),
  failing('a serialization failure, as PostgreSQL tells it (40001 from a trigger)', '40001'),
  failing('a deadlock, as PostgreSQL tells it (40P01 from a trigger)', '40P01'),
  failing('an error that nobody has thought of (XX000 from a trigger)', 'XX000'),
  {
    name: 'no database: the PostgreSQL server is dead',
    readable: false,
    begin: () => postgres.kill(),
    async end() {
      await postgres.start();
      await world.reopen();
    },
  },
];

describe('case 96: every change is refused', () => {
  test.each(FAULTS)(
    '$name: an error in the dialect or on a page in time, no row changes, and all of it can be done afterwards without a restart',
    { timeout: 90_000 },
    async ({ begin, end, readable }) => {
      const stages = await Promise.all(DIALECTS.map((dialect, at) => prepare(dialect, sites[at] as Site)));
      const before = await Promise.all(stages.map(rowsOf));
      await begin();
      try {
        for (const stage of stages) {
          await expectAllRefused(stage);
          if (readable) await expectReadersGoOn(stage);
        }
      } finally {
        await end();
      }
      expect(await Promise.all(stages.map(rowsOf))).toEqual(before);
      for (const site of sites) await becomesReady(site);
      for (const stage of stages) await expectAllDone(stage);
    },
  );
});

test('case 96: connections to a server that has become read-only are given up: approvals and exchanges reach its successor', async () => {
  const site = sites[0] as Site;
  const { browser, consent, asked, exchanged, code } = await prepare('native', site);
  await asAdmin('ALTER DATABASE gatehouse SET default_transaction_read_only = on');
  await cutConnections();
  const answers = await Promise.all(Array.from({ length: 20 }, () => inTime(browser.decide(consent, 'allow'))));
  await asAdmin('ALTER DATABASE gatehouse RESET default_transaction_read_only');
  expect(answers.every(({ status }) => status >= 500)).toBe(true);
  // Nobody cuts what is open: a connection tells that it only reads when something is to be changed on it, once.
  await eventually(async () => {
    const answer = await browser.decide(consent, 'allow');
    return answer.headers.get('location')?.startsWith(`${asked.redirectUri}?code=`) ?? false;
  });
  await eventually(async () => (await exchange(site, exchanged, code)).status === 200);
});

test('case 96: a paused database: every request is answered in time, and afterwards each was done or not done', {
  timeout: 60_000,
}, async () => {
  const stages = await Promise.all(DIALECTS.map((dialect, at) => prepare(dialect, sites[at] as Site)));
  postgres.pause();
  try {
    const machines = stages.flatMap((stage) => {
      const { dialect, site, exchanged, code, refreshed } = stage;
      return [
        exchange(site, exchanged, code, dialect),
        refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect),
        revoke(stage),
      ].map(async (sent) => expectRefusal(await inTime(sent), dialect, 'SE'));
    });
    const pages = stages.map(async ({ browser, asked }) => {
      const answer = await inTime(browser.authorize(requestOf(asked)));
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(answer.headers.has('location')).toBe(false);
    });
    await Promise.all([...machines, ...pages]);
  } finally {
    postgres.resume();
  }
  for (const site of sites) await becomesReady(site);
  for (const { dialect, site, exchanged, refreshed } of stages) {
    // A statement that was under way may have come through; the database goes on where it stood. Nobody lost a token by it.
    expect(await world.liveFamilies(exchanged.id)).toBeLessThanOrEqual(1);
    await eventually(async () => {
      await world.openRefreshWindow(refreshed.app.id);
      return (await refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect)).status === 200;
    });
  }
  for (const stage of stages) {
    expect((await revoke(stage)).status).toBe(200);
    expect(await world.liveFamilies(stage.revoked.app.id)).toBe(0);
  }
});

/** A transaction of another program, which ends with the story. */
async function inTransaction(story: (db: pg.Client) => Promise<void>): Promise<void> {
  const db = new pg.Client({ connectionString: postgres.urlOf('gatehouse') });
  await db.connect();
  try {
    await db.query('BEGIN');
    await story(db);
  } finally {
    await db.query('ROLLBACK').catch(() => undefined);
    await db.end();
  }
}

/** Until so many statements wait for a lock that this connection holds. */
async function eventuallyWaiting(db: pg.Client, count: number): Promise<void> {
  const { rows } = await db.query('SELECT pg_backend_pid() AS pid');
  await eventually(async () => {
    const waiting = await world.db.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [
      rows[0].pid,
    ]);
    return waiting.rows.length >= count;
  });
}

describe('case 96: transactions that meet', () => {
  test('a database that isolates by default as REPEATABLE READ: what another one has overtaken is refused and can be repeated (40001)', async () => {
    await asAdmin("ALTER DATABASE gatehouse SET default_transaction_isolation = 'repeatable read'");
    await cutConnections();
    try {
      for (const site of sites) await becomesReady(site);
      const stages = await Promise.all(DIALECTS.map((dialect, at) => prepare(dialect, sites[at] as Site)));
      for (const { dialect, site, exchanged, code, refreshed } of stages) {
        await inTransaction(async (db) => {
          await db.query('UPDATE grants SET scopes = scopes WHERE app_id = ANY($1)', [
            [exchanged.id, refreshed.app.id],
          ]);
          const sent = [
            exchange(site, exchanged, code, dialect),
            refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect),
          ];
          await eventuallyWaiting(db, sent.length);
          await db.query('COMMIT');
          for (const answer of sent) await expectRefusal(await inTime(answer), dialect, 'SE');
        });
        expect(await world.liveFamilies(exchanged.id)).toBe(0);
        expect((await exchange(site, exchanged, code, dialect)).status).toBe(200);
        expect((await refresh(site, refreshed.app, refreshed.tokens.refresh_token, dialect)).status).toBe(200);
      }
    } finally {
      await asAdmin('ALTER DATABASE gatehouse RESET default_transaction_isolation');
      await cutConnections();
    }
  });

  test('50 refreshes of one family at once on such a database: one success, and no answer but success, limit and error', async () => {
    await asAdmin("ALTER DATABASE gatehouse SET default_transaction_isolation = 'serializable'");
    await cutConnections();
    try {
      for (const site of sites) await becomesReady(site);
      const { app, tokens } = await connectApp(world, sites[0] as Site);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          inTime(refresh(sites[n % 2] as Site, app, tokens.refresh_token, DIALECTS[n % 2])),
        ),
      );
      const of = (status: number) => answers.filter((answer) => answer.status === status);
      for (const [n, answer] of answers.entries())
        if (answer.status !== 200)
          await expectRefusal(answer, DIALECTS[n % 2] as 'rfc', answer.status === 429 ? 'limit' : 'SE');
      expect(of(200)).toHaveLength(1);
      expect(await world.liveFamilies(app.id)).toBe(1);
    } finally {
      await asAdmin('ALTER DATABASE gatehouse RESET default_transaction_isolation');
      await cutConnections();
    }
  });

  test.each(DIALECTS)(
    'a deadlock with another program, which PostgreSQL ends at our cost (40P01): %s',
    async (dialect) => {
      const site = sites[0] as Site;
      const { exchanged, code } = await prepare(dialect, site);
      const deadlocks = async () =>
        Number(
          (await world.db.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'gatehouse'")).rows[0]
            .deadlocks,
        );
      const before = await deadlocks();
      await inTransaction(async (db) => {
        // Who waits longest looks first, and is the one that is ended: never this one.
        await db.query("SET LOCAL deadlock_timeout = '20s'");
        await db.query('SELECT 1 FROM authorization_codes WHERE app_id = $1 FOR UPDATE', [exchanged.id]);
        const sent = exchange(site, exchanged, code, dialect);
        await eventuallyWaiting(db, 1);
        await db.query('SELECT 1 FROM grants WHERE app_id = $1 FOR UPDATE', [exchanged.id]);
        await expectRefusal(await inTime(sent), dialect, 'SE');
      });
      await eventually(async () => (await deadlocks()) > before, 15_000);
      expect(await world.liveFamilies(exchanged.id)).toBe(0);
      expect((await exchange(site, exchanged, code, dialect)).status).toBe(200);
    },
  );
});

// The last one: its tables would not outlive a restart, as the small file system is memory.
describe('case 96: a disk that is really full', () => {
  test.skipIf(noMount)(
    `a file system of ${DISK_MEGABYTES} MB${noMount ? ` (skipped: ${noMount})` : ''}: what still finds room succeeds for good, what finds none is an error that burns nothing`,
    { timeout: 120_000 },
    async () => {
      await asAdmin(`CREATE TABLESPACE small LOCATION '${postgres.disk}'`);
      await world.db.query('ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small');
      await world.db.query('ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE small');
      const user = await world.newUser();
      const apps = { native: await world.newApp(), rfc: await world.newApp() };
      const browser = await signedIn(sites[0] as Site, user);
      const codes: { code: string; dialect: 'native' | 'rfc' }[] = [];
      for (let n = 0; n < 60; n++) {
        const dialect = DIALECTS[n % 2] as 'native' | 'rfc';
        codes.push({ code: await browser.obtainCode(apps[dialect], {}, dialect), dialect });
      }
      await fillDisk();

      const refused: typeof codes = [];
      let acknowledged = 0;
      for (const [n, { code, dialect }] of codes.entries()) {
        const answer = await inTime(exchange(sites[n % 2] as Site, apps[dialect], code, dialect));
        if (answer.status === 200) acknowledged++;
        else {
          await expectRefusal(answer, dialect, 'SE');
          refused.push({ code, dialect });
        }
      }
      expect(refused.length, 'the disk was full').toBeGreaterThan(0);
      const { rows } = await world.db.query(
        'SELECT (SELECT count(*)::int FROM refresh_tokens WHERE app_id = ANY($1)) AS families, (SELECT count(*)::int FROM authorization_codes WHERE app_id = ANY($1) AND redeemed_at IS NOT NULL) AS redeemed',
        [[apps.native.id, apps.rfc.id]],
      );
      expect(rows).toEqual([{ families: acknowledged, redeemed: acknowledged }]);

      await world.db.query('DROP TABLE filler');
      for (const [n, { code, dialect }] of refused.entries())
        expect((await exchange(sites[n % 2] as Site, apps[dialect], code, dialect)).status).toBe(200);
      for (const { id } of Object.values(apps)) expect(await world.liveFamilies(id)).toBe(10);
    },
  );
});

/** Down to the last page: in smaller and smaller steps, each until it fails. */
async function fillDisk(): Promise<void> {
  await world.db.query('CREATE TABLE filler (text text STORAGE PLAIN) TABLESPACE small');
  for (const rows of [1000, 100, 10, 1]) while (await grow(rows));
}

/** @returns whether there was room */
async function grow(rows: number): Promise<boolean> {
  try {
    await world.db.query("INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, $1)", [rows]);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '53100') throw error;
    return false;
  }
}

const becomesReady = (site: Site) =>
  eventually(async () => (await fetchVia(site.port)(new URL('/readyz', publicUrl))).status === 200);
