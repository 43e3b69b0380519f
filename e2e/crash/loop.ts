import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '@/e2e/fixtures/connected';
import { fetchVia } from '@/e2e/fixtures/http';
import type { OwnPostgres } from '@/e2e/fixtures/own-postgres';
import { type Installation, type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { holdInvariants } from '../protocol/model/invariants';
import { takeSnapshot } from '../protocol/model/snapshot';
import { approve, exchange, type Flight, refresh, revoke, revokeInPortal, type Site, type Stage } from './commands';
import { type CutPoint, DatabaseProxy } from './database-proxy';
import { randomFrom } from './random';

/** A server that is ready and about to be killed, with a proxy of its own before the database. */
type Victim = { server: Server; proxy: DatabaseProxy; site: Site };

/** What dies: Gatehouse, all of PostgreSQL, one of its processes (it then recovers by itself), or both as in a power cut. */
export const VICTIMS = ['server', 'database', 'backend', 'machine'] as const;
export type VictimKind = (typeof VICTIMS)[number];

export type CrashOptions = {
  installation: Installation;
  /** Where the installation is: nobody else's, for it is killed. */
  postgres: OwnPostgres;
  /** What may die; each as often as it is named. */
  victims: VictimKind[];
  publicUrl: string;
  /** The port of a server that lives through it all. */
  calmPort: number;
  kills: number;
  seed: number;
};

/** How commands of one kind ended: answered in full, done although the client never heard of it, or not done at all. */
type Ends = { answered: number; unheard: number; undone: number };

export type CrashReport = { kills: Map<VictimKind, number>; flights: Map<VictimKind, Map<string, Ends>> };

/** Victims that boot while others die. */
const SPARES = 2;

/** Kills what is to die with commands in flight and lets what lives, or what was started again, go on, again and again. */
export async function crashLoop({ kills, seed, victims, postgres, ...at }: CrashOptions): Promise<CrashReport> {
  const random = randomFrom(seed);
  const world = await World.open(at.installation.databaseUrl);
  const calm = { publicUrl: at.publicUrl, port: at.calmPort };
  const report: CrashReport = { kills: new Map(), flights: new Map() };
  const endedForGood: string[] = [];
  const spares = Array.from({ length: Math.min(SPARES, kills + 1) }, () => newVictim(at));
  try {
    for (let kill = 1; kill <= kills; kill++) {
      const kind = random.pick(...victims);
      const apps = { secret: await world.newApp(), pkce: await world.newApp({ proof: 'PKCE_ONLY' }) };
      const user = { ...(await world.newUser()), browser: new HttpBrowser(calm) };
      await user.browser.signIn(user);
      const stage: Stage = { world, calm, user, apps, random };
      const flights = await prepare(stage, endedForGood);
      const victim = await (spares.shift() as Promise<Victim>);
      if (kind === 'server' || kind === 'machine') spares.push(newVictim(at));
      else spares.push(Promise.resolve(victim));
      // Who starts without a database gives up, which is not what is tried here.
      if (kind !== 'server') await Promise.all(spares);
      const where = await killDuring(victim, kind, postgres, flights, random);
      if (kind !== 'server') {
        if (kind !== 'backend') await postgres.start();
        await world.reopen();
        for (const { site } of await Promise.all([{ site: calm }, ...spares])) await becomesReady(site);
      }
      report.kills.set(kind, (report.kills.get(kind) ?? 0) + 1);
      // After a death of the database the server that met it goes on: it needs no restart.
      const heir = kind === 'server' || kind === 'machine' ? await (spares[0] as Promise<Victim>) : victim;
      for (const { flight, answer } of where.outcomes) {
        const done = await flight.settle(answer, heir.site).catch((problem: Error) => {
          problem.message = `kill ${kill} (${kind}, ${where.point}), ${flight.name} ${answer ? `answered ${answer.status}` : 'cut'}: ${problem.message}`;
          throw problem;
        });
        const flightsOfKind = report.flights.get(kind) ?? new Map<string, Ends>();
        report.flights.set(kind, flightsOfKind);
        const ends = flightsOfKind.get(flight.name) ?? { answered: 0, unheard: 0, undone: 0 };
        ends[answer && answer.status < 500 ? 'answered' : done ? 'unheard' : 'undone']++;
        flightsOfKind.set(flight.name, ends);
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

const becomesReady = ({ publicUrl, port }: Site) =>
  eventually(
    async () => (await fetchVia(port)(new URL('/readyz', publicUrl)).catch(() => null))?.status === 200,
    60_000,
  );

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
async function killDuring(
  { server, proxy, site }: Victim,
  kind: VictimKind,
  postgres: OwnPostgres,
  flights: Flight[],
  random: Stage['random'],
) {
  let databaseEnded = Promise.resolve();
  let dead = false;
  const kill = () => {
    if (dead) return;
    dead = true;
    if (kind === 'server' || kind === 'machine') process.kill(server.pid, 'SIGKILL');
    if (kind === 'database' || kind === 'machine') databaseEnded = postgres.kill();
    if (kind === 'backend') databaseEnded = postgres.killBackend(random.below);
  };
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
  proxy.arm(null, () => undefined);
  kill();
  await databaseEnded;
  if (kind === 'server' || kind === 'machine') {
    await server.kill();
    await proxy.close();
  } else
    for (const { flight, answer } of outcomes)
      expect(answer, `${flight.name}: the server lives and answers`).not.toBeNull();
  return { outcomes, point: cut ? `request ${cut.request} ${cut.moment}` : `after ${delay} ms` };
}
