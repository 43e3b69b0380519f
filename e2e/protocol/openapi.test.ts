import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectApp, type Site, signedIn } from '@/e2e/fixtures/connected';
import { fetchVia } from '@/e2e/fixtures/http';
import {
  type HttpBrowser,
  newAddress,
  newPkce,
  type TestApp,
  type TestUser,
  type Tokens,
  World,
} from '@/e2e/fixtures/world';
import type { Answer, OpenApiDocument, Operation, Schema } from '@/lib/apps/openapi';
import { ENDPOINTS } from '@/lib/oauth/endpoints';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const [site, other] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
let document: OpenApiDocument;
let app: TestApp;
let user: TestUser;
let browser: HttpBrowser;
let tokens: Tokens;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  document = (await (await send('/openapi.json')).json()) as OpenApiDocument;
  ({ app, user, browser, tokens } = await connectApp(world, site, { scope: 'profile' }));
});
afterAll(() => world.close());

const send = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}, at = site) =>
  fetchVia(at.port)(new URL(path, publicUrl), {
    redirect: 'manual',
    ...init,
    headers: { 'X-Forwarded-For': newAddress(), ...init.headers },
  });

const operationAt = (path: string): Operation => {
  const found = document.paths[path]?.get ?? document.paths[path]?.post;
  if (!found) throw new Error(`${path} is not described`);
  return found;
};

/** Judges bodies by the document's own schemas; members that it does not describe are faults. */
function judge(schema: Schema, value: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const closed = JSON.parse(JSON.stringify(document.components.schemas), (_, inner) =>
    inner && typeof inner === 'object' && 'properties' in inner ? { ...inner, additionalProperties: false } : inner,
  );
  ajv.addSchema({ $id: 'https://test.example/document', components: { schemas: closed } });
  const relative = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://test.example/document#/'));
  const validate = ajv.compile(relative);
  validate(value);
  return validate.errors ?? [];
}

/** Holds an answer against what is said about its operation: status, headers, shape and, for refusals, the text. */
async function expectDescribed(path: string, answer: Response): Promise<Answer> {
  const described = operationAt(path).responses[answer.status];
  expect(described, `${path} answered ${answer.status}`).toBeDefined();
  const { headers = {}, content } = described as Answer;
  const text = await answer.text();
  const type = answer.headers.get('content-type')?.split(';')[0];
  // A body of some type that is described, or none.
  if (text !== '') expect(Object.keys(content ?? {})).toContain(type);
  const json = content?.['application/json'];
  if (json && text !== '') {
    const body = JSON.parse(text);
    expect(judge(json.schema, body), `${path} ${answer.status} ${text}`).toEqual([]);
    if (answer.status >= 400) expect(Object.values(json.examples ?? {}).map(({ value }) => value)).toContainEqual(body);
  }
  if (answer.status === 429 || answer.status === 405 || answer.status === 303)
    for (const name of Object.keys(headers)) expect(answer.headers.has(name), name).toBe(true);
  return described as Answer;
}

describe('the document', () => {
  test('is valid OpenAPI 3.1 by an independent validator', async () => {
    const result = await new Validator().validate(structuredClone(document) as object as Record<string, unknown>);
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  test('is the same on every server, for any origin, with an ETag that spares the second reading', async () => {
    const [one, two] = [await send('/openapi.json'), await send('/openapi.json', {}, other)];
    expect(one.headers.get('content-type')).toBe('application/json');
    expect(one.headers.get('cache-control')).toBe('public, max-age=300');
    expect(one.headers.get('access-control-allow-origin')).toBe('*');
    expect(await one.text()).toBe(await two.text());
    const etag = one.headers.get('etag') ?? '';
    const again = await send('/openapi.json', { headers: { 'If-None-Match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('names this installation', () => {
    expect(document.servers).toEqual([{ url: publicUrl }]);
    expect(Object.keys(document.paths).sort()).toEqual(ENDPOINTS.map(({ path }) => path).sort());
  });
});

const TOKEN = ['/api/developers/oauth2/token', '/oauth2/token'];
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body: new URLSearchParams(form), headers });
const shown = () => ({ client_id: app.clientId, client_secret: app.secret });

describe.each(TOKEN)('%s answers as described', (path) => {
  test('tokens, with a secret and by PKCE alone, and a refresh', async () => {
    const code = await browser.obtainCode(app);
    const answer = await post(path, { grant_type: 'authorization_code', ...shown(), code });
    expect(answer.status).toBe(200);
    const { refresh_token = '' } = (await answer.clone().json()) as Tokens;
    await expectDescribed(path, answer);
    const refresh = { grant_type: 'refresh_token', ...shown(), refresh_token };
    expect((await expectDescribed(path, await post(path, refresh))).description).toBe('Tokens');
    const tooSoon = await post(path, refresh);
    expect(tooSoon.status).toBe(429);
    await expectDescribed(path, tooSoon);

    const open = await world.newApp({ proof: 'PKCE_ONLY' });
    const { verifier, challenge } = newPkce();
    const short = await browser.obtainCode(open, { code_challenge: challenge, code_challenge_method: 'S256' });
    const form = { grant_type: 'authorization_code', client_id: open.clientId, code: short, code_verifier: verifier };
    const without = await post(path, form);
    expect(await without.clone().json()).not.toHaveProperty('refresh_token');
    await expectDescribed(path, without);
  });

  test.each([
    ['nothing', {}, 400],
    ['another grant', { grant_type: 'password' }, 400],
    ['no code', { grant_type: 'authorization_code' }, 400],
    ['an unknown code', { grant_type: 'authorization_code', code: 'c82ec4eca4c0ac90061fdd4225d1' }, [400, 401]],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, [400, 401]],
  ] as const)('refusals: %s', async (_name, form, status) => {
    const answer = await post(path, { ...shown(), ...form });
    expect([status].flat()).toContain(answer.status);
    await expectDescribed(path, answer);
  });

  test('refusals: a wrong secret, JSON, another method, too large, a slash', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: app.clientId };
    await expectDescribed(path, await post(path, { ...form, client_secret: '0'.repeat(64) }));
    const basic = { Authorization: `Basic ${Buffer.from(`${app.clientId}:wrong`).toString('base64')}` };
    const refused = await post(path, { grant_type: 'refresh_token', refresh_token: 'x' }, basic);
    expect(refused.status).toBe(401);
    await expectDescribed(path, refused);
    const headers = { 'Content-Type': 'application/json' };
    const json = await send(path, { method: 'POST', body: JSON.stringify(form), headers });
    expect(json.status).toBe(415);
    await expectDescribed(path, json);
    const visited = await send(path);
    expect(visited.status).toBe(405);
    await expectDescribed(path, visited);
    const large = await post(path, { ...form, padding: 'x'.repeat(40_000) });
    expect(large.status).toBe(413);
    await expectDescribed(path, large);
    const slash = await post(`${path}/`, form);
    expect(slash.status).toBe(404);
    await expectDescribed(path, slash);
    const long = await send(`${path}?x=${'x'.repeat(20_000)}`, { method: 'POST', body: new URLSearchParams(form) });
    expect(long.status).toBe(431);
    await expectDescribed(path, long);
  });
});

describe('what asks about tokens answers as described', () => {
  test.each([
    ['/api/developers/oauth2/token_info', false],
    ['/oauth2/introspect', true],
  ] as const)('%s', async (path, authenticated) => {
    const credentials = authenticated ? shown() : {};
    const active = await post(path, { ...credentials, token: tokens.access_token });
    expect(await active.clone().json()).toMatchObject({ active: true, username: user.username });
    await expectDescribed(path, active);
    const inactive = await post(path, { ...credentials, token: 'x' });
    expect(await inactive.clone().json()).toEqual({ active: false });
    await expectDescribed(path, inactive);
    await expectDescribed(path, await post(path, credentials));
    await expectDescribed(path, await post(path, { token: 'x' }, { Authorization: 'Digest x' }));
    await expectDescribed(path, await post(path, { token: 'x' }, { Authorization: 'Bearer x' }));
  });

  test.each(['/api/developers/oauth2/revoke', '/oauth2/revoke'])('%s', async (path) => {
    const done = await post(path, { ...shown(), token: 'unknown' });
    expect(done.status).toBe(200);
    await expectDescribed(path, done);
    await expectDescribed(path, await post(path, shown()));
    const refused = await post(path, { ...shown(), token: tokens.access_token });
    expect(refused.status).toBe(path.startsWith('/api/') ? 200 : 400);
    await expectDescribed(path, refused);
  });
});

test('the API answers as described', async () => {
  const path = '/api/users/current';
  const call = (token: string) => send(path, { headers: { Authorization: `Bearer ${token}` } });
  const profile = await call(tokens.access_token);
  expect(profile.status).toBe(200);
  await expectDescribed(path, profile);
  await expectDescribed(path, await send(path));
  const invalid = await call('x.y.z');
  expect(invalid.status).toBe(401);
  await expectDescribed(path, invalid);
  const narrow = await connectApp(world, site, { scope: 'source', user, browser });
  const lacking = await call(narrow.tokens.access_token);
  expect(lacking.status).toBe(403);
  await expectDescribed(path, lacking);
  await expectDescribed(path, await send(path, { method: 'PUT' }));
});

test.each(['/.well-known/jwks.json', '/.well-known/oauth-authorization-server', '/openapi.json'])(
  '%s answers as described',
  async (path) => {
    const answer = await send(path);
    expect(answer.status).toBe(200);
    const etag = answer.headers.get('etag') ?? '';
    await expectDescribed(path, answer);
    await expectDescribed(path, await send(path, { headers: { 'If-None-Match': etag } }));
    await expectDescribed(path, await send(path, { method: 'POST' }));
  },
);

describe.each(['/api/developers/oauth2/authorize', '/oauth2/authorize'])('%s answers as described', (path) => {
  test('on to consent, back with an error, a page of ours, another method', async () => {
    const person = await signedIn(site, user);
    const query = { response_type: 'code', client_id: app.clientId, redirect_uri: app.redirectUri, scope: 'profile' };
    const visit = (changed: Record<string, string>) =>
      person.get(`${path}?${new URLSearchParams({ ...query, ...changed })}`);
    const changes: Record<string, string>[] = [{}, { prompt: 'consent' }, { scope: 'nothing' }];
    for (const changed of changes) {
      const answer = await visit(changed);
      expect(answer.status).toBe(303);
      await expectDescribed(path, answer);
    }
    const stays = await visit({ redirect_uri: 'https://evil.example/cb' });
    expect(stays.status).toBe(400);
    await expectDescribed(path, stays);
    const posted = await person.post(path, query);
    expect(posted.status).toBe(405);
    await expectDescribed(path, posted);
  });
});
