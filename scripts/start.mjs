// npm start: everything from a fresh clone to a server that answers. What is done already is not done again.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { buildProduction } from './prepare/production.mjs';
import { command } from './prepare/report.mjs';
import { interruption } from './start/interruption.mjs';
import { requireFreePort } from './start/port.mjs';
import { becomesReady, spawnServer } from './start/serve.mjs';
import { readSettings } from './start/settings.mjs';
import { welcome } from './start/welcome.mjs';

await command(async () => {
  const settings = readSettings(process.env);
  await requireFreePort(settings);
  await installPackages();
  await generateClient();
  await buildProduction();

  const interrupted = interruption();
  const { openDatabase } = await import('./start/database.mjs'); // needs the packages
  const database = await openDatabase(settings);
  try {
    await database.migrate();
    const env = { ...process.env, NODE_ENV: 'production', DATABASE_URL: database.url, ...(await database.secrets()) };
    await database.fillWithDemoData('dist/seed.mjs', env);
    const server = spawnServer(['dist/server.mjs'], env);
    try {
      interrupted.then(() => server.stop());
      if (await becomesReady(server, settings)) welcome(settings.publicUrl, await database.hasDemoData());
      return await server.ended;
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
  }
});
process.exit(); // the signals' listeners would keep a closed terminal's process alive
