import { readFileSync, rmSync } from 'node:fs';
import { inRoot } from '../prepare/paths.mjs';
import { run } from '../prepare/report.mjs';

/**
 * @typedef {object} Step
 * @property {string} part what `npm test <part>` selects
 * @property {string} name
 * @property {() => Promise<void>} run rejects when it fails
 * @property {() => { passed: number, failed: number }} [counts] what its test runner counted
 * @property {boolean} [needsBuild]
 */

const tool = (file, args, env) =>
  run(process.execPath, [inRoot('node_modules', file), ...args], { env: { ...process.env, ...env }, show: true });

const reportOf = (name) => `test-results/${name}.json`;

const readReport = (name) => JSON.parse(readFileSync(inRoot(reportOf(name)), 'utf8'));

function vitest(project) {
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportOf(project)}`,
  ];
  return {
    part: project,
    run: () => tool('vitest/vitest.mjs', args),
    counts() {
      const { numPassedTests, numFailedTests } = readReport(project);
      return { passed: numPassedTests, failed: numFailedTests };
    },
  };
}

const playwright = {
  run: () =>
    tool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf('browser'),
    }),
  counts() {
    const { expected, flaky, unexpected } = readReport('browser').stats;
    return { passed: expected + flaky, failed: unexpected };
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
