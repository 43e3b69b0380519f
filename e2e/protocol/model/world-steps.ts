import { randomUUID } from 'node:crypto';
import { levels, type Model } from './model';
import { Step } from './step';
import type { System } from './system';

/** The developer replaces the client secret (in the database, as the portal's two steps leave it). */
export class RotateSecret extends Step<{ app: number }> {
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
export class SetAppActive extends Step<{ app: number; active: boolean }> {
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

/** The developer declares what the app may ask for: less than before, or more again. */
export class DeclareScopes extends Step<{ app: number; scopes: string }> {
  // Servers are asked whether they heard of it by starting an authorization.
  check = (model: Readonly<Model>) => model.app(this.asked.app).active;

  async act(model: Model, system: System): Promise<boolean> {
    const { app, scopes } = this.asked;
    const mark = `https://heard.example/${randomUUID()}`;
    const { db } = system.world;
    await db.query('BEGIN');
    await system.world.declareScopes(system.app(app).id, scopes.split(' '));
    const heard = (server: number) => system.knows(app, server, mark);
    await db.query('INSERT INTO redirect_uris (app_id, uri) VALUES ($1, $2)', [system.app(app).id, mark]);
    await system.changeApp(app, 'COMMIT', null, heard);
    model.app(app).declared = levels(scopes);
    return true;
  }
}

/** A person leaves the organisation, or comes back. */
export class SetUserActive extends Step<{ user: number; active: boolean }> {
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

export async function age(model: Model, system: System, seconds: number, familiesOnly: boolean): Promise<void> {
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
export class Age extends Step<{ seconds: number }> {
  #year = () => this.asked.seconds > 100_000;
  // Twice, and housekeeping may take the rows away while we look.
  check = (model: Readonly<Model>) => !this.#year() || model.familyClock < 1_000_000;

  async act(model: Model, system: System): Promise<boolean> {
    await age(model, system, this.asked.seconds, this.#year());
    return true;
  }
}
