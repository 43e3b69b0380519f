import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimsOf, type Site, signedIn } from '@/e2e/fixtures/connected';
import { shownPrograms } from '@/e2e/fixtures/guide-pages';
import { answerIn, canVerify, MISSING, Programs } from '@/e2e/fixtures/guide-programs';
import { Person } from '@/e2e/fixtures/person';
import { noteSecret } from '@/e2e/fixtures/secrets';
import { type HttpBrowser, type TestApp, type TestTenant, type TestUser, World } from '@/e2e/fixtures/world';
import { SNIPPET_LANGUAGES, type SnippetLanguage } from '@/lib/apps/snippets';
import { ours } from '../fixtures/lane';

const publicUrl = ours('publicUrl');
const site: Site = { publicUrl, port: ours('servers')[0]?.port as number };
let world: World;
let developer: HttpBrowser;
let user: TestUser;
let person: Person;
let tenant: TestTenant;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  tenant = await world.newTenant();
  developer = await signedIn(site, await world.newUser({ tenant, role: 'DEVELOPER' }));
  user = await world.newUser({ tenant });
  person = await Person.signedIn(site, user);
});
afterAll(() => world.close());

for (const language of SNIPPET_LANGUAGES)
  if (MISSING[language]) console.info(`The guides' programs for ${language} are not run: ${MISSING[language]}.`);

/** Tokens as a program keeps them: a shell in a file of its own, the others with all that they know. */
function keep(programs: Programs, language: SnippetLanguage, refreshToken: string): void {
  const file = (name: string) => path.join(programs.folder, name);
  const tokens = { access_token: 'over', refresh_token: refreshToken, expires_at: 0 };
  if (language === 'curl') writeFileSync(file('refresh_token'), refreshToken);
  else writeFileSync(file('tokens.json'), JSON.stringify(tokens));
}

function kept(programs: Programs, language: SnippetLanguage): string {
  const text = readFileSync(path.join(programs.folder, language === 'curl' ? 'refresh_token' : 'tokens.json'), 'utf8');
  return language === 'curl' ? text : JSON.parse(text).refresh_token;
}

/** Makes the address, follows it as the user, and reads the answer. */
async function obtainCode(programs: Programs, authorize: string): Promise<{ CODE: string; CODE_VERIFIER: string }> {
  const { out } = await programs.run(authorize);
  const { STATE = '', CODE_VERIFIER = '' } = Object.fromEntries(
    [...out.matchAll(/^(STATE|CODE_VERIFIER)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  noteSecret(CODE_VERIFIER);
  const callback = await person.follow(out.trim().split('\n').at(-1) as string);
  if (!programs.has('callback')) return { CODE: callback.searchParams.get('code') ?? '', CODE_VERIFIER };

  const foreign = await programs.run('callback', { CALLBACK_URL: callback.href, STATE: 'another' });
  expect(foreign).toMatchObject({ ok: false, out: '' });
  callback.searchParams.set('iss', 'https://evil.example');
  expect(await programs.run('callback', { CALLBACK_URL: callback.href, STATE })).toMatchObject({ ok: false, out: '' });
  callback.searchParams.set('iss', publicUrl);
  const read = await programs.run('callback', { CALLBACK_URL: callback.href, STATE });
  expect(read).toMatchObject({ ok: true });
  return { CODE: read.out.trim().replace('CODE=', ''), CODE_VERIFIER };
}

const generationOf = async (app: TestApp): Promise<number> => {
  const { rows } = await world.db.query(
    'SELECT generation FROM refresh_tokens WHERE app_id = $1 ORDER BY issued_at DESC LIMIT 1',
    [app.id],
  );
  return rows[0].generation;
};

describe.each(SNIPPET_LANGUAGES)('the programs of the guides, as the pages show them: %s', (language) => {
  const missing = MISSING[language];
  const skipped = missing ? ` (skipped: ${missing} on this machine)` : '';
  let backend: TestApp;
  let native: TestApp;
  let programs: Programs | null = null;
  const of = () => programs as Programs;

  beforeAll(async () => {
    if (missing) return;
    const scopes = ['profile', 'source:w'];
    backend = await world.newApp({ tenant, scopes, proof: 'SECRET_REQUIRED', requirePkce: true });
    native = await world.newApp({ tenant, scopes, proof: 'PKCE_ONLY', redirectUris: ["http://127.0.0.1/it's?a=$b"] });
    const shown = async (guide: string, app: TestApp) =>
      shownPrograms(developer, guide, { app: String(app.id), lang: language });
    const [forBackend, forNative] = [await shown('backend-app', backend), await shown('web-or-native-app', native)];
    // The same text in both guides is one program.
    programs = new Programs(language, new Map([...forNative, ...forBackend]));
  }, 180_000);
  afterAll(() => programs?.remove());

  test.skipIf(missing)(
    `a backend app, from the authorization to the end of its connection${skipped}`,
    { timeout: 90_000 },
    async () => {
      const CLIENT_SECRET = backend.secret;
      const code = await obtainCode(of(), 'authorize');
      const exchanged = answerIn((await of().run('exchange_secret', { CLIENT_SECRET, ...code })).out);
      expect(exchanged).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'profile source:w' } });
      const { access_token: ACCESS_TOKEN = '', refresh_token: REFRESH_TOKEN = '' } = exchanged.body;
      expect(await world.liveFamilies(backend.id)).toBe(1);

      const say = async (name: string) => answerIn((await of().run(name, { ACCESS_TOKEN, CLIENT_SECRET })).out);
      expect(await say('call')).toMatchObject({ status: 200, body: { username: user.username } });
      expect(await say('token_info')).toMatchObject({ status: 200, body: { active: true, app_id: backend.id } });
      expect(await say('introspect')).toMatchObject({
        status: 200,
        body: { active: true, client_id: backend.clientId },
      });

      keep(of(), language, REFRESH_TOKEN);
      const refreshed = await of().run('refresh_secret', { CLIENT_SECRET });
      expect(refreshed).toMatchObject({ ok: true });
      expect(claimsOf(refreshed.out.trim())).toMatchObject({ il_u: user.username });
      expect(kept(of(), language)).toBe(REFRESH_TOKEN);
      keep(of(), language, REFRESH_TOKEN);
      const tooSoon = await of().run('refresh_secret', { CLIENT_SECRET });
      expect(tooSoon).toMatchObject({ ok: false, complaint: expect.stringMatching(/try again in \d+ seconds/) });
      expect(kept(of(), language)).toBe(REFRESH_TOKEN);

      expect(
        await of()
          .run('revoke', { REFRESH_TOKEN })
          .then(({ out }) => answerIn(out)),
      ).toEqual({ status: 200, body: {} });
      expect(await world.liveFamilies(backend.id)).toBe(0);
      await world.openRefreshWindow(backend.id);
      const over = await of().run('refresh_secret', { CLIENT_SECRET });
      expect(over).toMatchObject({ ok: false, complaint: expect.stringContaining('invalid_grant') });
    },
  );

  test.skipIf(missing)(
    `a native app: the token of each answer is the one that is sent next${skipped}`,
    { timeout: 90_000 },
    async () => {
      const code = await obtainCode(of(), 'authorize_offline');
      const exchanged = answerIn((await of().run('exchange_pkce', code)).out);
      expect(exchanged).toMatchObject({ status: 200, body: { scope: 'profile source:w' } });
      const first = exchanged.body.refresh_token ?? '';
      keep(of(), language, first);
      expect(await of().run('refresh_pkce')).toMatchObject({ ok: true });
      const second = kept(of(), language);
      expect(second).not.toBe(first);
      const before = await generationOf(native);

      await world.openRefreshWindow(native.id);
      keep(of(), language, second);
      expect(await of().run('refresh_pkce')).toMatchObject({ ok: true });
      expect(kept(of(), language)).not.toBe(second);
      // The successor has come back, so it is the current one, and the first is retired.
      expect(await generationOf(native)).toBe(before + 1);
      expect(await world.liveFamilies(native.id)).toBe(1);
      await of().run('revoke', { REFRESH_TOKEN: kept(of(), language) });
      expect(await world.liveFamilies(native.id)).toBe(0);
    },
  );

  const noVerify =
    missing ??
    (language === 'curl' ? 'a shell has no RSA' : canVerify(language) ? null : 'no python3 with cryptography');
  test.skipIf(noVerify)(
    `verifying: good tokens pass, changed ones do not${noVerify ? ` (skipped: ${noVerify})` : ''}`,
    { timeout: 90_000 },
    async () => {
      const code = await obtainCode(of(), 'authorize');
      const { out } = await of().run('exchange_secret', { CLIENT_SECRET: backend.secret, ...code });
      const token = answerIn(out).body.access_token as string;
      const verified = await of().run('verify', { ACCESS_TOKEN: token });
      expect(verified).toMatchObject({ ok: true, out: `${user.username} profile source:w\n` });

      const [head = '', body = '', signature = ''] = token.split('.');
      const claims = JSON.stringify({ ...claimsOf(token), il_u: 'root' });
      const forged = [head, Buffer.from(claims).toString('base64url'), signature].join('.');
      const none = [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'), body, ''].join('.');
      for (const ACCESS_TOKEN of [forged, none, answerIn(out).body.refresh_token as string])
        expect(await of().run('verify', { ACCESS_TOKEN })).toMatchObject({ ok: false, out: '' });
    },
  );
});
