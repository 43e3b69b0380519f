// npm run bench [-- --seconds 2.5 --rounds 3 --only jwks,revoke --out bench/results/today.json --peers]: how fast it is.
import './prepare/node-version.mjs';
import { runTool } from './prepare/bundle-tool.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command } from './prepare/report.mjs';

await command(async () => {
  await installPackages();
  await generateClient();
  await buildProduction();
  await runTool('bench/run.ts', 'dist/bench/run.mjs');
});
