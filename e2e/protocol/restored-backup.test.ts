import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '@/scripts/database/connection.mjs';
import { connectApp, exchange, refresh, type Site } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { OwnPostgres } from '../fixtures/own-postgres';
import { type Installation, type Server, startServer } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { PATHS, postForm, type Tokens, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const DAY = 86_400;
let postgres: OwnPostgres;
let installation: Installation;
beforeAll(async () => {
  postgres = await OwnPostgres.open('restoring', { run: ours('installation') });
  installation = await postgres.install();
}, 60_000);
afterAll(() => postgres?.close());

const asAdmin = (text: string) => withConnection(postgres.urlOf('postgres'), (db) => db.query(text));

/** What happens while one server runs; afterwards nobody is connected. */
async function whileRunning<Result>(story: (site: Site, world: World) => Promise<Result>): Promise<Result> {
  const server: Server = await startServer({ ...installation, env: { PUBLIC_URL: publicUrl } });
  const world = await World.open(installation.databaseUrl);
  try {
    return await story({ publicUrl, port: server.port }, world);
  } finally {
    await world.close();
    await server.stop();
  }
}

test('case 100: after a backup of yesterday was restored, codes that were consumed since are over, tokens issued since are unknown, and what was revoked since must be revoked again, as the README says', {
  timeout: 120_000,
}, async () => {
  const before = await whileRunning(async (site, world) => {
    const connected = await connectApp(world, site);
    const { browser } = connected;
    const apps = { native: await world.newApp(), rfc: await world.newApp() };
    const codes = {
      native: await browser.obtainCode(apps.native, {}, 'native'),
      rfc: await browser.obtainCode(apps.rfc, {}, 'rfc'),
    };
    return { connected, apps, codes };
  });
  const { connected, apps, codes } = before;
  const revoke = (site: Site) =>
    postForm(site, PATHS.native.revoke, { token: connected.tokens.refresh_token as string });
  await asAdmin('CREATE DATABASE backup TEMPLATE gatehouse');

  const since = await whileRunning(async (site) => {
    const tokens = [];
    for (const dialect of ['native', 'rfc'] as const) {
      const answer = await exchange(site, apps[dialect], codes[dialect], dialect);
      tokens.push(((await answer.json()) as Tokens).refresh_token);
    }
    expect((await revoke(site)).status).toBe(200);
    await expectRefusal(await refresh(site, connected.app, connected.tokens.refresh_token), 'native', 'IG');
    return { native: tokens[0], rfc: tokens[1] };
  });

  await asAdmin('DROP DATABASE gatehouse');
  await asAdmin('ALTER DATABASE backup RENAME TO gatehouse');
  await whileRunning(async (site, world) => {
    for (const dialect of ['native', 'rfc'] as const) {
      await world.ageCode(codes[dialect], DAY);
      await expectRefusal(await exchange(site, apps[dialect], codes[dialect], dialect), dialect, 'IG');
      await expectRefusal(await refresh(site, apps[dialect], since[dialect], dialect), dialect, 'IG');
      expect(await world.liveFamilies(apps[dialect].id)).toBe(0);
    }
    expect(await world.liveFamilies(connected.app.id)).toBe(1);
    expect((await revoke(site)).status).toBe(200);
    await expectRefusal(await refresh(site, connected.app, connected.tokens.refresh_token), 'native', 'IG');
  });
});
