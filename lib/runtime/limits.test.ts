import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { Limits, networkOf } from './limits';
import { parseSettings } from './settings';

/** Counters in memory only: nothing here may ask a database. */
const limitsWith = (env: Record<string, string> = {}) =>
  new Limits(parseSettings({ DATABASE_URL: 'postgresql://nowhere.example/none', ...env }), new pg.Pool());

const HEARD = { retryAfterSeconds: null };
const REFUSED = { retryAfterSeconds: expect.any(Number) };
const times = async (n: number, work: () => unknown) => {
  for (let at = 0; at < n; at++) await work();
};
const atToken = (clientId: string, address: string) => ({ endpoint: 'token', clientId, address });

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
])('case 97: the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('requests by network', () => {
  test('700 a minute, over all endpoints together; other networks count apart', async () => {
    const limits = limitsWith();
    await times(350, () => limits.apiRequest('192.0.2.1', 'token'));
    await times(349, () => limits.apiRequest('192.0.2.1', 'token_info'));
    expect(await limits.apiRequest('192.0.2.1', 'revoke')).toEqual(HEARD);
    expect(await limits.apiRequest('192.0.2.1', 'revoke')).toEqual(REFUSED);
    expect(await limits.apiRequest('192.0.2.2', 'revoke')).toEqual(HEARD);
  });

  test.each(['token', 'token=0', 'token=1,token=2', 'token=x', '=5'])('the setting %s is refused', (value) => {
    expect(() => limitsWith({ ENDPOINT_REQUESTS_PER_MINUTE: value })).toThrow(
      'ENDPOINT_REQUESTS_PER_MINUTE is wrong: expected endpoints and numbers such as token=200,introspect=5000',
    );
  });

  test('an endpoint with a limit of its own counts by itself, narrower or wider', async () => {
    const limits = limitsWith({ API_REQUESTS_PER_MINUTE: '3', ENDPOINT_REQUESTS_PER_MINUTE: 'token=2, introspect=5' });
    await times(2, () => limits.apiRequest('192.0.2.1', 'token'));
    expect(await limits.apiRequest('192.0.2.1', 'token')).toEqual(REFUSED);
    await times(4, () => limits.apiRequest('192.0.2.1', 'introspect'));
    expect(await limits.apiRequest('192.0.2.1', 'introspect')).toEqual(HEARD);
    await times(3, () => limits.apiRequest('192.0.2.1', 'revoke'));
    expect(await limits.apiRequest('192.0.2.1', 'jwks.json')).toEqual(REFUSED);
    expect(await limits.apiRequest('192.0.2.2', 'token')).toEqual(HEARD);
  });
});

test('pages fetched ahead have four times the room of those that are opened, and take nothing from it', async () => {
  const limits = limitsWith({ PAGE_REQUESTS_PER_MINUTE: '2' });
  await times(8, () => limits.prefetch('192.0.2.1', null));
  expect(limits.prefetch('192.0.2.1', null)).toEqual(REFUSED);
  expect(limits.prefetch('192.0.2.1', 'a session')).toEqual(HEARD);
  expect(limits.prefetch('192.0.2.2', null)).toEqual(HEARD);
  await times(2, () => limits.pageRequest('192.0.2.1', null));
  expect(limits.pageRequest('192.0.2.1', null)).toEqual(REFUSED);
});

test('look-ups of hosts count by network, apart from everything else', async () => {
  const limits = limitsWith({ API_REQUESTS_PER_MINUTE: '2' });
  await times(2, () => limits.hostLookUp('2001:db8::1'));
  expect(limits.hostLookUp('2001:db8::2')).toEqual(REFUSED);
  expect(limits.hostLookUp('2001:db8:0:1::1')).toEqual(HEARD);
  expect(limits.apiRequest('2001:db8::1')).toEqual(HEARD);
});

describe('requests by client', () => {
  const env = { CLIENT_REQUESTS_PER_MINUTE: '2' };

  test('an app that shows its secret counts from wherever it comes, at each endpoint', async () => {
    const limits = limitsWith(env);
    expect(await limits.clientRequest(atToken('a', '192.0.2.1'), true)).toEqual(HEARD);
    expect(await limits.clientRequest(atToken('a', '192.0.2.2'), true)).toEqual(HEARD);
    expect(await limits.clientRequest(atToken('a', '192.0.2.3'), true)).toEqual(REFUSED);
    expect(await limits.clientRequest({ ...atToken('a', '192.0.2.3'), endpoint: 'revoke' }, true)).toEqual(HEARD);
    expect(await limits.clientRequest(atToken('b', '192.0.2.1'), true)).toEqual(HEARD);
  });

  test('case 97: without a secret anybody can name it, so it counts by network, and never against who shows the secret', async () => {
    const limits = limitsWith(env);
    await times(2, () => limits.clientRequest(atToken('a', '192.0.2.1'), false));
    expect(await limits.clientRequest(atToken('a', '192.0.2.1'), false)).toEqual(REFUSED);
    expect(await limits.clientRequest(atToken('a', '192.0.2.2'), false)).toEqual(HEARD);
    expect(await limits.clientRequest(atToken('a', '192.0.2.1'), true)).toEqual(HEARD);
  });

  test('the default is twenty addresses at their limit', async () => {
    expect(parseSettings({ DATABASE_URL: 'postgresql://x.example/x' })).toMatchObject({
      clientRequestsPerMinute: 14_000,
      clientRefusalsPerMinute: 350,
      credentialFailures: 300,
    });
  });
});

describe('what a client was refused', () => {
  const env = { API_REQUESTS_PER_MINUTE: '6', CLIENT_REFUSALS_PER_MINUTE: '2' };

  test('case 97: an app that runs wild is refused from its own network only, and at that endpoint', async () => {
    const limits = limitsWith(env);
    await times(2, () => limits.clientRefused(atToken('wild', '2001:db8::1')));
    expect(await limits.clientHeard(atToken('wild', '2001:db8::2'))).toEqual(REFUSED);
    expect(await limits.clientHeard(atToken('wild', '2001:db8:0:1::2'))).toEqual(HEARD);
    expect(await limits.clientHeard(atToken('calm', '2001:db8::1'))).toEqual(HEARD);
    expect(await limits.clientHeard({ ...atToken('wild', '2001:db8::1'), endpoint: 'revoke' })).toEqual(HEARD);
  });

  test('it leaves its network room for the other apps: what its own limit refuses does not count there', async () => {
    const limits = limitsWith(env);
    const ask = async (clientId: string) => {
      if ((await limits.apiRequest('192.0.2.1', 'token')).retryAfterSeconds !== null) return 'network';
      return (await limits.clientHeard(atToken(clientId, '192.0.2.1'))).retryAfterSeconds === null ? 'heard' : 'client';
    };
    const wild = async () => {
      const answer = await ask('wild');
      if (answer === 'heard') await limits.clientRefused(atToken('wild', '192.0.2.1'));
      return answer;
    };
    const answers: string[] = [];
    for (let n = 0; n < 50; n++) answers.push(await wild());
    expect(answers).toEqual(['heard', 'heard', ...Array(48).fill('client')]);
    for (let n = 0; n < 4; n++) expect(await ask('calm')).toBe('heard');
    expect(await ask('calm')).toBe('network');
  });
});

test('what one instance counts another hears of, for every counter, and what was given back too', async () => {
  const [one, two] = [limitsWith({ API_REQUESTS_PER_MINUTE: '10' }), limitsWith({ API_REQUESTS_PER_MINUTE: '10' })];
  const asks = atToken('a', '192.0.2.1');
  await times(9, () => one.apiRequest(asks.address, 'token'));
  await times(5, () => one.clientRefused(asks));
  await two.addCounts(one.takeCounts());
  expect(await two.apiRequest(asks.address, 'token')).toEqual(HEARD);
  expect(await two.apiRequest(asks.address, 'token')).toEqual(REFUSED);
  expect(await two.clientHeard(asks)).toEqual(REFUSED);

  expect(await one.clientHeard(asks)).toEqual(REFUSED);
  const counts = one.takeCounts();
  expect(counts).toEqual([{ name: 'api', key: '192.0.2.1', requests: -1 }]);
  expect(one.takeCounts()).toEqual([]);
});
