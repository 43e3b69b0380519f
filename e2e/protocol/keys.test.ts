import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signRefreshToken } from '@/lib/oauth/refresh-token';
import { loadMasterKeys, unseal } from '@/lib/runtime/master-key';
import { parseSettings } from '@/lib/runtime/settings';
import { makeSigningKey } from '@/lib/runtime/signing-keys';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { claimsOf, connectApp, eventually, isActive, refresh, refreshed, type Site } from '../fixtures/connected';
import { fetchVia } from '../fixtures/http';
import { ours } from '../fixtures/lane';
import { type OpenInstallation, openInstallation, type Server, startServer } from '../fixtures/server';
import { expectRefusal } from '../fixtures/verdicts';
import { World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const derived = (masterKey: string) =>
  loadMasterKeys(parseSettings({ DATABASE_URL: 'postgresql://localhost/unused', MASTER_KEY: masterKey }));
const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()).kid;

/** The command behind `npm run keys -- reseal`, with these settings. */
function keysCommand(env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env, LOG_LEVEL: 'error' } };
    execFile(process.execPath, [inRoot('dist/keys.mjs'), 'reseal'], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

type Jwks = { keys: Record<string, string>[] };
const jwksOf = async (site: Site) =>
  (await (await fetchVia(site.port)(`${site.publicUrl}/.well-known/jwks.json`)).json()) as Jwks;

test('case 71 (RFC 7517): the JWKS holds public members only, unique kids, use and alg, and may be kept for an hour at most', async () => {
  const bodies = await Promise.all(
    ours('servers').map(async ({ port }) => {
      const answer = await fetchVia(port)(`${publicUrl}/.well-known/jwks.json`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1])).toBeLessThanOrEqual(3600);
      const unchanged = await fetchVia(port)(`${publicUrl}/.well-known/jwks.json`, {
        headers: { 'If-None-Match': answer.headers.get('etag') as string },
      });
      expect(unchanged.status).toBe(304);
      return answer.text();
    }),
  );
  expect(bodies[0]).toBe(bodies[1]);
  const { keys } = JSON.parse(bodies[0] as string) as Jwks;
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
    expect(Buffer.from(key.n as string, 'base64url')).toHaveLength(256);
  }
});

describe('an installation of its own', { timeout: 120_000 }, () => {
  // Nobody listens there: the servers are asked by their own ports, in this name.
  const PUBLIC_URL = 'http://localhost:4999';
  let installation: OpenInstallation;
  let db: pg.Client;
  let world: World;
  const servers: Server[] = [];
  const start = async (env: Record<string, string> = {}) => {
    const server = await startServer({ ...installation, env: { PUBLIC_URL, ...env } });
    servers.push(server);
    return server;
  };
  const siteOf = ({ port }: Server): Site => ({ publicUrl: PUBLIC_URL, port });
  const sites = () => servers.map(siteOf);
  const storedKeys = async () => (await db.query('SELECT kid, state FROM signing_keys ORDER BY created_at')).rows;

  beforeAll(async () => {
    installation = await openInstallation({ demoData: true });
    db = new pg.Client({ connectionString: installation.databaseUrl });
    await db.connect();
    world = await World.open(installation.databaseUrl);
    await db.query('DELETE FROM signing_keys');
  }, 120_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await db.end();
    await world.close();
    await installation.close();
  }, 120_000);

  test('case 73: a first start that breaks off while it makes the key leaves none behind', async () => {
    await db.query('SELECT pg_advisory_lock($1)', [1_195_461_702]);
    const failed = startServer({ ...installation, env: { PUBLIC_URL } }).then(
      () => 'started',
      () => 'failed',
    );
    await eventually(async () => {
      const { rows } = await db.query(
        'SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = $1 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
        ['advisory'],
      );
      return rows.length > 0;
    }, 60_000);
    expect(await failed).toBe('failed');
    await db.query('SELECT pg_advisory_unlock_all()');
    expect(await storedKeys()).toEqual([]);
  });

  test('case 73: four servers that start at once on an empty database make one key, and all sign with it', async () => {
    await Promise.all(Array.from({ length: 4 }, () => start()));
    const [key, ...more] = await storedKeys();
    expect(more).toEqual([]);
    expect(key.state).toBe('ACTIVE');
    for (const site of sites()) expect((await jwksOf(site)).keys.map(({ kid }) => kid)).toEqual([key.kid]);
    const { app, tokens } = await connectApp(world, sites()[0] as Site);
    const again = await refreshed(sites()[3] as Site, app, tokens.refresh_token);
    for (const token of [tokens.access_token, again.access_token]) {
      expect(kidOf(token)).toBe(key.kid);
      for (const site of sites()) expect(await isActive(site, token)).toBe(true);
    }
  });

  test('case 73: a restart keeps the key and what it signed', async () => {
    const before = await storedKeys();
    const { tokens } = await connectApp(world, sites()[0] as Site);
    await servers.pop()?.kill();
    await servers.pop()?.stop();
    await servers.pop()?.stop();
    const restarted = await start();
    expect(await storedKeys()).toEqual(before);
    expect(await isActive(siteOf(restarted), tokens.access_token)).toBe(true);
  });

  test('case 73: with a wrong master key the start fails, says why, and makes no key', async () => {
    const before = await storedKeys();
    const wrong = startServer({ ...installation, masterKey: randomBytes(32).toString('hex'), env: { PUBLIC_URL } });
    const { message } = await wrong.then(
      () => new Error('started'),
      (error: Error) => error,
    );
    const logFile = /log: (.*)$/.exec(message)?.[1] ?? '';
    expect(readFileSync(logFile, 'utf8')).toContain('MASTER_KEY does not open the signing keys of this database');
    expect(await storedKeys()).toEqual(before);
  });

  test('case 72: a key is published before it signs, verifies after it signed, and no valid token fails meanwhile', async () => {
    const [one, two] = sites() as [Site, Site];
    const [old] = await storedKeys();
    const { app, tokens } = await connectApp(world, one);
    const sealing = derived(installation.masterKey).sealing[0] as Buffer;
    const next = await makeSigningKey(sealing);
    await db.query(
      "INSERT INTO signing_keys (kid, public_key, private_key_sealed, state) VALUES ($1, $2, $3, 'NEXT')",
      [next.kid, next.publicKey, next.privateKeySealed],
    );
    for (const site of [one, two]) {
      await eventually(async () => (await jwksOf(site)).keys.some(({ kid }) => kid === next.kid));
      expect((await jwksOf(site)).keys).toHaveLength(2);
    }
    const meanwhile = await refreshed(two, app, tokens.refresh_token);
    expect(kidOf(meanwhile.access_token)).toBe(old.kid);

    await db.query(
      "UPDATE signing_keys SET state = CASE kid WHEN $1 THEN 'ACTIVE' ELSE 'RETIRING' END::signing_key_state",
      [next.kid],
    );
    for (const site of [one, two]) {
      await eventually(async () => {
        await world.openRefreshWindow(app.id);
        const { access_token } = await refreshed(site, app, tokens.refresh_token);
        for (const asked of [one, two]) expect(await isActive(asked, access_token)).toBe(true);
        return kidOf(access_token) === next.kid;
      });
      expect(await isActive(site, tokens.access_token)).toBe(true);
    }
  });

  test('case 72: the emergency removal of a key ends its tokens on every server, those of the other key live', async () => {
    const [one, two] = sites() as [Site, Site];
    const [old, current] = await storedKeys();
    const { tokens } = await connectApp(world, one);
    expect(kidOf(tokens.access_token)).toBe(current.kid);
    await db.query(
      "UPDATE signing_keys SET state = CASE kid WHEN $1 THEN 'ACTIVE' ELSE 'GONE' END::signing_key_state",
      [old.kid],
    );
    for (const site of [one, two]) {
      await eventually(async () => !(await isActive(site, tokens.access_token)));
      await eventually(async () => (await jwksOf(site)).keys.every(({ kid }) => kid === old.kid));
      expect((await jwksOf(site)).keys).toHaveLength(1);
      const { tokens: later } = await connectApp(world, site);
      expect(kidOf(later.access_token)).toBe(old.kid);
      expect(await isActive(one, later.access_token)).toBe(true);
    }
    // For servers that do not hear: they ask for the time of the key.
    const told = await db.query('SELECT 1 FROM token_not_before WHERE subject = $1', [`key:${current.kid}`]);
    expect(told.rows).toHaveLength(1);
  });

  test('replay answers the limit when the key of the last access token is gone', async () => {
    const [one] = sites() as [Site];
    const app = await world.newApp({ refreshReplay: true });
    const { tokens } = await connectApp(world, one, { app });
    await refreshed(one, app, tokens.refresh_token);
    await db.query("UPDATE refresh_tokens SET last_kid = 'gone' WHERE app_id = $1", [app.id]);
    await expectRefusal(await refresh(one, app, tokens.refresh_token), 'native', 'limit');
  });

  test('a new master key beside the previous one opens what the previous one made', async () => {
    const [one] = sites() as [Site];
    const before = await storedKeys();
    const app = await world.newApp({ proof: 'PKCE_ONLY' });
    const { tokens } = await connectApp(world, one, { app });
    const successor = (await refreshed(one, app, tokens.refresh_token)).refresh_token as string;
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    const renewed = siteOf(
      await start({ MASTER_KEY: randomBytes(32).toString('hex'), MASTER_KEY_PREVIOUS: installation.masterKey }),
    );
    expect(await storedKeys()).toEqual(before);
    expect(await isActive(renewed, tokens.access_token)).toBe(true);
    await world.openRefreshWindow(app.id);
    const again = (await refreshed(renewed, app, tokens.refresh_token)).refresh_token as string;
    // The same successor, in a signature of the new key.
    expect(claimsOf(again).il_k).toBe(claimsOf(successor).il_k);
    expect(again).not.toBe(successor);
    await world.openRefreshWindow(app.id);
    expect((await refresh(renewed, app, successor)).status).toBe(200);
    expect(await world.liveFamilies(app.id)).toBe(1);
  });

  describe('npm run keys -- reseal', () => {
    const renewedKey = randomBytes(32).toString('hex');
    const both = { MASTER_KEY: renewedKey, MASTER_KEY_PREVIOUS: '' };
    const reseal = (env: Record<string, string>) => keysCommand({ ...env, DATABASE_URL: installation.databaseUrl });
    const sealed = async () =>
      (await db.query('SELECT kid, state, private_key_sealed AS sealed FROM signing_keys ORDER BY kid')).rows;
    const living = async () => (await sealed()).filter(({ state }) => state !== 'GONE');

    beforeAll(async () => {
      both.MASTER_KEY_PREVIOUS = installation.masterKey;
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      const next = await makeSigningKey(derived(installation.masterKey).sealing[0] as Buffer);
      await db.query(
        "INSERT INTO signing_keys (kid, public_key, private_key_sealed, state) VALUES ($1, $2, $3, 'RETIRING')",
        [next.kid, next.publicKey, next.privateKeySealed],
      );
    });

    test('refuses when a key opens under neither master key, and changes none', async () => {
      const before = await sealed();
      const { code, output } = await reseal({ ...both, MASTER_KEY_PREVIOUS: randomBytes(32).toString('hex') });
      expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('MASTER_KEY does not open') });
      expect(await sealed()).toEqual(before);
    });

    test('one of several keys that opens under neither leaves all as they were', async () => {
      const [damaged, ...others] = await living();
      expect(others.length).toBeGreaterThan(0);
      await db.query('UPDATE signing_keys SET private_key_sealed = $2 WHERE kid = $1', [damaged.kid, randomBytes(900)]);
      const before = await sealed();
      expect(await reseal(both)).toMatchObject({ code: 1 });
      expect(await sealed()).toEqual(before);
      await db.query('UPDATE signing_keys SET private_key_sealed = $2 WHERE kid = $1', [damaged.kid, damaged.sealed]);
    });

    test('seals every key that lives under the new one, says so, and does nothing more when asked again', async () => {
      const [all, before] = [await sealed(), await living()];
      const { code, output } = await reseal(both);
      expect({ code, output }).toMatchObject({ code: 0 });
      for (const { kid, sealed } of await living()) {
        expect(output).toContain(`${kid} is sealed under MASTER_KEY now.`);
        expect(unseal(derived(renewedKey).sealing, sealed, kid)).not.toBeNull();
        expect(before.find((key) => key.kid === kid)?.sealed).not.toEqual(sealed);
      }
      const after = await sealed();
      const gone = ({ state }: { state: string }) => state === 'GONE';
      expect(after.filter(gone)).toEqual(all.filter(gone));
      const again = await reseal(both);
      expect(again.code).toBe(0);
      expect(again.output).not.toContain('now.');
      expect(await sealed()).toEqual(after);
    });

    test('after it the servers start without the previous key; refresh tokens of before still need it', async () => {
      const previous = siteOf(await start(both));
      const { app, tokens } = await connectApp(world, previous);
      const alone = await start({ MASTER_KEY: renewedKey });
      expect(await isActive(siteOf(alone), tokens.access_token)).toBe(true);
      expect((await jwksOf(siteOf(alone))).keys).toHaveLength((await living()).length);
      const old = signRefreshToken(
        { key: claimsOf(tokens.refresh_token as string).il_k as string, issuer: PUBLIC_URL, expiresAt: null },
        derived(installation.masterKey).refresh[0] as Buffer,
      );
      await expectRefusal(await refresh(siteOf(alone), app, old), 'native', 'IG');
      const renewed = (await refreshed(previous, app, old)).refresh_token as string;
      await world.openRefreshWindow(app.id);
      await refreshed(siteOf(alone), app, renewed);
    });
  });
});
