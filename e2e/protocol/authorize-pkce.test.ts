import { describe, expect, it } from 'vitest';
import { authorizationRequest, DIALECTS, readRedirect } from '@/e2e/fixtures/answers';
import { browser, withSignedInPerson, world } from '@/e2e/fixtures/signed-in';
import { NO_TRACES, tracesOf } from '@/e2e/fixtures/traces';
import { newPkce, type TestApp } from '@/e2e/fixtures/world';

withSignedInPerson();

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
