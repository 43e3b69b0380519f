import { pathToFileURL } from 'node:url';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { command, step } from '@/scripts/prepare/report.mjs';
import { type Database, openDatabase } from './database';
import { startGatehouse } from './gatehouse/installation';
import { GatehouseSubject } from './gatehouse/subject';
import { measureLimits } from './measure/limits';
import { CONNECTIONS, measureRounds } from './measure/rounds';
import { type Options, readOptions } from './options';
import { installPeers, PEERS, PeerSubject } from './peers';
import { type Machine, machineOf } from './report/machine';
import { readProfile } from './report/profile';
import { writeReadme } from './report/readme';
import { type Run, save } from './report/results';
import { limitsLine, line, ownTable, peerTable } from './report/table';
import type { Subject } from './subject';

await command(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.readme) return writeReadme();
  const { machine, run } = await measure(options);
  const results = options.out === null ? { machine, runs: [run] } : save(options.out, machine, run);
  console.log(`\n${limitsLine(run.limits)}\n\n${peerTable(results)}\n\n${ownTable(results)}`);
  if (options.profile !== null) console.log(`\n${readProfile(inRoot(options.profile))}`);
});

async function measure(options: Options): Promise<{ machine: Machine; run: Run }> {
  const database = await openDatabase();
  const subjects: Subject[] = [];
  try {
    const scratch = await database.make('bench_limits');
    const light = { connections: CONNECTIONS, seconds: Math.min(options.seconds, 2) };
    const limits = await step('Measuring the limits', () => measureLimits(scratch, light));
    await openSubjects(options, database, subjects);
    const { operations, seconds, rounds, note } = options;
    const profiled = options.profile === null ? null : (subjects[0]?.pid ?? null);
    const load = { operations, seconds, rounds, profiled };
    const measured = await measureRounds(subjects, database.postmaster, load, (one) => console.log(line(one)));
    const at = new Date().toISOString();
    return {
      machine: machineOf(database.version),
      run: { at, connections: CONNECTIONS, seconds, rounds, note, limits, measured },
    };
  } finally {
    for (const subject of subjects) await subject.stop();
    await database.stop();
  }
}

/** @param subjects grows, so that whoever was started is stopped even when the next one fails */
async function openSubjects(options: Options, database: Database, subjects: Subject[]): Promise<void> {
  await step('Starting Gatehouse', async () => subjects.push(await openGatehouse(options, database.make)));
  if (!options.peers) return;
  await step('Installing the peers', installPeers);
  for (const [at, peer] of PEERS.filter(({ name }) => !options.without.includes(name)).entries()) {
    const url = await database.make(`bench_${peer.file.replace('-', '_')}`);
    await step(`Starting ${peer.name}`, async () =>
      subjects.push(await PeerSubject.open(peer, url, options.port + 1 + at)),
    );
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
