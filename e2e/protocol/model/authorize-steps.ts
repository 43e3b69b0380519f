import { expect } from 'vitest';
import { newPkce } from '@/e2e/fixtures/world';
import { type Code, covers, levels, type Model, TRANSACTION_SECONDS } from './model';
import { pick, Step } from './step';
import type { System, Way } from './system';

export type Authorization = {
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
export class Authorize extends Step<Authorization> {
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
    if (!model.mayAskFor(app, scope)) return refusedAtAuthorize(model, system, answer, wanted, 'invalid_scope');
    if (proof === 'PKCE_ONLY' && !pkce) return refusedAtAuthorize(model, system, answer, wanted, 'invalid_request');
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
  error: string,
): boolean {
  const trusted = system.user(user).tenant.id === system.app(app).tenant.id || model.standingGrant(user, app);
  const location = answer.headers.get('location');
  if (!trusted) {
    expect([answer.status, location]).toEqual([400, null]);
    return true;
  }
  const target = new URL(location ?? '');
  expect(target.origin + target.pathname, 'I11').toBe(system.app(app).redirectUri);
  expect(target.searchParams.get('error')).toBe(error);
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
  const scope = model.carried(app, waiting.scope);
  const waits = model.user(user).signedIn && !waiting.over && waiting.age < TRANSACTION_SECONDS;
  const changed = waits && model.app(app).active && scope === '';
  const answer = await system.browser(user, way).decide(path, decision);
  const location = answer.headers.get('location') ?? '';
  if (changed) {
    expect([answer.status, location], 'nothing is left to decide about').toEqual([400, '']);
    return false;
  }
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
    model.allowed({ ...waiting, scope });
    const { offline, verifier } = waiting;
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
export class Decide extends Step<{ at: number; decision: 'allow' | 'deny'; way: Way }> {
  check = (model: Readonly<Model>) => model.transactions.length > 0;
  act = (model: Model, system: System) => decide(model, system, this.asked.at, this.asked.decision, this.asked.way);
}
