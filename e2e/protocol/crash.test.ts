import { expect, test } from 'vitest';
import { cutEverywhere } from '@/e2e/crash/cuts';
import { crashLoop, type VictimKind } from '@/e2e/crash/loop';
import { OwnPostgres } from '@/e2e/fixtures/own-postgres';
import { type Server, startServer } from '@/e2e/fixtures/server';
import { ours } from '../fixtures/lane';

/** CRASH_KILLS: how many. CRASH_SEED: the seed of an earlier loop. CRASH_VICTIMS: what dies, with commas between. */
const kills = Number(process.env.CRASH_KILLS ?? 30);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 0x7fff_ffff);
const victims = (process.env.CRASH_VICTIMS ?? 'server,server,server,server,server,database,backend,machine').split(
  ',',
) as VictimKind[];

test(`case 95: ${kills} times kill -9 of ${[...new Set(victims)].join(', ')} with exchange, refresh, revoke and approve in flight: a code is unused or used once, no token without grant, no half-rotated family, acknowledged revokes stay, acknowledged tokens work`, {
  retry: 0,
  timeout: Math.max(300_000, kills * 10_000),
}, async () => {
  console.log(
    `seed ${seed}: CRASH_SEED=${seed} CRASH_KILLS=${kills} CRASH_VICTIMS=${victims} takes the same points again`,
  );
  const postgres = await OwnPostgres.open('crashing', { run: ours('installation') });
  let calm: Server | undefined;
  try {
    const installation = await postgres.install();
    calm = await startServer(installation);
    const { origin: publicUrl, port: calmPort } = calm;
    const report = await crashLoop({ installation, publicUrl, calmPort, postgres, victims, kills, seed });
    for (const [kind, count] of report.kills) {
      console.log(`${count} kills of ${kind}`);
      for (const [name, { answered, unheard, undone }] of report.flights.get(kind) ?? [])
        console.log(`  ${name}: ${answered} answered, ${unheard} done unheard, ${undone} undone`);
    }
    expect([...report.kills.values()].reduce((sum, count) => sum + count, 0)).toBe(kills);
    // A loop that always comes too early or too late proves nothing.
    const ends = [...report.flights.values()].flatMap((flights) => [...flights.values()]);
    for (const end of ['answered', 'unheard', 'undone'] as const)
      if (kills >= 30)
        expect(
          ends.reduce((sum, counted) => sum + counted[end], 0),
          end,
        ).toBeGreaterThan(0);
  } finally {
    await calm?.stop();
    await postgres.close();
  }
});

test('cases 46, 67, 95, 96: the database connection is cut before, during and after every request of exchange, refresh, revoke and approve: the answer is a success that stands or an error that changed nothing, and a retry goes on', {
  retry: 0,
  timeout: 300_000,
}, async () => {
  const [calm] = ours('servers');
  const report = await cutEverywhere(ours('installation'), ours('publicUrl'), calm?.port ?? 0);
  console.log([...report].map(([name, points]) => `${name}: ${points} points`).join('; '));
  for (const kind of ['exchange', 'refresh', 'revoke', 'approve']) expect(report.get(kind), kind).toBeGreaterThan(2);
});
