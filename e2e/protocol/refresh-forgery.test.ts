import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTokenKey, signRefreshToken } from '@/lib/oauth/refresh-token';
import { loadMasterKeys } from '@/lib/runtime/master-key';
import { parseSettings } from '@/lib/runtime/settings';
import { type Connected, claimsOf, connectApp, refresh, type Site } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { expectRefusal } from '../fixtures/verdicts';
import { World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const first: Site = { publicUrl, port: ours('servers')[0]?.port as number };
const { databaseUrl, masterKey } = ours('installation');
const keysOf = (key: string) => loadMasterKeys(parseSettings({ DATABASE_URL: databaseUrl, MASTER_KEY: key }));
const ownKey = keysOf(masterKey).refresh[0] as Buffer;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let world: World;
let victim: Connected;
beforeAll(async () => {
  world = await World.open(databaseUrl);
  victim = await connectApp(world, first);
});
afterAll(() => world.close());

const untouched = async () => {
  const { rows } = await world.db.query('SELECT revoked_at, last_refresh_at FROM refresh_tokens WHERE app_id = $1', [
    victim.app.id,
  ]);
  expect(rows).toEqual([{ revoked_at: null, last_refresh_at: null }]);
};

describe.each(['native', 'rfc'] as const)('%s dialect', (dialect) => {
  test('case 51: what is no refresh token of this installation is refused', async () => {
    const { tokens, browser, code, app } = victim;
    const foreign = keysOf(randomBytes(32).toString('hex')).refresh[0] as Buffer;
    const { il_k: key } = claimsOf(tokens.refresh_token as string) as { il_k: string };
    const session = [...browser.cookies].find(([name]) => name.endsWith('session-token'))?.[1] as string;
    expect(session.length).toBeGreaterThan(50);
    for (const token of [
      tokens.access_token,
      session,
      code,
      key,
      signRefreshToken({ key, issuer: publicUrl, expiresAt: null }, foreign),
      signRefreshToken({ key, issuer: 'https://other.example', expiresAt: null }, ownKey),
      'garbage',
      '..',
      'a'.repeat(10_000),
    ]) {
      await expectRefusal(await refresh(first, app, token, dialect), dialect, 'IG');
    }
    await untouched();
  });

  test('case 52 (RFC 8725 §3.1): forged and changed refresh tokens are refused', async () => {
    const { tokens, app } = victim;
    const [header, payload, signature] = (tokens.refresh_token as string).split('.') as [string, string, string];
    const claims = claimsOf(tokens.refresh_token as string);
    const jwks = (await (await fetch(`${publicUrl}/.well-known/jwks.json`)).json()) as { keys: JsonWebKey[] };
    const publicKey = createPublicKey({ key: jwks.keys[0] as never, format: 'jwk' });
    const hmac = (input: string, key: Buffer | string) => createHmac('sha256', key).update(input).digest('base64url');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = (head: object, body: object, key: Buffer | string) => {
      const input = `${encode(head)}.${encode(body)}`;
      return `${input}.${hmac(input, key)}`;
    };
    const rs256 = `${encode({ typ: 'JWT', alg: 'RS256' })}.${payload}`;
    const HS256 = { typ: 'JWT', alg: 'HS256' };
    for (const token of [
      `${encode({ typ: 'JWT', alg: 'none' })}.${payload}.`,
      `${encode({ typ: 'JWT', alg: 'none' })}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}.${signature}=`,
      ...['pem', 'der'].map((format) =>
        forged(HS256, claims, publicKey.export({ type: 'spki', format: format as 'pem' })),
      ),
      forged(HS256, claims, JSON.stringify(jwks.keys[0])),
      forged(HS256, claims, ''),
      `${rs256}.${sign('sha256', Buffer.from(rs256), createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))).toString('base64url')}`,
      ...[{ exp: 4_102_444_800 }, { il_k: 'f'.repeat(32) }, { sub: 'admin' }, { iss: 'https://evil.example' }].map(
        (change) => `${header}.${encode({ ...claims, ...change })}.${signature}`,
      ),
    ]) {
      await expectRefusal(await refresh(first, app, token, dialect), dialect, 'IG');
    }
    await untouched();
  });

  test('case 52: the record is the authority and not the signature: well signed without a record is unknown', async () => {
    const never = signRefreshToken({ key: newTokenKey(randomBytes), issuer: publicUrl, expiresAt: null }, ownKey);
    await expectRefusal(await refresh(first, victim.app, never, dialect), dialect, 'IG');

    const gone = await connectApp(world, first);
    await world.db.query('DELETE FROM refresh_tokens WHERE app_id = $1', [gone.app.id]);
    await expectRefusal(await refresh(first, gone.app, gone.tokens.refresh_token, dialect), dialect, 'IG');
  });

  test('case 52: the record decides the expiry: a token re-signed without exp still ends with its row', async () => {
    const { app, tokens } = await connectApp(world, first);
    await world.ageFamilies(app.id, 31_536_001);
    const { il_k: key } = claimsOf(tokens.refresh_token as string) as { il_k: string };
    const endless = signRefreshToken({ key, issuer: publicUrl, expiresAt: null }, ownKey);
    await expectRefusal(await refresh(first, app, endless, dialect), dialect, 'IG');
  });
});
