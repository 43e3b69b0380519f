import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newCandidate } from '@/e2e/fixtures/candidate';
import { connectApp, eventually, type Site } from '@/e2e/fixtures/connected';
import { MailServer, type ReceivedMail } from '@/e2e/fixtures/mail-server';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { expectNoLeaks, noteSecret } from '@/e2e/fixtures/secrets';
import { type OpenInstallation, openInstallation, type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, newAddress, PASSWORD, type TestUser, World } from '@/e2e/fixtures/world';
import { runtime } from '@/lib/runtime/runtime';
import { createSecret } from '@/lib/store/apps';
import { keepHouse } from '@/lib/store/housekeeping';
import { createInvitation } from '@/lib/store/invitations';
import { queueMail } from '@/lib/store/mails';
import { findOutboxMail, listOutbox, OUTBOX_PER_PAGE } from '@/lib/store/outbox';
import { replacePassword } from '@/lib/store/passwords';
import { prisma } from '@/lib/store/prisma';
import { reinstateApp, rejectRequest, suspendApp } from '@/lib/store/review';
import { inTransaction } from '@/lib/store/transaction';
import { addScreenshot, findVerification, startRequest, submitRequest } from '@/lib/store/verification';

// A database of its own, whose servers send. Two of them: together they send each mail once.
let installation: OpenInstallation;
let mails: MailServer;
let env: Record<string, string>;
let servers: Server[];
let world: World;
let site: Site;
let close: () => Promise<void>;

const FROM = 'no-reply@gate.example';
const PUBLIC_URL = 'http://localhost:3000';

beforeAll(async () => {
  installation = await openInstallation({ demoData: true });
  mails = await MailServer.open();
  env = { SMTP_URL: mails.url, MAIL_FROM: FROM, PUBLIC_URL, BRAND_NAME: 'Pförtner' };
  servers = await Promise.all([
    startServer({ ...installation, env }),
    startServer({ ...installation, env: { ...env, WEB_CONCURRENCY: '2' } }),
  ]);
  site = { publicUrl: PUBLIC_URL, port: servers[0]?.port ?? 0 };
  world = await World.open(installation.databaseUrl);
  close = await openOwnRuntime(installation, env);
}, 120_000);
afterEach(() => mails.answerWith(() => null));
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await close();
  await world.close();
  await mails.close();
  try {
    await expectNoLeaks(installation.logDirectory, installation.databaseUrl);
  } finally {
    await installation.close();
  }
}, 60_000);

const addressOf = ({ username }: TestUser) => `${username}@test.example`;

/** A user who reads German, in Berlin. */
async function newGerman(options: Parameters<World['newUser']>[0] = {}): Promise<TestUser> {
  const user = await world.newUser(options);
  await world.db.query("UPDATE users SET language = 'de', timezone = 'Europe/Berlin' WHERE id = $1", [user.id]);
  return user;
}

/** The one mail that came to a user. */
async function onlyMailTo(user: TestUser): Promise<ReceivedMail> {
  const [mail] = await mails.awaitTo(addressOf(user));
  return mail as ReceivedMail;
}

const subjectOf = ({ headers }: ReceivedMail) => headers.get('subject');

/** What is true of every mail. */
function expectWellMade(mail: ReceivedMail, user: TestUser, language: 'en' | 'de'): void {
  expect(mail.from).toBe(FROM);
  expect(mail.to).toEqual([addressOf(user)]);
  expect(mail.headers.get('from')).toBe(`Pförtner <${FROM}>`);
  expect(mail.headers.get('to')).toBe(addressOf(user));
  expect(mail.headers.get('message-id')).toMatch(/^<[0-9a-f-]{36}@localhost>$/);
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail.headers.get('content-language')).toBe(language);
  expect(mail.headers.has('x-mailer')).toBe(false);
  expect(mail.html).toContain(`<html lang="${language}">`);
  for (const [, href] of mail.html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^http:\/\/localhost:3000\//);
  expect(mail.html).not.toMatch(/<(?:img|script|link|iframe)\b/);
}

describe('what happens is told, to whom it concerns and in their language', () => {
  test('a new connection, once for several of one app within minutes, and not to who does not want it', async () => {
    const german = await newGerman();
    const connected = await connectApp(world, site, { user: german });
    const mail = await onlyMailTo(german);
    expectWellMade(mail, german, 'de');
    expect(subjectOf(mail)).toBe(`${connected.app.name} wurde mit Ihrem Konto verbunden`);
    expect(mail.text).toContain(`http://localhost:3000/connections/${connected.app.id}\n`);
    expect(mail.text).toContain('Diese Mails abstellen: http://localhost:3000/account#mails');

    await connectApp(world, site, connected);
    const another = await connectApp(world, site, { user: german, browser: connected.browser });
    const all = await mails.awaitTo(addressOf(german), 2);
    expect(all.map(subjectOf)).toEqual([
      `${connected.app.name} wurde mit Ihrem Konto verbunden`,
      `${another.app.name} wurde mit Ihrem Konto verbunden`,
    ]);

    await world.db.query('UPDATE users SET mail_about_apps = false WHERE id = $1', [german.id]);
    const unwanted = await connectApp(world, site, { user: german, browser: connected.browser });
    // Told after their answers, in their order: what came later is out, so this one was decided about.
    const witness = await world.newUser();
    await connectApp(world, site, { user: witness });
    await onlyMailTo(witness);
    await world.db.query('UPDATE users SET mail_about_apps = true WHERE id = $1', [german.id]);
    const wanted = await connectApp(world, site, { user: german, browser: connected.browser });
    const subjects = (await mails.awaitTo(addressOf(german), 3)).map(subjectOf);
    expect(subjects[2]).toContain(wanted.app.name);
    expect(subjects.join()).not.toContain(unwanted.app.name);
  });

  describe('a sign-in with a new device', () => {
    const firefox = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0';

    async function signIn(user: TestUser, userAgent: string, address: string): Promise<void> {
      const browser = new HttpBrowser(site, address);
      const form = { username: user.username, password: PASSWORD };
      const answer = await browser.post('/signin/submit', form, { 'User-Agent': userAgent });
      expect(answer.headers.get('location')).toBe('/');
    }

    /** The minutes without another mail are over, or the day. */
    const waitQuiet = (user: TestUser, key: 'new_device' | 'new_device_day' = 'new_device') =>
      world.db.query("UPDATE rate_limits SET expire = 0 WHERE key = $2 || ':' || $1", [user.id, key]);

    const devicesTold = async (user: TestUser, count: number) =>
      (await mails.awaitTo(addressOf(user), count)).map(({ text }) => /Device: (.*)/.exec(text)?.[1]);

    test('not the first of all, not one that is known', async () => {
      const user = await world.newUser();
      await signIn(user, firefox, '10.7.8.9');
      await signIn(user, firefox.replaceAll('140.0', '141.0'), '10.7.8.200');
      expect(mails.to(addressOf(user))).toEqual([]);
      await signIn(user, firefox, '10.99.1.1');
      const mail = await onlyMailTo(user);
      expectWellMade(mail, user, 'en');
      expect(subjectOf(mail)).toBe('New sign-in to your account');
      expect(mail.text).toContain('Device: Firefox, Mac\nAddress: 10.99.1.1\n');
      await waitQuiet(user);
      await signIn(user, firefox, '10.99.1.77');
      await signIn(user, 'curl/8.5.0', '10.7.8.9');
      expect(await devicesTold(user, 2)).toEqual(['Firefox, Mac', 'curl']);
    });

    test('the first of an account whose earlier ones would be forgotten', async () => {
      const user = await world.newUser();
      await world.db.query("UPDATE users SET created_at = now() - interval '1 year' WHERE id = $1", [user.id]);
      await signIn(user, firefox, '10.7.8.9');
      expect(await devicesTold(user, 1)).toEqual(['Firefox, Mac']);
    });

    test('made-up ones, many at once: one mail in some minutes, and a few a day', async () => {
      const user = await world.newUser();
      await signIn(user, firefox, '10.7.8.9');
      const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
      await Promise.all(names.map((name) => signIn(user, `${name}/1`, '10.7.8.9')));
      for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) {
        await waitQuiet(user);
        await signIn(user, `${name}/1`, '10.7.8.9');
        await signIn(user, `${name}again/1`, '10.7.8.9');
      }
      await waitQuiet(user);
      await waitQuiet(user, 'new_device_day');
      await signIn(user, 'tomorrow/1', '10.7.8.9');
      // The queue is empty: nothing is on its way.
      await eventually(async () => (await waiting()) === 0);
      // They may overtake each other.
      const told = await devicesTold(user, 6);
      const others = told.filter((device) => !names.includes(device ?? ''));
      expect(told.length - others.length).toBe(1);
      expect(others.sort()).toEqual(['four', 'one', 'three', 'tomorrow', 'two']);
    });
  });

  test('a changed password', async () => {
    const user = await world.newUser();
    const { rows } = await world.db.query('SELECT password_hash AS hash FROM users WHERE id = $1', [user.id]);
    const replaced = await replacePassword({
      userId: user.id,
      tenantId: user.tenant.id,
      sessionId: '00000000-0000-4000-8000-000000000000',
      before: rows[0].hash,
      after: rows[0].hash,
      disconnectApps: true,
    });
    expect(replaced).toEqual({ sessionsEnded: 0 });
    const mail = await onlyMailTo(user);
    expectWellMade(mail, user, 'en');
    expect(subjectOf(mail)).toBe('Your password was changed');
    expect(mail.text).toContain('All apps were disconnected.');
  });

  test('a new secret, a suspension and its end, to those who manage the app and to nobody else', async () => {
    const tenant = await world.newTenant();
    const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
    const admin = await newGerman({ tenant, role: 'ADMIN' });
    const member = await world.newUser({ tenant });
    const reviewer = await world.newUser({ platformAdmin: true });
    const app = await world.newApp({ tenant, withSecret: false });
    const secret = { digest: Buffer.alloc(32, 1), lastFour: 'wxyz', lifetimeDays: 90 };
    const actor = { userId: developer.id, tenantId: tenant.id };
    expect(await createSecret(actor, app.id, secret)).toBe('created');
    expect(await suspendApp({ userId: reviewer.id }, app.id, 'It asks for passwords.\n\nhttps://evil.example')).toEqual(
      {
        ok: true,
      },
    );
    expect(await reinstateApp({ userId: reviewer.id }, app.id, { endConnections: true })).toEqual({ ok: true });

    const told = await mails.awaitTo(addressOf(developer), 3);
    for (const mail of told) expectWellMade(mail, developer, 'en');
    expect(told.map(subjectOf).sort()).toEqual(
      [`New secret for ${app.name}`, `${app.name} was suspended`, `${app.name} works again`].sort(),
    );
    const created = told.find((mail) => subjectOf(mail)?.startsWith('New secret')) as ReceivedMail;
    expect(created.text).toContain(`Test User generated a new secret for ${app.name}.`);
    expect(created.text).toContain('…wxyz');
    const suspended = told.find((mail) => subjectOf(mail)?.endsWith('suspended')) as ReceivedMail;
    expect(suspended.text).toMatch(/^> It asks for passwords\.$/m);
    expect(suspended.text).not.toContain('https://evil');
    const german = await mails.awaitTo(addressOf(admin), 3);
    for (const mail of german) expectWellMade(mail, admin, 'de');
    expect(german.map(subjectOf)).toContain(`${app.name} wurde gesperrt`);
    expect([...mails.to(addressOf(member)), ...mails.to(addressOf(reviewer))]).toEqual([]);
  });

  test('secrets that are made and deleted in a loop are told now and then, and are all in the audit log', async () => {
    const developer = await world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
    const actor = { userId: developer.id, tenantId: developer.tenant.id };
    const [app, other] = [
      await world.newApp({ tenant: developer.tenant, withSecret: false }),
      await world.newApp({ tenant: developer.tenant, withSecret: false }),
    ];
    let made = 0;
    const make = async (appId: number) => {
      const secret = {
        digest: Buffer.alloc(32, ++made),
        lastFour: `no${String(made).padStart(2, '0')}`,
        lifetimeDays: 90,
      };
      expect(await createSecret(actor, appId, secret)).toBe('created');
      await world.db.query('DELETE FROM app_secrets WHERE app_id = $1', [appId]);
      return secret.lastFour;
    };
    const wait = (key: 'new_secret' | 'new_secret_day') =>
      world.db.query('UPDATE rate_limits SET expire = expire - 86400000 WHERE key = $1', [`${key}:${app.id}`]);
    const toldOf = async (count: number) =>
      (await mails.awaitTo(addressOf(developer), count)).map(({ text }) => /…(no\d\d)/.exec(text)?.[1]).sort();

    const told = [await make(app.id)];
    for (let round = 0; round < 3; round++) await make(app.id);
    told.push(await make(other.id));
    for (let round = 0; round < 4; round++) {
      await wait('new_secret');
      told.push(await make(app.id));
    }
    // Five of one app in a day are enough, however far apart.
    await wait('new_secret');
    await make(app.id);
    await wait('new_secret');
    await wait('new_secret_day');
    told.push(await make(app.id));
    expect(await toldOf(told.length)).toEqual(told.sort());
    await eventually(async () => (await waiting()) === 0);
    expect(mails.to(addressOf(developer))).toHaveLength(told.length);
    const { rows } = await world.db.query(
      "SELECT count(*)::int AS n FROM audit_events WHERE tenant_id = $1 AND kind = 'secret_created'",
      [developer.tenant.id],
    );
    expect(rows[0].n).toBe(made);

    // Nor does an app for each secret: an organisation's day has its bound, too.
    await world.db.query("UPDATE rate_limits SET points = 49 WHERE key = 'new_secret_there_day:' || $1", [
      actor.tenantId,
    ]);
    const one = async () => make((await world.newApp({ tenant: developer.tenant, withSecret: false })).id);
    told.push(await one());
    await one();
    expect(await toldOf(told.length)).toEqual(told.sort());
    await eventually(async () => (await waiting()) === 0);
    expect(mails.to(addressOf(developer))).toHaveLength(told.length);
  });

  test('a decision of a review, with its reason', async () => {
    const one = await newCandidate(world);
    const actor = { userId: one.developer.id, tenantId: one.tenant.id };
    await startRequest(actor, one.app.id);
    await addScreenshot(actor, one.app.id, { png: Buffer.from('a picture'), width: 2, height: 1 });
    const texts = {
      purpose: 'Shows the alerts of a team on a screen in the office, so that nobody misses one.',
      redirectNote: '',
    };
    expect(await submitRequest(actor, one.app.id, texts)).toEqual({ ok: true });
    const request = (await findVerification(one.tenant.id, one.app.id))?.open?.id ?? 0;
    expect(await rejectRequest({ userId: one.reviewer.id }, request, 'The picture shows nothing.')).toEqual({
      ok: true,
    });
    const mail = await onlyMailTo(one.developer);
    expectWellMade(mail, one.developer, 'en');
    expect(subjectOf(mail)).toBe(`${one.app.name} was not approved`);
    expect(mail.text).toMatch(/^> The picture shows nothing\.$/m);
    expect(mail.text).toContain(`http://localhost:3000/applications/${one.app.id}/verification\n`);
  });

  test('a secret that expires: two weeks and a day before, each once, whoever keeps house', async () => {
    const tenant = await world.newTenant();
    const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
    const app = await world.newApp({ tenant });
    const expireIn = (days: number) =>
      world.db.query('UPDATE app_secrets SET expires_at = now() + make_interval(hours => $2) WHERE app_id = $1', [
        app.id,
        24 * days - 1,
      ]);
    const houses = () => Promise.all([1, 2, 3].map(() => keepHouse(runtime())));
    await expireIn(15);
    await houses();
    await expireIn(13);
    await houses();
    await houses();
    await mails.awaitTo(addressOf(developer));
    await expireIn(1);
    await houses();
    await houses();
    const told = await mails.awaitTo(addressOf(developer), 2);
    expect(told.map(subjectOf)).toEqual([
      `A secret of ${app.name} expires in 13 days`,
      `A secret of ${app.name} expires within a day`,
    ]);
    // The queue is empty: nothing is on its way.
    await eventually(async () => (await waiting()) === 0);
    expect(mails.to(addressOf(developer))).toHaveLength(2);
  });
});

/** Mails that are queued or being sent. */
async function waiting(): Promise<number> {
  const { rows } = await world.db.query(
    'SELECT count(*)::int AS n FROM gatehouse_mails.jobs WHERE attempts < max_attempts OR locked_at IS NOT NULL',
  );
  return rows[0].n;
}

const approved = (user: TestUser, appName: string) =>
  ({
    kind: 'approval_decided',
    to: { userId: user.id },
    data: { appName, outcome: 'approved', note: null, wentOn: true, website: null },
  }) as const;

describe('a mail is sent when its story is committed, and once', () => {
  test('in a transaction of Prisma’s and of the pool’s; what is rolled back tells nothing', async () => {
    const user = await world.newUser();
    await prisma().$transaction((db) => queueMail(db, approved(user, 'One')));
    await inTransaction((db) => queueMail(db, approved(user, 'Two')));
    const undone = inTransaction(async (db) => {
      await queueMail(db, approved(user, 'Three'));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    const told = await mails.awaitTo(addressOf(user), 2);
    await eventually(async () => (await waiting()) === 0);
    expect(told.map(subjectOf).sort()).toEqual(['You may use One now', 'You may use Two now']);
  });

  test('two instances, one of two processes, send forty mails forty times', async () => {
    const users: TestUser[] = [];
    for (let n = 0; n < 40; n++) users.push(await world.newUser());
    await Promise.all(users.map((user) => queueMail(runtime().pool, approved(user, 'Forty'))));
    for (const user of users) await mails.awaitTo(addressOf(user));
    await eventually(async () => (await waiting()) === 0);
    const ids = users.map((user) => mails.to(addressOf(user)).map(({ headers }) => headers.get('message-id')));
    expect(ids.every((each) => each.length === 1)).toBe(true);
    expect(new Set(ids.flat()).size).toBe(40);
  });

  test('an invitation holds its link; neither a table nor the queue holds it readable', async () => {
    const token = randomBytes(32).toString('base64url');
    noteSecret(token);
    const inviter = await world.newUser();
    mails.answerWith(() => ({ code: 451, at: 'recipient' }));
    await queueMail(runtime().pool, {
      kind: 'invitation',
      to: { address: 'new@elsewhere.example', language: 'de', causedBy: inviter.id },
      data: {
        organisation: 'Acme',
        inviter: 'Ada',
        role: 'DEVELOPER',
        path: `/invitations/${token}`,
        expiresAt: '2027-01-01T00:00:00Z',
      },
    });
    await eventually(async () => mails.attempts.length > 0 && (await failures()) > 0, 20_000);
    const { rows } = await world.db.query('SELECT t::text AS text FROM gatehouse_mails._private_jobs t');
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toContain(token);
    mails.answerWith(() => null);
    const [mail] = await mails.awaitTo('new@elsewhere.example');
    expect(mail?.headers.get('subject')).toBe('Ada lädt Sie zu Acme ein');
    expect(mail?.text).toContain(`${PUBLIC_URL}/invitations/${token}\n`);
  });
});

/** Mails of which an attempt failed. */
async function failures(): Promise<number> {
  const { rows } = await world.db.query(
    'SELECT count(*)::int AS n FROM gatehouse_mails.jobs WHERE last_error IS NOT NULL',
  );
  return rows[0].n;
}

describe('a mail server that is in trouble', () => {
  test('"not now" is tried again with the same Message-ID', async () => {
    const user = await world.newUser();
    const before = mails.attempts.length;
    mails.answerWith(() => ({ code: 451, at: 'data' }));
    await queueMail(runtime().pool, approved(user, 'Later'));
    await eventually(async () => mails.attempts.length > before, 20_000);
    mails.answerWith(() => null);
    const mail = await onlyMailTo(user);
    const ids = mails.attempts.slice(before);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids)).toEqual(new Set([mail.headers.get('message-id')]));
    await eventually(async () => (await waiting()) === 0);
    expect(mails.to(addressOf(user))).toHaveLength(1);
  });

  test('"never" is not tried again', async () => {
    const user = await world.newUser();
    const before = mails.attempts.length;
    mails.answerWith(() => ({ code: 550, at: 'recipient' }));
    await queueMail(runtime().pool, approved(user, 'Never'));
    await eventually(async () => mails.attempts.length > before && (await waiting()) === 0, 20_000);
    mails.answerWith(() => null);
    const { rows } = await world.db.query('SELECT count(*)::int AS n FROM gatehouse_mails.jobs');
    expect(rows[0].n).toBe(0);
    expect(mails.attempts.length).toBe(before + 1);
    const metrics = await (await fetch(`http://127.0.0.1:${site.port}/metrics`)).text();
    const others = await (await fetch(`http://127.0.0.1:${servers[1]?.port}/metrics`)).text();
    expect(metrics + others).toMatch(/gatehouse_mails_total\{kind="approval_decided",outcome="failed"\} 1/);
    expect(metrics + others).toMatch(/gatehouse_mails_total\{kind="approval_decided",outcome="sent"\} [1-9]/);
  });

  test('one that is away fails no request; when it is back the mail comes', async () => {
    const user = await world.newUser();
    const { port } = mails;
    await mails.close();
    const { app } = await connectApp(world, site, { user });
    await eventually(async () => (await failures()) > 0, 20_000);
    mails = await MailServer.open(port);
    const mail = await onlyMailTo(user);
    expect(subjectOf(mail)).toBe(`${app.name} was connected to your account`);
  });
});

describe('a server that dies', () => {
  test('between commit and sending, or while it sends: another one sends the same mail', async () => {
    // Alone, so that nobody else takes what it holds.
    await Promise.all(servers.map((server) => server.stop()));
    const alone = await startServer({ ...installation, env });
    const user = await world.newUser();
    const before = mails.attempts.length;
    mails.answerWith(() => 'hold');
    await queueMail(runtime().pool, approved(user, 'Held'));
    await queueMail(runtime().pool, approved(user, 'Held too'));
    await queueMail(runtime().pool, approved(user, 'Not taken yet'));
    await eventually(async () => mails.attempts.length === before + 2, 20_000);
    await alone.kill();
    expect(await waiting()).toBe(3);
    mails.answerWith(() => null);
    // What a dead one held is taken for held too long.
    await world.db.query(
      "UPDATE gatehouse_mails._private_jobs SET locked_at = locked_at - interval '10 minutes' WHERE locked_at IS NOT NULL",
    );
    servers = await Promise.all([1, 2].map(() => startServer({ ...installation, env })));
    const told = await mails.awaitTo(addressOf(user), 3, 30_000);
    expect(told.map(subjectOf).sort()).toEqual([
      'You may use Held now',
      'You may use Held too now',
      'You may use Not taken yet now',
    ]);
    const ids = told.map(({ headers }) => headers.get('message-id'));
    expect(ids).toEqual(expect.arrayContaining(mails.attempts.slice(before, before + 2)));
    await eventually(async () => (await waiting()) === 0);
    expect(mails.to(addressOf(user))).toHaveLength(3);
  }, 120_000);
});

describe('without a mail server', () => {
  test('the outbox is read page by page, newest first, by whom it concerns, and forgotten after two weeks', async () => {
    const [user, other] = [await world.newUser(), await world.newUser()];
    const made = runtime();
    made.mails = { kind: 'outbox', everybody: true };
    for (let n = 1; n <= OUTBOX_PER_PAGE + 5; n++) await queueMail(made.pool, approved(user, `App ${n}`));
    await queueMail(made.pool, approved(other, 'Other'));
    made.mails = { kind: 'smtp' };

    const reader = { userId: user.id, all: false };
    const first = await listOutbox(reader, null);
    const second = await listOutbox(reader, first.older);
    const names = [...first.mails, ...second.mails].map(
      ({ notice }) => notice && 'appName' in notice.data && notice.data.appName,
    );
    expect(names).toEqual(Array.from({ length: OUTBOX_PER_PAGE + 5 }, (_, at) => `App ${OUTBOX_PER_PAGE + 5 - at}`));
    expect(second.older).toBeNull();
    const [mail] = (await listOutbox({ userId: other.id, all: false }, null)).mails;
    expect(await findOutboxMail(reader, mail?.id ?? '')).toBeNull();
    expect(await findOutboxMail({ ...reader, all: true }, mail?.id ?? '')).toEqual(mail);

    const kept = async () => (await listOutbox({ ...reader, all: true }, null)).mails.length;
    await world.db.query("UPDATE outbox_mails SET created_at = now() - interval '13 days'");
    await keepHouse(made);
    expect(await kept()).toBe(OUTBOX_PER_PAGE);
    await world.db.query("UPDATE outbox_mails SET created_at = now() - interval '15 days'");
    // A server may be keeping house just now.
    await eventually(async () => {
      await keepHouse(made);
      return (await kept()) === 0;
    });
    expect(mails.to(addressOf(user))).toEqual([]);
  });

  test('an invitation is read by who sent it and by platform admins, by nobody else', async () => {
    const [inviter, other] = [await world.newUser({ role: 'ADMIN' }), await world.newUser({ role: 'ADMIN' })];
    const made = runtime();
    made.mails = { kind: 'outbox', everybody: true };
    const invited = await createInvitation(
      { userId: inviter.id, tenantId: inviter.tenant.id },
      {
        digest: randomBytes(32),
        path: '/invitations/x',
        email: 'new@elsewhere.example',
        role: 'MEMBER',
        language: null,
      },
    );
    made.mails = { kind: 'smtp' };
    expect(invited).toEqual({ ok: true });
    const seenBy = async (userId: string, all: boolean) => (await listOutbox({ userId, all }, null)).mails[0];
    const mail = await seenBy(inviter.id, false);
    expect(mail).toMatchObject({ reader: { address: 'new@elsewhere.example' }, notice: { kind: 'invitation' } });
    expect(await seenBy(other.id, true)).toEqual(mail);
    expect(await seenBy(other.id, false)).toBeUndefined();
    expect(await findOutboxMail({ userId: other.id, all: false }, mail?.id ?? '')).toBeNull();
    expect(await findOutboxMail({ userId: inviter.id, all: false }, mail?.id ?? '')).toEqual(mail);
  });

  test('and without demo data nothing is queued, nothing is kept, and there is no outbox', async () => {
    const empty = await openInstallation();
    const server = await startServer(empty);
    const closeOwn = await openOwnRuntime(empty);
    try {
      expect(runtime().mails).toEqual({ kind: 'none' });
      await queueMail(runtime().pool, {
        ...approved(
          { id: '00000000-0000-4000-8000-000000000000', username: 'x', tenant: { id: 1, name: 'x' } },
          'None',
        ),
      });
      const { rows } = await runtime().pool.query(
        "SELECT (SELECT count(*)::int FROM outbox_mails) AS kept, to_regnamespace('gatehouse_mails') AS queue",
      );
      expect(rows[0]).toEqual({ kept: 0, queue: null });
    } finally {
      await closeOwn();
      await server.stop();
      await empty.close();
    }
  }, 60_000);

  test('the outbox is not there where mails are sent', async () => {
    const browser = new HttpBrowser({ publicUrl: PUBLIC_URL, port: servers[0]?.port ?? 0 }, newAddress());
    await browser.signIn(await world.newUser({ platformAdmin: true }));
    expect((await browser.get('/outbox')).status).toBe(404);
  });
});
