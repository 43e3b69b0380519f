import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import axios from 'axios';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../../fixtures/connected';
import { ours } from '../../fixtures/lane';
import { Person } from '../../fixtures/person';
import { newPkce, type TestApp, type TestUser, type Tokens, World } from '../../fixtures/world';

const publicUrl = ours('publicUrl');
const first: Site = { publicUrl, port: ours('servers')[0]?.port as number };
const base = `${publicUrl}/api/developers/oauth2`;
let world: World;
let user: TestUser;
let person: Person;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  user = await world.newUser();
  person = await Person.signedIn(first, user);
});
afterAll(() => world.close());

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };

/** The two halves of the guides: the address to send the user to, and reading the answer in the app's page. */
async function codeFor(app: TestApp, scope: string, pkce?: { challenge: string }): Promise<string> {
  const queryParams = new URLSearchParams({
    client_id: app.clientId,
    response_type: 'code',
    redirect_uri: app.redirectUri,
    scope,
    state: 'optional-state',
    ...(pkce ? { code_challenge: pkce.challenge, code_challenge_method: 'S256' } : {}),
  });
  const answer = await person.follow(`${base}/authorize?${queryParams}`);
  const { code, state, ...more } = Object.fromEntries(answer.searchParams);
  expect(code).toMatch(/^[0-9a-f]{28}$/);
  expect(state).toBe('optional-state');
  expect(more).toEqual({ iss: publicUrl });
  return code as string;
}

const VARIANTS = [
  { name: 'secret only', secret: true, pkce: false, scope: 'profile source:w', refreshes: true },
  { name: 'secret and PKCE', secret: true, pkce: true, scope: 'profile source:w', refreshes: true },
  {
    name: 'PKCE only with offline_access',
    secret: false,
    pkce: true,
    scope: 'profile source:w offline_access',
    refreshes: true,
  },
  { name: 'PKCE only without offline_access', secret: false, pkce: true, scope: 'profile source:w', refreshes: false },
] as const;

describe.each(VARIANTS)('the guides: $name', ({ secret, pkce, scope, refreshes }) => {
  /** What the guide appends to its token request. */
  async function tokenRequest(app: TestApp): Promise<Record<string, string>> {
    const made = pkce ? newPkce() : undefined;
    return {
      client_id: app.clientId,
      grant_type: 'authorization_code',
      code: await codeFor(app, scope, made),
      ...(secret ? { client_secret: app.secret } : {}),
      ...(made ? { code_verifier: made.verifier } : {}),
    };
  }
  const shown = (app: TestApp): Record<string, string> => ({
    client_id: app.clientId,
    ...(secret ? { client_secret: app.secret } : {}),
  });

  function expectTokens(tokens: Tokens) {
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'profile source:w' });
    expect('refresh_token' in tokens).toBe(refreshes);
    if (refreshes) expect(tokens.refresh_token_expires_in).toBe(31_536_000);
  }

  test('axios, as it is written there', async () => {
    const app = await world.newApp();
    const tokenParams = new URLSearchParams();
    for (const [name, value] of Object.entries(await tokenRequest(app))) tokenParams.append(name, value);
    const { data: tokens } = await axios.post(`${base}/token`, tokenParams, { headers: FORM });
    expectTokens(tokens);

    const call = (access: string) =>
      axios.request({
        method: 'GET',
        url: `${publicUrl}/api/users/current`,
        headers: { Authorization: `Bearer ${access}` },
      });
    expect((await call(tokens.access_token)).data).toMatchObject({ username: user.username });
    await expect(call('no.such.token')).rejects.toMatchObject({ response: { status: 401 } });

    const post = (path: string, data: Record<string, string>) =>
      axios.request({
        method: 'POST',
        url: `${base}/${path}`,
        headers: { 'Content-Type': FORM['Content-Type'] },
        data,
      });
    expect((await post('token_info', { token: tokens.access_token })).data).toEqual({
      active: true,
      tenant_id: user.tenant.name,
      username: user.username,
      scope: 'profile source:w',
      app_id: app.id,
    });
    if (!refreshes) return;
    const again = { ...shown(app), grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const refreshed = await post('token', again);
    expect(refreshed.data).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'profile source:w' });
    await expect(post('token', again)).rejects.toMatchObject({
      response: { status: 429, data: { code: 'invalid_request' } },
    });
    const revoked = await post('revoke', { token: refreshed.data.refresh_token });
    expect([revoked.status, revoked.data]).toEqual([200, {}]);
    await world.openRefreshWindow(app.id);
    await expect(post('token', again)).rejects.toMatchObject({
      response: { status: 401, data: { code: 'invalid_grant' } },
    });
  });

  test('curl', async () => {
    const app = await world.newApp();
    const curl = async (path: string, form: Record<string, string>) => {
      const data = Object.entries(form).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
      const { stdout } = await promisify(execFile)('curl', ['-sS', '-w', '\n%{http_code}', ...data, `${base}/${path}`]);
      const [body = '', status] = stdout.split('\n');
      return { status: Number(status), data: JSON.parse(body) };
    };
    const { data: tokens } = await curl('token', await tokenRequest(app));
    expectTokens(tokens);
    expect((await curl('token_info', { token: tokens.access_token })).data.active).toBe(true);
    if (!refreshes) return;
    const again = { ...shown(app), grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    expect((await curl('token', again)).status).toBe(200);
    expect(await curl('revoke', { token: tokens.refresh_token })).toEqual({ status: 200, data: {} });
    expect(await world.liveFamilies(app.id)).toBe(0);
  });

  test('the client_id may stand in the query of the token URL', async () => {
    const app = await world.newApp();
    const { client_id, ...rest } = await tokenRequest(app);
    const { data } = await axios.post(`${base}/token?client_id=${client_id}`, new URLSearchParams(rest));
    expectTokens(data);
  });
});

test('an unknown code is told in the documented words', async () => {
  const app = await world.newApp();
  const form = {
    client_id: app.clientId,
    client_secret: app.secret,
    grant_type: 'authorization_code',
    code: 'c82ec4eca4c0ac90061fdd4225d1',
  };
  await expect(axios.post(`${base}/token`, new URLSearchParams(form))).rejects.toMatchObject({
    response: { status: 401, data: { code: 'invalid_grant', error: 'Provided code is unknown' } },
  });
});

test('JSON instead of a form is refused with a sentence that says so', async () => {
  const app = await world.newApp();
  const form = { client_id: app.clientId, client_secret: app.secret, grant_type: 'authorization_code', code: 'x' };
  await expect(axios.post(`${base}/token`, form)).rejects.toMatchObject({
    response: { status: 415, data: { code: 'invalid_request', error: expect.stringContaining('not JSON') } },
  });
});

test('an error of the authorization comes back to the app with error and error_description', async () => {
  const app = await world.newApp();
  const asked = {
    client_id: app.clientId,
    response_type: 'code',
    redirect_uri: app.redirectUri,
    scope: 'no_such_scope',
    state: 'x',
  };
  const answer = await person.follow(`${base}/authorize?${new URLSearchParams(asked)}`);
  expect(Object.fromEntries(answer.searchParams)).toEqual({
    error: 'invalid_scope',
    error_description: expect.any(String),
    state: 'x',
    iss: publicUrl,
  });
});

const python = (() => {
  try {
    execFileSync('python3', ['-c', 'import urllib.request, json'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!python) console.info('No python3 on this machine: its client is left out.');

test.skipIf(!python).each(['/api/developers/oauth2', '/oauth2'])('Python with urllib only, at %s', async (path) => {
  const app = await world.newApp();
  const code = await codeFor(app, 'profile source:w');
  const program = `
import base64, json, sys, urllib.parse, urllib.request
base, api, client, secret, code = sys.argv[1:]
def post(path, **form):
    request = urllib.request.Request(base + path, urllib.parse.urlencode(form).encode())
    basic = base64.b64encode((client + ":" + secret).encode()).decode()
    if path != "/revoke" or "/oauth2/revoke" == urllib.parse.urlparse(base + path).path:
        request.add_header("Authorization", "Basic " + basic)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()
tokens = json.loads(post("/token", grant_type="authorization_code", code=code))
again = json.loads(post("/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"]))
request = urllib.request.Request(api, headers={"Authorization": "Bearer " + again["access_token"]})
user = json.loads(urllib.request.urlopen(request).read())
post("/revoke", token=tokens["refresh_token"])
print(json.dumps([tokens["scope"], user["username"]]))
`;
  const { stdout } = await promisify(execFile)('python3', [
    '-c',
    program,
    publicUrl + path,
    `${publicUrl}/api/users/current`,
    app.clientId,
    app.secret,
    code,
  ]);
  expect(JSON.parse(stdout)).toEqual(['profile source:w', user.username]);
  expect(await world.liveFamilies(app.id)).toBe(0);
});
