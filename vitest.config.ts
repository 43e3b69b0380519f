import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    // The summary of `npm test` reads it.
    reporters: process.env.VITEST_OUTCOME_FILE
      ? ['default', ['./scripts/test/vitest-reporter.mjs', { file: process.env.VITEST_OUTCOME_FILE }]]
      : ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['lib/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'protocol',
          include: ['e2e/protocol/**/*.test.ts'],
          globalSetup: ['e2e/fixtures/protocol-setup.ts'],
          testTimeout: 30_000,
          // Each has servers and a database of its own (e2e/fixtures/lane.ts).
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          // A shared machine may stall for seconds. What passes only then is named in the summary; proofs of what must hold
          // under concurrency set it to 0: for them once is enough.
          retry: 1,
        },
      },
    ],
  },
});
