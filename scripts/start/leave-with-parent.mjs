// Loaded into the server before its own code: a start that was killed takes its server along, so that the next start finds
// the port free.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
