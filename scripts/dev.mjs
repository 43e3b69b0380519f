// npm run dev: as npm start, but the pages are compiled as they are asked for, and the front starts anew when one of its
// sources changes.
import './prepare/node-version.mjs';
import { generateClient } from './prepare/client.mjs';
import { installPackages } from './prepare/packages.mjs';
import { command } from './prepare/report.mjs';
import { interruption } from './start/interruption.mjs';
import { requireFreePort } from './start/port.mjs';
import { becomesReady, spawnServer } from './start/serve.mjs';
import { readSettings } from './start/settings.mjs';
import { welcome } from './start/welcome.mjs';

const directory = 'dist/dev';

/** Keeps one front running and replaces it after each bundling. @returns ends the watching and the front */
async function serveWhileWatching(env, onReady) {
  const { watchBundle } = await import('./prepare/bundle.mjs');
  let server;
  let turn = Promise.resolve();
  const replace = async () => {
    if (server) console.log('A source of the front changed: starting it anew.');
    await server?.stop();
    server = spawnServer([`${directory}/server.mjs`, '--dev'], env);
    onReady(server);
  };
  const endWatching = await watchBundle(directory, () => {
    turn = turn.then(replace);
  });
  return async () => {
    await endWatching();
    await turn;
    await server?.stop();
  };
}

await command(async () => {
  const settings = readSettings(process.env);
  await requireFreePort(settings);
  await installPackages();
  await generateClient();

  const interrupted = interruption();
  const { bundle } = await import('./prepare/bundle.mjs');
  await bundle(directory);
  const { openDatabase } = await import('./start/database.mjs');
  const database = await openDatabase(settings);
  try {
    await database.migrate();
    const development = { NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1' };
    const env = { ...process.env, ...development, DATABASE_URL: database.url, ...(await database.secrets()) };
    await database.fillWithDemoData(`${directory}/seed.mjs`, env);
    let greet = welcome;
    const end = await serveWhileWatching(env, async (server) => {
      if (!(await becomesReady(server, settings).catch(() => false))) return;
      greet(settings.publicUrl, await database.hasDemoData());
      greet = () => console.log('Ready again.');
    });
    await interrupted;
    await end();
  } finally {
    await database.close();
  }
});
process.exit();
