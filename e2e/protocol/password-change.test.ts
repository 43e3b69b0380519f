import { randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, eventually, exchange, isActive, refresh, type Site, signedIn } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { readForm, sendForm } from '../fixtures/portal-form';
import { noteSecret } from '../fixtures/secrets';
import { type Server, startServer } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { HttpBrowser, newAddress, PASSWORD, type TestUser, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
let strict: Server;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  const env = { PUBLIC_URL: publicUrl, PASSWORD_CHANGE_ENDS_CONNECTIONS: 'always', PASSWORD_ATTEMPTS: '3' };
  strict = await startServer({ ...ours('installation'), env });
}, 60_000);
afterAll(async () => {
  await strict.stop();
  await world.close();
});

function newPassword(): string {
  const password = `harbour ${randomBytes(12).toString('hex')}`;
  noteSecret(password);
  return password;
}

type Fields = { current?: string; next: string; repeated?: string; disconnect?: boolean };

/** Sends the form of the page, as a browser without JavaScript does. @returns what the answer says */
async function change(browser: HttpBrowser, { current = PASSWORD, next, repeated = next, disconnect }: Fields) {
  const page = await (await browser.get('/account')).text();
  const fields = readForm(page, 'Change password') as FormData;
  fields.set('currentPassword', current);
  fields.set('newPassword', next);
  fields.set('repeatedPassword', repeated);
  fields.delete('disconnectApps');
  if (disconnect) fields.set('disconnectApps', 'on');
  const answer = await sendForm(browser, '/account', fields);
  const body = await answer.text();
  expect(body).not.toContain(next);
  // Without the scripts, which know every sentence.
  const text = body.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]*>/g, ' ');
  return text;
}

const hashOf = async ({ id }: TestUser): Promise<string> =>
  (await world.db.query('SELECT password_hash AS hash FROM users WHERE id = $1', [id])).rows[0].hash;
const liveSessions = async ({ id }: TestUser): Promise<number> =>
  (await world.db.query('SELECT count(*)::int AS n FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [id]))
    .rows[0].n;
const auditOf = async ({ id }: TestUser) =>
  (
    await world.db.query(
      "SELECT actor_id AS actor, subject, data FROM audit_events WHERE user_id = $1 AND kind = 'password_changed'",
      [id],
    )
  ).rows;
const shows = async (browser: HttpBrowser) => (await browser.get('/connections')).status === 200;
const attempt = async (site: Site, user: TestUser, password: string) =>
  (await new HttpBrowser(site).post('/signin/submit', { username: user.username, password })).headers.get('location');

describe('case 57: a password is changed', () => {
  test('every other session dies at once on every server, this one and other people’s live', async () => {
    const user = await world.newUser();
    const [mine, elsewhere, there, stranger] = await Promise.all([
      signedIn(first, user),
      signedIn(first, user),
      signedIn(second, user),
      signedIn(first, await world.newUser()),
    ]);
    const next = newPassword();
    expect(await change(mine, { next })).toMatch(/Your password was changed\. 2 other sessions were signed out\.\s/);
    for (const browser of [elsewhere, there]) expect(await shows(browser)).toBe(false);
    for (const browser of [mine, stranger]) expect(await shows(browser)).toBe(true);
    expect(await attempt(second, user, PASSWORD)).toBe('/signin');
    expect(await attempt(second, user, next)).toBe('/');
    const hash = await hashOf(user);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verify(hash, next)).toBe(true);
    expect(await auditOf(user)).toEqual([
      {
        actor: user.id,
        subject: `user:${user.id}`,
        data: { sessionsEnded: 2, appsDisconnected: false, connectionsEnded: 0 },
      },
    ]);
  });

  test('connected apps stay connected unless the person wants otherwise', async () => {
    const { app, user, browser, tokens } = await connectApp(world, first);
    const code = await browser.obtainCode(app);
    expect(await change(browser, { next: newPassword() })).not.toContain('disconnected.');
    expect(await isActive(second, tokens.access_token)).toBe(true);
    expect((await refresh(second, app, tokens.refresh_token)).status).toBe(200);
    expect((await exchange(second, app, code)).status).toBe(200);
    expect(await auditOf(user)).toHaveLength(1);
  });

  test.each(['native', 'rfc'] as const)(
    'with “disconnect all apps” refresh tokens, codes and waiting decisions are dead at once, access tokens within a second (%s)',
    async (dialect) => {
      const user = await world.newUser();
      const app = await world.newApp();
      const other = await connectApp(world, first, { app });
      const { browser, tokens } = await connectApp(world, first, { app, user });
      const single = await connectApp(world, second, { app: await world.newApp({ proof: 'PKCE_ONLY' }), user });
      const code = await browser.obtainCode(app);
      const asked = {
        client_id: app.clientId,
        response_type: 'code',
        redirect_uri: app.redirectUri,
        scope: 'profile',
        prompt: 'consent',
      };
      const screen = (await browser.authorize(asked, dialect)).headers.get('location') as string;
      expect(screen).toMatch(/^\/consent\//);

      expect(await change(browser, { next: newPassword(), disconnect: true })).toContain('All apps were disconnected.');
      for (const site of [second, first]) {
        await expectRefusal(await refresh(site, app, tokens.refresh_token, dialect), dialect, 'IG');
        await expectRefusal(await refresh(site, single.app, single.tokens.refresh_token, dialect), dialect, 'IG');
        await expectRefusal(await exchange(site, app, code, dialect), dialect, 'IG');
      }
      for (const site of [second, first])
        for (const token of [tokens.access_token, single.tokens.access_token])
          await eventually(async () => !(await isActive(site, token)), 15_000);
      expect((await browser.decide(screen, 'allow')).headers.get('location') ?? '').not.toContain('code=');
      const { rows } = await world.db.query(
        `SELECT DISTINCT g.revoked_at IS NULL AS standing, k.ended_reason AS ended, r.revoked_reason AS revoked
           FROM grants g JOIN connections k ON k.grant_id = g.id JOIN refresh_tokens r ON r.connection_id = k.id WHERE g.user_id = $1`,
        [user.id],
      );
      expect(rows).toEqual([{ standing: false, ended: 'password_changed', revoked: 'password_changed' }]);
      expect((await auditOf(user))[0].data).toMatchObject({ appsDisconnected: true, connectionsEnded: 2 });

      expect(await isActive(second, other.tokens.access_token)).toBe(true);
      expect((await refresh(second, app, other.tokens.refresh_token, dialect)).status).toBe(200);
      // Connected anew, the app works again: from the next second on, which is as fine as `iat` tells time.
      await eventually(async () => {
        const again = await connectApp(world, first, { app, user, browser });
        return isActive(second, again.tokens.access_token);
      });
    },
  );

  test('an installation may always disconnect them: then nobody is asked', async () => {
    const { app, user, tokens } = await connectApp(world, first);
    const browser = await signedIn({ publicUrl, port: strict.port }, user);
    expect(await (await browser.get('/account')).text()).not.toContain('name="disconnectApps"');
    await change(browser, { next: newPassword() });
    await expectRefusal(await refresh(second, app, tokens.refresh_token), 'native', 'IG');
  });
});

describe('what is refused changes nothing', () => {
  test.each([
    ['a wrong current password', { current: 'wrong' }, 'This is not your current password.'],
    ['no current password', { current: '' }, 'Enter your current password.'],
    ['one that is too short', { next: 'k9#fLw2!vPq8zR' }, 'Use at least 15 characters.'],
    ['one that everybody guesses', { next: 'Gatehouse-Gatehouse' }, 'This is easy to guess'],
    ['a repetition that differs', { repeated: 'something else' }, 'The two new passwords differ.'],
    [
      'the one of before',
      { next: 'purple tango kettle', current: 'purple tango kettle' },
      'This is the password that you have now.',
    ],
  ] as [string, Partial<Fields>, string][])('%s', async (_, fields, sentence) => {
    const { app, user, tokens } = await connectApp(world, first);
    const [browser, elsewhere] = [await signedIn(first, user), await signedIn(second, user)];
    const hash = await hashOf(user);
    expect(await change(browser, { next: newPassword(), disconnect: true, ...fields })).toContain(sentence);
    expect(await hashOf(user)).toBe(hash);
    for (const session of [browser, elsewhere]) expect(await shows(session)).toBe(true);
    expect(await auditOf(user)).toEqual([]);
    expect((await refresh(first, app, tokens.refresh_token)).status).toBe(200);
  });

  test('case 97: wrong current passwords count like those at sign-in, for this account and network only', async () => {
    const user = await world.newUser();
    const site = { publicUrl, port: strict.port };
    const browser = await signedIn(site, user);
    const next = newPassword();
    const hash = await hashOf(user);
    for (let n = 0; n < 3; n++) expect(await change(browser, { current: 'wrong', next })).toContain('not your current');
    expect(await change(browser, { next })).toContain('There were too many attempts. Nothing was changed.');
    expect(await hashOf(user)).toBe(hash);
    const answer = await browser.post('/signin/submit', { username: user.username, password: PASSWORD });
    expect(answer.status).toBe(429);
    const elsewhere = new HttpBrowser(site, newAddress());
    await elsewhere.signIn(user);
    expect(await change(elsewhere, { next })).toContain('Your password was changed.');
  });
});

describe('at the same time', () => {
  /** Does something while a story of the database is not committed yet, and waits until it waits for it. */
  async function meanwhile<Result>(sql: string, values: unknown[], work: () => Promise<Result>): Promise<Result> {
    const db = new pg.Client({ connectionString: ours('installation').databaseUrl });
    await db.connect();
    try {
      await db.query('BEGIN');
      await db.query(sql, values);
      const { rows } = await db.query('SELECT pg_backend_pid() AS pid');
      const result = work();
      await eventually(async () => {
        const waiting = await world.db.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [
          rows[0].pid,
        ]);
        return waiting.rows.length > 0;
      });
      await db.query('COMMIT');
      return await result;
    } finally {
      await db.end();
    }
  }

  test('of two changes from two browsers one wins, and the other session is over', async () => {
    const user = await world.newUser();
    const browsers = [await signedIn(first, user), await signedIn(second, user)] as const;
    const passwords = [newPassword(), newPassword()] as const;
    await Promise.all([change(browsers[0], { next: passwords[0] }), change(browsers[1], { next: passwords[1] })]);
    const hash = await hashOf(user);
    const won = await Promise.all(passwords.map((password) => verify(hash, password)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await Promise.all(browsers.map(shows))).toEqual(won);
    expect(await auditOf(user)).toHaveLength(1);
  });

  test('a sign-in with the old password that is judged meanwhile opens no session', async () => {
    const user = await world.newUser();
    const location = await meanwhile("UPDATE users SET password_hash = 'changed' WHERE id = $1", [user.id], () =>
      attempt(first, user, PASSWORD),
    );
    expect(location).toBe('/signin');
    expect(await liveSessions(user)).toBe(0);
  });

  test('what a session decides while it is being ended is not decided', async () => {
    const { app, user, browser } = await connectApp(world, first);
    const fresh = await world.newApp();
    const asked = {
      client_id: fresh.clientId,
      response_type: 'code',
      redirect_uri: fresh.redirectUri,
      scope: 'profile',
    };
    const screen = (await browser.authorize(asked)).headers.get('location') as string;
    const answer = await meanwhile('UPDATE sessions SET revoked_at = now() WHERE user_id = $1', [user.id], () =>
      browser.decide(screen, 'allow'),
    );
    expect(answer.headers.get('location') ?? '').not.toContain('code=');
    const { rows } = await world.db.query('SELECT app_id AS id FROM grants WHERE user_id = $1', [user.id]);
    expect(rows).toEqual([{ id: app.id }]);
  });
});
