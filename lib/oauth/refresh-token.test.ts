import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { encodeJson } from './base64url';
import {
  type FamilyState,
  judgeRefresh,
  keyDigest,
  newTokenKey,
  type Presented,
  REFRESH_INTERVAL_SECONDS,
  type RefreshOutcome,
  signRefreshToken,
  successorKey,
  verifyRefreshToken,
} from './refresh-token';

const NOW = new Date('2026-01-01T00:00:00Z');
const seconds = (count: number) => new Date(NOW.getTime() + count * 1000);
const KEY = Buffer.alloc(32, 1);
const OLD_KEY = Buffer.alloc(32, 2);
const issuer = 'https://app.gatehouse.test';
const key = 'ab'.repeat(16);

describe('the refresh token on the wire', () => {
  const token = signRefreshToken({ key, issuer, expiresAt: NOW }, KEY);
  const verify = (text: string) => verifyRefreshToken(text, { keys: [KEY, OLD_KEY], issuer });
  const segments = token.split('.');
  const signed = (header: object, payload: object, secret: Buffer | string = KEY) => {
    const input = `${encodeJson(header)}.${encodeJson(payload)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const header = { typ: 'JWT', alg: 'HS256' };
  const payload = { il_t: 'OAUTH', il_v: 1, il_k: key, iss: issuer, exp: 1 };

  test('is a JWT with the documented claims, as an independent library writes it', async () => {
    const claims = { il_t: 'OAUTH', il_v: 1, il_k: key, iss: issuer, exp: NOW.getTime() / 1000 };
    expect(token).toBe(await new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'HS256' }).sign(KEY));
  });

  test('one that never expires carries no exp', () => {
    const endless = signRefreshToken({ key, issuer, expiresAt: null }, KEY);
    expect(Object.keys(JSON.parse(Buffer.from(endless.split('.')[1] ?? '', 'base64url').toString()))).not.toContain(
      'exp',
    );
    expect(verify(endless)).toEqual({ key });
  });

  test('is read with the newest key and the one before; whether it is over says the database, not exp', () => {
    expect(verify(token)).toEqual({ key });
    expect(verify(signRefreshToken({ key, issuer, expiresAt: NOW }, OLD_KEY))).toEqual({ key });
    expect(verify(signRefreshToken({ key, issuer, expiresAt: new Date(0) }, KEY))).toEqual({ key });
  });

  test.each([
    ['alg none', `${encodeJson({ typ: 'JWT', alg: 'none' })}.${segments[1]}.`],
    ['alg none with a signature', `${encodeJson({ typ: 'JWT', alg: 'none' })}.${segments[1]}.${segments[2]}`],
    ['another algorithm', signed({ typ: 'JWT', alg: 'HS512' }, payload)],
    ['another order of the header', signed({ alg: 'HS256', typ: 'JWT' }, payload)],
    ['a kid in the header', signed({ ...header, kid: '../../dev/null' }, payload)],
    ['crit in the header', signed({ ...header, crit: ['exp'] }, payload)],
    ['another il_t', signed(header, { ...payload, il_t: 'ACCESS' })],
    ['another il_v', signed(header, { ...payload, il_v: '1' })],
    ['another issuer', signed(header, { ...payload, iss: 'https://evil.ex' })],
    ['a key of another form', signed(header, { ...payload, il_k: 'AB'.repeat(16) })],
    ['a key in a list', signed(header, { ...payload, il_k: [key] })],
    ['no key', signed(header, { ...payload, il_k: undefined })],
    ['an array as payload', signed(header, [payload])],
    ['a foreign signing key', signed(header, payload, Buffer.alloc(32, 3))],
    ['padding', `${token}=`],
    ['a fourth segment', `${token}.`],
    ['two segments', segments.slice(0, 2).join('.')],
    ['a space', `${token} `],
    ['ten kilobytes', 'a'.repeat(10_000)],
    ['nothing', ''],
  ])('case 51, 52: %s is refused', (_title, forged) => {
    expect(verify(forged)).toBeNull();
  });

  test('case 52: HS256 keyed with the RSA public key is refused', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    expect(verify(signed(header, payload, pem.toString()))).toBeNull();
  });

  test('case 52: any changed character is refused, the spare bits of the last one included', () => {
    for (let at = 0; at < token.length; at += 1) {
      for (const other of ['A', 'B', 'w', '.', '-']) {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        if (changed !== token) expect(verify(changed), changed).toBeNull();
      }
    }
  });
});

describe('keys of refresh tokens', () => {
  test('a successor is derived: the same again for the same token, another for any other', () => {
    const anyKey = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(anyKey, anyKey, (a, b) => {
        expect(successorKey(KEY, a)).toMatch(/^[0-9a-f]{32}$/);
        expect(successorKey(KEY, a) === successorKey(KEY, b)).toBe(a === b);
        expect(successorKey(KEY, a)).not.toBe(successorKey(OLD_KEY, a));
        expect(successorKey(KEY, a)).not.toBe(a);
      }),
    );
  });

  test('new keys are 32 hex and unique; what is stored is a SHA-256', () => {
    const keys = Array.from({ length: 1000 }, () => newTokenKey(randomBytes));
    expect(keys.every((one) => /^[0-9a-f]{32}$/.test(one))).toBe(true);
    expect(new Set(keys).size).toBe(1000);
    expect(keyDigest('abc').toString('hex')).toMatch(/^ba7816bf/);
  });
});

const family: FamilyState = {
  appId: 1,
  proof: 'PKCE',
  revokedReason: null,
  expiresAt: seconds(1000),
  appActive: true,
  userActive: true,
  tenantActive: true,
  limitToAccount: false,
  sameTenant: true,
  policyAllows: true,
  grantEnded: false,
  scopes: [{ name: 'source', access: 'w' }],
  lastRefreshAt: null,
  generation: 1,
  hasPending: false,
  redelivered: false,
  streak: 0,
};
const input = { appId: 1, secretShown: false, declared: null };
const judge = (change: Partial<FamilyState> = {}, presented: Presented = 'current', sent = {}, now = NOW) =>
  judgeRefresh({ ...family, ...change }, presented, { ...input, ...sent }, now);
const wordOf = (outcome: RefreshOutcome) => (outcome.outcome === 'ok' ? 'ok' : outcome.reason);

describe('scopes that the app no longer declares', () => {
  const withdrawn = { declared: [{ name: 'profile', access: 'd' as const }] };
  const kept = { declared: [{ name: 'source', access: 'r' as const }] };

  test('where none is left the refresh is refused, inside and outside the five minutes, and changes nothing', () => {
    for (const lastRefreshAt of [null, seconds(-1), seconds(-301)])
      for (const presented of ['current', 'pending'] as const)
        expect(judge({ lastRefreshAt, hasPending: true }, presented, withdrawn)).toEqual({
          outcome: 'refused',
          reason: 'scope_withdrawn',
        });
    expect(judge({}, 'current', kept)).toMatchObject({ outcome: 'ok' });
  });

  test('theft is seen all the same', () => {
    expect(judge({}, 'retired', withdrawn)).toEqual({ outcome: 'family_ends', reason: 'refresh_retired' });
  });
});

describe('the rule of the refresh grant (RFC 6749 §6, RFC 9700 §4.14.2)', () => {
  test('a token that nobody issued is unknown', () => {
    expect(judgeRefresh(null, 'unknown', input, NOW)).toEqual({ outcome: 'refused', reason: 'refresh_unknown' });
    expect(wordOf(judge({}, 'unknown'))).toBe('refresh_unknown');
  });

  test.each([
    [{}, { appId: 2 }, 'refresh_wrong_client'],
    [{ proof: 'SECRET' as const }, {}, 'refresh_secret_missing'],
    [{ proof: 'SECRET' as const }, { secretShown: true }, 'ok'],
    [{ proof: 'PKCE' as const }, { secretShown: true }, 'ok'],
    [{ revokedReason: 'user' }, {}, 'refresh_revoked'],
    [{ expiresAt: NOW }, {}, 'refresh_expired'],
    [{ expiresAt: seconds(1) }, {}, 'ok'],
    [{ expiresAt: null }, {}, 'ok'],
    [{ appActive: false }, {}, 'app_inactive'],
    [{ userActive: false }, {}, 'user_inactive'],
    [{ tenantActive: false }, {}, 'tenant_inactive'],
    [{ limitToAccount: true, sameTenant: false }, {}, 'account_not_allowed'],
    [{ limitToAccount: false, sameTenant: false }, {}, 'ok'],
    [{ policyAllows: false }, {}, 'app_not_allowed'],
  ])('case 49, 50, 53, 57: %j with %j → %s', (change, sent, word) => {
    expect(wordOf(judge(change, 'current', sent))).toBe(word);
  });

  test('a revoked token says internally why', () => {
    expect(judge({ revokedReason: 'evicted' })).toMatchObject({ revokedReason: 'evicted' });
  });

  test('the checks come in their order: of two faults the earlier one is told', () => {
    const faults: [string, Partial<FamilyState>, object, Presented][] = [
      ['refresh_wrong_client', {}, { appId: 2 }, 'current'],
      ['refresh_secret_missing', { proof: 'SECRET' }, {}, 'current'],
      ['refresh_revoked', { revokedReason: 'user' }, {}, 'current'],
      ['refresh_expired', { expiresAt: NOW }, {}, 'current'],
      ['app_inactive', { appActive: false }, {}, 'current'],
      ['user_inactive', { userActive: false }, {}, 'current'],
      ['tenant_inactive', { tenantActive: false }, {}, 'current'],
      ['account_not_allowed', { limitToAccount: true, sameTenant: false }, {}, 'current'],
      ['grant_ended', { grantEnded: true }, {}, 'current'],
      ['refresh_retired', {}, {}, 'retired'],
      ['refresh_too_soon', { lastRefreshAt: NOW }, {}, 'current'],
    ];
    faults.forEach(([first, state, sent, presented], index) => {
      for (const [second, otherState, otherSent, otherPresented] of faults.slice(index + 1)) {
        const shown = presented === 'retired' ? presented : otherPresented;
        const outcome = judge({ ...otherState, ...state }, shown, { ...otherSent, ...sent });
        expect(wordOf(outcome), `${first} with ${second}`).toBe(first);
      }
    });
  });

  test('case 44: one refresh in five minutes; the exchange does not start them', () => {
    const at = (after: number) => judge({ lastRefreshAt: NOW }, 'current', {}, seconds(after));
    expect(at(0)).toEqual({ outcome: 'too_soon', reason: 'refresh_too_soon', retryAfterSeconds: 300 });
    expect(at(298.5)).toMatchObject({ retryAfterSeconds: 2 });
    expect(at(299)).toMatchObject({ retryAfterSeconds: 1 });
    expect(at(REFRESH_INTERVAL_SECONDS)).toMatchObject({ outcome: 'ok', next: { lastRefreshAt: seconds(300) } });
    expect(wordOf(judge({ lastRefreshAt: null }))).toBe('ok');
  });

  test('case 43: a family of a secret stays one token', () => {
    const secret = { proof: 'SECRET' as const };
    expect(judge(secret, 'current', { secretShown: true })).toEqual({
      outcome: 'ok',
      deliver: 'same',
      redelivery: false,
      event: null,
      next: { lastRefreshAt: NOW, generation: 1, hasPending: false, redelivered: false, streak: 0, promote: false },
    });
  });
});

/** A rotating family driven through the rule; tokens are generation numbers. */
class Family {
  state = { ...family };
  now = NOW;
  dead = false;
  events = 0;

  refresh(token: number): number | string {
    this.now = new Date(this.now.getTime() + REFRESH_INTERVAL_SECONDS * 1000);
    const { generation, hasPending } = this.state;
    const presented =
      token < generation ? 'retired' : token === generation ? 'current' : hasPending ? 'pending' : 'unknown';
    const outcome = judgeRefresh(
      { ...this.state, expiresAt: null, revokedReason: this.dead ? 'theft' : null },
      presented,
      input,
      this.now,
    );
    if (outcome.outcome === 'family_ends') this.dead = true;
    if (outcome.outcome !== 'ok') return outcome.reason;
    const { promote, ...next } = outcome.next;
    expect(promote).toBe(presented === 'pending');
    if (outcome.event) this.events += 1;
    this.state = { ...this.state, ...next };
    return token + 1;
  }
}

describe('rotation with confirmation', () => {
  test('case 47: RT0 → RT1, RT1 used, RT0 again: the family is dead', () => {
    const rotating = new Family();
    expect([rotating.refresh(1), rotating.refresh(2), rotating.refresh(1), rotating.refresh(3)]).toEqual([
      2,
      3,
      'refresh_retired',
      'refresh_revoked',
    ]);
  });

  test('case 48: RT1 was lost: RT0 gets the same RT1 again', () => {
    const rotating = new Family();
    expect([rotating.refresh(1), rotating.refresh(1), rotating.refresh(2)]).toEqual([2, 2, 3]);
  });

  test('a client that never stores a successor stays in one generation and is unharmed', () => {
    const rotating = new Family();
    for (let round = 0; round < 50; round += 1) expect(rotating.refresh(1)).toBe(2);
    expect([rotating.state.generation, rotating.state.streak, rotating.events]).toEqual([1, 1, 0]);
  });

  test('re-deliveries in two generations running are an event, in three the family dies', () => {
    const rotating = new Family();
    expect([rotating.refresh(1), rotating.refresh(1)]).toEqual([2, 2]);
    expect([rotating.refresh(2), rotating.events]).toEqual([3, 0]);
    expect([rotating.refresh(2), rotating.events]).toEqual([3, 1]);
    expect([rotating.refresh(2), rotating.events]).toEqual([3, 1]);
    expect([rotating.refresh(3), rotating.refresh(3), rotating.dead]).toEqual([4, 'refresh_diverged', true]);
  });

  test('a generation without a re-delivery ends the streak', () => {
    const rotating = new Family();
    for (const token of [1, 1, 2, 2, 3, 4, 4, 5, 5]) expect(rotating.refresh(token)).toBe(token + 1);
    expect([rotating.events, rotating.dead]).toEqual([2, false]);
  });

  test('an honest client that loses answers now and then never loses its family', () => {
    const lostAnswers = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(lostAnswers, (losses) => {
        const rotating = new Family();
        let stored = 1;
        for (const lost of losses) {
          for (let attempt = 0; attempt < lost; attempt += 1) expect(rotating.refresh(stored)).toBe(stored + 1);
          // The answer arrives at last, and in the next generation at once.
          for (let good = 0; good < 2; good += 1) {
            expect(rotating.refresh(stored)).toBe(stored + 1);
            stored += 1;
          }
        }
        expect([rotating.dead, rotating.events]).toEqual([false, 0]);
      }),
    );
  });

  test('two holders of one family: whoever refreshes in whatever order, it ends or only one can go on', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 12, maxLength: 40 }), (turns) => {
        const rotating = new Family();
        const held = { owner: 1, thief: 1 };
        for (const thief of turns) {
          const who = thief ? 'thief' : 'owner';
          const answer = rotating.refresh(held[who]);
          if (typeof answer === 'number') held[who] = answer;
        }
        const both = turns.includes(true) && turns.includes(false);
        // The one who lags behind by a generation presents a retired token the next time.
        for (const who of ['owner', 'thief', 'owner', 'thief', 'owner', 'thief', 'owner', 'thief'] as const) {
          const answer = rotating.refresh(held[who]);
          if (typeof answer === 'number') held[who] = answer;
        }
        if (both) expect(rotating.dead).toBe(true);
      }),
    );
  });
});

describe('what others can recompute', () => {
  test('the digest of a key is its SHA-256', () => {
    expect(keyDigest('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('a token is the documented JWT under HS256', () => {
    const header = Buffer.from('{"typ":"JWT","alg":"HS256"}').toString('base64url');
    const payload = Buffer.from(JSON.stringify({ il_t: 'OAUTH', il_v: 1, il_k: key, iss: issuer })).toString(
      'base64url',
    );
    const signature = createHmac('sha256', KEY).update(`${header}.${payload}`).digest('base64url');
    const written = signRefreshToken({ key, issuer, expiresAt: null }, KEY);
    expect(written).toBe(`${header}.${payload}.${signature}`);
    expect(verifyRefreshToken(written, { keys: [KEY], issuer })).toEqual({ key });
  });

  test('a key of another shape is none, though its signature holds', () => {
    for (const odd of [`x${key}`, `${key}x`, key.toUpperCase(), key.slice(1), '']) {
      const written = signRefreshToken({ key: odd, issuer, expiresAt: null }, KEY);
      expect(verifyRefreshToken(written, { keys: [KEY], issuer }), odd).toBeNull();
    }
  });

  test('a token beyond 2,048 characters is not looked at, one of exactly so many is', () => {
    const filled = (length: number) => {
      const empty = signRefreshToken({ key, issuer: '', expiresAt: null }, KEY).length;
      // Three bytes are four characters.
      const site = 'x'.repeat(Math.floor(((length - empty) * 3) / 4));
      return { site, token: signRefreshToken({ key, issuer: site, expiresAt: null }, KEY) };
    };
    const longest = [2046, 2047, 2048, 2049]
      .map(filled)
      .filter(({ token }) => token.length <= 2048)
      .at(-1);
    const tooLong = filled(2060);
    expect(tooLong.token.length).toBeGreaterThan(2048);
    expect(verifyRefreshToken(longest?.token ?? '', { keys: [KEY], issuer: longest?.site ?? '' })).toEqual({ key });
    expect(verifyRefreshToken(tooLong.token, { keys: [KEY], issuer: tooLong.site })).toBeNull();
  });
});

test('what is delivered: the same token to a secret, the successor to the others, a second time as a re-delivery', () => {
  const told = (outcome: RefreshOutcome) =>
    outcome.outcome === 'ok' ? [outcome.deliver, outcome.redelivery] : outcome.outcome;
  expect(told(judge({ proof: 'SECRET' }, 'current', { secretShown: true }))).toEqual(['same', false]);
  expect(told(judge())).toEqual(['successor', false]);
  expect(told(judge({ hasPending: true }))).toEqual(['successor', true]);
  expect(told(judge({ hasPending: true }, 'pending'))).toEqual(['successor', false]);
  expect(told(judge({ appActive: false }))).toBe('refused');
  expect(told(judge({ revokedReason: 'user' }))).toBe('refused');
});
