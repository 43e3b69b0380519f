import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { authorizationRequest, DIALECTS, Person, readRedirect } from '@/e2e/fixtures/answers';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { type HttpBrowser, newPkce, type TestApp, World } from '@/e2e/fixtures/world';

const site = { publicUrl: inject('publicUrl'), port: inject('servers')[0]?.port ?? 0 };
let world: World;
let person: Person;
let browser: HttpBrowser;

beforeAll(async () => {
  world = await World.open(inject('installation').databaseUrl);
  person = new Person(site, await world.newUser());
});
beforeEach(async () => {
  browser = await person.browser();
});
afterAll(() => world.close());

describe.each(DIALECTS)('PKCE on the %s authorization endpoint', (dialect) => {
  const { challenge } = newPkce();
  const ask = (app: TestApp, params: Record<string, string>) =>
    browser.authorize(authorizationRequest(app, params), dialect);

  async function expectRefused(app: TestApp, params: Record<string, string>) {
    expect(readRedirect(await ask(app, params), app.redirectUri)).toMatchObject({
      error: 'invalid_request',
      state: 'xyz',
    });
    expect(await tracesOf(world, app.id)).toEqual(NO_TRACES);
  }

  it('case 22: an app without a secret must send a challenge', async () => {
    await expectRefused(await world.newApp({ proof: 'PKCE_ONLY' }), {});
  });

  it('case 22: so must an app that requires PKCE, secret or not', async () => {
    await expectRefused(await world.newApp({ requirePkce: true }), {});
    await expectRefused(await world.newApp({ proof: 'SECRET_REQUIRED', requirePkce: true }), {});
  });

  it.each([undefined, 'plain', 's256', 'S512', 'S256 ', ''])('case 23: method %j is refused', async (method) => {
    const sent = { code_challenge: challenge, ...(method === undefined ? {} : { code_challenge_method: method }) };
    for (const proof of ['PKCE_ONLY', 'SECRET_OR_PKCE', 'SECRET_REQUIRED'] as const) {
      await expectRefused(await world.newApp({ proof }), sent);
    }
  });

  it.each([
    ['42 characters', challenge.slice(0, 42)],
    ['44 characters', `${challenge}A`],
    ['129 characters', 'A'.repeat(129)],
    ['padding', `${challenge}=`],
    ['+ and /', `+/${challenge.slice(2)}`],
    ['a space', ` ${challenge.slice(1)}`],
    ['bits that no digest has', `${challenge.slice(0, 42)}B`],
    ['a letter that is no ASCII', `\u0430${challenge.slice(1)}`],
  ])('case 24: a challenge with %s is refused', async (_, malformed) => {
    await expectRefused(await world.newApp(), { code_challenge: malformed, code_challenge_method: 'S256' });
  });

  it('case 24: a method without a challenge is refused', async () => {
    await expectRefused(await world.newApp(), { code_challenge_method: 'S256' });
    await expectRefused(await world.newApp(), { code_challenge: '', code_challenge_method: 'S256' });
  });
});
