// npm run crash [-- kills [victims]]: kills servers and databases with commands in flight, 500 times by default, and looks
// at what is left. CRASH_SEED takes the points of an earlier loop again.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { inRoot } from './prepare/paths.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command, Problem, run } from './prepare/report.mjs';

const VICTIMS = ['server', 'database', 'backend', 'machine'];

await command(async () => {
  const kills = Number(process.argv[2] ?? 500);
  const victims = process.argv[3];
  if (!Number.isSafeInteger(kills) || kills < 1) throw new Problem('How many kills? For example: npm run crash -- 500');
  if (victims?.split(',').some((victim) => !VICTIMS.includes(victim)))
    throw new Problem(
      `What shall be killed? One or more of ${VICTIMS.join(',')}. For example: npm run crash -- 500 database`,
    );
  await installPackages();
  await generateClient();
  await buildProduction();
  const args = ['run', '--project', 'protocol', 'e2e/protocol/crash.test.ts'];
  await run(process.execPath, [inRoot('node_modules/vitest/vitest.mjs'), ...args], {
    env: { ...process.env, CRASH_KILLS: String(kills), ...(victims && { CRASH_VICTIMS: victims }) },
    show: true,
  });
  return 0;
});
