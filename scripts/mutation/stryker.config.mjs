/**
 * npm run mutation: whether the unit tests next to lib/oauth notice when a rule of it is changed. Its report lands in
 * test-results/mutation; what survives is either worth a test or equal in effect.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['lib/oauth/*.ts', '!lib/oauth/*.test.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  ignorePatterns: ['/*', '!/lib', '!/scripts', '!/package.json', '!/tsconfig.json'],
  // Tables that are built once when a file is loaded: their mutants would need a fresh process each.
  ignoreStatic: false,
  coverageAnalysis: 'perTest',
  concurrency: 2,
  incremental: true,
  incrementalFile: '.data/mutation/incremental.json',
  tempDirName: '.data/mutation/sandbox',
  reporters: ['clear-text', 'html', 'json', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false },
  htmlReporter: { fileName: 'test-results/mutation/index.html' },
  jsonReporter: { fileName: 'test-results/mutation/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
