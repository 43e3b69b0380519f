import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isRoot } from '../database/account.mjs';
import { inRoot } from '../prepare/paths.mjs';
import { Problem, run, step } from '../prepare/report.mjs';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const works = (program) => spawnSync(program, ['--version'], { timeout: 30_000 }).status === 0;

/** @returns {string | undefined} a Chromium of this machine: that of CHROMIUM_PATH, else one in a usual place */
export function installedChromium() {
  const { CHROMIUM_PATH } = process.env;
  if (!CHROMIUM_PATH) return usual.find((program) => existsSync(program) && works(program));
  if (!works(CHROMIUM_PATH)) throw new Problem(`CHROMIUM_PATH must be a Chromium that runs, not "${CHROMIUM_PATH}".`);
  return CHROMIUM_PATH;
}

/** Whether Playwright's own Chromium is there and finds the libraries it needs. */
async function playwrightsOwnWorks() {
  const { chromium } = await import('@playwright/test');
  try {
    await (await chromium.launch({ args: isRoot() ? ['--no-sandbox'] : [] })).close();
    return true;
  } catch {
    return false;
  }
}

/** The download is given up when it does not begin within ten seconds, so a closed network is noticed at once. */
const downloadPlaywrightsOwn = () =>
  run(process.execPath, [inRoot('node_modules/@playwright/test/cli.js'), 'install', 'chromium'], {
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' },
    timeout: 300_000,
  });

/** Debian's package, with a font: without one, pages show boxes. */
async function installDistributions() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, timeout: 120_000 });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'], {
    env,
    timeout: 600_000,
  });
}

const succeeds = (work) =>
  work().then(
    () => true,
    () => false,
  );

/**
 * Sees to a Chromium for the browser tests: one that is there, else Playwright's own, else the distribution's.
 * @throws {Problem} saying what the person can do
 */
export async function ensureChromium() {
  if (installedChromium() || (await playwrightsOwnWorks())) return;
  const downloaded = await step("Looking for Playwright's Chromium", () => succeeds(downloadPlaywrightsOwn));
  if (downloaded && (await playwrightsOwnWorks())) return;
  if (isRoot() && existsSync('/usr/bin/apt-get'))
    await step('Installing the distribution’s Chromium', installDistributions);
  if (!installedChromium())
    throw new Problem('The browser tests need Chromium. Install it, or name one with CHROMIUM_PATH.');
}
