import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Installation, type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { holdInvariants } from '../protocol/model/invariants';
import { takeSnapshot } from '../protocol/model/snapshot';
import { approve, exchange, type Flight, refresh, revoke, revokeInPortal, type Site, type Stage } from './commands';
import { type CutPoint, DatabaseProxy } from './database-proxy';
import { randomFrom } from './random';

/** A server that is ready and about to be killed, with a proxy of its own before the database. */
type Victim = { server: Server; proxy: DatabaseProxy; site: Site };

export type CrashOptions = {
  installation: Installation;
  publicUrl: string;
  /** The port of a server that lives through it all. */
  calmPort: number;
  kills: number;
  seed: number;
};

/** How commands of one kind ended: answered in full, done although the client never heard of it, or not done at all. */
type Ends = { answered: number; unheard: number; undone: number };

export type CrashReport = { kills: number; flights: Map<string, Ends> };

/** Victims that boot while others die. */
const SPARES = 2;

/** Kills servers with commands in flight and lets a freshly started one go on, again and again. */
export async function crashLoop({ kills, seed, ...at }: CrashOptions): Promise<CrashReport> {
  const random = randomFrom(seed);
  const world = await World.open(at.installation.databaseUrl);
  const calm = { publicUrl: at.publicUrl, port: at.calmPort };
  const report: CrashReport = { kills: 0, flights: new Map() };
  const endedForGood: string[] = [];
  const spares = Array.from({ length: Math.min(SPARES, kills + 1) }, () => newVictim(at));
  try {
    while (report.kills < kills) {
      const apps = { secret: await world.newApp(), pkce: await world.newApp({ proof: 'PKCE_ONLY' }) };
      const user = { ...(await world.newUser()), browser: new HttpBrowser(calm) };
      await user.browser.signIn(user);
      const stage: Stage = { world, calm, user, apps, random };
      const flights = await prepare(stage, endedForGood);
      const victim = await (spares.shift() as Promise<Victim>);
      if (report.kills + spares.length < kills) spares.push(newVictim(at));
      const where = await killDuring(victim, flights, random);
      report.kills++;
      const heir = await (spares[0] as Promise<Victim>);
      for (const { flight, answer } of where.outcomes) {
        const done = await flight.settle(answer, heir.site).catch((problem: Error) => {
          problem.message = `kill ${report.kills} (${where.point}), ${flight.name} ${answer ? 'answered' : 'cut'}: ${problem.message}`;
          throw problem;
        });
        const ends = report.flights.get(flight.name) ?? { answered: 0, unheard: 0, undone: 0 };
        ends[answer ? 'answered' : done ? 'unheard' : 'undone']++;
        report.flights.set(flight.name, ends);
      }
      const { rows } = await takeSnapshot(world.db, [apps.secret.id, apps.pkce.id], [user.id]);
      holdInvariants(rows);
    }
    const { rows } = await world.db.query(
      'SELECT count(*)::int AS n FROM refresh_tokens WHERE connection_id = ANY($1) AND revoked_at IS NULL',
      [endedForGood],
    );
    expect(rows[0].n, 'revokes stay through every later crash').toBe(0);
    return report;
  } finally {
    for (const { status, value } of (await Promise.allSettled(spares)).map((s) => ({ value: undefined, ...s }))) {
      if (status !== 'fulfilled' || !value) continue;
      await value.server.kill();
      await value.proxy.close();
    }
    await world.close();
  }
}

async function newVictim({
  installation,
  publicUrl,
}: Pick<CrashOptions, 'installation' | 'publicUrl'>): Promise<Victim> {
  const proxy = await DatabaseProxy.open(installation.databaseUrl);
  const env = { PUBLIC_URL: publicUrl };
  const server = await startServer({ ...installation, databaseUrl: proxy.url, env });
  const site = { publicUrl, port: server.port };
  // Loads what answers decisions and server actions: the point of death shall lie in them and not before.
  const visitor = new HttpBrowser(site);
  await visitor.decide(`/consent/${'x'.repeat(43)}`, 'allow');
  await visitor.get('/connections');
  return { server, proxy, site };
}

/** What will be in flight: few commands, so that a point lies within each, or many at once; in any order. */
async function prepare(stage: Stage, endedForGood: string[]): Promise<Flight[]> {
  const { random } = stage;
  const kinds = [
    () => exchange(stage),
    () => refresh(stage),
    () => revoke(stage, endedForGood),
    () => approve(stage),
    () => revokeInPortal(stage, endedForGood),
  ];
  const first = random.below(kinds.length);
  const makers = Array.from({ length: random.pick(1, 3, 5, 7) }, (_, at) => kinds[(first + at) % kinds.length]);
  const flights: Flight[] = [];
  // One after the other: they share a browser.
  for (const make of makers) if (make) flights.splice(random.below(flights.length + 1), 0, await make());
  return flights;
}

/** Kills at a moment, or at a point of the conversation with the database; in the end it is dead in any case. */
async function killDuring({ server, proxy, site }: Victim, flights: Flight[], random: Stage['random']) {
  const kill = () => process.kill(server.pid, 'SIGKILL');
  const requests = flights.reduce((sum, flight) => sum + flight.requests, 0);
  const cut: CutPoint | null =
    random.below(5) === 0
      ? null
      : { request: 1 + random.below(requests), moment: random.pick('unsent', 'sent', 'answered') };
  const delay = random.below(200);
  proxy.arm(cut, kill);
  const sent = flights.map(async (flight) => ({ flight, answer: await flight.send(site) }));
  if (!cut) {
    await wait(delay);
    kill();
  }
  const outcomes = await Promise.all(sent);
  await server.kill();
  await proxy.close();
  return { outcomes, point: cut ? `request ${cut.request} ${cut.moment}` : `after ${delay} ms` };
}
