import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, eventually, isActive, refresh, signedIn } from '@/e2e/fixtures/connected';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import { noteSecret } from '@/e2e/fixtures/secrets';
import { snapshot } from '@/e2e/fixtures/snapshot';
import { HttpBrowser, PASSWORD, type TestTenant, type TestUser, World } from '@/e2e/fixtures/world';
import type { Role } from '@/lib/apps/roles';
import { digestOf } from '@/lib/flows/ids';
import { type AuditScope, listAudit } from '@/lib/store/audit-views';
import { acceptInvitation, createInvitation, findInvitation, withdrawInvitation } from '@/lib/store/invitations';
import { changeMember, listMembers } from '@/lib/store/members';
import { listMemberConnections, revokeAppForMembers, revokeForMember } from '@/lib/store/organisation-connections';
import { changeAddressPolicy } from '@/lib/store/organisation-policy';
import { changePolicy, decideRequests } from '@/lib/store/policy-changes';
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

const actorOf = (user: TestUser) => ({ userId: user.id, tenantId: user.tenant.id });

async function organisation(): Promise<{ tenant: TestTenant; admin: TestUser; member: TestUser }> {
  const tenant = await world.newTenant();
  return { tenant, admin: await world.newUser({ tenant, role: 'ADMIN' }), member: await world.newUser({ tenant }) };
}

const activeAdmins = async ({ id }: TestTenant) =>
  (await world.db.query("SELECT id FROM users WHERE tenant_id = $1 AND role = 'ADMIN' AND status = 'ACTIVE'", [id]))
    .rows;

describe('members', () => {
  test('two admins who take the role from each other leave one', async () => {
    for (let round = 0; round < 5; round++) {
      const { tenant, admin } = await organisation();
      const other = await world.newUser({ tenant, role: 'ADMIN' });
      const down = { kind: 'role', from: 'ADMIN', to: 'MEMBER' } as const;
      const outcomes = await Promise.all([
        changeMember(actorOf(admin), other.id, down),
        changeMember(actorOf(other), admin.id, down),
      ]);
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(outcomes).toContainEqual({ ok: false, reason: 'not_admin' });
      expect(await activeAdmins(tenant)).toHaveLength(1);
    }
  });

  test('the last active admin stays one, whichever way is tried', async () => {
    const { tenant, admin } = await organisation();
    await world.db.query("UPDATE users SET status = 'DISABLED' WHERE id = $1", [
      (await world.newUser({ tenant, role: 'ADMIN' })).id,
    ]);
    const before = await snapshot(world.db);
    for (const change of [{ kind: 'disable' }, { kind: 'role', from: 'ADMIN', to: 'DEVELOPER' }] as const)
      expect(await changeMember(actorOf(admin), admin.id, change)).toEqual({ ok: false, reason: 'last_admin' });
    expect(await snapshot(world.db)).toEqual(before);
  });

  test('a member of another organisation is nobody, and a role that has changed meanwhile is not overwritten', async () => {
    const [{ admin, member }, elsewhere] = [await organisation(), await organisation()];
    expect(await changeMember(actorOf(admin), elsewhere.member.id, { kind: 'disable' })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    const stale = { kind: 'role', from: 'DEVELOPER', to: 'ADMIN' } as const;
    expect(await changeMember(actorOf(admin), member.id, stale)).toEqual({ ok: false, reason: 'changed_meanwhile' });
    const { members } = await listMembers(admin.tenant.id, { search: '', after: null });
    expect(members.map(({ username }) => username).sort()).toEqual([admin.username, member.username].sort());
  });

  test('who is disabled is signed out, and their apps stop; enabled again, the apps go on', async () => {
    const { admin, member } = await organisation();
    const { app, tokens, browser } = await connectApp(world, site, { user: member });
    expect(await changeMember(actorOf(admin), member.id, { kind: 'disable' })).toEqual({
      ok: true,
      username: member.username,
      changed: true,
    });
    expect((await browser.get('/connections')).headers.get('location')).toMatch(/^\/signin/);
    await eventually(async () => !(await isActive(site, tokens.access_token)));
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(401);
    const there = new HttpBrowser(site);
    const refused = await there.post('/signin/submit', { username: member.username, password: PASSWORD });
    expect(refused.headers.get('location')).toBe('/signin');
    await changeMember(actorOf(admin), member.id, { kind: 'enable' });
    expect((await refresh(site, app, tokens.refresh_token)).status).toBe(200);
  });

  test('an organisation’s admin cannot lock a platform admin out', async () => {
    const { tenant, admin } = await organisation();
    const root = await world.newUser({ tenant, platformAdmin: true });
    expect(await changeMember(actorOf(admin), root.id, { kind: 'disable' })).toEqual({
      ok: false,
      reason: 'platform_admin',
    });
  });

  test('a role that the member has already is nothing to change, whoever gave it', async () => {
    const { admin, member } = await organisation();
    const kept = { ok: true, username: member.username, changed: false };
    for (const from of ['MEMBER', 'DEVELOPER'] as const) {
      const before = await snapshot(world.db);
      expect(await changeMember(actorOf(admin), member.id, { kind: 'role', from, to: 'MEMBER' })).toEqual(kept);
      expect(await snapshot(world.db)).toEqual(before);
    }
    const browser = await signedIn(site, admin);
    const form = readForm(await (await browser.get('/organisation/members')).text(), `value="${member.id}"`);
    if (!form) throw new Error('no form for the member');
    form.set('role', 'MEMBER');
    const answer = await sendForm(browser, '/organisation/members', form);
    const path = answer.headers.get('location') ?? '';
    expect(path).toContain('done=role_kept');
    expect(await (await browser.get(path)).text()).toContain(`The role of ${member.username} stays as it was.`);
  });

  test('who takes the role from oneself is led to where one may be, with what came of it', async () => {
    const { tenant, admin } = await organisation();
    await world.newUser({ tenant, role: 'ADMIN' });
    const browser = await signedIn(site, admin);
    const search = `/organisation/members?q=${admin.username}`;
    const form = readForm(await (await browser.get(search)).text(), `value="${admin.id}"`);
    if (!form) throw new Error('no form for the admin');
    form.set('role', 'MEMBER');
    const path = (await sendForm(browser, search, form)).headers.get('location') ?? '';
    const answer = await browser.get(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('You are no longer an admin of your organisation.');
    expect((await activeAdmins(tenant)).map(({ id }) => id)).not.toContain(admin.id);
  });

  test('who signed in before anything is known of it has not "never" signed in', async () => {
    const { tenant, admin, member } = await organisation();
    const old = await world.newUser({ tenant });
    await world.db.query("UPDATE users SET created_at = now() - interval '31 days' WHERE id = $1", [old.id]);
    const browser = await signedIn(site, admin);
    const row = async ({ username }: TestUser) =>
      (await (await browser.get(`/organisation/members?q=${username}`)).text()).replaceAll('<!-- -->', '');
    expect(await row(old)).toContain('>Not in the last 30 days');
    expect(await row(old)).not.toContain('>Never<');
    expect(await row(member)).toContain('>Never<');
    expect(await row(member)).not.toContain('>Not in the last');
  });

  test('every change is in the audit log, with who did it to whom', async () => {
    const { tenant, admin, member } = await organisation();
    await changeMember(actorOf(admin), member.id, { kind: 'role', from: 'MEMBER', to: 'DEVELOPER' });
    await changeMember(actorOf(admin), member.id, { kind: 'disable' });
    const { rows } = await world.db.query(
      'SELECT kind, actor_id, user_id FROM audit_events WHERE tenant_id = $1 ORDER BY id',
      [tenant.id],
    );
    const who = { actor_id: admin.id, user_id: member.id };
    expect(rows).toEqual([
      { kind: 'member_role_changed', ...who },
      { kind: 'member_disabled', ...who },
    ]);
  });
});

/** An invitation, as its link. */
async function invited(by: TestUser, options: { email?: string; role?: Role } = {}): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  noteSecret(token);
  const path = `/invitations/${token}`;
  const { email = null, role = 'MEMBER' } = options;
  const outcome = await createInvitation(actorOf(by), { digest: digestOf(token), path, email, role, language: null });
  expect(outcome).toEqual({ ok: true });
  return token;
}

const newPerson = () => ({
  username: `i${randomBytes(5).toString('hex')}`,
  firstName: 'Nora',
  lastName: 'Neu',
  email: 'nora@new.example',
});
const LONG = 'correct quartz vending moss';
const person = (more = {}) => ({ ...newPerson(), passwordHash: 'x', ...more });

describe('invitations', () => {
  test('the link puts its token away at once and is answered without it; accepting works without scripts', async () => {
    const { tenant, admin } = await organisation();
    const token = await invited(admin, { role: 'DEVELOPER' });
    const browser = new HttpBrowser(site);
    const opened = await browser.get(`/invitations/${token}`);
    expect(opened.status).toBe(303);
    expect(opened.headers.get('location')).toBe('/invitations');
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(opened.headers.getSetCookie().join()).toMatch(/gatehouse\.invitation=.*HttpOnly/i);
    const page = await (await browser.get('/invitations')).text();
    expect(page).toContain(tenant.name);
    expect(page).not.toContain(token);
    const fields = readForm(page, 'name="username"') as FormData;
    const typed = newPerson();
    for (const [name, value] of Object.entries({ ...typed, password: LONG, repeated: 'something else entirely' }))
      fields.set(name, value);
    const refused = await sendForm(browser, '/invitations', fields);
    const again = await refused.text();
    expect(again).toContain(typed.username);
    expect(again).not.toContain(LONG);
    const next = readForm(again, 'name="username"') as FormData;
    for (const [name, value] of Object.entries({ ...typed, password: LONG, repeated: LONG })) next.set(name, value);
    const accepted = await sendForm(browser, '/invitations', next);
    expect(accepted.headers.get('location')).toBe('/signin?welcome=1');
    const answer = await new HttpBrowser(site).post('/signin/submit', { username: typed.username, password: LONG });
    expect(answer.headers.get('location')).toBe('/');
    const { rows } = await world.db.query('SELECT role, tenant_id, verified_email FROM users WHERE username = $1', [
      typed.username,
    ]);
    expect(rows).toEqual([{ role: 'DEVELOPER', tenant_id: tenant.id, verified_email: null }]);
  });

  test('a form that was shown for another invitation makes no account, and keeps what was typed', async () => {
    const [one, two] = [await organisation(), await organisation()];
    const browser = new HttpBrowser(site);
    await browser.get(`/invitations/${await invited(one.admin)}`);
    const fields = readForm(await (await browser.get('/invitations')).text(), 'name="username"') as FormData;
    await browser.get(`/invitations/${await invited(two.admin)}`);
    const typed = newPerson();
    const fill = (form: FormData) => {
      for (const [name, value] of Object.entries({ ...typed, password: LONG, repeated: LONG })) form.set(name, value);
      return form;
    };
    const again = await (await sendForm(browser, '/invitations', fill(fields))).text();
    expect(again).toContain('Another invitation was opened');
    expect(again).toContain(two.tenant.name);
    expect(again).toContain(typed.username);
    const made = 'SELECT tenant_id FROM users WHERE username = $1';
    expect((await world.db.query(made, [typed.username])).rows).toEqual([]);
    const next = fill(readForm(again, 'name="username"') as FormData);
    expect((await sendForm(browser, '/invitations', next)).headers.get('location')).toBe('/signin?welcome=1');
    expect((await world.db.query(made, [typed.username])).rows).toEqual([{ tenant_id: two.tenant.id }]);
  });

  test('it works once, for one of many at the same time', async () => {
    const { tenant, admin } = await organisation();
    const token = await invited(admin);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => acceptInvitation(digestOf(token), person())));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'gone')).toHaveLength(5);
    const { rowCount } = await world.db.query("SELECT 1 FROM users WHERE tenant_id = $1 AND last_name = 'Neu'", [
      tenant.id,
    ]);
    expect(rowCount).toBe(1);
  });

  test('a name that is taken leaves it open', async () => {
    const { admin } = await organisation();
    const token = await invited(admin);
    const before = await snapshot(world.db);
    expect(await acceptInvitation(digestOf(token), person({ username: admin.username }))).toBe('username_taken');
    expect(await snapshot(world.db)).toEqual(before);
    expect(await acceptInvitation(digestOf(token), person())).toBe('accepted');
  });

  test('who accepts what was mailed has proven the address; one that somebody else has proven is not taken twice', async () => {
    const { admin } = await organisation();
    const email = `Nora.${randomBytes(4).toString('hex')}@Mail.example`;
    const [token, again] = [await invited(admin, { email }), null];
    expect(again).toBeNull();
    expect(await acceptInvitation(digestOf(token), person({ email: 'forged@elsewhere.example' }))).toBe('accepted');
    const { rows } = await world.db.query('SELECT email FROM users WHERE verified_email = $1', [email.toLowerCase()]);
    expect(rows).toEqual([{ email }]);
    const elsewhere = await organisation();
    const second = await invited(elsewhere.admin, { email });
    expect(await acceptInvitation(digestOf(second), person())).toBe('email_taken');
    const digest = digestOf(randomBytes(32).toString('base64url'));
    const invitation = { digest, path: '/x', email, role: 'MEMBER' as const, language: null };
    expect(await createInvitation(actorOf(admin), invitation)).toEqual({ ok: false, reason: 'member_already' });
  });

  test('withdrawn, expired, of a suspended organisation, or written by who is no admin any more: it is gone', async () => {
    const endings: ((by: TestUser) => Promise<unknown>)[] = [
      (by) =>
        world.db.query("UPDATE invitations SET expires_at = now() - interval '1 second' WHERE tenant_id = $1", [
          by.tenant.id,
        ]),
      (by) => world.db.query("UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1", [by.tenant.id]),
      async (by) => {
        const { rows } = await world.db.query('SELECT id FROM invitations WHERE tenant_id = $1', [by.tenant.id]);
        const stranger = (await organisation()).admin;
        expect(await withdrawInvitation(actorOf(stranger), rows[0].id), 'of another organisation').toBe(false);
        expect(await withdrawInvitation(actorOf(by), rows[0].id)).toBe(true);
      },
      async (by) => {
        const other = await world.newUser({ tenant: by.tenant, role: 'ADMIN' });
        await changeMember(actorOf(other), by.id, { kind: 'disable' });
      },
    ];
    for (const end of endings) {
      const { admin } = await organisation();
      const token = await invited(admin, { role: 'ADMIN' });
      expect(await findInvitation(digestOf(token))).not.toBeNull();
      await end(admin);
      expect(await findInvitation(digestOf(token))).toBeNull();
      expect(await acceptInvitation(digestOf(token), person())).toBe('gone');
    }
  });

  test('the log says by whose invitation somebody came, and which ones stopped working and why', async () => {
    const { tenant, admin } = await organisation();
    const email = `n${randomBytes(5).toString('hex')}@new.example`;
    await invited(admin, { email });
    const token = await invited(admin, { email: email.toUpperCase() });
    const accepted = person();
    expect(await acceptInvitation(digestOf(token), accepted)).toBe('accepted');
    await invited(admin);
    await invited(admin);
    await world.db.query(
      `UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = (
         SELECT id FROM invitations WHERE tenant_id = $1 AND email IS NULL ORDER BY created_at LIMIT 1)`,
      [tenant.id],
    );
    const other = await world.newUser({ tenant, role: 'ADMIN' });
    await changeMember(actorOf(other), admin.id, { kind: 'role', from: 'ADMIN', to: 'MEMBER' });
    const { rows: made } = await world.db.query<{ id: string }>(
      'SELECT id FROM invitations WHERE tenant_id = $1 ORDER BY created_at',
      [tenant.id],
    );
    const [replaced, taken, , lost] = made.map(({ id }) => id);
    const { rows } = await world.db.query(
      `SELECT kind, actor_id, subject, data FROM audit_events
        WHERE tenant_id = $1 AND kind IN ('invitation_accepted', 'invitation_withdrawn') ORDER BY id`,
      [tenant.id],
    );
    expect(rows).toEqual([
      {
        kind: 'invitation_withdrawn',
        actor_id: admin.id,
        subject: `invitation:${replaced}`,
        data: { email, reason: 'replaced' },
      },
      expect.objectContaining({
        kind: 'invitation_accepted',
        data: { username: accepted.username, role: 'MEMBER', invitation: taken, invitedBy: admin.username },
      }),
      {
        kind: 'invitation_withdrawn',
        actor_id: other.id,
        subject: `invitation:${lost}`,
        data: { email: '', reason: 'inviter_lost_role' },
      },
    ]);
  });

  test('who is signed in is told that an account belongs to one organisation, and keeps the invitation', async () => {
    const [{ admin }, { member }] = [await organisation(), await organisation()];
    const token = await invited(admin);
    const browser = await signedIn(site, member);
    await browser.get(`/invitations/${token}`);
    const page = await (await browser.get('/invitations')).text();
    expect(page).toContain('signed in already');
    expect(page).not.toContain('name="password"');
    const answer = await browser.post('/signout/submit', { next: '/invitations' });
    expect(answer.headers.get('location')).toBe('/invitations');
    expect(await (await browser.get('/invitations')).text()).toContain('name="password"');
  });
});

describe('connections of an organisation', () => {
  const ALL = { member: '', app: '', appId: null, idleDays: null, verified: null };

  test('an admin sees those of the organisation’s people, and ends one: its access token at once', async () => {
    const { tenant, admin, member } = await organisation();
    const app = await world.newApp({ verified: true });
    const [mine, elsewhere] = [
      await connectApp(world, site, { app, user: member }),
      await connectApp(world, site, { app }),
    ];
    const { connections } = await listMemberConnections(tenant.id, ALL, null);
    expect(connections).toMatchObject([
      { username: member.username, app: { id: app.id, verified: true }, suspended: false },
    ]);
    const id = connections[0]?.id as string;
    expect(await revokeForMember(actorOf((await organisation()).admin), id), 'a foreign admin').toBeNull();
    expect(await revokeForMember(actorOf(admin), id)).toEqual({ appName: app.name, username: member.username });
    await eventually(async () => !(await isActive(site, mine.tokens.access_token)));
    expect((await refresh(site, app, mine.tokens.refresh_token)).status).toBe(401);
    expect(await isActive(site, elsewhere.tokens.access_token)).toBe(true);
    const timeline = await (await mine.browser.get('/account/activity')).text();
    expect(timeline).toContain('An admin of your organisation ended a connection');
    expect(await revokeForMember(actorOf(admin), id), 'once').toBeNull();
  });

  test('filters: member, app, unused, badge', async () => {
    const { tenant, member } = await organisation();
    const other = await world.newUser({ tenant });
    const [good, odd] = [await world.newApp({ verified: true }), await world.newApp()];
    await connectApp(world, site, { app: good, user: member });
    await connectApp(world, site, { app: odd, user: other });
    await world.db.query("UPDATE connections SET issued_at = issued_at - interval '40 days' WHERE app_id = $1", [
      odd.id,
    ]);
    const found = async (filter: Partial<Parameters<typeof listMemberConnections>[1]>) =>
      (await listMemberConnections(tenant.id, { ...ALL, ...filter }, null)).connections.map(({ app }) => app.id);
    expect((await found({})).sort()).toEqual([good.id, odd.id].sort());
    expect(await found({ member: other.username.toUpperCase() })).toEqual([odd.id]);
    expect(await found({ app: good.name.slice(2, 9).toUpperCase() })).toEqual([good.id]);
    expect(await found({ appId: odd.id })).toEqual([odd.id]);
    expect(await found({ idleDays: 30 })).toEqual([odd.id]);
    expect(await found({ verified: true })).toEqual([good.id]);
    expect(await found({ verified: false })).toEqual([odd.id]);
  });

  test('of an organisation that needs more than one batch all consents end, and each batch is in the log', async () => {
    const { tenant, admin } = await organisation();
    const app = await world.newApp();
    await world.db.query(
      `WITH many AS (
         INSERT INTO users (tenant_id, username, email, password_hash, first_name, last_name, role)
         SELECT $1, 'many-' || $1::int || '-' || n, 'many@example.org', 'x', 'One', 'Of many', 'MEMBER' FROM generate_series(1, 1001) n RETURNING id)
       INSERT INTO grants (user_id, app_id, scopes) SELECT id, $2, 'profile' FROM many`,
      [tenant.id, app.id],
    );
    expect(await revokeAppForMembers(actorOf(admin), app.id)).toEqual({ appName: app.name, count: 0 });
    const { rowCount } = await world.db.query('SELECT 1 FROM grants WHERE app_id = $1 AND revoked_at IS NULL', [
      app.id,
    ]);
    expect(rowCount).toBe(0);
    const { rows } = await world.db.query('SELECT kind FROM audit_events WHERE tenant_id = $1', [tenant.id]);
    expect(rows).toEqual(Array(3).fill({ kind: 'app_connections_revoked' }));
    expect(await revokeAppForMembers(actorOf(admin), app.id), 'once').toBeNull();
  });

  test('all of an app end for the organisation, and for no other', async () => {
    const { tenant, admin, member } = await organisation();
    const app = await world.newApp();
    const all = [
      await connectApp(world, site, { app, user: member }),
      await connectApp(world, site, { app, user: await world.newUser({ tenant }) }),
    ];
    const elsewhere = await connectApp(world, site, { app });
    expect(await revokeAppForMembers(actorOf(admin), app.id)).toEqual({ appName: app.name, count: 2 });
    for (const { tokens } of all) await eventually(async () => !(await isActive(site, tokens.access_token)));
    expect(await isActive(site, elsewhere.tokens.access_token)).toBe(true);
    expect((await listMemberConnections(tenant.id, ALL, null)).connections).toEqual([]);
  });
});

test('the audit log of an organisation holds its own events, in words, and exports them', async () => {
  const [{ admin, member }, elsewhere] = [await organisation(), await organisation()];
  await changeMember(actorOf(admin), member.id, { kind: 'disable' });
  await changeMember(actorOf(elsewhere.admin), elsewhere.member.id, { kind: 'disable' });
  const browser = await signedIn(site, admin);
  const page = await (await browser.get('/organisation/audit')).text();
  expect(page).toContain('Disabled a member');
  expect(page).toContain(member.username);
  expect(page).not.toContain(elsewhere.member.username);
  const csv = await (await browser.get('/organisation/audit/export?kind=member_disabled')).text();
  expect(csv).toContain(member.username);
  expect(csv).not.toContain(elsewhere.member.username);
});

test('a day of the filter is a day of the reader, in the list and in the export', async () => {
  const { tenant, admin } = await organisation();
  await world.db.query("UPDATE users SET timezone = 'Asia/Tokyo' WHERE id = $1", [admin.id]);
  // In Tokyo these are the last second of the 9th, the first and the last of the 10th, and the first of the 11th of May.
  const moments = ['2026-05-09T14:59:59Z', '2026-05-09T15:00:00Z', '2026-05-10T14:59:59Z', '2026-05-10T15:00:00Z'];
  for (const [at, moment] of moments.entries())
    await world.db.query(
      "INSERT INTO audit_events (tenant_id, actor_id, kind, subject, at) VALUES ($1, $2, 'member_invited', $3, $4)",
      [tenant.id, admin.id, `day:${at}`, moment],
    );
  const browser = await signedIn(site, admin);
  for (const path of ['/organisation/audit', '/organisation/audit/export']) {
    const text = await (await browser.get(`${path}?from=2026-05-10&until=2026-05-10`)).text();
    expect(moments.map((_, at) => text.includes(`day:${at}`))).toEqual([false, true, true, false]);
  }
});

test('NUL in an address finds nothing, and is no error', async () => {
  const admin = await world.newUser({ role: 'ADMIN', platformAdmin: true });
  const browser = await signedIn(site, admin);
  const place = Buffer.from(JSON.stringify(['a\0', admin.id])).toString('base64url');
  const paths = [
    '/connections?q=%00',
    '/connections?q=a%00b',
    `/connections?after=${place}`,
    `/connections?sort=name&after=${place}`,
    '/review/apps?q=a%00',
    '/applications?q=a%00',
    '/organisation/members?q=%00a&after=%00',
    '/organisation/connections?member=a%00&app=a%00',
    '/organisation/app-policy?after=1.a%00',
    ...['/review/audit', '/review/audit/export', '/organisation/audit', '/organisation/audit/export'].flatMap((path) =>
      ['kind', 'organisation', 'person', 'subject', 'from', 'before'].map((name) => `${path}?${name}=a%00`),
    ),
  ];
  for (const path of paths) {
    const answer = await browser.get(path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    expect(await answer.text(), path).not.toMatch(/>Something went wrong<|data-dgst/);
  }
});

test('NUL in the name of whom an app is offered to is nobody’s name, and offers nothing', async () => {
  const { tenant } = await organisation();
  const developer = await world.newUser({ tenant, role: 'DEVELOPER' });
  const app = await world.newApp({ tenant });
  const browser = await signedIn(site, developer);
  const path = `/applications/${app.id}/danger`;
  const form = readForm(await (await browser.get(path)).text(), 'name="kind"');
  if (!form) throw new Error('no form to offer the app');
  for (const kind of ['member', 'organisation']) {
    form.set('kind', kind);
    for (const field of ['username', 'organisation']) form.set(field, 'no\0body');
    const answer = await sendForm(browser, path, form);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('value="nobody"');
  }
  const { rowCount } = await world.db.query('SELECT 1 FROM app_transfers WHERE app_id = $1', [app.id]);
  expect(rowCount).toBe(0);
});

test('an actor whose name is not told is not found by it', async () => {
  const { tenant, admin, member } = await organisation();
  const reviewer = await world.newUser({ platformAdmin: true });
  await world.db.query(
    "INSERT INTO audit_events (tenant_id, actor_id, kind, subject) VALUES ($1, $2, 'app_suspended', 'app:1'), ($1, $3, 'member_invited', 'x')",
    [tenant.id, reviewer.id, admin.id],
  );
  const found = async (person: string, scope: AuditScope) => {
    const filter = { kind: '', organisation: tenant.name, person, subject: '', from: null, until: null };
    return (await listAudit(scope, filter, null, 10)).map(({ kind }) => kind);
  };
  const scope = { tenantId: tenant.id };
  expect(await found(reviewer.username, scope)).toEqual([]);
  expect(await found(reviewer.username, null)).toEqual(['app_suspended']);
  expect(await found(admin.username, scope)).toEqual(['member_invited']);
  expect(await found(member.username, scope)).toEqual([]);
});

test('who is no active admin any more decides nothing for the organisation, whatever their page still shows', async () => {
  const { tenant, admin, member } = await organisation();
  const { app, tokens } = await connectApp(world, site, { user: member });
  await invited(await world.newUser({ tenant, role: 'ADMIN' }));
  const open = await world.db.query('SELECT id FROM invitations WHERE tenant_id = $1', [tenant.id]);
  const { connections } = await listMemberConnections(
    tenant.id,
    { member: '', app: '', appId: null, idleDays: null, verified: null },
    null,
  );
  const actor = actorOf(admin);
  const rule = { kind: 'rule', appId: app.id, verdict: 'BLOCKED', note: '' } as const;
  for (const lost of ["role = 'MEMBER'", "role = 'ADMIN', status = 'DISABLED'"]) {
    await world.db.query(`UPDATE users SET ${lost} WHERE id = $1`, [admin.id]);
    const before = await snapshot(world.db);
    expect(await changePolicy(actor, rule, { endConnections: true })).toEqual({ ok: false });
    expect(await decideRequests(actor, app.id, { kind: 'approve' })).toEqual({ ok: false, reason: 'not_admin' });
    expect(await revokeForMember(actor, connections[0]?.id as string)).toBeNull();
    expect(await revokeAppForMembers(actor, app.id)).toBeNull();
    expect(await withdrawInvitation(actor, open.rows[0].id)).toBe(false);
    expect(await changeAddressPolicy(actor, 'HIDDEN')).toBe(false);
    expect(await snapshot(world.db)).toEqual(before);
  }
  expect(await isActive(site, tokens.access_token)).toBe(true);
});
