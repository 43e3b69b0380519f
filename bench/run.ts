import { pathToFileURL } from 'node:url';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { command, step } from '@/scripts/prepare/report.mjs';
import { openDatabase } from './database';
import { startGatehouse } from './gatehouse/installation';
import { GatehouseSubject } from './gatehouse/subject';
import { measureLimits } from './measure/limits';
import { CONNECTIONS, type Measured, measureRounds } from './measure/rounds';
import { type Options, readOptions } from './options';
import { installPeers, PEERS, PeerSubject } from './peers';
import { machine } from './report/machine';
import { readProfile } from './report/profile';
import { type Results, save } from './report/results';
import { line, tables } from './report/table';
import type { Subject } from './subject';

await command(async () => {
  const options = readOptions(process.argv.slice(2));
  const results = await run(options);
  console.log(`\n${tables(results)}`);
  if (options.profile !== null) console.log(`\n${readProfile(inRoot(options.profile))}`);
  if (options.out !== null) save(options.out, results);
});

async function run(options: Options): Promise<Results> {
  const database = await openDatabase();
  const subjects: Subject[] = [];
  try {
    const scratch = await database.make('bench_limits');
    const light = { connections: CONNECTIONS, seconds: Math.min(options.seconds, 2) };
    const limits = await step('Measuring the limits', () => measureLimits(scratch, light));
    await step('Starting Gatehouse', async () => subjects.push(await openGatehouse(options, database.make)));
    if (options.peers) {
      await step('Installing the peers', installPeers);
      for (const [at, peer] of PEERS.filter(({ name }) => !options.without.includes(name)).entries()) {
        const url = await database.make(`bench_${peer.file.replace('-', '_')}`);
        await step(`Starting ${peer.name}`, async () =>
          subjects.push(await PeerSubject.open(peer, url, options.port + 1 + at)),
        );
      }
    }
    const { operations, seconds, rounds } = options;
    const tell = (measured: Measured) => console.log(line(measured));
    const load = {
      operations,
      seconds,
      rounds,
      profiled: options.profile === null ? null : (subjects[0]?.pid ?? null),
    };
    const measured = await measureRounds(subjects, database.postmaster, load, tell);
    return {
      at: new Date().toISOString(),
      machine: machine(database.version),
      connections: CONNECTIONS,
      seconds,
      rounds,
      limits,
      measured,
    };
  } finally {
    for (const subject of subjects) await subject.stop();
    await database.stop();
  }
}

async function openGatehouse({ port, env, profile }: Options, make: (name: string) => Promise<string>) {
  const profiled: Record<string, string> =
    profile === null
      ? {}
      : {
          NODE_OPTIONS: `--import ${pathToFileURL(inRoot('bench/measure/profiler.mjs')).href}`,
          BENCH_PROFILE: inRoot(profile),
        };
  return GatehouseSubject.open(await startGatehouse(await make('bench_gatehouse'), port, { ...env, ...profiled }));
}
