// npm test: everything. npm test -- lint|unit|protocol|browser: a part of it.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command, Problem, seconds } from './prepare/report.mjs';
import { ensureChromium } from './test/chromium.mjs';
import { forgetReports, steps } from './test/steps.mjs';

/** @param {string[]} wanted parts; none: all */
function selectSteps(wanted) {
  const parts = [...new Set(steps.map(({ part }) => part))];
  const unknown = wanted.find((part) => !parts.includes(part));
  if (unknown) throw new Problem(`There is no part "${unknown}". The parts are ${parts.join(', ')}.`);
  return steps.filter(({ part }) => wanted.length === 0 || wanted.includes(part));
}

/** What a step's runner counted. A step that failed without counting a failed test counts as one. */
function outcomeOf(step, succeeded) {
  const nothing = { passed: 0, failed: [], second: [] };
  let counted = nothing;
  try {
    counted = step.outcome?.() ?? nothing;
  } catch {
    // The runner ended before it wrote its report: the step has failed.
  }
  return succeeded || counted.failed.length > 0 ? counted : { ...counted, failed: [`${step.name}, as a whole`] };
}

async function runStep(step, build) {
  console.log(`\n── ${step.name}`);
  const began = performance.now();
  let succeeded = true;
  try {
    if (step.needsBuild) await build();
    await step.run();
  } catch (problem) {
    succeeded = false;
    console.error(problem instanceof Problem ? problem.message : problem);
  }
  return { name: step.name, succeeded, duration: performance.now() - began, ...outcomeOf(step, succeeded) };
}

const list = (names, mark) => names.map((name) => `        ${mark} ${name}`).join('\n');

function summarize(results) {
  console.log('\n── Summary');
  for (const { name, succeeded, duration, passed, failed, second } of results) {
    const tests = passed + failed.length > 0 ? `${passed} passed, ${failed.length} failed` : '';
    console.log(`${succeeded ? 'ok    ' : 'FAILED'}  ${name.padEnd(28)} ${seconds(duration).padStart(8)}  ${tests}`);
    if (failed.length > 0) console.log(list(failed, 'failed:'));
    if (second.length > 0) console.log(list(second, 'passed at the second attempt:'));
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key].length, 0);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\ntests: ${passed} passed (${total('second')} at the second attempt), ${total('failed')} failed`);
  return results.every(({ succeeded }) => succeeded) ? 0 : 1;
}

await command(async () => {
  const selected = selectSteps(process.argv.slice(2));
  await installPackages();
  await generateClient();
  if (selected.some(({ part }) => part === 'browser')) await ensureChromium();
  forgetReports();
  let built;
  const build = () => (built ??= buildProduction());
  const results = [];
  for (const step of selected) results.push(await runStep(step, build));
  return summarize(results);
});
