import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/** A problem the person at the terminal can solve: shown as its sentence, without a stack trace. */
export class Problem extends Error {}

/**
 * Runs one step and says so on one line, with its duration.
 * @template T
 * @param {string} label what is being done, such as "Building"
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const began = performance.now();
  process.stdout.write(`${label} … `);
  try {
    const result = await work();
    process.stdout.write(`${seconds(performance.now() - began)}\n`);
    return result;
  } catch (problem) {
    process.stdout.write('failed\n');
    throw problem;
  }
}

/** @param {number} milliseconds */
export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/**
 * Runs a program to its end and keeps its output to itself, unless the program fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number, show?: boolean }} [options] `timeout` in milliseconds;
 *   `show` passes the output straight on
 * @throws {Problem} with the output, when the program cannot be started or its exit code is not 0
 */
export function run(program, args, { env = process.env, timeout, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      timeout,
      stdio: ['ignore', ...Array(2).fill(show ? 'inherit' : 'pipe')],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const fail = (reason) => reject(new Problem(`${[program, ...args].join(' ')}: ${reason}\n${output.trim()}`.trim()));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code, signal) =>
      code === 0 ? resolve(undefined) : fail(signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
}

/**
 * The outermost frame of a command: problems become a sentence on standard error and exit code 1.
 * @param {() => Promise<number | void>} main its number becomes the exit code
 */
export async function command(main) {
  process.chdir(root);
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (problem) {
    console.error(problem instanceof Problem ? `\n${problem.message}` : problem);
    process.exitCode = 1;
  }
}
