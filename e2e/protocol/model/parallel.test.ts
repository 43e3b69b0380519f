import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import { HttpBrowser, newPkce, PATHS, postForm, type TestApp, type Tokens, World } from '@/e2e/fixtures/world';
import { ours } from '../../fixtures/lane';
import { holdInvariants } from './invariants';
import { type Call, linearize } from './linearize';
import { keyOf } from './model';
import { takeSnapshot } from './snapshot';
import type { Site, Way } from './system';

/** MODEL_RUNS scales this too; MODEL_SEED brings the same histories back, as far as the network lets it. */
const runs = Number(process.env.MODEL_RUNS ?? 20);
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 0x7fff_ffff);

type Operation =
  | { kind: 'exchange'; verifier: 'right' | 'wrong' }
  /** `token`: which of the family's keys, counted from the first. */
  | { kind: 'refresh'; token: number }
  | { kind: 'revoke' }
  | { kind: 'revoke in the portal' }
  | { kind: 'open window' };
type Planned = { operation: Operation; way: Way; delay: number };
type Outcome = 'ok' | 'refused' | 'too_soon';

/** One code and its family, as a register: every operation is a compare-and-swap on it. */
type Register = {
  code: 'unused' | 'redeemed';
  lives: boolean;
  rotates: boolean;
  windowOpen: boolean;
  /** The number of the current key; older ones are retired, the next one is pending if it was handed out. */
  current: number;
  pending: boolean;
  redelivered: boolean;
  streak: number;
};

const fresh = (rotates: boolean): Register => ({
  code: 'unused',
  lives: false,
  rotates,
  windowOpen: true,
  current: 0,
  pending: false,
  redelivered: false,
  streak: 0,
});

const dead = (register: Register): Register => ({ ...register, lives: false });

/** What the register answers when it is asked one thing after the other. */
function specification(register: Register, operation: Operation, outcome: Outcome): Register | null {
  const when = (expected: Outcome, next: Register) => (outcome === expected ? next : null);
  switch (operation.kind) {
    case 'exchange':
      if (operation.verifier === 'wrong') return when('refused', register);
      if (register.code === 'redeemed') return when('refused', dead(register));
      return when('ok', { ...register, code: 'redeemed', lives: true });
    case 'refresh':
      return refreshed(register, operation.token, outcome);
    case 'revoke':
    case 'revoke in the portal':
      return when('ok', dead(register));
    case 'open window':
      return when('ok', { ...register, windowOpen: true });
  }
}

function refreshed(register: Register, token: number, outcome: Outcome): Register | null {
  const { lives, rotates, current, pending, redelivered, streak } = register;
  const when = (expected: Outcome, next: Register) => (outcome === expected ? next : null);
  const known = rotates ? token <= current || (token === current + 1 && pending) : token === 0;
  if (!lives || !known) return when('refused', register);
  if (token < current) return when('refused', dead(register));
  if (!register.windowOpen) return when('too_soon', register);
  const next = { ...register, windowOpen: false };
  if (!rotates) return when('ok', next);
  if (token > current)
    return when('ok', { ...next, current: token, pending: true, redelivered: false, streak: redelivered ? streak : 0 });
  if (!pending || redelivered) return when('ok', { ...next, pending: true });
  return streak === 2
    ? when('refused', dead(register))
    : when('ok', { ...next, redelivered: true, streak: streak + 1 });
}

let world: World;
let sites: Site[];
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  sites = ours('servers').map(({ port }) => ({ publicUrl: ours('publicUrl'), port }));
});
afterAll(() => world.close());

const way: fc.Arbitrary<Way> = fc.record({ dialect: fc.constantFrom('native', 'rfc'), server: fc.nat({ max: 1 }) });
const planned = (operation: fc.Arbitrary<Operation>): fc.Arbitrary<Planned> =>
  fc.record({ operation, way, delay: fc.nat({ max: 12 }) });

const exchanges = planned(
  fc.constantFrom<Operation>(
    { kind: 'exchange', verifier: 'right' },
    { kind: 'exchange', verifier: 'right' },
    { kind: 'exchange', verifier: 'wrong' },
  ),
);
const familyOperations = planned(
  fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 2 }).map((token): Operation => ({ kind: 'refresh', token })) },
    { weight: 3, arbitrary: fc.constant<Operation>({ kind: 'open window' }) },
    { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'revoke' }) },
    { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'revoke in the portal' }) },
    { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'exchange', verifier: 'right' }) },
  ),
);

/** A code and, once it is redeemed, its family; what it was answered, in a history. */
class Subject {
  readonly history: Call<Operation, Outcome>[] = [];
  /** The family's keys by number, as far as they are known. */
  readonly tokens: string[] = [];
  connectionId = '';
  portalForm: FormData | null = null;

  private constructor(
    readonly app: TestApp,
    readonly withSecret: boolean,
    readonly userId: string,
    readonly browsers: HttpBrowser[],
    readonly code: string,
    readonly verifier: string,
  ) {}

  static async open(withSecret: boolean): Promise<Subject> {
    const app = await world.newApp({ proof: withSecret ? 'SECRET_REQUIRED' : 'PKCE_ONLY' });
    const user = await world.newUser();
    const browsers = sites.map((site) => new HttpBrowser(site));
    const [first, second] = browsers as [HttpBrowser, HttpBrowser];
    await first.signIn(user);
    for (const [name, value] of first.cookies) second.cookies.set(name, value);
    const { verifier, challenge } = newPkce();
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
    const code = await first.obtainCode(app, { ...pkce, scope: 'profile offline_access' });
    return new Subject(app, withSecret, user.id, browsers, code, verifier);
  }

  /** Redeems the code and hands out some keys before the race begins, one after the other. */
  async begin(keys: number): Promise<void> {
    const calm: Way = { dialect: 'native', server: 0 };
    await this.call({ operation: { kind: 'exchange', verifier: 'right' }, way: calm, delay: 0 });
    for (let token = 0; token < keys; token++) {
      await this.call({ operation: { kind: 'refresh', token: this.withSecret ? 0 : token }, way: calm, delay: 0 });
      await this.call({ operation: { kind: 'open window' }, way: calm, delay: 0 });
    }
    const page = await (await (this.browsers[0] as HttpBrowser).get('/connections')).text();
    this.portalForm = readForm(page, `name="id" value="${this.connectionId}"`);
  }

  async call({ operation, way, delay }: Planned): Promise<void> {
    if (delay > 0) await wait(delay);
    const began = performance.now();
    const outcome = await this.#send(operation, way);
    this.history.push({ operation, outcome, began, ended: performance.now() });
  }

  async #send(operation: Operation, way: Way): Promise<Outcome> {
    const site = sites[way.server] as Site;
    const { clientId, secret } = this.app;
    const client = { client_id: clientId, ...(this.withSecret ? { client_secret: secret } : {}) };
    const paths = PATHS[way.dialect];
    switch (operation.kind) {
      case 'exchange': {
        const verifier = operation.verifier === 'right' ? this.verifier : 'w'.repeat(43);
        const form = { ...client, grant_type: 'authorization_code', code: this.code, code_verifier: verifier };
        return this.#read(await postForm(site, paths.token, form), 0);
      }
      case 'refresh': {
        const token = this.tokens[operation.token];
        if (token === undefined) return 'refused';
        const form = { ...client, grant_type: 'refresh_token', refresh_token: token };
        return this.#read(await postForm(site, paths.token, form), this.withSecret ? 0 : operation.token + 1);
      }
      case 'revoke': {
        const form = { ...(way.dialect === 'rfc' ? client : {}), token: this.tokens[0] as string };
        expect((await postForm(site, paths.revoke, form)).status).toBe(200);
        return 'ok';
      }
      case 'revoke in the portal': {
        const browser = this.browsers[way.server] as HttpBrowser;
        const answer = await sendForm(browser, '/connections', this.portalForm as FormData);
        expect(answer.status).toBe(200);
        return 'ok';
      }
      case 'open window':
        await world.openRefreshWindow(this.app.id);
        return 'ok';
    }
  }

  /** @param key the number of the key that an answer must carry: a successor is always the same one */
  async #read(answer: Response, key: number): Promise<Outcome> {
    if (answer.status !== 200) {
      expect([400, 401, 429]).toContain(answer.status);
      return answer.status === 429 ? 'too_soon' : 'refused';
    }
    const tokens = (await answer.json()) as Tokens;
    const delivered = tokens.refresh_token as string;
    this.connectionId = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString()).il_c;
    const known = this.tokens[key];
    if (known) expect(keyOf(delivered), 'no fork: a key has one successor').toBe(keyOf(known));
    this.tokens[key] = delivered;
    return 'ok';
  }

  /** The history must have an order, and what the rows say at last must be what that order leaves. */
  async judge(): Promise<void> {
    const initial = fresh(!this.withSecret);
    const order = linearize(this.history, initial, specification);
    const told = this.history.map(
      ({ operation, outcome, began, ended }) =>
        `${began.toFixed(1)}–${ended.toFixed(1)} ${JSON.stringify(operation)} → ${outcome}`,
    );
    expect(order, `not linearizable:\n${told.join('\n')}`).not.toBeNull();
    const { rows } = await takeSnapshot(world.db, [this.app.id], [this.userId]);
    holdInvariants(rows);
    expect(rows.families.length, 'I1').toBeLessThanOrEqual(1);
    // Many orders may explain the answers; one that also explains what is left must be among them.
    const [family] = rows.families;
    if (!family) return;
    const last: Call<Operation, Outcome> = {
      operation: { kind: 'refresh', token: Number(family.generation) },
      outcome: family.revoked_at === null ? 'ok' : 'refused',
      began: Number.MAX_VALUE,
      ended: Number.MAX_VALUE,
    };
    const opened = {
      ...last,
      operation: { kind: 'open window' } as const,
      outcome: 'ok' as const,
      began: 1e300,
      ended: 1e300,
    };
    const isThird = family.redelivery_streak === 2 && !family.redelivered && !family.with_secret;
    const left = isThird ? this.history : [...this.history, opened, last];
    expect(linearize(left, initial, specification), `rows say otherwise:\n${told.join('\n')}`).not.toBeNull();
  }
}

async function race(subject: Subject, plan: Planned[]): Promise<void> {
  await Promise.all(plan.map((planned) => subject.call(planned)));
  await subject.judge();
}

describe('linearizability of two servers under random delays (each token a compare-and-swap register)', {
  retry: 0,
}, () => {
  test(
    'case 29: exchanges of one code have an order: one success, and every valid second one ends what it issued',
    async () => {
      console.log(`seed ${seed}, ${runs} runs`);
      const property = fc.asyncProperty(
        fc.boolean(),
        fc.array(exchanges, { minLength: 2, maxLength: 9 }),
        async (secret, plan) => {
          const subject = await Subject.open(secret);
          await race(subject, plan);
        },
      );
      await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
    },
    Math.max(60_000, runs * 5_000),
  );

  test(
    'cases 45, 47, 48, 68: refreshes with any key, revokes, replays and the passing of time have an order, and the rows agree with it',
    async () => {
      console.log(`seed ${seed}, ${runs} runs`);
      const plan = fc.array(familyOperations, { minLength: 3, maxLength: 9 });
      const property = fc.asyncProperty(fc.boolean(), fc.nat({ max: 2 }), plan, async (secret, keys, planned) => {
        const subject = await Subject.open(secret);
        await subject.begin(keys);
        await race(
          subject,
          planned.filter(
            ({ operation }) => operation.kind !== 'refresh' || subject.tokens[operation.token] !== undefined,
          ),
        );
      });
      await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
    },
    Math.max(60_000, runs * 5_000),
  );
});
