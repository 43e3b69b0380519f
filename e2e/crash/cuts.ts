import { expect } from 'vitest';
import { type Installation, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, World } from '@/e2e/fixtures/world';
import { approve, exchange, type Flight, refresh, revoke, revokeInPortal, type Stage } from './commands';
import { DatabaseProxy } from './database-proxy';
import { randomFrom } from './random';

/** More requests than any command makes. */
const MOST_REQUESTS = 40;

/**
 * Cuts the connection that carries the n-th request to the database, for every n that a command reaches: before the
 * request, right after it, and when its answer has come. The server lives and must answer.
 * @returns how many points each kind of command has
 */
export async function cutEverywhere(
  installation: Installation,
  publicUrl: string,
  calmPort: number,
): Promise<Map<string, number>> {
  const world = await World.open(installation.databaseUrl);
  const proxy = await DatabaseProxy.open(installation.databaseUrl);
  const server = await startServer({ ...installation, databaseUrl: proxy.url, env: { PUBLIC_URL: publicUrl } });
  const site = { publicUrl, port: server.port };
  const calm = { publicUrl, port: calmPort };
  const points = new Map<string, number>();
  try {
    const kinds: ((stage: Stage) => Promise<Flight>)[] = [
      exchange,
      refresh,
      approve,
      (stage) => revoke(stage, []),
      (stage) => revokeInPortal(stage, []),
    ];
    for (const kind of kinds) {
      for (const moment of ['unsent', 'sent', 'answered'] as const) {
        const user = { ...(await world.newUser()), browser: new HttpBrowser(calm) };
        await user.browser.signIn(user);
        for (let request = 1, reached = true; reached && request < MOST_REQUESTS; request++) {
          const apps = { secret: await world.newApp(), pkce: await world.newApp({ proof: 'PKCE_ONLY' }) };
          const flight = await kind({ world, calm, user, apps, random: randomFrom(request) });
          reached = false;
          proxy.arm({ request, moment }, () => {
            reached = true;
          });
          const answer = await flight.send(site);
          proxy.arm(null, () => undefined);
          await proxy.released();
          const where = `${flight.name}, request ${request} ${moment}, answered ${answer?.status} ${answer?.text.slice(0, 200)}`;
          expect(answer, where).not.toBeNull();
          await flight.settle(answer, calm).catch((problem: Error) => {
            problem.message = `${where}: ${problem.message}`;
            throw problem;
          });
          const name = flight.name.split(' that')[0] as string;
          if (reached) points.set(name, (points.get(name) ?? 0) + 1);
        }
      }
    }
    return points;
  } finally {
    await server.stop();
    await proxy.close();
    await world.close();
  }
}
