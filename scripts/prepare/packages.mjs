import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { run, step } from './report.mjs';

/** npm's own record of what it put into node_modules, written when an installation is complete. */
const installedRecord = 'node_modules/.package-lock.json';

const packagesIn = (lockFile) => JSON.parse(readFileSync(inRoot(lockFile), 'utf8')).packages;

/** Whether node_modules holds what package-lock.json says; optional packages of other platforms may be missing. */
function installed() {
  if (!existsSync(inRoot(installedRecord))) return false;
  const present = packagesIn(installedRecord);
  return Object.entries(packagesIn('package-lock.json')).every(([place, wanted]) => {
    if (place === '') return true;
    return present[place] ? present[place].version === wanted.version : wanted.optional || wanted.devOptional;
  });
}

/** Installs the packages of the lock file when node_modules differs from it. */
export async function installPackages() {
  if (installed()) return;
  // NODE_ENV=production would leave out what the build needs.
  await step('Installing packages (npm ci)', () => run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']));
}
