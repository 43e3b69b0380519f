import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes what the summary of a run says: how many tests passed and failed, and which did so only at the second attempt. */
export default class Outcome {
  /** @param {{ file: string }} options where it is written */
  constructor({ file }) {
    this.file = file;
  }

  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ module, test })));
    const named = (wanted) =>
      tests
        .filter(({ test }) => wanted(test))
        .map(({ module, test }) => `${module.relativeModuleId} › ${test.fullName}`);
    // A file that can't be loaded has no tests to fail.
    const broken = modules.filter((module) => module.errors().length > 0).map((module) => module.relativeModuleId);
    const outcome = {
      passed: named((test) => test.result().state === 'passed').length,
      failed: [...broken, ...named((test) => test.result().state === 'failed')],
      second: named((test) => test.diagnostic()?.flaky),
    };
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify(outcome));
  }
}
