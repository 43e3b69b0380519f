import { expect } from 'vitest';
import { covers, keyOf, levels, type Model, sha256 } from './model';
import { hex, type Snapshot, takeSnapshot } from './snapshot';
import { eventually, type System } from './system';

/** Watches a run: after each step the database must be what the model says, and the invariants must hold. */
export class Watch {
  #before: Snapshot | null = null;
  #turn = 0;

  constructor(
    readonly model: Model,
    readonly system: System,
  ) {}

  /** @param mayChange false: the step was refused, and a refusal changes nothing (I9) */
  async check(mayChange: boolean): Promise<void> {
    const { model, system } = this;
    const ids = [system.apps.map(({ id }) => id), system.users.map(({ id }) => id)] as const;
    const { rows, failures } = await takeSnapshot(system.world.db, [...ids[0]], [...ids[1]]);
    if (!mayChange && this.#before) expect(rows, 'I9: an error changes no state').toEqual(this.#before);
    this.#before = rows;
    expect(new Map([...failures]), 'failure counters').toEqual(
      new Map(model.codes.map(({ code, failures }) => [sha256(code), failures])),
    );
    expect(viewOf(rows)).toEqual(this.#expected());
    holdInvariants(rows);
    this.#holdModelInvariants();
    await this.#lookAtTokens(rows, 4);
  }

  /** All access tokens, on both servers. */
  async checkAllTokens(): Promise<void> {
    await this.check(true);
    await this.#lookAtTokens(this.#before as Snapshot, this.model.accesses.length * 2);
  }

  #expected() {
    const { model, system } = this;
    const idOf = (app: number) => system.app(app).id;
    const userOf = (user: number) => system.user(user).id;
    return {
      codes: sorted(
        model.codes.map(({ code, app, scope, offline, connection, silent }) =>
          [sha256(code), idOf(app), scope, offline, connection?.id ?? null, silent].join(' '),
        ),
      ),
      connections: sorted(
        model.connections.map(({ id, app, scope, ended }) => [id, idOf(app), scope, ended].join(' ')),
      ),
      families: sorted(
        model.families.map((family) =>
          [
            family.connection.id,
            family.withSecret,
            sha256(keyOf(family.current)),
            family.pending ? sha256(keyOf(family.pending)) : '',
            family.generation,
            family.redelivered,
            family.streak,
            family.revoked,
            family.lastJti,
          ].join(' '),
        ),
      ),
      retired: sorted(model.families.flatMap(({ retired }) => retired.map((token) => sha256(keyOf(token))))),
      grants: sorted(
        model.grants.map(({ user, app, scopes, offline, ended }) =>
          [userOf(user), idOf(app), widths(scopes), offline, ended].join(' '),
        ),
      ),
      audits: { ...model.audits },
    };
  }

  #holdModelInvariants(): void {
    const { model } = this;
    for (const { successes } of model.codes) expect(successes, 'I1: at most one success').toBeLessThanOrEqual(1);
    for (const [at, { connection, jti, at: time }] of model.refreshes.entries()) {
      const sooner = model.refreshes.slice(0, at).findLast((other) => other.connection === connection);
      if (sooner && sooner.jti !== jti)
        expect(time - sooner.at, 'I5: one new jti in five minutes').toBeGreaterThanOrEqual(300);
    }
    for (const { acknowledged, revoked } of model.families)
      if (acknowledged) expect(revoked, 'I8: an acknowledged revoke is permanent').not.toBeNull();
  }

  /** Asks about some of the access tokens: those of the latest steps, and others in turn (I3, I6). */
  async #lookAtTokens(rows: Snapshot, most: number): Promise<void> {
    const { accesses } = this.model;
    const asked = new Set(accesses.slice(-2));
    for (let at = 0; at < most && accesses.length > 0; at++) {
      asked.add(accesses[this.#turn++ % accesses.length] as (typeof accesses)[number]);
    }
    const times = new Map(rows.notBefore.map(({ subject, ms }) => [subject, Number(ms)]));
    for (const [at, access] of [...asked].entries()) {
      const { token, connection, scope, mustBeDead } = access;
      const server = (at + this.#turn) % this.system.sites.length;
      const { iat, ...claims } = claimsOf(token);
      const user = this.system.user(connection.user);
      const app = this.system.app(connection.app);
      expect(claims).toMatchObject({
        il_u: user.username,
        il_n: user.tenant.name,
        il_a: app.id,
        il_s: scope,
        il_c: connection.id,
        sub: user.id,
        client_id: app.clientId,
      });
      const subjects = [`connection:${connection.id}`, `user:${user.id}`, `app:${app.id}`];
      const struck = subjects.some((subject) => iat * 1000 <= (times.get(subject) ?? -1));
      if (mustBeDead) expect(struck, 'I6: a security event is on record').toBe(true);
      const info = { active: true, tenant_id: user.tenant.name, username: user.username, scope, app_id: app.id };
      const ask = () => this.system.tokenInfo(server, token);
      if (struck) await eventually(async () => (await ask()).active === false, 'I6: a withdrawn token stays active');
      else expect(await ask(), 'I3: a token speaks for its grant').toEqual(info);
    }
  }
}

const sorted = (lines: string[]) => lines.sort();
const widths = (scopes: ReadonlyMap<string, number>) => sorted([...scopes].map(([name, level]) => `${name}=${level}`));

export function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** The database's side of the comparison with the model. */
function viewOf(rows: Snapshot) {
  const count = (kind: string) => rows.audits.filter((audit) => audit.kind === kind).length;
  return {
    codes: sorted(
      rows.codes.map((c) => [hex(c.digest), c.app_id, c.scopes, c.offline_access, c.connection_id, c.silent].join(' ')),
    ),
    connections: sorted(rows.connections.map((k) => [k.id, k.app_id, k.scopes, k.ended_reason].join(' '))),
    families: sorted(
      rows.families.map((r) =>
        [
          r.connection_id,
          r.with_secret,
          hex(r.digest),
          hex(r.pending_digest),
          r.generation,
          r.redelivered,
          r.redelivery_streak,
          r.revoked_reason,
          r.last_jti,
        ].join(' '),
      ),
    ),
    retired: sorted(rows.retired.map(({ digest }) => hex(digest))),
    grants: sorted(
      rows.grants.map((g) =>
        [g.user_id, g.app_id, widths(levels(String(g.scopes))), g.offline_access, g.revoked_at !== null].join(' '),
      ),
    ),
    audits: {
      code_replayed: count('code_replayed'),
      refresh_token_stolen: count('refresh_token_stolen'),
      used_from_two_places: count('used_from_two_places'),
    },
  };
}

const lives = ({ revoked_at, expires_at }: Snapshot['families'][number]) =>
  revoked_at === null && (expires_at === null || new Date(String(expires_at)) > new Date());

/** What must hold of the rows alone, whatever the model believes; also after a crash. */
export function holdInvariants(rows: Snapshot): void {
  const grants = new Map(rows.grants.map((grant) => [grant.id, grant]));
  const connections = new Map(rows.connections.map((connection) => [connection.id, connection]));
  const living = new Map<unknown, number>();
  for (const code of rows.codes) {
    expect(code.redeemed_at === null, 'I1: a code is redeemed for a connection').toBe(code.connection_id === null);
    if (code.connection_id) expect(connections.get(code.connection_id)?.grant_id).toBe(code.grant_id);
  }
  for (const connection of rows.connections) {
    const grant = grants.get(connection.grant_id as string);
    expect(grant?.app_id, 'I3: a connection is of its grant').toBe(connection.app_id);
    const young = Date.now() - new Date(String(connection.issued_at)).getTime() < 3_600_000;
    const usable = young || rows.families.some((family) => family.connection_id === connection.id && lives(family));
    // The playground's is allowed by a screen of its own, which is not remembered.
    if (usable && grant?.revoked_at === null && connection.ended_at === null && !connection.playground)
      expect(covers(levels(String(grant.scopes)), levels(String(connection.scopes))), 'I2: scope ⊆ consented').toBe(
        true,
      );
    expect(connection.ended_at === null).toBe(connection.ended_reason === null);
  }
  for (const family of rows.families) {
    const connection = connections.get(family.connection_id as string);
    expect([family.app_id, family.grant_id], 'I3: a family is of its grant').toEqual([
      connection?.app_id,
      connection?.grant_id,
    ]);
    const due =
      family.with_secret || rows.codes.some((c) => c.connection_id === family.connection_id && c.offline_access);
    expect(due, 'I7: a refresh token has a secret or offline access behind it').toBe(true);
    expect(family.revoked_at === null, 'I6: a family lives as long as its connection').toBe(
      connection?.ended_at === null,
    );
    expect(family.playground, 'a family is marked as its connection').toBe(connection?.playground);
    if (lives(family)) {
      expect(grants.get(family.grant_id as string)?.revoked_at, 'I6: no token without grant').toBeNull();
      if (!family.playground) living.set(family.grant_id, (living.get(family.grant_id) ?? 0) + 1);
    }
    const retired = rows.retired.filter(({ refresh_token_id }) => refresh_token_id === family.id);
    expect(retired.length, 'no half-rotated family: one retired key a generation').toBe(family.generation);
    expect(family.with_secret && family.pending_digest !== null, 'a secret family does not rotate').toBe(false);
    expect(family.last_refresh_at === null).toBe(family.last_jti === null);
    if (!family.with_secret) expect(family.pending_digest === null).toBe(family.last_refresh_at === null);
  }
  const tried = rows.connections.filter(({ playground, ended_at }) => playground && ended_at === null);
  expect(new Set(tried.map(({ grant_id }) => grant_id)).size, 'one of the playground at a time').toBe(tried.length);
  for (const count of living.values()) expect(count, 'I4: at most ten').toBeLessThanOrEqual(10);
}
