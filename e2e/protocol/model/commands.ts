import fc from 'fast-check';
import { expect } from 'vitest';
import { newPkce } from '@/e2e/fixtures/world';
import { claimsOf, type Watch } from './invariants';
import {
  type Access,
  type Code,
  type Credentials,
  covers,
  type Family,
  keyOf,
  levels,
  type Model,
  TRANSACTION_SECONDS,
} from './model';
import type { System, Way } from './system';

/** The system under test together with what watches it. */
export type Real = { system: System; watch: Watch };

/** A step, told as data: fast-check prints and shrinks it. */
abstract class Step<Asked extends object> implements fc.AsyncCommand<Model, Real> {
  constructor(readonly asked: Asked) {}

  abstract check(model: Readonly<Model>): boolean;
  /** @returns whether it may have changed anything */
  abstract act(model: Model, system: System): Promise<boolean>;

  async run(model: Model, { system, watch }: Real): Promise<void> {
    await watch.check(await this.act(model, system));
  }

  toString(): string {
    return `${this.constructor.name} ${JSON.stringify(this.asked)}`;
  }
}

/** Of a list that is not empty, by any number. */
const pick = <Item>(list: readonly Item[], at: number): Item => list[at % list.length] as Item;

type Authorization = {
  user: number;
  app: number;
  scope: string;
  offline: boolean;
  pkce: boolean;
  prompt: boolean;
  answer: 'allow' | 'deny' | 'wait';
  way: Way;
};

/** An app sends its user here, and the user answers (or not yet). */
class Authorize extends Step<Authorization> {
  check = () => true;

  async act(model: Model, system: System): Promise<boolean> {
    const { user, app, scope, offline, pkce, prompt, way } = this.asked;
    const { active, proof } = model.app(app);
    const keys = pkce ? newPkce() : null;
    const real = system.app(app);
    const browser = system.browser(user, way);
    let answer = await browser.authorize(
      {
        client_id: real.clientId,
        response_type: 'code',
        redirect_uri: real.redirectUri,
        scope: offline ? `${scope} offline_access` : scope,
        state: 'st',
        ...(prompt ? { prompt: 'consent' } : {}),
        ...(keys ? { code_challenge: keys.challenge, code_challenge_method: 'S256' } : {}),
      },
      way.dialect,
    );
    system.shareCookies(user, way);
    let location = answer.headers.get('location') ?? '';
    if (!active) {
      expect([answer.status, location]).toEqual([400, '']);
      return false;
    }
    if (!model.user(user).signedIn) {
      expect(location).toMatch(/^\/signin\?transaction=[\w-]{43}$/);
      if (!model.user(user).active) return true;
      answer = await browser.post('/signin/submit', {
        username: system.user(user).username,
        password: 'gatehouse-demo',
        transaction: location.slice(-43),
      });
      system.shareCookies(user, way);
      model.user(user).signedIn = true;
      location = answer.headers.get('location') ?? '';
    }
    const wanted = { user, app, scope, offline };
    if (proof === 'PKCE_ONLY' && !pkce) return refusedAtAuthorize(model, system, answer, wanted);
    expect(answer.status).toBe(303);
    if (!model.mustAsk(user, app, { scope, offline, prompt })) {
      const granted = offline && model.standingGrant(user, app)?.offline === true;
      takeCode(model, system, location, {
        ...wanted,
        offline: granted,
        verifier: keys?.verifier ?? null,
        silent: true,
      });
      return true;
    }
    expect(location).toMatch(/^\/consent\/[\w-]{43}$/);
    model.transactions.push({ ...wanted, path: location, verifier: keys?.verifier ?? null, age: 0, over: false });
    if (this.asked.answer !== 'wait')
      await decide(model, system, model.transactions.length - 1, this.asked.answer, way);
    return true;
  }
}

/** A redirect with an error, or, for an app that this user never trusted, a page first: never a code. */
function refusedAtAuthorize(
  model: Model,
  system: System,
  answer: Response,
  { user, app }: { user: number; app: number },
): boolean {
  const trusted = system.user(user).tenant.id === system.app(app).tenant.id || model.standingGrant(user, app);
  const location = answer.headers.get('location');
  if (!trusted) {
    expect([answer.status, location]).toEqual([400, null]);
    return true;
  }
  const target = new URL(location ?? '');
  expect(target.origin + target.pathname, 'I11').toBe(system.app(app).redirectUri);
  expect(target.searchParams.get('error')).toBe('invalid_request');
  return true;
}

function takeCode(
  model: Model,
  system: System,
  location: string,
  issued: Pick<Code, 'user' | 'app' | 'scope' | 'offline' | 'verifier' | 'silent'>,
): void {
  const target = new URL(location);
  expect(target.origin + target.pathname, 'I11: only to the registered address').toBe(
    system.app(issued.app).redirectUri,
  );
  expect([...target.searchParams.keys()]).toEqual(['code', 'state', 'iss']);
  const code = target.searchParams.get('code') ?? '';
  const consented = model.standingGrant(issued.user, issued.app)?.scopes ?? new Map();
  expect(covers(consented, levels(issued.scope)), 'I2: code scope ⊆ consented').toBe(true);
  model.codes.push({ ...issued, code, age: 0, failures: 0, successes: 0, connection: null });
}

async function decide(
  model: Model,
  system: System,
  at: number,
  decision: 'allow' | 'deny',
  way: Way,
): Promise<boolean> {
  const waiting = pick(model.transactions, at);
  const { user, app, path } = waiting;
  const answer = await system.browser(user, way).decide(path, decision);
  const location = answer.headers.get('location') ?? '';
  expect(answer.status).toBe(303);
  if (!model.user(user).signedIn) {
    expect(location).toBe(`/signin?transaction=${path.slice(-43)}`);
    return false;
  }
  if (waiting.over || waiting.age >= TRANSACTION_SECONDS || !model.app(app).active) {
    expect(location, 'a decision that is over').toBe(path);
    return false;
  }
  waiting.over = true;
  if (decision === 'allow') {
    model.allowed(waiting);
    const { scope, offline, verifier } = waiting;
    takeCode(model, system, location, { user, app, scope, offline, verifier, silent: false });
    return true;
  }
  const target = new URL(location);
  expect(target.origin + target.pathname, 'I11').toBe(system.app(app).redirectUri);
  expect(target.searchParams.get('error')).toBe('access_denied');
  expect(target.searchParams.get('code')).toBeNull();
  return true;
}

/** The user answers a grant screen that was left open, or answers once more. */
class Decide extends Step<{ at: number; decision: 'allow' | 'deny'; way: Way }> {
  check = (model: Readonly<Model>) => model.transactions.length > 0;
  act = (model: Model, system: System) => decide(model, system, this.asked.at, this.asked.decision, this.asked.way);
}

type Exchanging = {
  at: number;
  /** 0: its own app. */
  otherApp: number;
  shown: Credentials;
  basic: boolean;
  redirect: 'left out' | 'same' | 'other';
  verifier: 'right' | 'left out' | 'wrong';
  times: number;
  way: Way;
};

/** An app redeems a code: as it should, or with something changed. */
class Exchange extends Step<Exchanging> {
  check = (model: Readonly<Model>) => model.codes.length > 0;

  async act(model: Model, system: System): Promise<boolean> {
    const { at, times } = this.asked;
    // Mostly the latest, which is seldom too old.
    const code = pick([...model.codes].reverse(), at);
    let changed = false;
    for (let time = 0; time < times; time++) changed = (await this.#once(code, model, system)) || changed;
    return changed;
  }

  async #once(code: Code, model: Model, system: System): Promise<boolean> {
    const { otherApp, shown, basic, redirect, way } = this.asked;
    const app = (code.app + otherApp) % model.apps.length;
    const verifier = { right: code.verifier, 'left out': null, wrong: 'w'.repeat(43) }[this.asked.verifier];
    const judged = model.judgeExchange(code, { app, shown, redirect, verifier });
    const own = system.app(code.app).redirectUri;
    const { verdict, tokens } = await system.token(
      way,
      { app, shown, basic },
      {
        grant_type: 'authorization_code',
        code: code.code,
        ...(redirect === 'left out' ? {} : { redirect_uri: redirect === 'same' ? own : `${own}/` }),
        ...(verifier === null ? {} : { code_verifier: verifier }),
      },
      code.user,
    );
    expect(verdict).toBe(judged.verdict);
    if (judged.counts && code.connection === null) code.failures++;
    if (judged.replay) model.replayed(code);
    if (!tokens) return judged.replay;
    const due = judged.withSecret || code.offline;
    expect(tokens.refresh_token !== undefined, 'I7').toBe(due);
    expect(tokens.scope).toBe(code.scope);
    const { il_c, jti } = claimsOf(tokens.access_token);
    const continued = due ? undefined : model.connectionToContinue(code);
    if (continued) expect(il_c).toBe(continued.id);
    const connection = model.exchanged(code, judged.withSecret, il_c, tokens.refresh_token ?? null);
    const { scope } = code;
    model.accesses.push({ token: tokens.access_token, connection, scope, jti, mustBeDead: false } satisfies Access);
    return true;
  }
}

type WhichToken = 'current' | 'pending' | 'retired';

function tokenOf(family: Family, which: WhichToken): string {
  if (which === 'pending') return family.pending ?? family.current;
  return which === 'retired' ? (family.retired.at(-1) ?? family.current) : family.current;
}

type Refreshing = {
  at: number;
  which: WhichToken;
  otherApp: number;
  shown: Credentials;
  basic: boolean;
  openWindow: boolean;
  way: Way;
};

/** An app refreshes, with the token that it should use or with an older one. */
class Refresh extends Step<Refreshing> {
  check = (model: Readonly<Model>) => model.families.length > 0;

  async act(model: Model, system: System): Promise<boolean> {
    const { at, which, otherApp, shown, basic, openWindow, way } = this.asked;
    if (openWindow) await age(model, system, 300, true);
    const family = pick([...model.families].reverse(), at);
    const { connection } = family;
    const token = tokenOf(family, which);
    const app = (connection.app + otherApp) % model.apps.length;
    const judged = model.judgeRefresh(family, token, { app, shown });
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const { verdict, tokens } = await system.token(way, { app, shown, basic }, form, connection.user);
    expect(verdict).toBe(judged.verdict);
    if (!tokens) {
      judged.apply({ jti: '', refreshToken: '' });
      return openWindow || judged.theft === true;
    }
    const { il_c, jti } = claimsOf(tokens.access_token);
    const refreshToken = tokens.refresh_token ?? '';
    expect(il_c).toBe(connection.id);
    expect(tokens.scope).toBe(connection.scope);
    if (judged.deliver === 'same') expect(keyOf(refreshToken)).toBe(keyOf(token));
    else if (family.pending && token === family.current) {
      expect(keyOf(refreshToken), 'a lost successor is delivered again').toBe(keyOf(family.pending));
    } else expect(model.families.some((other) => keyOf(other.current) === keyOf(refreshToken))).toBe(false);
    if (judged.again) {
      expect(jti, 'I5: inside the window the same access token').toBe(family.lastJti);
      return false;
    }
    judged.apply({ jti, refreshToken: family.pending === token || !family.pending ? refreshToken : family.pending });
    const { scope } = connection;
    model.accesses.push({ token: tokens.access_token, connection, scope, jti, mustBeDead: false });
    return true;
  }
}

/** An app revokes: by possession (N), or authenticated and only its own (R). */
class RevokeByApp extends Step<{ at: number; which: WhichToken; otherApp: number; shown: Credentials; way: Way }> {
  check = (model: Readonly<Model>) => model.families.length > 0;

  async act(model: Model, system: System): Promise<boolean> {
    const { at, which, otherApp, shown, way } = this.asked;
    const family = pick(model.families, at);
    const { connection } = family;
    const app = (connection.app + otherApp) % model.apps.length;
    const possession = way.dialect === 'native';
    const answer = await system.revoke(way, possession ? null : { app, shown }, tokenOf(family, which));
    const text = await answer.text();
    if (!possession && model.judgeClient(app, shown) === 'refused') {
      expect([answer.status, JSON.parse(text).error]).toEqual([401, 'invalid_client']);
      return false;
    }
    expect([answer.status, text]).toEqual([200, possession ? '{}' : '']);
    const belongs = possession || app === connection.app;
    const changes = belongs && family.revoked === null;
    if (changes) model.end(connection, 'revoked_by_app');
    if (belongs) family.acknowledged = true;
    return changes;
  }
}

/** The user presses the button on "Your app connections". */
class RevokeByUser extends Step<{ at: number; way: Way }> {
  #living = (model: Readonly<Model>) =>
    model.connections.filter(
      ({ ended, family, age, user, app }) =>
        ended === null &&
        (family ? model.familyLives(family) : age < 3_600) &&
        model.user(user).signedIn &&
        model.standingGrant(user, app) !== undefined,
    );

  check = (model: Readonly<Model>) => this.#living(model).length > 0;

  async act(model: Model, system: System): Promise<boolean> {
    const connection = pick(this.#living(model), this.asked.at);
    await system.revokeInPortal(connection.user, this.asked.way, connection.id);
    model.revokedByUser(connection);
    return true;
  }
}

/** The developer replaces the client secret (in the database, as the portal's two steps leave it). */
class RotateSecret extends Step<{ app: number }> {
  check = (model: Readonly<Model>) => model.app(this.asked.app).proof !== 'PKCE_ONLY';

  async act(_model: Model, system: System): Promise<boolean> {
    const app = system.app(this.asked.app);
    const former = app.secret;
    const secret = await system.world.newSecret(app.id);
    Object.assign(app, { secret, formerSecret: former });
    const sql =
      'DELETE FROM app_secrets WHERE app_id = $1 AND created_at < (SELECT max(created_at) FROM app_secrets WHERE app_id = $1)';
    const heard = async (server: number) =>
      (await system.accepts(this.asked.app, secret, server)) && !(await system.accepts(this.asked.app, former, server));
    await system.changeApp(this.asked.app, sql, [], heard);
    return true;
  }
}

/** An operator suspends an app, or lets it go on. */
class SetAppActive extends Step<{ app: number; active: boolean }> {
  check = (model: Readonly<Model>) => model.app(this.asked.app).active !== this.asked.active;

  async act(model: Model, system: System): Promise<boolean> {
    const { app, active } = this.asked;
    const sql = 'UPDATE apps SET status = $2 WHERE id = $1';
    const heard = async (server: number) => (await system.serves(app, server)) === active;
    await system.changeApp(app, sql, [active ? 'ACTIVE' : 'SUSPENDED'], heard);
    model.app(app).active = active;
    if (!active) model.strike((connection) => connection.app === app);
    return true;
  }
}

/** A person leaves the organisation, or comes back. */
class SetUserActive extends Step<{ user: number; active: boolean }> {
  check = (model: Readonly<Model>) => model.user(this.asked.user).active !== this.asked.active;

  async act(model: Model, system: System): Promise<boolean> {
    const { user, active } = this.asked;
    const status = active ? 'ACTIVE' : 'DISABLED';
    await system.world.db.query('UPDATE users SET status = $2 WHERE id = $1', [system.user(user).id, status]);
    model.user(user).active = active;
    if (!active) {
      model.user(user).signedIn = false;
      model.strike((connection) => connection.user === user);
      // They are of a session that has ended.
      model.closeTransactions(user, -1);
    }
    return true;
  }
}

async function age(model: Model, system: System, seconds: number, familiesOnly: boolean): Promise<void> {
  const { db } = system.world;
  const ids = system.apps.map(({ id }) => id);
  for (const id of ids) await system.world.ageFamilies(id, seconds);
  if (!familiesOnly) {
    await db.query(
      `UPDATE authorization_codes SET issued_at = issued_at - make_interval(secs => $2), expires_at = expires_at - make_interval(secs => $2),
              redeemed_at = redeemed_at - make_interval(secs => $2) WHERE app_id = ANY($1)`,
      [ids, seconds],
    );
    await db.query(
      `UPDATE connections SET connected_at = connected_at - make_interval(secs => $2), issued_at = issued_at - make_interval(secs => $2)
        WHERE app_id = ANY($1)`,
      [ids, seconds],
    );
    await db.query(
      'UPDATE consent_transactions SET expires_at = expires_at - make_interval(secs => $2) WHERE user_id = ANY($1)',
      [system.users.map(({ id }) => id), seconds],
    );
  }
  model.age(seconds, familiesOnly);
}

/** Time passes: for everything, or a year for the refresh tokens alone. */
class Age extends Step<{ seconds: number }> {
  #year = () => this.asked.seconds > 100_000;
  // Twice, and housekeeping may take the rows away while we look.
  check = (model: Readonly<Model>) => !this.#year() || model.familyClock < 1_000_000;

  async act(model: Model, system: System): Promise<boolean> {
    await age(model, system, this.asked.seconds, this.#year());
    return true;
  }
}

/** An app that signs its user in again and again: what the cap of ten is for. */
class Crowd extends Step<{ user: number; app: number; count: number; way: Way }> {
  check = (model: Readonly<Model>) => {
    const { user, app } = this.asked;
    return model.app(app).active && model.user(user).active && model.app(app).proof !== 'PKCE_ONLY';
  };

  async act(model: Model, system: System): Promise<boolean> {
    const { count, ...asked } = this.asked;
    for (let time = 0; time < count; time++) {
      const ask = { scope: 'profile', offline: false, pkce: false, prompt: false, answer: 'allow' } as const;
      await new Authorize({ ...asked, ...ask }).act(model, system);
      const exchange = {
        at: 0,
        otherApp: 0,
        shown: 'right',
        basic: true,
        redirect: 'same',
        verifier: 'right',
      } as const;
      await new Exchange({ ...exchange, times: 1, way: asked.way }).act(model, system);
    }
    return true;
  }
}

const user = fc.nat({ max: 1 });
const app = fc.nat({ max: 2 });
const at = fc.nat({ max: 5 });
const way: fc.Arbitrary<Way> = fc.record({ dialect: fc.constantFrom('native', 'rfc'), server: fc.nat({ max: 1 }) });
/** Mostly the first. */
const mostly = <Value>(usual: Value, ...others: Value[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 3 * others.length }, ...others.map((other) => fc.constant(other)));
const shown = fc.oneof(
  { arbitrary: fc.constantFrom<Credentials>('right', 'none'), weight: 8 },
  fc.constantFrom<Credentials>('wrong', 'former'),
);
const otherApp = mostly(0, 1, 2);
const which = mostly<WhichToken>('current', 'pending', 'retired');

const authorize = fc.record<Authorization>({
  user,
  app,
  scope: fc.constantFrom('profile', 'source', 'profile source:w', 'source:d'),
  offline: fc.boolean(),
  pkce: fc.boolean(),
  prompt: mostly(false, true),
  answer: mostly<Authorization['answer']>('allow', 'deny', 'wait'),
  way,
});
const exchange = fc.record<Exchanging>({
  at: mostly(0, 0, 1, 2),
  otherApp,
  shown,
  basic: fc.boolean(),
  redirect: mostly<Exchanging['redirect']>('left out', 'same', 'other'),
  verifier: mostly<Exchanging['verifier']>('right', 'left out', 'wrong'),
  times: mostly(1, 2, 10),
  way,
});
const refresh = fc.record<Refreshing>({
  at,
  which,
  otherApp,
  shown,
  basic: fc.boolean(),
  openWindow: fc.boolean(),
  way,
});

/** Steps of a run. The common ones stand several times. */
export const steps = [
  authorize.map((asked) => new Authorize(asked)),
  authorize.map((asked) => new Authorize({ ...asked, answer: 'allow', pkce: true })),
  exchange.map((asked) => new Exchange(asked)),
  exchange.map((asked) => new Exchange({ ...asked, times: 1, otherApp: 0, redirect: 'same', verifier: 'right' })),
  exchange.map((asked) => new Exchange({ ...asked, at: 0, times: 1, otherApp: 0, verifier: 'right' })),
  refresh.map((asked) => new Refresh(asked)),
  refresh.map((asked) => new Refresh({ ...asked, otherApp: 0, openWindow: true })),
  fc.record({ at, which, otherApp, shown, way }).map((asked) => new RevokeByApp(asked)),
  fc.record({ at, decision: mostly<'allow' | 'deny'>('allow', 'deny'), way }).map((asked) => new Decide(asked)),
  fc.record({ at, way }).map((asked) => new RevokeByUser(asked)),
  fc.record({ app }).map((asked) => new RotateSecret(asked)),
  fc.record({ app, active: fc.boolean() }).map((asked) => new SetAppActive(asked)),
  fc.record({ user, active: fc.boolean() }).map((asked) => new SetUserActive(asked)),
  mostly(60, 120, 240, 300, 600, 3_600, 31_536_000).map((seconds) => new Age({ seconds })),
  fc.record({ user, app, count: fc.integer({ min: 4, max: 7 }), way }).map((asked) => new Crowd(asked)),
];
