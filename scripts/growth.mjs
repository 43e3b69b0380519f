// npm run growth [-- --scales 0.01,0.1,1]: fills databases of several sizes and compares operations and pages on them.
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
  await runTool('bench/growth/run.ts', 'dist/bench/growth.mjs');
});
