import { expect, inject, test } from 'vitest';
import { cutEverywhere } from '@/e2e/crash/cuts';
import { crashLoop } from '@/e2e/crash/loop';

/** CRASH_KILLS: how many. CRASH_SEED: the seed of an earlier loop. */
const kills = Number(process.env.CRASH_KILLS ?? 50);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 0x7fff_ffff);

test(
  `case 95: ${kills} times kill -9 with exchange, refresh, revoke and approve in flight: a code is unused or used once, no token without grant, no half-rotated family, acknowledged revokes stay, acknowledged tokens work`,
  async () => {
    console.log(`seed ${seed}: CRASH_SEED=${seed} CRASH_KILLS=${kills} takes the same points again`);
    const [calm] = inject('servers');
    const report = await crashLoop({
      installation: inject('installation'),
      publicUrl: inject('publicUrl'),
      calmPort: calm?.port ?? 0,
      kills,
      seed,
    });
    const flights = [...report.flights].map(
      ([name, { answered, unheard, undone }]) =>
        `${name}: ${answered} answered, ${unheard} done unheard, ${undone} undone`,
    );
    console.log(`${report.kills} kills\n${flights.join('\n')}`);
    expect(report.kills).toBe(kills);
    // A loop that always comes too early or too late proves nothing.
    const total = (end: 'answered' | 'unheard' | 'undone') =>
      [...report.flights.values()].reduce((sum, ends) => sum + ends[end], 0);
    for (const end of ['answered', 'unheard', 'undone'] as const)
      if (kills >= 50) expect(total(end), end).toBeGreaterThan(0);
  },
  Math.max(300_000, kills * 10_000),
);

test('cases 46, 67, 95, 96: the database connection is cut before, during and after every request of exchange, refresh, revoke and approve: the answer is a success that stands or an error that changed nothing, and a retry goes on', async () => {
  const [calm] = inject('servers');
  const report = await cutEverywhere(inject('installation'), inject('publicUrl'), calm?.port ?? 0);
  console.log([...report].map(([name, points]) => `${name}: ${points} points`).join('; '));
  for (const kind of ['exchange', 'refresh', 'revoke', 'approve']) expect(report.get(kind), kind).toBeGreaterThan(2);
}, 300_000);
