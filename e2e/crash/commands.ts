import { expect } from 'vitest';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import {
  HttpBrowser,
  newPkce,
  PATHS,
  postForm,
  type TestApp,
  type TestUser,
  type Tokens,
  type World,
} from '@/e2e/fixtures/world';
import type { Dialect } from '@/lib/oauth/errors';
import { keyOf } from '../protocol/model/model';
import type { Random } from './random';

export type Site = { publicUrl: string; port: number };

/** A server that lives, the one that will die, and who uses them. */
export type Stage = {
  world: World;
  /** Lives: prepares. */
  calm: Site;
  user: TestUser & { browser: HttpBrowser };
  apps: { secret: TestApp; pkce: TestApp };
  random: Random;
};

/** A command that is in flight when the server dies, and what must be true afterwards. */
export type Flight = {
  name: string;
  /** Requests that it makes to the database. */
  requests: number;
  /** Sends it. @returns the answer; null when the connection broke before it was complete */
  send(dying: Site): Promise<Answer | null>;
  /**
   * Looks at what is left and goes on where the client would, at a server that lives.
   * @param answer as `send` has told it: an acknowledgement binds
   * @returns whether the command had been done
   */
  settle(answer: Answer | null, living: Site): Promise<boolean>;
};

export type Answer = { status: number; location: string | null; text: string };

async function complete(sent: Promise<Response>): Promise<Answer | null> {
  try {
    const answer = await sent;
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  } catch {
    return null;
  }
}

const json = (answer: Answer): Tokens => JSON.parse(answer.text);

type Credentialed = { app: TestApp; withSecret: boolean };

const credentials = ({ app, withSecret }: Credentialed): Record<string, string> =>
  withSecret ? { client_id: app.clientId, client_secret: app.secret } : { client_id: app.clientId };

async function token(site: Site, dialect: Dialect, by: Credentialed, form: Record<string, string>): Promise<Response> {
  return postForm(site, PATHS[dialect].token, { ...credentials(by), ...form });
}

async function refreshAt(site: Site, by: Credentialed, refreshToken: string): Promise<Answer> {
  const answer = await token(site, 'rfc', by, { grant_type: 'refresh_token', refresh_token: refreshToken });
  return { status: answer.status, location: null, text: await answer.text() };
}

/** An answer that was given in full is one of these: nothing half-done is ever acknowledged. */
function acknowledged(answer: Answer | null, ...statuses: number[]): answer is Answer {
  if (answer && answer.status < 500) expect(statuses, answer.text).toContain(answer.status);
  return answer !== null && answer.status < 500;
}

type PreparedCode = Credentialed & { code: string; verifier: string | null };

async function newCode(stage: Stage, by: Credentialed, dialect: Dialect): Promise<PreparedCode> {
  const keys = by.withSecret ? null : newPkce();
  const code = await stage.user.browser.obtainCode(
    by.app,
    {
      scope: by.withSecret ? 'profile' : 'profile offline_access',
      ...(keys ? { code_challenge: keys.challenge, code_challenge_method: 'S256' } : {}),
    },
    dialect,
  );
  return { ...by, code, verifier: keys?.verifier ?? null };
}

const codeForm = ({ code, verifier }: PreparedCode): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  ...(verifier === null ? {} : { code_verifier: verifier }),
});

async function newFamily(stage: Stage, by: Credentialed): Promise<Credentialed & { refreshToken: string; id: string }> {
  const prepared = await newCode(stage, by, 'native');
  const answer = await token(stage.calm, 'native', by, codeForm(prepared));
  const tokens = (await answer.json()) as Tokens;
  return { ...by, refreshToken: tokens.refresh_token as string, id: connectionOf(tokens.access_token) };
}

/** Of this family alone: others of the same app are in flight. */
async function openWindow({ db }: World, connectionId: string): Promise<void> {
  await db.query(
    "UPDATE refresh_tokens SET last_refresh_at = last_refresh_at - interval '301 seconds' WHERE connection_id = $1",
    [connectionId],
  );
}

const connectionOf = (accessToken: string): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).il_c;

const dialectOf = (random: Random): Dialect => random.pick('native', 'rfc');
const client = ({ apps, random }: Stage): Credentialed =>
  random.pick({ app: apps.secret, withSecret: true }, { app: apps.pkce, withSecret: false });

/** A code is unused or used exactly once. */
export async function exchange(stage: Stage): Promise<Flight> {
  const prepared = await newCode(stage, client(stage), dialectOf(stage.random));
  const dialect = dialectOf(stage.random);
  return {
    name: 'exchange',
    requests: 2,
    send: (dying) => complete(token(dying, dialect, prepared, codeForm(prepared))),
    async settle(answer, living) {
      const { rows } = await stage.world.db.query(
        `SELECT c.connection_id AS id, (SELECT count(*)::int FROM refresh_tokens r WHERE r.connection_id = c.connection_id) AS families
           FROM authorization_codes c WHERE c.digest = sha256($1::bytea)`,
        [Buffer.from(prepared.code)],
      );
      const { id, families } = rows[0];
      const done = acknowledged(answer, 200);
      if (done) expect(connectionOf(json(answer).access_token)).toBe(id);
      if (done) expect((await refreshAt(living, prepared, json(answer).refresh_token as string)).status).toBe(200);
      expect(families, 'a redemption and its family are one').toBe(id === null ? 0 : 1);
      const again = await token(living, dialect, prepared, codeForm(prepared));
      expect(again.status, id ? 'used: once only' : 'unused: still good').toBe(
        id ? (dialect === 'rfc' ? 400 : 401) : 200,
      );
      if (!done) return id !== null;
      const dead = await refreshAt(living, prepared, json(answer).refresh_token as string);
      expect([dead.status, JSON.parse(dead.text).error], 'case 28').toEqual([400, 'invalid_grant']);
      return true;
    },
  };
}

/** No half-rotated family; what was acknowledged works, what was lost comes again (cases 46, 48). */
export async function refresh(stage: Stage): Promise<Flight> {
  const { random, world } = stage;
  const family = await newFamily(stage, client(stage));
  const dialect = dialectOf(random);
  let shown = family.refreshToken;
  // Half of the rotating ones show the successor, which retires its predecessor.
  const promotes = !family.withSecret && random.below(2) === 0;
  if (promotes) {
    shown = json(await refreshAt(stage.calm, family, shown)).refresh_token as string;
    await openWindow(world, family.id);
  }
  const read = async () =>
    (
      await world.db.query(
        `SELECT r.generation, r.last_jti AS jti, encode(r.digest, 'hex') AS current, encode(r.pending_digest, 'hex') AS pending,
                r.last_refresh_at > clock_timestamp() - interval '300 seconds' AS closed,
                (SELECT count(*)::int FROM retired_refresh_tokens o WHERE o.refresh_token_id = r.id) AS retired
           FROM refresh_tokens r WHERE r.connection_id = $1`,
        [family.id],
      )
    ).rows[0];
  const before = await read();
  return {
    name: promotes ? 'refresh that promotes' : 'refresh',
    requests: 2,
    send: (dying) => complete(token(dying, dialect, family, { grant_type: 'refresh_token', refresh_token: shown })),
    async settle(answer, living) {
      const after = await read();
      const done = acknowledged(answer, 200);
      const happened = after.jti !== before.jti;
      if (done) expect(happened, 'an acknowledged refresh is on record').toBe(true);
      if (!happened) expect(after, 'all or nothing').toEqual(before);
      expect(after.generation, 'all or nothing').toBe(promotes && happened ? 1 : 0);
      expect(after.retired).toBe(after.generation);
      const soon = await refreshAt(living, family, shown);
      expect(soon.status, 'a retry is limited, never refused for good').toBe(happened ? 429 : 200);
      await openWindow(world, family.id);
      const retried = await refreshAt(living, family, shown);
      expect(retried.status, 'case 46').toBe(200);
      const delivered = json(retried).refresh_token as string;
      if (done) expect(keyOf(delivered)).toBe(keyOf(json(answer).refresh_token as string));
      if (family.withSecret) expect(keyOf(delivered)).toBe(keyOf(shown));
      await openWindow(world, family.id);
      expect((await refreshAt(living, family, delivered)).status, 'the token that was handed out works').toBe(200);
      return happened;
    },
  };
}

/** An acknowledged revoke stays; one without an answer can be repeated. */
export async function revoke(stage: Stage, acknowledgedRevokes: string[]): Promise<Flight> {
  const family = await newFamily(stage, client(stage));
  const dialect = dialectOf(stage.random);
  const sendTo = (site: Site) =>
    postForm(site, PATHS[dialect].revoke, {
      ...(dialect === 'rfc' ? credentials(family) : {}),
      token: family.refreshToken,
    });
  return {
    name: 'revoke',
    requests: 1,
    send: (dying) => complete(sendTo(dying)),
    async settle(answer, living) {
      const [revoked, ended] = await endOf(stage.world, family.id);
      expect(revoked, 'connection and family end together').toBe(ended);
      if (acknowledged(answer, 200)) expect(revoked, 'an acknowledged revoke stays').toBe(true);
      if (revoked) acknowledgedRevokes.push(family.id);
      const use = await refreshAt(living, family, family.refreshToken);
      expect(use.status).toBe(revoked ? 400 : 200);
      expect((await sendTo(living)).status).toBe(200);
      expect((await refreshAt(living, family, family.refreshToken)).status).toBe(400);
      acknowledgedRevokes.push(family.id);
      return revoked;
    },
  };
}

async function endOf(world: World, connectionId: string): Promise<[boolean, boolean]> {
  const { rows } = await world.db.query(
    `SELECT r.revoked_at IS NOT NULL AS revoked, k.ended_at IS NOT NULL AS ended
       FROM connections k JOIN refresh_tokens r ON r.connection_id = k.id WHERE k.id = $1`,
    [connectionId],
  );
  return [rows[0].revoked, rows[0].ended];
}

/** The user's revoke takes the connection, the codes on their way and the last grant, or nothing of it. */
export async function revokeInPortal(stage: Stage, acknowledgedRevokes: string[]): Promise<Flight> {
  const { world, user } = stage;
  const app = await world.newApp();
  const by = { app, withSecret: true };
  const family = await newFamily(stage, by);
  const waiting = await newCode(stage, by, 'rfc');
  const fields = readForm(
    await (await user.browser.get('/connections')).text(),
    `name="id" value="${family.id}"`,
  ) as FormData;
  return {
    name: 'revoke in the portal',
    requests: 13,
    send: (dying) => complete(sendForm(browserAt(user.browser, dying), '/connections', fields)),
    async settle(answer, living) {
      const [revoked, ended] = await endOf(world, family.id);
      const { rows } = await world.db.query(
        `SELECT g.revoked_at IS NOT NULL AS over, (SELECT count(*)::int FROM authorization_codes c WHERE c.grant_id = g.id AND c.redeemed_at IS NULL) AS codes,
                (SELECT count(*)::int FROM audit_events a WHERE a.subject = $2) AS told
           FROM grants g WHERE g.app_id = $1`,
        [app.id, `connection:${family.id}`],
      );
      const all = { revoked: true, ended: true, over: true, codes: 0, told: 1 };
      const nothing = { revoked: false, ended: false, over: false, codes: 1, told: 0 };
      expect({ revoked, ended, ...rows[0] }, 'all or nothing').toEqual(revoked ? all : nothing);
      if (acknowledged(answer, 200) && answer.text.includes('was revoked')) expect(revoked).toBe(true);
      if (revoked) acknowledgedRevokes.push(family.id);
      expect((await refreshAt(living, family, family.refreshToken)).status).toBe(revoked ? 400 : 200);
      expect((await token(living, 'rfc', by, codeForm(waiting))).status).toBe(revoked ? 400 : 200);
      return revoked;
    },
  };
}

/** A browser's cookies at another server. */
function browserAt(browser: HttpBrowser, site: Site): HttpBrowser {
  const other = new HttpBrowser(site, browser.address);
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

/** A decision is taken with its consent and its code, or not at all. */
export async function approve(stage: Stage): Promise<Flight> {
  const { world, user, random } = stage;
  const app = await world.newApp();
  const by = { app, withSecret: true };
  const dialect = dialectOf(random);
  const asked = { client_id: app.clientId, response_type: 'code', redirect_uri: app.redirectUri, scope: 'profile' };
  const waiting = (await user.browser.authorize(asked, dialect)).headers.get('location') ?? '';
  const codeOf = (answer: Answer) => new URL(answer.location ?? '').searchParams.get('code') ?? '';
  const use = async (site: Site, code: string) =>
    (await token(site, dialect, by, { grant_type: 'authorization_code', code })).status;
  return {
    name: 'approve',
    requests: 12,
    send: (dying) => complete(browserAt(user.browser, dying).decide(waiting, 'allow')),
    async settle(answer, living) {
      const { rows } = await world.db.query(
        `SELECT t.decided_at IS NOT NULL AS decided, (SELECT count(*)::int FROM authorization_codes c WHERE c.app_id = $1) AS codes,
                (SELECT count(*)::int FROM grants g WHERE g.app_id = $1 AND g.revoked_at IS NULL) AS grants
           FROM consent_transactions t WHERE t.client_id = $2`,
        [app.id, app.clientId],
      );
      const { decided, codes, grants } = rows[0];
      expect([codes, grants], 'decision, consent and code are one').toEqual(decided ? [1, 1] : [0, 0]);
      if (acknowledged(answer, 303)) {
        expect(decided).toBe(true);
        expect(await use(living, codeOf(answer)), 'an acknowledged code works').toBe(200);
        return true;
      }
      const again = await complete(browserAt(user.browser, living).decide(waiting, 'allow'));
      expect(again?.status).toBe(303);
      expect(again?.location, 'not asked again').not.toContain('?again');
      if (decided) expect(again?.location, 'decided once').toBe(waiting);
      else expect(await use(living, codeOf(again as Answer))).toBe(200);
      return decided;
    },
  };
}
