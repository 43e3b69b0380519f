// Imported first by every command, so that an old Node hears a sentence instead of a stack trace. Built-in modules only.
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/**
 * Whether a version satisfies the range of "engines" in package.json.
 * @param {string} version such as "20.19.1"
 * @param {string} range alternatives of the forms `^20.19` and `>=24`, joined by `||`
 */
export function satisfies(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((alternative) => {
    const [, operator, wantedMajor, wantedMinor] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?/.exec(alternative) ?? [];
    if (major === Number(wantedMajor)) return minor >= Number(wantedMinor ?? 0);
    return operator === '>=' && major > Number(wantedMajor);
  });
}

const { engines } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
if (!satisfies(process.versions.node, engines.node)) {
  console.error(`Gatehouse needs Node.js ${engines.node}. This is ${process.versions.node}: install a newer one.`);
  process.exit(1);
}
