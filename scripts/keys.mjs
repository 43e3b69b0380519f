// npm run keys -- list | rotate | remove <kid> | reseal: signing keys, of the database that npm start uses.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { inRoot } from './prepare/paths.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command, run } from './prepare/report.mjs';
import { readSettings } from './start/settings.mjs';

await command(async () => {
  const settings = readSettings(process.env);
  await installPackages();
  await generateClient();
  await buildProduction();
  const { openDatabase } = await import('./start/database.mjs'); // needs the packages
  const database = await openDatabase(settings);
  try {
    const env = { ...process.env, DATABASE_URL: database.url, ...(await database.secrets()) };
    await run(process.execPath, [inRoot('dist/keys.mjs'), ...process.argv.slice(2)], { env, show: true });
  } finally {
    await database.close();
  }
});
