// A peer in a process of its own. `serve`: answers HTTP. `prepare`: makes what the requests need, in the peer's own format
// and with its own code, and looks afterwards whether the database holds what was answered.
//   node process.mjs <peer> serve|prepare <settings as JSON>
import http from 'node:http';

const [peer, mode, settings] = process.argv.slice(2);
const { open } = await import(`./${peer}.mjs`);
const { handler, prepare, found } = await open(JSON.parse(settings));

if (mode === 'serve') {
  const server = http.createServer(handler);
  server.keepAliveTimeout = 30_000;
  server.listen(JSON.parse(settings).port, '127.0.0.1', () => process.send('ready'));
} else {
  process.on('message', async ({ id, operation, count, answers }) => {
    try {
      process.send({ id, value: answers ? await found(operation, answers) : await prepare(operation, count) });
    } catch (error) {
      process.send({ id, problem: String(error?.stack ?? error) });
    }
  });
  process.send('ready');
}
process.on('disconnect', () => process.exit());
