import { expect } from 'vitest';
import { claimsOf } from './invariants';
import { type Access, type Code, type Credentials, type Family, keyOf, type Model } from './model';
import { pick, Step } from './step';
import type { System, Way } from './system';
import { age } from './world-steps';

export type Exchanging = {
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
export class Exchange extends Step<Exchanging> {
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
    const scope = model.carried(code.app, code.scope);
    expect(tokens.scope).toBe(scope);
    expect(model.mayAskFor(code.app, scope), 'I2: token scope ⊆ app-allowed').toBe(true);
    const { il_c, jti } = claimsOf(tokens.access_token);
    const continued = due ? undefined : model.connectionToContinue(code);
    if (continued) expect(il_c).toBe(continued.id);
    const connection = model.exchanged(code, judged.withSecret, il_c, tokens.refresh_token ?? null);
    model.accesses.push({ token: tokens.access_token, connection, scope, jti, mustBeDead: false } satisfies Access);
    return true;
  }
}

export type WhichToken = 'current' | 'pending' | 'retired';

function tokenOf(family: Family, which: WhichToken): string {
  if (which === 'pending') return family.pending ?? family.current;
  return which === 'retired' ? (family.retired.at(-1) ?? family.current) : family.current;
}

export type Refreshing = {
  at: number;
  which: WhichToken;
  otherApp: number;
  shown: Credentials;
  basic: boolean;
  openWindow: boolean;
  way: Way;
};

/** An app refreshes, with the token that it should use or with an older one. */
export class Refresh extends Step<Refreshing> {
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
    const scope = model.carried(connection.app, connection.scope);
    expect(tokens.scope).toBe(scope);
    expect(model.mayAskFor(connection.app, scope), 'I2: token scope ⊆ app-allowed').toBe(true);
    if (judged.deliver === 'same') expect(keyOf(refreshToken)).toBe(keyOf(token));
    else if (family.pending && token === family.current) {
      expect(keyOf(refreshToken), 'a lost successor is delivered again').toBe(keyOf(family.pending));
    } else expect(model.families.some((other) => keyOf(other.current) === keyOf(refreshToken))).toBe(false);
    if (judged.again) {
      expect(jti, 'I5: inside the window the same access token').toBe(family.lastJti);
      return false;
    }
    judged.apply({ jti, refreshToken: family.pending === token || !family.pending ? refreshToken : family.pending });
    model.accesses.push({ token: tokens.access_token, connection, scope, jti, mustBeDead: false });
    return true;
  }
}

/** An app revokes: by possession (N), or authenticated and only its own (R). */
export class RevokeByApp extends Step<{
  at: number;
  which: WhichToken;
  otherApp: number;
  shown: Credentials;
  way: Way;
}> {
  check = (model: Readonly<Model>) => model.families.length > 0;

  async act(model: Model, system: System): Promise<boolean> {
    const { at, which, otherApp, shown, way } = this.asked;
    const family = pick(model.families, at);
    const { connection } = family;
    const app = (connection.app + otherApp) % model.apps.length;
    const possession = way.dialect === 'native';
    const answer = await system.revoke(way, possession ? null : { app, shown }, tokenOf(family, which));
    const text = await answer.text();
    const client = possession ? 'possession' : model.judgeClient(app, shown);
    const unproven = client === 'none' && app === connection.app && family.withSecret && family.revoked === null;
    if (client === 'refused' || unproven) {
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
export class RevokeByUser extends Step<{ at: number; way: Way }> {
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
