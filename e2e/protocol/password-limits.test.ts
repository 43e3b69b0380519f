import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../fixtures/connected';
import { ours } from '../fixtures/lane';
import { HttpBrowser, newAddress, PASSWORD, type TestUser, World } from '../fixtures/world';

const publicUrl = ours('publicUrl');
const sites = ours('servers').map(({ port }): Site => ({ publicUrl, port })) as [Site, Site];
/** Wrong passwords for one account from one network in a quarter of an hour, and ten times that for all accounts. */
const ATTEMPTS = 10;
const NETWORK_ATTEMPTS = 100;
let world: World;
beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
});
afterAll(() => world.close());

/** Tries to sign in at one of the servers, in a new browser. @returns what the browser is told */
async function attempt(user: TestUser, password: string, address: string, n = 0): Promise<'in' | 'wrong' | 'limited'> {
  const browser = new HttpBrowser(sites[n % 2] as Site, address);
  const answer = await browser.post('/signin/submit', { username: user.username, password });
  const limited = answer.status === 429;
  if (limited) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  else expect(answer.status).toBe(303);
  const signedIn = [...browser.cookies.keys()].some((name) => name.endsWith('session-token'));
  expect(answer.headers.get('location')).toBe(limited ? null : signedIn ? '/' : '/signin');
  if (signedIn) return 'in';
  // The form keeps what was typed, and says why it is shown again.
  const page = await (await browser.get('/signin')).text();
  expect(page).toContain(user.username);
  expect(/too many/i.test(page)).toBe(limited);
  return limited ? 'limited' : 'wrong';
}

async function failOften(user: TestUser, addressOf: (n: number) => string): Promise<void> {
  for (let n = 0; n < ATTEMPTS; n++) expect(await attempt(user, 'wrong', addressOf(n), n)).toBe('wrong');
}

describe('case 97: guessing passwords', () => {
  test('ten wrong ones in a quarter of an hour on both servers together, then not even the right one is taken; the person at home still gets in', async () => {
    const [user, colleague] = [await world.newUser(), await world.newUser()];
    const address = newAddress();
    await failOften(user, () => address);
    for (const n of [0, 1]) expect(await attempt(user, PASSWORD, address, n)).toBe('limited');
    // No lock-out: neither of the account, from elsewhere, nor of the network, for another account.
    expect(await attempt(user, PASSWORD, newAddress())).toBe('in');
    expect(await attempt(colleague, PASSWORD, address)).toBe('in');
  });

  test('the right password ends the counting', async () => {
    const user = await world.newUser();
    const address = newAddress();
    for (let n = 0; n < ATTEMPTS - 1; n++) expect(await attempt(user, 'wrong', address, n)).toBe('wrong');
    expect(await attempt(user, PASSWORD, address)).toBe('in');
    await failOften(user, () => address);
  });

  test('another spelling of the name is the same account', async () => {
    const user = await world.newUser();
    const address = newAddress();
    await failOften(user, () => address);
    for (const username of [user.username.toUpperCase(), ` ${user.username} `])
      expect(await attempt({ ...user, username }, PASSWORD, address)).toBe('limited');
  });

  test('all addresses of an IPv6 /64 are one network', async () => {
    const user = await world.newUser();
    const net = `2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}:aa`;
    await failOften(user, (n) => `${net}:${n}::${n}`);
    expect(await attempt(user, PASSWORD, `${net}:ffff:ffff:ffff:ffff`)).toBe('limited');
    expect(await attempt(user, PASSWORD, `${net}f::1`)).toBe('in');
  });

  test('what a client writes into X-Forwarded-For itself makes it nobody else', async () => {
    const user = await world.newUser();
    const address = newAddress();
    await failOften(user, () => `${newAddress()}, ${newAddress()}, ${address}`);
    expect(await attempt(user, PASSWORD, `127.0.0.1, ${address}`)).toBe('limited');
  });

  test('a network that tries one password for many accounts meets its limit, too', async () => {
    const user = await world.newUser();
    const address = newAddress();
    expect(await attempt(user, 'wrong', address)).toBe('wrong');
    const { rowCount } = await world.db.query("UPDATE rate_limits SET points = $1 WHERE key = 'network:' || $2", [
      NETWORK_ATTEMPTS,
      address,
    ]);
    expect(rowCount).toBe(1);
    expect(await attempt(await world.newUser(), PASSWORD, address, 1)).toBe('limited');
    expect(await attempt(user, PASSWORD, newAddress())).toBe('in');
  });
});
