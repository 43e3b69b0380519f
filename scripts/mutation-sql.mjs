// npm run mutation:sql: whether the property tests notice each of the hand-made changes of redeem_code and refresh_access.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { inRoot } from './prepare/paths.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command, run } from './prepare/report.mjs';

await command(async () => {
  await installPackages();
  await generateClient();
  await buildProduction();
  const args = ['run', '--project', 'protocol', 'e2e/protocol/redeem-rule-mutants.test.ts'];
  await run(process.execPath, [inRoot('node_modules/vitest/vitest.mjs'), ...args], {
    env: { ...process.env, SQL_MUTANTS: 'all' },
    show: true,
  });
  return 0;
});
