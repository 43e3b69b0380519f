import { readFileSync, rmSync } from 'node:fs';
import { inRoot } from '../prepare/paths.mjs';
import { run } from '../prepare/report.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {string[]} failed names of tests
 * @property {string[]} second names of those that passed at the second attempt only
 */

/**
 * @typedef {object} Step
 * @property {string} part what `npm test <part>` selects
 * @property {string} name
 * @property {() => Promise<void>} run rejects when it fails
 * @property {() => Outcome} [outcome] what its test runner counted
 * @property {boolean} [needsBuild]
 */

const tool = (file, args, env) =>
  run(process.execPath, [inRoot('node_modules', file), ...args], { env: { ...process.env, ...env }, show: true });

const reportOf = (name) => `test-results/${name}.json`;

const readReport = (name) => JSON.parse(readFileSync(inRoot(reportOf(name)), 'utf8'));

function vitest(project) {
  return {
    part: project,
    run: () => tool('vitest/vitest.mjs', ['run', '--project', project], { VITEST_OUTCOME_FILE: reportOf(project) }),
    outcome: () => readReport(project),
  };
}

/** The tests of Playwright's report, each with the names of what it stands in. */
function testsIn({ suites = [], specs = [] }, above = []) {
  const here = specs.flatMap(({ title, tests }) =>
    tests.map(({ status }) => ({ name: [...above, title].join(' › '), status })),
  );
  return [...here, ...suites.flatMap((suite) => testsIn(suite, [...above, suite.title]))];
}

const playwright = {
  run: () =>
    tool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf('browser'),
    }),
  outcome() {
    const tests = testsIn(readReport('browser'));
    const named = (wanted) => tests.filter(({ status }) => status === wanted).map(({ name }) => name);
    const second = named('flaky');
    return { passed: named('expected').length + second.length, failed: named('unexpected'), second };
  },
};

/** Reports of an earlier run must not be taken for this one's. */
export const forgetReports = () => rmSync(inRoot('test-results'), { recursive: true, force: true });

/** @type {Step[]} */
export const steps = [
  {
    part: 'lint',
    name: 'Style and import directions',
    run: () => tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']),
  },
  {
    part: 'lint',
    name: 'Lock file',
    run: () => run(process.execPath, [inRoot('scripts/lockfile.mjs'), 'check'], { show: true }),
  },
  {
    part: 'lint',
    name: 'Route types',
    run: () => tool('next/dist/bin/next', ['typegen'], { NEXT_TELEMETRY_DISABLED: '1' }),
  },
  { part: 'lint', name: 'Types', run: () => tool('typescript/bin/tsc', ['--noEmit']) },
  {
    part: 'lint',
    name: 'Migrations',
    run: () => run(process.execPath, [inRoot('scripts/database.mjs'), 'check'], { show: true }),
  },
  { ...vitest('unit'), name: 'Unit tests' },
  { ...vitest('protocol'), name: 'Protocol tests', needsBuild: true },
  { ...playwright, part: 'browser', name: 'Browser tests', needsBuild: true },
];
