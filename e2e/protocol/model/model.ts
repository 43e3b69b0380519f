import { createHash } from 'node:crypto';
import type { Proof } from '@/lib/oauth/client';

/**
 * The reference model of a token's life: what security.md says, written down a second time and without the server's
 * code. Time is the age of rows, in seconds; the real seconds that a run takes only ever make things a little older.
 */

export const CODE_SECONDS = 120;
export const REFRESH_INTERVAL_SECONDS = 300;
export const REFRESH_SECONDS = 31_536_000;
export const TRANSACTION_SECONDS = 600;
export const ACCESS_SECONDS = 3_600;
export const MOST_TOKENS = 10;
export const MOST_FAILURES = 10;
export const MOST_SILENT_GRANTS = 5;

/** What a machine endpoint decides; the dialect only writes it down. */
export type Verdict = 'ok' | 'invalid_grant' | 'invalid_client' | 'invalid_scope' | 'too_soon';

export type ModelUser = { active: boolean; signedIn: boolean };
/** `declared`: what the app may ask for; null: everything. */
export type ModelApp = { proof: Proof; replays: boolean; active: boolean; declared: Levels | null };

/** Levels: 1 see, 2 edit, 3 delete. */
export type Levels = ReadonlyMap<string, number>;

export type Grant = { user: number; app: number; scopes: Map<string, number>; offline: boolean; ended: boolean };

export type Transaction = {
  user: number;
  app: number;
  path: string;
  scope: string;
  offline: boolean;
  verifier: string | null;
  age: number;
  /** Decided, closed by a revoke, or of a session that has ended. */
  over: boolean;
};

export type Code = {
  user: number;
  app: number;
  code: string;
  scope: string;
  offline: boolean;
  verifier: string | null;
  silent: boolean;
  age: number;
  failures: number;
  successes: number;
  connection: Connection | null;
};

export type Connection = {
  id: string;
  user: number;
  app: number;
  scope: string;
  /** Since it last got an access token by a code. */
  age: number;
  ended: string | null;
  /** A security event has ended its access tokens. */
  struck: boolean;
  family: Family | null;
};

export type Family = {
  connection: Connection;
  withSecret: boolean;
  age: number;
  sinceRefresh: number | null;
  lastJti: string | null;
  current: string;
  pending: string | null;
  retired: string[];
  generation: number;
  redelivered: boolean;
  streak: number;
  revoked: string | null;
  /** A revoke was answered with 200: nothing may bring it back. */
  acknowledged: boolean;
};

export type Access = { token: string; connection: Connection; scope: string; jti: string; mustBeDead: boolean };

export type Credentials = 'right' | 'none' | 'wrong' | 'former';

/** The level of each scope in a scope text. */
export function levels(scope: string): Map<string, number> {
  const levelOf = { r: 1, w: 2, d: 3 } as Record<string, number>;
  return new Map(
    scope
      .split(' ')
      .filter((part) => part !== '' && part !== 'offline_access')
      .map((part) => part.split(':'))
      .map(([name = '', access = 'r']) => [name, levelOf[access] ?? 0]),
  );
}

export const covers = (granted: Levels, wanted: Levels) =>
  [...wanted].every(([name, level]) => (granted.get(name) ?? 0) >= level);

/** What of a scope text is declared; empty when nothing is left. */
export function narrow(scope: string, declared: Levels | null): string {
  if (!declared) return scope;
  return [...levels(scope)]
    .map(([name, level]) => [name, Math.min(level, declared.get(name) ?? 0)] as const)
    .filter(([, level]) => level > 0)
    .map(([name, level]) => `${name}${['', '', ':w', ':d'][level]}`)
    .join(' ');
}

/** What the database keeps of a refresh token. */
export function keyOf(refreshToken: string): string {
  return JSON.parse(Buffer.from(refreshToken.split('.')[1] ?? '', 'base64url').toString()).il_k;
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export class Model {
  readonly grants: Grant[] = [];
  readonly transactions: Transaction[] = [];
  codes: Code[] = [];
  readonly connections: Connection[] = [];
  readonly accesses: Access[] = [];
  readonly audits = { code_replayed: 0, refresh_token_stolen: 0, used_from_two_places: 0 };
  /** Seconds by which families were aged in all. */
  familyClock = 0;
  /** New access tokens by refreshing, for the invariant of the five minutes. */
  readonly refreshes: { connection: Connection; jti: string; at: number }[] = [];

  constructor(
    readonly users: ModelUser[],
    readonly apps: ModelApp[],
  ) {}

  user(at: number): ModelUser {
    return this.users[at] as ModelUser;
  }

  app(at: number): ModelApp {
    return this.apps[at] as ModelApp;
  }

  get families(): Family[] {
    return this.connections.flatMap(({ family }) => family ?? []);
  }

  standingGrant(user: number, app: number): Grant | undefined {
    return this.grants.find((grant) => grant.user === user && grant.app === app && !grant.ended);
  }

  connectionsOf(user: number, app: number): Connection[] {
    return this.connections.filter((connection) => connection.user === user && connection.app === app);
  }

  /** What the tokens of an app carry of what its user allowed. */
  carried = (app: number, scope: string) => narrow(scope, this.app(app).declared);
  mayAskFor = (app: number, scope: string) => {
    const { declared } = this.app(app);
    return declared === null || covers(declared, levels(scope));
  };

  familyLives = (family: Family) => family.revoked === null && family.age < REFRESH_SECONDS;
  codeIsOpen = (code: Code) => code.connection === null && code.age < CODE_SECONDS;

  /** How a client's credentials are judged, before anything else is looked at. */
  judgeClient(app: number, shown: Credentials): 'secret' | 'none' | 'refused' {
    const { proof } = this.app(app);
    if (shown === 'none') return proof === 'SECRET_REQUIRED' ? 'refused' : 'none';
    return shown === 'right' && proof !== 'PKCE_ONLY' ? 'secret' : 'refused';
  }

  private standing(user: number, app: number): boolean {
    return this.app(app).active && this.user(user).active;
  }

  /** `counts`: one step nearer to being burnt. `replay`: valid but for being the second. */
  judgeExchange(
    code: Code,
    asked: { app: number; shown: Credentials; redirect: 'left out' | 'same' | 'other'; verifier: string | null },
  ): { verdict: Verdict; counts: boolean; replay: boolean; withSecret: boolean } {
    const client = this.judgeClient(asked.app, asked.shown);
    const withSecret = client === 'secret';
    const refuse = (verdict: Verdict, counts: boolean) => ({ verdict, counts, replay: false, withSecret });
    if (client === 'refused') return refuse('invalid_client', true);
    if (code.app !== asked.app) return refuse('invalid_grant', true);
    if (code.failures >= MOST_FAILURES) return refuse('invalid_grant', false);
    if (code.connection === null && code.age >= CODE_SECONDS) return refuse('invalid_grant', false);
    if (asked.redirect === 'other') return refuse('invalid_grant', true);
    if (code.verifier !== asked.verifier) return refuse('invalid_grant', true);
    if (code.verifier === null && !withSecret) return refuse('invalid_client', true);
    if (!this.standing(code.user, code.app)) return refuse('invalid_grant', false);
    if (code.connection !== null) return { verdict: 'invalid_grant', counts: false, replay: true, withSecret };
    if (!this.standingGrant(code.user, code.app)) return refuse('invalid_grant', false);
    if (this.carried(code.app, code.scope) === '') return refuse('invalid_scope', false);
    return { verdict: 'ok', counts: false, replay: false, withSecret };
  }

  /** The connection that an exchange without a refresh token continues. */
  connectionToContinue(code: Code): Connection | undefined {
    return this.connectionsOf(code.user, code.app).findLast(({ ended, family }) => ended === null && family === null);
  }

  /** What the exchange of a code makes; the oldest beyond ten make room. */
  exchanged(code: Code, withSecret: boolean, connectionId: string, refreshToken: string | null): Connection {
    const { user, app, scope } = code;
    const continued = refreshToken === null ? this.connectionToContinue(code) : undefined;
    const connection =
      continued ?? ({ id: connectionId, user, app, ended: null, struck: false, family: null } as unknown as Connection);
    Object.assign(connection, { scope, age: 0 });
    if (!continued) this.connections.push(connection);
    code.connection = connection;
    code.successes++;
    if (refreshToken !== null) {
      const living = this.connectionsOf(user, app).filter(({ family }) => family && this.familyLives(family));
      for (const old of living.slice(0, Math.max(0, living.length - (MOST_TOKENS - 1)))) this.end(old, 'evicted');
      connection.family = {
        connection,
        withSecret,
        age: 0,
        sinceRefresh: null,
        lastJti: null,
        current: refreshToken,
        pending: null,
        retired: [],
        generation: 0,
        redelivered: false,
        streak: 0,
        revoked: null,
        acknowledged: false,
      };
    }
    return connection;
  }

  end(connection: Connection, reason: string): void {
    connection.ended ??= reason;
    if (connection.family) connection.family.revoked ??= reason;
  }

  /** A security event: what was issued until now is dead. */
  strike(concerned: (connection: Connection) => boolean): void {
    for (const access of this.accesses) if (concerned(access.connection)) access.mustBeDead = true;
  }

  replayed({ connection }: Code): void {
    if (!connection) return;
    if (!connection.struck) this.audits.code_replayed++;
    this.end(connection, 'replayed');
    connection.struck = true;
    this.strike((candidate) => candidate === connection);
  }

  private stolen(family: Family): void {
    const { connection } = family;
    this.audits.refresh_token_stolen++;
    this.end(connection, 'stolen');
    connection.struck = true;
    this.strike((candidate) => candidate === connection);
  }

  /**
   * The rule of the refresh grant. `deliver`: which token the answer carries; `again`: the last access token once more.
   * `apply` changes the model, and is told what the answer carried.
   */
  judgeRefresh(
    family: Family,
    token: string,
    asked: { app: number; shown: Credentials },
  ): {
    verdict: Verdict;
    deliver?: 'same' | 'successor';
    again?: boolean;
    theft?: boolean;
    apply: (issued: { jti: string; refreshToken: string }) => void;
  } {
    const { connection } = family;
    const nothing = () => undefined;
    const client = this.judgeClient(asked.app, asked.shown);
    if (client === 'refused') return { verdict: 'invalid_client', apply: nothing };
    if (connection.app !== asked.app) return { verdict: 'invalid_grant', apply: nothing };
    if (family.withSecret && client !== 'secret') return { verdict: 'invalid_client', apply: nothing };
    const dead = !this.familyLives(family) || !this.standing(connection.user, connection.app);
    if (dead || !this.standingGrant(connection.user, connection.app))
      return { verdict: 'invalid_grant', apply: nothing };
    if (family.retired.includes(token)) {
      return { verdict: 'invalid_grant', theft: true, apply: () => this.stolen(family) };
    }
    if (this.carried(connection.app, connection.scope) === '') return { verdict: 'invalid_scope', apply: nothing };
    const isPending = token === family.pending;
    if (family.sinceRefresh !== null && family.sinceRefresh < REFRESH_INTERVAL_SECONDS) {
      if (!this.app(connection.app).replays) return { verdict: 'too_soon', apply: nothing };
      const deliver = family.withSecret || isPending ? 'same' : 'successor';
      return { verdict: 'ok', deliver, again: true, apply: nothing };
    }
    if (!family.withSecret && !isPending && family.pending && !family.redelivered && family.streak === 2) {
      return { verdict: 'invalid_grant', theft: true, apply: () => this.stolen(family) };
    }
    return {
      verdict: 'ok',
      deliver: family.withSecret ? 'same' : 'successor',
      again: false,
      apply: ({ jti, refreshToken }) => this.refreshed(family, isPending, jti, refreshToken),
    };
  }

  private refreshed(family: Family, byPending: boolean, jti: string, delivered: string): void {
    if (!family.withSecret) {
      if (byPending) {
        family.retired.push(family.current);
        family.current = family.pending as string;
        family.generation++;
        if (!family.redelivered) family.streak = 0;
        family.redelivered = false;
      } else if (family.pending && !family.redelivered) {
        family.redelivered = true;
        family.streak++;
        if (family.streak === 2) this.audits.used_from_two_places++;
      }
      family.pending = delivered;
    }
    family.sinceRefresh = 0;
    family.lastJti = jti;
    this.refreshes.push({ connection: family.connection, jti, at: this.familyClock });
  }

  /** The user ends one connection, and what is on its way; the last one ends the grant. */
  revokedByUser(connection: Connection): void {
    const { user, app } = connection;
    this.end(connection, 'revoked_by_user');
    if (connection.family) connection.family.acknowledged = true;
    this.codes = this.codes.filter((code) => code.user !== user || code.app !== app || code.connection !== null);
    this.closeTransactions(user, app);
    const left = this.connectionsOf(user, app).some(({ ended, family, age }) =>
      family ? ended === null && this.familyLives(family) : ended === null && age < ACCESS_SECONDS,
    );
    const grant = this.standingGrant(user, app);
    if (grant && !left) grant.ended = true;
  }

  closeTransactions(user: number, app: number): void {
    for (const waiting of this.transactions)
      if (waiting.user === user && (app < 0 || waiting.app === app)) waiting.over = true;
  }

  /** Whether the user is asked before a code is issued. */
  mustAsk(user: number, app: number, asked: { scope: string; offline: boolean; prompt: boolean }): boolean {
    const grant = this.standingGrant(user, app);
    const { proof } = this.app(app);
    if (!grant || asked.prompt || proof === 'PKCE_ONLY') return true;
    if (!covers(grant.scopes, levels(asked.scope))) return true;
    const mine = this.codes.filter((code) => code.user === user && code.app === app);
    const places =
      mine.filter(this.codeIsOpen).length +
      this.connectionsOf(user, app).filter(({ family }) => family && this.familyLives(family)).length;
    return (
      mine.filter(({ silent, age }) => silent && age < 3_600).length >= MOST_SILENT_GRANTS || places >= MOST_TOKENS
    );
  }

  /** The user's yes. */
  allowed({ user, app, scope, offline }: Pick<Transaction, 'user' | 'app' | 'scope' | 'offline'>): void {
    let grant = this.grants.find((candidate) => candidate.user === user && candidate.app === app);
    if (!grant) {
      grant = { user, app, scopes: new Map(), offline: false, ended: true };
      this.grants.push(grant);
    }
    if (grant.ended) Object.assign(grant, { scopes: new Map(), offline: false, ended: false });
    for (const [name, level] of levels(scope)) grant.scopes.set(name, Math.max(level, grant.scopes.get(name) ?? 0));
    grant.offline ||= offline;
  }

  /** Makes everything older, or the families alone. */
  age(seconds: number, familiesOnly: boolean): void {
    this.familyClock += seconds;
    for (const family of this.families) {
      family.age += seconds;
      if (family.sinceRefresh !== null) family.sinceRefresh += seconds;
    }
    if (familiesOnly) return;
    for (const row of [...this.codes, ...this.connections, ...this.transactions]) row.age += seconds;
  }
}
