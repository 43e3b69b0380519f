// npm run build: the production build, made anew and shown. `npm start` builds by itself when a source changed.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { rebuildProduction } from './prepare/production.mjs';
import { command } from './prepare/report.mjs';

await command(async () => {
  await installPackages();
  await generateClient();
  await rebuildProduction();
});
