import fc from 'fast-check';
import { type Authorization, Authorize, Decide } from './authorize-steps';
import type { Credentials, Model } from './model';
import { Step } from './step';
import type { System, Way } from './system';
import {
  Exchange,
  type Exchanging,
  Refresh,
  type Refreshing,
  RevokeByApp,
  RevokeByUser,
  type WhichToken,
} from './token-steps';
import { Age, DeclareScopes, RotateSecret, SetAppActive, SetUserActive } from './world-steps';

/** An app that signs its user in again and again: what the cap of ten is for. */
class Crowd extends Step<{ user: number; app: number; count: number; way: Way }> {
  check = (model: Readonly<Model>) => {
    const { user, app } = this.asked;
    const { active, proof } = model.app(app);
    return active && model.user(user).active && proof !== 'PKCE_ONLY' && model.mayAskFor(app, 'profile');
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

/** A family that rotates, made before the run: its app and user are the last and the first. */
export const openRotatingFamily = [
  new Authorize({
    ...{ user: 0, app: 2, scope: 'profile', offline: true, pkce: true, prompt: false, answer: 'allow' },
    way: { dialect: 'rfc', server: 0 },
  }),
  new Exchange({
    ...{ at: 0, otherApp: 0, shown: 'none', basic: false, redirect: 'same', verifier: 'right', times: 1 },
    way: { dialect: 'rfc', server: 1 },
  }),
];

const itsOwn = { at: 0, otherApp: 0, shown: 'none', basic: false } as const;

/** What happens to such a family in many generations: answers that are lost, thieves, impatience. */
export const rotationSteps = [
  ...[1, 2, 3].map(() =>
    refresh.map(({ way, openWindow }) => new Refresh({ ...itsOwn, which: 'pending', openWindow, way })),
  ),
  ...[1, 2].map(() => refresh.map(({ way }) => new Refresh({ ...itsOwn, which: 'current', openWindow: true, way }))),
  refresh.map(({ way, openWindow }) => new Refresh({ ...itsOwn, which: 'current', openWindow, way })),
  refresh.map(({ way }) => new Refresh({ ...itsOwn, which: 'pending', openWindow: true, way })),
  fc.oneof(
    { weight: 6, arbitrary: mostly(60, 240, 300).map((seconds) => new Age({ seconds })) },
    refresh.map(({ way }) => new Refresh({ ...itsOwn, which: 'retired', openWindow: true, way })),
    exchange.map(({ way }) => new Exchange({ ...itsOwn, redirect: 'same', verifier: 'right', times: 1, way })),
    fc.record({ way }).map(({ way }) => new RevokeByApp({ ...itsOwn, which: 'pending', way })),
  ),
];

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
  // Mostly everything, so that runs are not spent on refusals.
  fc
    .record({
      app,
      scopes: fc.constantFrom(
        'profile:d source:d',
        'profile:d source:d',
        'profile source',
        'source:w',
        'profile',
        'alert',
      ),
    })
    .map((asked) => new DeclareScopes(asked)),
  mostly(60, 120, 240, 300, 600, 3_600, 31_536_000).map((seconds) => new Age({ seconds })),
  fc.record({ user, app, count: fc.integer({ min: 4, max: 7 }), way }).map((asked) => new Crowd(asked)),
];
