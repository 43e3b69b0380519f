import { afterEach, describe, expect, test, vi } from 'vitest';
import { EventLog, MOST_FROM_NETWORK, MOST_LINES } from './event-log';
import type { Log } from './log';
import type { OAuthEventLine } from './runtime';

const MINUTE = 60_000;
let now = 0;
let open: EventLog | null = null;
afterEach(async () => {
  await open?.stop();
});

function newLog(): { log: EventLog; written: OAuthEventLine[] } {
  now = 1_000 * MINUTE;
  const written: OAuthEventLine[] = [];
  const write = async (lines: OAuthEventLine[]) => void written.push(...lines);
  const log = new EventLog(write, { warn: vi.fn() } as unknown as Log, () => now);
  open = log;
  return { log, written };
}

const line = (more: Partial<OAuthEventLine> = {}): OAuthEventLine => ({
  appId: 1,
  userId: null,
  connectionId: null,
  kind: 'token',
  outcome: 'secret_mismatch',
  dialect: 'rfc',
  requestId: 'x',
  at: new Date(now),
  details: { value: 'a stranger’s text' },
  ...more,
});

describe('what strangers cause in the log of an app', () => {
  test('of one network some lines are written, the rest is summed up when the minute is over', async () => {
    const { log, written } = newLog();
    for (let n = 0; n < MOST_FROM_NETWORK + 7; n++) log.add(line(), '192.0.2.1');
    log.add(line({ outcome: 'code_unknown' }), '192.0.2.1');
    await log.flush();
    expect(written).toHaveLength(MOST_FROM_NETWORK);
    now += MINUTE;
    log.add(line(), '192.0.2.1');
    await log.flush();
    const sums = written.filter(({ repeats }) => repeats !== undefined);
    expect(sums.map(({ outcome, repeats }) => [outcome, repeats])).toEqual([
      ['secret_mismatch', 7],
      ['code_unknown', 1],
    ]);
    // A sum repeats nothing that a stranger wrote, and is found by nobody's request.
    for (const { details, requestId } of sums)
      expect({ details, requestId }).toEqual({ details: { summed: true }, requestId: '' });
    expect(written).toHaveLength(MOST_FROM_NETWORK + 3);
  });

  test('others are written on beside it, up to the bound of the app; other apps have their own', async () => {
    const { log, written } = newLog();
    for (let host = 0; host < 200; host++) log.add(line(), `198.51.100.${host}`);
    for (let n = 0; n < MOST_FROM_NETWORK; n++) log.add(line({ appId: 2 }), '198.51.100.1');
    // One /64 is one network.
    for (let n = 0; n < 50; n++) log.add(line({ appId: 3 }), `2001:db8:0:1::${n}`);
    await log.flush();
    const of = (appId: number) => written.filter((one) => one.appId === appId).length;
    expect([of(1), of(2), of(3)]).toEqual([MOST_LINES, MOST_FROM_NETWORK, MOST_FROM_NETWORK]);
  });

  test('what an app was given is always written', async () => {
    const { log, written } = newLog();
    for (let n = 0; n < 500; n++) log.add(line({ outcome: 'ok' }), '192.0.2.1');
    for (let n = 0; n < 500; n++) log.add(line(), '192.0.2.1');
    await log.flush();
    expect(written).toHaveLength(500 + MOST_FROM_NETWORK);
  });

  test.each(['ok', 'shown', 'consent_denied', 'answered_again', 'used_from_two_places'])(
    '%s takes no line from refusals, nor they from it',
    async (outcome) => {
      const { log, written } = newLog();
      for (let n = 0; n < MOST_FROM_NETWORK + 5; n++) log.add(line({ outcome }), '192.0.2.1');
      for (let n = 0; n < MOST_FROM_NETWORK + 5; n++) log.add(line(), '192.0.2.1');
      // Others of the app, too.
      for (let host = 0; host < MOST_LINES; host++) log.add(line({ outcome, appId: 2 }), `198.51.100.${host}`);
      log.add(line({ appId: 2 }), '198.51.100.1');
      for (let host = 0; host < MOST_LINES; host++) log.add(line({ appId: 3 }), `198.51.100.${host}`);
      log.add(line({ outcome, appId: 3 }), '198.51.100.1');
      await log.flush();
      const refusedOf = (id: number) => written.filter((one) => one.appId === id && one.outcome !== outcome).length;
      const harmlessOf = (id: number) => written.filter((one) => one.appId === id && one.outcome === outcome).length;
      expect([refusedOf(1), refusedOf(2), harmlessOf(3)]).toEqual([MOST_FROM_NETWORK, 1, 1]);
      const given = outcome === 'ok' || outcome === 'used_from_two_places';
      expect(harmlessOf(1)).toBe(MOST_FROM_NETWORK + (given ? 5 : 0));
    },
  );

  test('what explains a line is worked out only for one that is written', async () => {
    const { log, written } = newLog();
    const details = vi.fn(() => ({ value: 'explained' }));
    for (let n = 0; n < MOST_FROM_NETWORK + 500; n++) log.add({ ...line(), details }, '192.0.2.1');
    await log.stop();
    expect(details).toHaveBeenCalledTimes(MOST_FROM_NETWORK);
    expect(written.map((one) => one.details)).toEqual([
      ...Array(MOST_FROM_NETWORK).fill({ value: 'explained' }),
      { summed: true },
    ]);
  });

  test('a stop loses no sum', async () => {
    const { log, written } = newLog();
    for (let n = 0; n < MOST_FROM_NETWORK + 3; n++) log.add(line(), '192.0.2.1');
    await log.stop();
    expect(written.reduce((sum, { repeats = 1 }) => sum + repeats, 0)).toBe(MOST_FROM_NETWORK + 3);
  });
});
