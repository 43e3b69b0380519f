import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeclaredScope } from './client';
import {
  allowedByTicks,
  approveConsent,
  askedAgain,
  type ConsentInput,
  consentDecision,
  ownsSecret,
  refusedBefore,
  type StandingGrant,
} from './consent';
import { covers, missingScopes, parseScope, type Scope } from './scopes';

const scopes = (raw: string): Scope[] => {
  const parsed = parseScope(raw);
  if (!parsed.ok) throw new Error(`bad fixture: ${raw}`);
  return parsed.scopes;
};
const standing = (raw: string, change: Partial<StandingGrant> = {}): StandingGrant => ({
  scopes: scopes(raw),
  offlineAccess: false,
  refusedScopes: [],
  lasting: true,
  ...change,
});

/** Declared at their widest, so that refusals of them hold. */
const optionally = (...names: string[]): DeclaredScope[] =>
  names.map((name) => ({ name, access: 'd', optional: true, purpose: '' }));
const withSecret = {
  proof: 'SECRET_OR_PKCE' as const,
  secrets: [{ id: '1', digest: Buffer.alloc(32), expiresAt: null }],
  scopes: optionally('profile', 'source', 'alert'),
};
const withoutSecret = { proof: 'SECRET_OR_PKCE' as const, secrets: [], scopes: null };

const base: ConsentInput = {
  client: withSecret,
  redirectUri: 'https://good.ex/cb',
  requested: { scopes: scopes('profile source:w'), offlineAccess: false },
  grant: standing('profile source:w'),
  promptConsent: false,
  silentGrantsLastHour: 0,
  atCap: false,
};
const decide = (change: Partial<ConsentInput> = {}) => consentDecision({ ...base, ...change });
const asks = (why: string, shown: string, newOnly = false) => ({
  kind: 'ask',
  why,
  newOnly,
  scopesToShow: scopes(shown),
});

describe('when the user is asked', () => {
  test('a grant that covers the request is enough, and gives no more than was asked for', () => {
    expect(decide()).toEqual({ kind: 'silent', scopes: scopes('profile source:w'), offlineAccess: false });
    expect(decide({ grant: standing('source:d profile alert') })).toMatchObject({ scopes: scopes('profile source:w') });
  });

  test('the first time, and with prompt=consent, everything is shown', () => {
    expect(decide({ grant: null })).toEqual(asks('first_time', 'profile source:w'));
    expect(decide({ promptConsent: true })).toEqual(asks('prompt', 'profile source:w'));
  });

  test('case 11: a public client is always asked for (RFC 8252 §8.6)', () => {
    expect(decide({ client: { proof: 'PKCE_ONLY', secrets: [], scopes: null } })).toEqual(
      asks('public_client', 'profile source:w'),
    );
    // Without a secret it is a public client, whatever else it might be allowed to do.
    expect(decide({ client: withoutSecret })).toEqual(asks('public_client', 'profile source:w'));
  });

  test.each([
    'http://127.0.0.1:4711/cb',
    'http://localhost/cb',
    'http://[::1]:1/cb',
    'https://localhost:8443/cb',
    'https://127.0.0.1/cb',
    'https://[::1]:8443/cb',
    'com.example.app:/cb',
  ])('case 11: a redirect to %s is always asked for', (redirectUri) => {
    expect(decide({ redirectUri })).toEqual(asks('local_redirect', 'profile source:w'));
  });

  test('case 12: only what is new is shown', () => {
    expect(decide({ grant: standing('profile') })).toEqual(asks('new_scopes', 'source:w', true));
    expect(decide({ grant: standing('profile source') })).toEqual(asks('new_scopes', 'source:w', true));
  });

  test('offline access is nothing that an app with a secret must ask for', () => {
    const requested = { ...base.requested, offlineAccess: true };
    expect(decide({ requested })).toMatchObject({ kind: 'silent', offlineAccess: false });
    const grant = standing('profile source:w', { offlineAccess: true });
    expect(decide({ requested, grant })).toMatchObject({ kind: 'silent', offlineAccess: true });
    expect(decide({ grant })).toMatchObject({ kind: 'silent', offlineAccess: false });
  });

  test('an app that got a secret, and a year with it, after a screen that said an hour asks again', () => {
    const grant = standing('profile source:w', { lasting: false });
    expect(decide({ grant })).toEqual(asks('now_lasting', 'profile source:w'));
  });

  test('case 98: after five silent grants in an hour, and at the cap, the user is asked', () => {
    expect(decide({ silentGrantsLastHour: 4 })).toMatchObject({ kind: 'silent' });
    expect(decide({ silentGrantsLastHour: 5 })).toEqual(asks('silent_limit', 'profile source:w'));
    expect(decide({ atCap: true })).toEqual(asks('at_cap', 'profile source:w'));
  });
});

describe('refused scopes are remembered until prompt=consent', () => {
  const grant = standing('profile', { refusedScopes: scopes('source:w') });

  test('what was refused is not asked again, and not given', () => {
    expect(decide({ grant })).toEqual({ kind: 'silent', scopes: scopes('profile'), offlineAccess: false });
    const requested = { scopes: scopes('profile source:d'), offlineAccess: false };
    expect(decide({ grant, requested })).toMatchObject({ kind: 'silent', scopes: scopes('profile') });
  });

  test('what is narrower than the refusal is asked', () => {
    const requested = { scopes: scopes('profile source'), offlineAccess: false };
    expect(decide({ grant, requested })).toEqual(asks('new_scopes', 'source', true));
  });

  test('a refused width leaves the granted one', () => {
    const narrower = standing('profile source', { refusedScopes: scopes('source:w') });
    expect(decide({ grant: narrower })).toMatchObject({ kind: 'silent', scopes: scopes('profile source') });
    expect(decide({ grant: narrower, redirectUri: 'com.example.app:/cb' })).toEqual(
      asks('local_redirect', 'profile source'),
    );
  });

  test('prompt=consent shows it again; so does a request for nothing else', () => {
    expect(decide({ grant, promptConsent: true })).toEqual(asks('prompt', 'profile source:w'));
    const requested = { scopes: scopes('source:w'), offlineAccess: false };
    expect(decide({ grant, requested })).toEqual(asks('new_scopes', 'source:w', true));
    // Also where it is asked for other reasons: a screen that shows nothing asks nothing.
    const redirectUri = 'com.example.app:/cb';
    expect(decide({ grant, requested, redirectUri })).toEqual(asks('local_redirect', 'source:w'));
  });
});

describe('what may be unticked', () => {
  const declared: DeclaredScope[] = [
    { name: 'profile', access: 'r', optional: false, purpose: '' },
    ...optionally('source', 'alert'),
  ];

  test('optional scopes only; of an app that has declared nothing, none', () => {
    const shown = scopes('profile source:w alert');
    expect(allowedByTicks(shown, [], declared)).toEqual(scopes('profile'));
    expect(allowedByTicks(shown, scopes('alert'), declared)).toEqual(scopes('profile alert'));
    // A tick for less than was shown is no tick for it.
    expect(allowedByTicks(shown, scopes('source'), declared)).toEqual(scopes('profile'));
    expect(allowedByTicks(shown, [], null)).toEqual(shown);
  });

  test('what was refused while it was optional is asked again once the app can’t do without it', () => {
    const grant = standing('profile', { refusedScopes: scopes('source:w') });
    const needed = declared.map((scope) => ({ ...scope, optional: false }));
    for (const client of [needed, null].map((scopes) => ({ ...withSecret, scopes })))
      expect(decide({ grant, client })).toEqual(asks('new_scopes', 'source:w', true));
    expect(decide({ grant, client: { ...withSecret, scopes: declared } })).toMatchObject({ kind: 'silent' });
  });

  test('the tick of a scope that was refused stays off, unless it was granted since or is needed', () => {
    const [source] = scopes('source:w');
    const isOff = (grant: StandingGrant | null, needs: DeclaredScope[] | null = declared) =>
      source && refusedBefore(source, { client: { ...withSecret, scopes: needs }, grant });
    expect(isOff(standing('profile', { refusedScopes: scopes('source') }))).toBe(true);
    expect(isOff(standing('profile', { refusedScopes: scopes('source:d') }))).toBe(false);
    expect(isOff(standing('source:w', { refusedScopes: scopes('source') }))).toBe(false);
    expect(isOff(standing('profile', { refusedScopes: scopes('source') }), null)).toBe(false);
    expect([isOff(standing('profile')), isOff(null)]).toEqual([false, false]);
  });
});

describe('what an approval makes', () => {
  const requested = { scopes: scopes('profile source:w alert'), offlineAccess: true };

  test('granted decides, not requested', () => {
    expect(
      approveConsent(null, { shown: requested.scopes, ticked: scopes('profile alert'), requested, lasting: true }),
    ).toEqual({
      grant: { scopes: scopes('profile alert'), offlineAccess: true, refusedScopes: scopes('source:w'), lasting: true },
      scopes: scopes('profile alert'),
      offlineAccess: true,
    });
  });

  test('ticks beyond what was shown are dropped', () => {
    const answer = {
      shown: scopes('profile'),
      ticked: scopes('profile:d user:d'),
      requested: { ...requested, scopes: scopes('profile') },
      lasting: true,
    };
    expect(approveConsent(null, answer).scopes).toEqual(scopes('profile'));
  });

  test('a standing grant grows by what was ticked, and the code carries both', () => {
    const answer = { shown: scopes('source:w'), ticked: scopes('source:w'), requested, lasting: true };
    const result = approveConsent(standing('profile alert:d', { refusedScopes: scopes('source:w user') }), answer);
    expect(result.grant).toEqual({
      scopes: scopes('profile alert:d source:w'),
      offlineAccess: true,
      refusedScopes: scopes('user'),
      lasting: true,
    });
    expect(result.scopes).toEqual(scopes('profile source:w alert'));
  });

  test('what is unticked is taken back from the standing grant, what was not shown stays', () => {
    const answer = { shown: scopes('profile source:w'), ticked: scopes('profile'), requested, lasting: true };
    const result = approveConsent(standing('profile source:d alert'), answer);
    expect(result.grant).toMatchObject({ scopes: scopes('profile alert'), refusedScopes: scopes('source:w') });
    expect(result.scopes).toEqual(scopes('profile alert'));
  });

  test.each([
    [null, false, false],
    [null, true, true],
    [false, false, false],
    [false, true, true],
    [true, false, true],
  ])(
    'a grant lasts once a screen said so, and not before: it was %s, the screen says %s, it is %s',
    (was, says, is) => {
      const grant = was === null ? null : standing('profile', { lasting: was });
      const answer = { shown: requested.scopes, ticked: requested.scopes, requested, lasting: says };
      expect(approveConsent(grant, answer).grant.lasting).toBe(is);
    },
  );

  const scope = fc.record({
    name: fc.constantFrom('profile', 'source', 'alert'),
    access: fc.constantFrom('r' as const, 'w' as const, 'd' as const),
  });
  const list = fc.array(scope, { minLength: 1, maxLength: 4 });

  test('I2: nothing that was shown and left unticked is granted afterwards', () => {
    fc.assert(
      fc.property(list, list, list, (before, shown, ticked) => {
        const wanted = { scopes: shown, offlineAccess: false };
        const grant = { scopes: before, offlineAccess: false, refusedScopes: [], lasting: true };
        const result = approveConsent(grant, { shown, ticked, requested: wanted, lasting: true });
        const refused = missingScopes(ticked, shown);
        for (const granted of [result.grant.scopes, result.scopes]) {
          expect(refused.filter((one) => covers(granted, one))).toEqual([]);
        }
      }),
    );
  });

  test('I2: the code carries nothing that was not requested, or neither granted before nor ticked now', () => {
    fc.assert(
      fc.property(list, list, list, list, (before, shown, ticked, wanted) => {
        const grant = { scopes: before, offlineAccess: false, refusedScopes: [], lasting: true };
        const result = approveConsent(grant, {
          shown,
          ticked,
          requested: { scopes: wanted, offlineAccess: false },
          lasting: true,
        });
        expect(missingScopes(wanted, result.scopes)).toEqual([]);
        expect(result.scopes.every((one) => covers(before, one) || (covers(ticked, one) && covers(shown, one)))).toBe(
          true,
        );
      }),
    );
  });

  test('I2: a silent grant carries nothing beyond the standing one and the request', () => {
    fc.assert(
      fc.property(list, list, list, (granted, refusedScopes, wanted) => {
        const decision = decide({
          grant: { scopes: granted, offlineAccess: false, refusedScopes, lasting: true },
          requested: { scopes: wanted, offlineAccess: false },
        });
        const given = decision.kind === 'silent' ? decision.scopes : [];
        expect([missingScopes(granted, given), missingScopes(wanted, given)]).toEqual([[], []]);
        expect(decision.kind === 'ask' ? decision.scopesToShow : given).not.toEqual([]);
      }),
    );
  });
});

test('an app owns a secret only where it may have one', () => {
  expect([
    ownsSecret(withSecret),
    ownsSecret(withoutSecret),
    ownsSecret({ ...withSecret, proof: 'PKCE_ONLY' }),
  ]).toEqual([true, false, false]);
});

describe('the edges of a decision', () => {
  test('everything refused before is asked about again, not nothing', () => {
    const grant = standing('alert', { refusedScopes: scopes('profile source:w') });
    expect(decide({ grant, promptConsent: true })).toMatchObject({ scopesToShow: scopes('profile source:w') });
    expect(decide({ grant, silentGrantsLastHour: 99 })).toMatchObject({ scopesToShow: scopes('profile source:w') });
  });

  test('offline access stays where it stood, and comes only with a request for it', () => {
    const approve = (stood: boolean | null, asked: boolean) =>
      approveConsent(stood === null ? null : standing('profile', { offlineAccess: stood }), {
        shown: scopes('profile'),
        ticked: scopes('profile'),
        requested: { scopes: scopes('profile'), offlineAccess: asked },
        lasting: true,
      }).grant.offlineAccess;
    expect([approve(null, false), approve(false, false)]).toEqual([false, false]);
    expect([approve(true, false), approve(null, true), approve(false, true)]).toEqual([true, true, true]);
  });
});

describe('how often users are asked again', () => {
  const [web, local, scheme] = ['https://good.ex/cb', 'http://127.0.0.1/cb', 'com.good.app:/cb'];
  test.each([
    ['SECRET_OR_PKCE', 1, [web], 'rarely'],
    ['SECRET_OR_PKCE', 1, [web, local], 'sometimes'],
    ['SECRET_OR_PKCE', 1, [local, scheme], 'always'],
    ['SECRET_OR_PKCE', 1, [], 'rarely'],
    ['SECRET_OR_PKCE', 0, [web], 'always'],
    ['SECRET_REQUIRED', 1, [web], 'rarely'],
    ['PKCE_ONLY', 0, [web], 'always'],
    ['PKCE_ONLY', 1, [web], 'always'],
  ] as const)('%s with %i secrets and %j: %s', (proof, secrets, uris, expected) => {
    expect(askedAgain({ proof, secrets: Array.from({ length: secrets }) }, uris)).toBe(expected);
    for (const redirectUri of uris) {
      const client = { ...withSecret, proof, secrets: withSecret.secrets.slice(0, secrets) };
      const asks =
        consentDecision({ ...base, client, redirectUri, grant: standing('profile source:w') }).kind === 'ask';
      if (expected !== 'sometimes') expect(asks).toBe(expected === 'always');
    }
  });
});
