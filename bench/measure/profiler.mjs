// Loaded into the server under test by --profile: SIGUSR2 starts V8's CPU profiler (the one of `node --cpu-prof`), a second
// one writes what it saw to BENCH_PROFILE. So a profile holds the measured window and nothing of the start.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

let session = null;

process.on('SIGUSR2', async () => {
  if (session === null) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
  } else {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    session = null;
    writeFileSync(process.env.BENCH_PROFILE, JSON.stringify(profile));
  }
});
