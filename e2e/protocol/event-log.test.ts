import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventDetails } from '@/lib/oauth/event-details';
import { readRequestId } from '@/lib/oauth/request-id';
import { MOST_FROM_NETWORK } from '@/lib/runtime/event-log';
import { countConnections } from '@/lib/store/connection-counts';
import { houseworkOf } from '@/lib/store/housekeeping';
import { connectApp, credentials, eventually, exchange, refresh, type Site, signedIn } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import {
  HttpBrowser,
  newAddress,
  newPkce,
  PATHS,
  postForm,
  type TestApp,
  type TestUser,
  World,
} from '../fixtures/world';

const publicUrl = ours('publicUrl');
const [first, second] = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

type Line = {
  kind: string;
  outcome: string;
  dialect: string;
  requestId: string;
  repeats: number;
  userId: string | null;
  connectionId: string | null;
  details: EventDetails | null;
};

async function linesOf(app: TestApp): Promise<Line[]> {
  const { rows } = await world.db.query<Line>(
    `SELECT kind, outcome, dialect, request_id AS "requestId", repeats, user_id AS "userId", connection_id AS "connectionId", details
       FROM oauth_events WHERE app_id = $1 ORDER BY id`,
    [app.id],
  );
  return rows;
}

/** The line that an answer left in the app's log. */
async function lineOf(app: TestApp, answer: Response): Promise<Line> {
  const id = answer.headers.get('x-request-id') ?? '';
  expect(readRequestId(id)?.id).toBe(id);
  let found: Line[] = [];
  await eventually(async () => {
    found = (await linesOf(app)).filter(({ requestId }) => requestId === id);
    return found.length > 0;
  });
  expect(found).toHaveLength(1);
  return found[0] as Line;
}

const asked = (app: TestApp, more: Record<string, string> = {}): Record<string, string> => ({
  client_id: app.clientId,
  response_type: 'code',
  redirect_uri: app.redirectUri,
  scope: 'profile',
  state: 'a state that is nobody’s business',
  ...more,
});

describe.each(['native', 'rfc'] as const)('what the authorization endpoint refused, %s dialect', (dialect) => {
  const CASES: [string, Record<string, string>, EventDetails | null][] = [
    [
      'redirect_uri_mismatch',
      { redirect_uri: 'http://client.example/cb/?code=hidden' },
      {
        redirect: {
          sent: 'http://client.example/cb/?code=…',
          registered: 'https://client.example/cb',
          differs: [
            { part: 'scheme', sent: 'http', registered: 'https' },
            { part: 'slash_added' },
            { part: 'query_added' },
          ],
        },
      },
    ],
    ['redirect_uri_missing', { redirect_uri: '' }, { parameters: ['redirect_uri'] }],
    ['response_type_unsupported', { response_type: 'token' }, { parameters: ['response_type'], value: 'token' }],
    ['response_type_missing', { response_type: '' }, { parameters: ['response_type'] }],
    ['scope_invalid', { scope: 'profile openid e-mail@x.example' }, { scopes: ['openid', '…@…'] }],
    ['scope_missing', { scope: '' }, { parameters: ['scope'] }],
    ['prompt_none_unsupported', { prompt: 'none' }, { parameters: ['prompt'] }],
    ['request_object_unsupported', { request_uri: 'https://a.example/secret' }, { parameters: ['request_uri'] }],
    ['state_too_long', { state: 'x'.repeat(2_049) }, { parameters: ['state'] }],
    [
      'challenge_method_unsupported',
      { code_challenge: newPkce().challenge, code_challenge_method: 'plain' },
      { parameters: ['code_challenge_method'], value: 'plain' },
    ],
    ['challenge_missing', { code_challenge_method: 'S256' }, { parameters: ['code_challenge'] }],
    [
      'challenge_malformed',
      { code_challenge: 'short', code_challenge_method: 'S256' },
      { parameters: ['code_challenge'] },
    ],
  ];
  test.each(CASES)('%s', async (cause, changed, details) => {
    const app = await world.newApp();
    const browser = await signedIn(first, await world.newUser());
    const answer = await browser.authorize(asked(app, changed), dialect);
    expect(await lineOf(app, answer)).toEqual({
      kind: 'authorize',
      outcome: cause,
      dialect,
      requestId: answer.headers.get('x-request-id'),
      repeats: 1,
      userId: null,
      connectionId: null,
      details,
    });
  });

  test('repeated parameters by name; an app that is not there leaves nothing', async () => {
    const app = await world.newApp();
    const browser = await signedIn(first, await world.newUser());
    const path = dialect === 'native' ? '/api/developers/oauth2/authorize' : '/oauth2/authorize';
    const query = `${new URLSearchParams(asked(app))}&scope=profile&state=x`;
    const line = await lineOf(app, await browser.get(`${path}?${query}`));
    expect(line).toMatchObject({ outcome: 'parameter_repeated', details: { parameters: ['scope', 'state'] } });
    const unknown = await browser.authorize({ ...asked(app), client_id: '0'.repeat(20) }, dialect);
    const { rows } = await world.db.query('SELECT 1 FROM oauth_events WHERE request_id = $1', [
      unknown.headers.get('x-request-id'),
    ]);
    expect(rows).toEqual([]);
  });

  test('shown, denied and allowed; who it was is known where access was allowed', async () => {
    const app = await world.newApp();
    const user = await world.newUser();
    const browser = await signedIn(first, user);
    const shown = await browser.authorize(asked(app), dialect);
    expect(await lineOf(app, shown)).toMatchObject({ outcome: 'shown', userId: null });
    const denied = await browser.decide(shown.headers.get('location') ?? '', 'deny');
    expect(await lineOf(app, denied)).toMatchObject({ outcome: 'consent_denied', userId: null });
    const again = await browser.authorize(asked(app), dialect);
    const allowed = await browser.decide(again.headers.get('location') ?? '', 'allow');
    expect(await lineOf(app, allowed)).toMatchObject({ outcome: 'ok', userId: user.id, dialect, details: null });
    const silently = await browser.authorize(asked(app), dialect);
    expect(await lineOf(app, silently)).toMatchObject({ outcome: 'ok', userId: user.id, details: { silent: true } });
  });
});

test('what was refused before the sign-in is explained by the answer after it', async () => {
  const app = await world.newApp({ scopes: ['profile'] });
  const visitor = new HttpBrowser(first);
  const answer = await visitor.continueSignIn(
    await world.newUser(),
    await visitor.authorize(asked(app, { response_type: 'token' })),
  );
  expect(await lineOf(app, answer)).toMatchObject({
    outcome: 'response_type_unsupported',
    details: { parameters: ['response_type'], value: 'token' },
  });
});

describe.each(['native', 'rfc'] as const)('what the token endpoint refused, %s dialect', (dialect) => {
  const token = (form: Record<string, string> | [string, string][], headers: Record<string, string> = {}) =>
    postForm(second, PATHS[dialect].token, form, { headers });
  const newCode = async (app: TestApp, more: Record<string, string> = {}, user?: TestUser) =>
    (await signedIn(first, user ?? (await world.newUser()))).obtainCode(app, more, dialect);
  const redeem = (app: TestApp, code: string, more: Record<string, string> = {}) =>
    token({ grant_type: 'authorization_code', ...credentials(app), code, ...more });

  test('a request that could not be read, by the client that it names', async () => {
    const app = await world.newApp();
    const secret = app.secret;
    const cases: [Response, Partial<Line>][] = [
      [
        await token({ grant_type: 'password', ...credentials(app) }),
        { outcome: 'grant_type_unsupported', details: { value: 'password' } },
      ],
      [await token(credentials(app)), { outcome: 'grant_type_missing', details: { parameters: ['grant_type'] } }],
      [
        await token({ grant_type: 'refresh_token', ...credentials(app) }),
        { kind: 'refresh', outcome: 'refresh_token_missing' },
      ],
      [
        await redeem(app, 'x', { code_verifier: 'short' }),
        { outcome: 'verifier_malformed', details: { parameters: ['code_verifier'] } },
      ],
      [
        await token([...Object.entries(credentials(app)), ['grant_type', 'x'], ['grant_type', 'y']]),
        { outcome: 'parameter_repeated', details: { parameters: ['grant_type'] } },
      ],
      [
        await postForm(second, `${PATHS[dialect].token}?client_secret=${secret}`, { client_id: app.clientId }),
        { outcome: 'secret_in_query', details: { parameters: ['client_secret'] } },
      ],
      [
        await token(
          { client_secret: secret },
          { Authorization: `Basic ${Buffer.from(`${app.clientId}:${secret}`).toString('base64')}` },
        ),
        { outcome: 'credentials_twice' },
      ],
    ];
    for (const [answer, expected] of cases)
      expect(await lineOf(app, answer)).toMatchObject({ kind: 'token', ...expected });
  });

  test('client authentication: the end of what is registered, never of what was sent', async () => {
    const app = await world.newApp();
    const later = await world.newSecret(app.id);
    const wrong = `${'f'.repeat(60)}0000`;
    const answer = await token({
      grant_type: 'authorization_code',
      client_id: app.clientId,
      client_secret: wrong,
      code: 'x',
    });
    const line = await lineOf(app, answer);
    expect(line).toMatchObject({ outcome: 'secret_mismatch', dialect });
    expect(line.details).toEqual({ secretsEndIn: [app.secret.slice(-4), later.slice(-4)] });
    expect(JSON.stringify(line)).not.toContain('0000');

    await world.db.query("UPDATE app_secrets SET expires_at = now() - interval '2 hours' WHERE app_id = $1", [app.id]);
    const expired = await lineOf(app, await eventuallyRefused(() => redeem(app, 'x'), app, 'secret_expired'));
    expect(expired.details?.secretsEndIn).toEqual([app.secret.slice(-4)]);
    expect(expired.details?.seconds).toBeGreaterThanOrEqual(7_200);

    const backend = await world.newApp({ proof: 'SECRET_REQUIRED' });
    const without = await token({ grant_type: 'authorization_code', client_id: backend.clientId, code: 'x' });
    expect(await lineOf(backend, without)).toMatchObject({ outcome: 'secret_missing', details: null });
  });

  /** Servers hear of a change a moment later. */
  async function eventuallyRefused(ask: () => Promise<Response>, app: TestApp, cause: string): Promise<Response> {
    let answer = await ask();
    await eventually(async () => {
      if ((await lineOf(app, answer)).outcome === cause) return true;
      answer = await ask();
      return false;
    });
    return answer;
  }

  test('codes: how old, used when, for which redirect URI; of another app’s nothing but that', async () => {
    const app = await world.newApp();
    const user = await world.newUser();
    const code = await newCode(app, {}, user);
    const other = await redeem(app, code, { redirect_uri: 'https://client.example/cb2' });
    expect((await lineOf(app, other)).details?.redirect).toEqual({
      sent: 'https://client.example/cb2',
      registered: 'https://client.example/cb',
      differs: [{ part: 'path', sent: '/cb2', registered: '/cb' }],
    });
    expect((await redeem(app, code)).status).toBe(200);
    await world.ageCode(code, 30);
    const replayed = await lineOf(app, await redeem(app, code));
    expect(replayed).toMatchObject({ outcome: 'code_replayed', userId: null, connectionId: expect.any(String) });
    expect(replayed.details?.seconds).toBeGreaterThanOrEqual(30);

    const old = await newCode(app, {}, user);
    await world.ageCode(old, 500);
    const expired = await lineOf(app, await redeem(app, old));
    expect(expired).toMatchObject({ outcome: 'code_expired', userId: null });
    expect(expired.details?.seconds).toBeGreaterThanOrEqual(500);

    expect(await lineOf(app, await redeem(app, 'f'.repeat(28)))).toMatchObject({
      outcome: 'code_unknown',
      details: null,
    });
    const foreign = await world.newApp();
    const theirs = await newCode(foreign, {}, user);
    expect(await lineOf(app, await redeem(app, theirs))).toMatchObject({
      outcome: 'code_wrong_client',
      userId: null,
      connectionId: null,
      details: null,
    });
    const given = ['shown', 'ok'];
    expect((await linesOf(foreign)).filter(({ outcome }) => !given.includes(outcome))).toEqual([]);
  });

  test('proofs of a code', async () => {
    const app = await world.newApp();
    const pkce = newPkce();
    const challenge = { code_challenge: pkce.challenge, code_challenge_method: 'S256' };
    const bound = await newCode(app, challenge);
    expect(await lineOf(app, await redeem(app, bound))).toMatchObject({ outcome: 'pkce_missing' });
    const mismatch = await redeem(app, bound, { code_verifier: newPkce().verifier });
    expect(await lineOf(app, mismatch)).toMatchObject({ outcome: 'pkce_mismatch' });
    const unbound = await newCode(app);
    const unexpected = await redeem(app, unbound, { code_verifier: pkce.verifier });
    expect(await lineOf(app, unexpected)).toMatchObject({ outcome: 'pkce_unexpected' });
    const bare = await token({ grant_type: 'authorization_code', client_id: app.clientId, code: unbound });
    expect(await lineOf(app, bare)).toMatchObject({ outcome: 'proof_missing' });
  });

  test('refresh tokens: how long to wait, why they died and when, what was sent instead', async () => {
    const { app, tokens, user } = await connectApp(world, first, { dialect });
    const ok = await lineOf(app, await refresh(second, app, tokens.refresh_token, dialect));
    expect(ok).toMatchObject({ kind: 'refresh', outcome: 'ok', userId: user.id, details: null });
    const soon = await lineOf(app, await refresh(second, app, tokens.refresh_token, dialect));
    expect(soon).toMatchObject({ outcome: 'refresh_too_soon', userId: null, connectionId: ok.connectionId });
    expect(soon.details?.seconds).toBeGreaterThan(240);
    expect(soon.details?.seconds).toBeLessThanOrEqual(300);
    const missing = await refresh(second, app, tokens.refresh_token, dialect, { client_id: app.clientId });
    expect(await lineOf(app, missing)).toMatchObject({ outcome: 'refresh_secret_missing' });
    const access = await refresh(second, app, tokens.access_token, dialect);
    expect(await lineOf(app, access)).toMatchObject({
      outcome: 'refresh_unknown',
      details: { looksLike: 'access_token' },
    });
    const foreign = await world.newApp();
    expect(await lineOf(foreign, await refresh(second, foreign, tokens.refresh_token, dialect))).toMatchObject({
      outcome: 'refresh_wrong_client',
      connectionId: null,
      details: null,
    });
    await world.db.query('SELECT end_connection($1, $2, now() - make_interval(secs => 90))', [
      ok.connectionId,
      'evicted',
    ]);
    const dead = await lineOf(app, await refresh(second, app, tokens.refresh_token, dialect));
    expect(dead).toMatchObject({
      outcome: 'refresh_revoked',
      connectionId: ok.connectionId,
      details: { why: 'evicted' },
    });
    expect(dead.details?.seconds).toBeGreaterThanOrEqual(90);
  });

  test.each(['revoked_by_user', 'revoked_by_app', 'revoked_by_admin', 'stolen', 'replayed', 'proof_changed'])(
    'a token that died by %s',
    async (why) => {
      const { app, tokens } = await connectApp(world, first, { dialect });
      await world.db.query('SELECT end_connection(id, $2, now()) FROM connections WHERE app_id = $1', [app.id, why]);
      const line = await lineOf(app, await refresh(second, app, tokens.refresh_token, dialect));
      expect(line).toMatchObject({ outcome: 'refresh_revoked', details: { why } });
    },
  );

  test('an expired and a retired one', async () => {
    const { app, tokens } = await connectApp(world, first, { dialect });
    await world.db.query("UPDATE refresh_tokens SET expires_at = now() - interval '1 day' WHERE app_id = $1", [app.id]);
    const expired = await lineOf(app, await refresh(second, app, tokens.refresh_token, dialect));
    expect(expired.outcome).toBe('refresh_expired');
    expect(expired.details?.seconds).toBeGreaterThanOrEqual(86_400);

    const open = await connectApp(world, first, { app: await world.newApp({ proof: 'PKCE_ONLY' }), dialect });
    const next = (await (await refresh(first, open.app, open.tokens.refresh_token, dialect)).json()).refresh_token;
    await world.openRefreshWindow(open.app.id);
    expect((await refresh(second, open.app, next, dialect)).status).toBe(200);
    const retired = await refresh(first, open.app, open.tokens.refresh_token, dialect);
    expect(await lineOf(open.app, retired)).toMatchObject({ outcome: 'refresh_retired', userId: null });
  });
});

test('revoking and looking up: what helps nobody although it is answered', async () => {
  const { app, tokens } = await connectApp(world, first);
  const foreign = await connectApp(world, first);
  const rfc = (path: string, token: string) => postForm(second, path, { ...credentials(app), token });
  const revoke = PATHS.rfc.revoke;
  expect(await lineOf(app, await rfc(revoke, tokens.access_token))).toMatchObject({
    kind: 'revoke',
    outcome: 'access_token_not_revocable',
  });
  expect(await lineOf(app, await rfc(revoke, foreign.tokens.refresh_token ?? ''))).toMatchObject({
    outcome: 'refresh_wrong_client',
    connectionId: null,
  });
  const { info } = PATHS.rfc;
  expect(await lineOf(app, await rfc(info, 'none'))).toMatchObject({ kind: 'introspect', outcome: 'token_unknown' });
  expect(await lineOf(app, await rfc(info, foreign.tokens.access_token))).toMatchObject({
    outcome: 'token_wrong_client',
    connectionId: null,
    details: null,
  });
  const wrong = await postForm(second, info, { client_id: app.clientId, client_secret: 'x', token: 'y' });
  expect(await lineOf(app, wrong)).toMatchObject({ kind: 'introspect', outcome: 'secret_mismatch' });

  await exchange(first, app, 'x');
  await world.db.query("SELECT set_not_before('app:' || $1)", [app.id]);
  const looksUp = () => postForm(second, PATHS.native.info, { token: tokens.access_token });
  await eventually(async () => ((await (await looksUp()).json()) as { active: boolean }).active === false);
  expect(await lineOf(app, await looksUp())).toMatchObject({ kind: 'token_info', outcome: 'token_withdrawn' });
  const foreignLines = await linesOf(foreign.app);
  expect(foreignLines.filter(({ outcome }) => !['shown', 'ok'].includes(outcome))).toEqual([]);
});

test('the id of a request is ours, whatever a client says', async () => {
  const app = await world.newApp();
  const headers = { 'X-Request-Id': 'chosen-by-the-client' };
  const answer = await postForm(first, PATHS.rfc.token, { grant_type: 'x', ...credentials(app) }, { headers });
  expect((await lineOf(app, answer)).requestId).not.toBe('chosen-by-the-client');
  const browser = await signedIn(first, await world.newUser());
  const page = await browser.get(
    `/oauth2/authorize?${new URLSearchParams(asked(app, { redirect_uri: 'x' }))}`,
    headers,
  );
  const id = page.headers.get('x-request-id') ?? '';
  expect(await page.text()).toContain(`Request id <code>${id}</code>`);
  expect(readRequestId(id)).not.toBeNull();
});

test('a flood of one stranger is summed up, of each instance by itself, and others still get their lines', async () => {
  const app = await world.newApp();
  const address = newAddress();
  const flood = MOST_FROM_NETWORK + 15;
  const ask = (site: Site, from: string) =>
    postForm(
      site,
      PATHS.native.token,
      { grant_type: 'x', client_id: app.clientId, more: 'y'.repeat(500) },
      { address: from },
    );
  for (let n = 0; n < flood; n++) await ask(first, address);
  await lineOf(app, await ask(first, newAddress()));
  // A minute may have begun in between: never more than a bound for each of the two.
  const lines = await linesOf(app);
  expect(lines.length).toBeLessThanOrEqual(2 * MOST_FROM_NETWORK + 2);
  expect(lines.filter(({ repeats }) => repeats === 1).length).toBeGreaterThan(MOST_FROM_NETWORK);
  await lineOf(app, await ask(second, address));
});

test('counts by the hour are what the log says, of both instances together', async () => {
  const { app, tokens } = await connectApp(world, first);
  for (const site of [first, second, first, second, second]) await lineOf(app, await refresh(site, app, 'x'));
  await lineOf(app, await refresh(second, app, tokens.refresh_token));
  const { rows } = await world.db.query(
    `SELECT kind, outcome, sum(events)::int AS events FROM app_event_counts WHERE app_id = $1 GROUP BY 1, 2
     EXCEPT SELECT kind, outcome, sum(repeats)::int FROM oauth_events WHERE app_id = $1 GROUP BY 1, 2`,
    [app.id],
  );
  expect(rows).toEqual([]);
  const { rows: counted } = await world.db.query(
    "SELECT sum(events)::int AS n FROM app_event_counts WHERE app_id = $1 AND outcome = 'refresh_unknown'",
    [app.id],
  );
  expect(counted).toEqual([{ n: 5 }]);
});

test('live connections are counted where their number is news, and once a day; counts are forgotten with the log', async () => {
  const { app } = await connectApp(world, first);
  await connectApp(world, second, { app });
  const housework = (named: string) =>
    houseworkOf({ endedDays: 30, eventsDays: 90, auditDays: 0 }).find((sql) => sql.includes(named)) ?? '';
  const count = async () => {
    // A step of the walk past all apps: the one that comes to this app.
    expect(await countConnections(world.db, app.id - 1)).toBeGreaterThanOrEqual(app.id);
    const counted = await world.db.query<{ live: number }>(
      'SELECT live FROM app_connection_counts WHERE app_id = $1 ORDER BY hour DESC',
      [app.id],
    );
    return counted.rows.map(({ live }) => live);
  };
  const later = (hours: number) =>
    world.db.query('UPDATE app_connection_counts SET hour = hour - make_interval(hours => $2) WHERE app_id = $1', [
      app.id,
      hours,
    ]);
  expect(await count()).toEqual([2]);
  await later(24);
  expect(await count()).toEqual([2]);
  await later(1);
  expect(await count()).toEqual([2, 2]);
  await later(1);
  await world.db.query("SELECT end_connection(id, 'revoked_by_user', now()) FROM connections WHERE app_id = $1", [
    app.id,
  ]);
  expect(await count()).toEqual([0, 2, 2]);
  await later(48);
  expect(await count()).toEqual([0, 2, 2]);
  await later(91 * 24);
  await world.db.query(housework('DELETE FROM app_connection_counts'));
  expect(await count()).toEqual([]);
  // What the two connections were counted as is written a moment after their answers.
  const age = 'UPDATE app_event_counts SET hour = hour - make_interval(days => 91) WHERE app_id = $1';
  await expect.poll(async () => (await world.db.query(age, [app.id])).rowCount, { timeout: 15_000 }).toBeGreaterThan(0);
  expect((await world.db.query(housework('DELETE FROM app_event_counts'))).rowCount).toBeGreaterThan(0);
});

test('the count of connections comes past every application, in steps', async () => {
  const apps = [await connectApp(world, first), await connectApp(world, second)].map(({ app }) => app.id);
  const counted = 'SELECT app_id AS id FROM app_connection_counts WHERE app_id = ANY ($1) AND live = 1 ORDER BY app_id';
  const steps = [0];
  for (let after: number | null = 0; after !== null; ) {
    after = await countConnections(world.db, after);
    if (after !== null) steps.push(after);
  }
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  expect((await world.db.query(counted, [apps])).rows).toEqual(apps.map((id) => ({ id })));
});

test('another organisation’s developer sees nothing of it, and no one who refused is named', async () => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  const user = await world.newUser();
  const browser = await signedIn(first, user);
  const shown = await browser.authorize(asked(app));
  const denied = await browser.decide(shown.headers.get('location') ?? '', 'deny');
  const { requestId } = await lineOf(app, denied);
  const path = `/applications/${app.id}/activity`;
  const own = await signedIn(second, await world.newUser({ tenant, role: 'DEVELOPER' }));
  for (const query of [
    '',
    `?request=${requestId.toUpperCase()}`,
    '?outcome=consent_denied',
    '?kind=authorize&period=day',
  ]) {
    const page = await (await own.get(path + query)).text();
    expect(page).toContain(requestId);
    expect(page).not.toContain(user.username);
  }
  expect(await (await own.get(`${path}?outcome=failures`)).text()).not.toContain(`>${requestId}<`);
  const csv = await (await own.get(`${path}/export`)).text();
  expect(csv).toContain(`authorize,consent_denied,native,${requestId},,,1,`);
  expect(csv).not.toContain(user.username);
  const other = await signedIn(second, await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' }));
  for (const below of ['', '/charts', '/export']) expect((await other.get(path + below)).status).toBe(404);
  const theirs = await world.newApp({ tenant: await world.newTenant() });
  expect((await own.get(`/applications/${theirs.id}/activity?request=${requestId}`)).status).toBe(404);
});

test('pages of a filter, in both directions, hold what one list holds', async () => {
  const tenant = await world.newTenant();
  const app = await world.newApp({ tenant });
  await world.db.query(
    `INSERT INTO oauth_events (app_id, kind, outcome, request_id)
     SELECT $1, (ARRAY['token', 'refresh', 'authorize'])[1 + n % 3], (ARRAY['ok', 'code_expired'])[1 + n % 2], 'page-' || n FROM generate_series(1, 240) n`,
    [app.id],
  );
  const developer = await signedIn(first, await world.newUser({ tenant, role: 'DEVELOPER' }));
  for (const [query, expected] of [
    ['', 240],
    ['?outcome=failures', 120],
    ['?kind=refresh', 80],
    ['?kind=refresh&outcome=ok', 40],
  ] as const) {
    const seen: number[] = [];
    let address: string | null = `/applications/${app.id}/activity${query}`;
    let last = '';
    while (address) {
      last = address;
      const page = await (await developer.get(address)).text();
      const ids = [...page.matchAll(/<code[^>]*>page-(\d+)<\/code>/g)].map(([, n]) => Number(n));
      expect(ids.length).toBeLessThanOrEqual(50);
      seen.push(...ids);
      address = /href="([^"]*[?;]older=\d+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    expect(seen, query).toEqual([...seen].sort((a, b) => b - a));
    expect(new Set(seen).size, query).toBe(expected);
    const newer = /href="([^"]*[?;]newer=\d+)"/.exec(await (await developer.get(last)).text())?.[1];
    // 240 and 120 and 80 fill more than a page.
    expect(newer !== undefined, query).toBe(expected > 50);
    if (newer) {
      const back = await (await developer.get(newer.replaceAll('&amp;', '&'))).text();
      const ids = [...back.matchAll(/<code[^>]*>page-(\d+)<\/code>/g)].map(([, n]) => Number(n));
      const end = seen.length % 50 || 50;
      expect(ids, query).toEqual(seen.slice(-end - 50, -end));
    }
  }
});

test('case 99: no secret, code, verifier, token, state or address is in the table', async () => {
  const app = await world.newApp();
  const user = await world.newUser();
  const browser = await signedIn(first, user);
  const pkce = newPkce();
  const state = `state-${pkce.verifier}`;
  const code = await browser.obtainCode(app, {
    state,
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
  });
  const leaky = `https://client.example/cb/${code}?state=${state}&mail=${user.username}@test.example#${code}`;
  await browser.authorize(asked(app, { redirect_uri: leaky, scope: code }));
  await browser.authorize(asked(app, { scope: `${code} ${user.username}@test.example` }));
  await postForm(first, PATHS.rfc.token, { grant_type: code, ...credentials(app), code });
  await lineOf(app, await exchange(first, app, code, 'rfc', newPkce().verifier));
  const tokens = (await (await exchange(first, app, code, 'rfc', pkce.verifier)).json()) as { refresh_token: string };
  await lineOf(app, await refresh(second, app, `${tokens.refresh_token}x`));
  const text = JSON.stringify(await linesOf(app));
  expect(text).toContain('client.example');
  for (const secret of [
    code,
    pkce.verifier,
    pkce.challenge,
    app.secret,
    tokens.refresh_token,
    'state-',
    '@test.example',
  ])
    expect(text.includes(secret), secret).toBe(false);
  expect(text).not.toContain(createHash('sha256').update(code).digest('hex'));
});
