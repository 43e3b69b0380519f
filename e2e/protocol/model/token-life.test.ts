import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { World } from '@/e2e/fixtures/world';
import { ours } from '../../fixtures/lane';
import { openRotatingFamily, rotationSteps, steps } from './commands';
import { Watch } from './invariants';
import { Model } from './model';
import { System } from './system';

/** MODEL_RUNS: how many runs. MODEL_SEED: the seed of an earlier one, to see it again. */
const runs = Number(process.env.MODEL_RUNS ?? 30);
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 0x7fff_ffff);

let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

const freshModel = () =>
  new Model(
    [0, 1].map(() => ({ active: true, signedIn: true })),
    (['SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY'] as const).map((proof) => ({
      proof,
      replays: proof === 'SECRET_REQUIRED',
      active: true,
      declared: null,
    })),
  );

describe('the life of a token', { retry: 0 }, () => {
  test(
    'any sequence of authorizations, exchanges, refreshes, revokes and changes does what the reference model says, on two servers and in both dialects (I1–I12)',
    async () => {
      console.log(`seed ${seed}, ${runs} runs: MODEL_SEED=${seed} MODEL_RUNS=${runs} shows them again`);
      const sites = ours('servers').map(({ port }) => ({ publicUrl: ours('publicUrl'), port }));
      const counts = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async (commands) => {
          const model = freshModel();
          const system = await System.open(world, sites);
          for (const user of model.users.keys()) await system.signIn(user);
          const watch = new Watch(model, system);
          await fc.asyncModelRun(() => ({ model, real: { system, watch } }), commands);
          await watch.checkAllTokens();
          for (const step of String(commands).match(/\b[A-Z]\w+(?= \{)/g) ?? [])
            counts.set(step, (counts.get(step) ?? 0) + 1);
        }),
        { seed, numRuns: runs, endOnFailure: process.env.MODEL_SHRINK === undefined },
      );
      console.log(`steps: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`);
      if (runs >= 30) expect(counts.size, 'every kind of step was taken').toBe(12);
    },
    Math.max(120_000, runs * 10_000),
  );

  test(
    'cases 47, 48: many generations of one rotating family, with lost answers, early and late refreshes and thefts, go as the reference model says',
    async () => {
      console.log(`seed ${seed}, ${runs} runs`);
      const sites = ours('servers').map(({ port }) => ({ publicUrl: ours('publicUrl'), port }));
      let generations = 0;
      let streaks = 0;
      await fc.assert(
        fc.asyncProperty(fc.commands(rotationSteps, { maxCommands: 30, size: 'max' }), async (commands) => {
          const model = freshModel();
          const system = await System.open(world, sites);
          await system.signIn(0);
          const watch = new Watch(model, system);
          for (const step of openRotatingFamily) await step.run(model, { system, watch });
          await fc.asyncModelRun(() => ({ model, real: { system, watch } }), commands);
          generations = Math.max(generations, model.families[0]?.generation ?? 0);
          streaks += model.audits.used_from_two_places;
        }),
        { seed, numRuns: runs, endOnFailure: process.env.MODEL_SHRINK === undefined },
      );
      console.log(`the longest family had ${generations} generations; used from two places ${streaks} times`);
      if (runs >= 30) expect(Math.min(generations, streaks)).toBeGreaterThan(0);
    },
    Math.max(120_000, runs * 10_000),
  );
});
