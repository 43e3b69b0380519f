// Loaded into the server before its own code: a start that was killed takes its server along, so that the next start finds
// the port free.
import cluster from 'node:cluster';
import process from 'node:process';

// Serving processes that this server starts are tied to it already.
if (cluster.isPrimary) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}
