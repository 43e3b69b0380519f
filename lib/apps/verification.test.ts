import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Access } from '@/lib/oauth/scopes';
import {
  type AppFace,
  approveFace,
  type BoundScope,
  boundsOf,
  differences,
  type FaceChange,
  hostsOf,
  isAddition,
  nothingPending,
  redirectHostOf,
  type Snapshot,
  type Split,
  snapshotOf,
  splitChange,
  wantedFace,
} from './verification';

const APP = { name: 'Board', tenantId: 7 };
const scope = (name: string, access: Access = 'r', more: Partial<BoundScope> = {}): BoundScope => ({
  name,
  access,
  optional: false,
  purpose: `why ${name}`,
  ...more,
});
const FACE: AppFace = {
  redirectUris: ['https://good.example/cb'],
  scopes: [scope('profile'), scope('source', 'w')],
  icon: 'a',
  publisherDomain: 'good.example',
};

/** Changes a verified app whose face is as it was approved. */
const change = (what: FaceChange, face: AppFace = FACE): Split =>
  splitChange({ live: face, pending: {}, bounds: boundsOf(snapshotOf(APP, face)) }, what);

describe('case 88: what the badge is bound to', () => {
  test('another URL on an approved host is live, one on another host waits', () => {
    const wanted = ['https://good.example/cb', 'https://good.example/two', 'https://new.example/cb'];
    expect(change({ redirectUris: wanted })).toEqual({
      live: { ...FACE, redirectUris: wanted.slice(0, 2) },
      pending: { redirectUris: ['https://new.example/cb'] },
    });
  });
  test('a sub-domain, another port and another scheme are other hosts', () => {
    for (const uri of ['https://x.good.example/cb', 'https://good.example:8443/cb', 'good.example:/cb']) {
      expect(change({ redirectUris: [...FACE.redirectUris, uri] }).pending.redirectUris).toEqual([uri]);
    }
  });
  test('the port of a loopback address is the machine’s own business', () => {
    expect(redirectHostOf('http://127.0.0.1:8080/cb')).toBe(redirectHostOf('http://127.0.0.1/x'));
    expect(redirectHostOf('http://127.0.0.1/cb')).not.toBe(redirectHostOf('http://localhost/cb'));
    expect(hostsOf(['com.example.app:/cb', 'com.example.app:/two'])).toEqual(['com.example.app:']);
  });
  test('a removed URL is gone at once, and coming back is an addition', () => {
    const { live, pending } = change({ redirectUris: [] });
    expect({ live: live.redirectUris, pending }).toEqual({ live: [], pending: {} });
    expect(change({ redirectUris: FACE.redirectUris }, live).live.redirectUris).toEqual([]);
  });
  test('a new scope waits, a wider one is live as far as it was approved', () => {
    const { live, pending } = change({ scopes: [scope('profile', 'd'), scope('source', 'w'), scope('alert')] });
    expect(live.scopes).toEqual(FACE.scopes);
    expect(pending.scopes).toEqual([scope('profile', 'd'), scope('alert')]);
  });
  test('a narrower one and one that became optional are live at once', () => {
    const narrower = [scope('source', 'r', { optional: true })];
    expect(change({ scopes: narrower })).toEqual({ live: { ...FACE, scopes: narrower }, pending: {} });
  });
  test('an optional one that becomes required, and other words for users, wait', () => {
    const face = { ...FACE, scopes: [scope('source', 'w', { optional: true })] };
    const required = scope('source', 'w');
    expect(change({ scopes: [required] }, face)).toEqual({ live: face, pending: { scopes: [required] } });
    const reworded = scope('source', 'w', { optional: true, purpose: 'nothing bad' });
    expect(change({ scopes: [reworded] }, face)).toEqual({ live: face, pending: { scopes: [reworded] } });
  });
  test('narrowing acts at once even where other words wait', () => {
    const reworded = scope('source', 'r', { purpose: 'other words' });
    expect(change({ scopes: [reworded] })).toEqual({
      live: { ...FACE, scopes: [scope('source', 'r')] },
      pending: { scopes: [reworded] },
    });
  });
  test('a list of scopes narrows an app that could ask for everything, and never turns back into everything', () => {
    const open = { ...FACE, scopes: null };
    expect(change({ scopes: [scope('alert', 'd')] }, open)).toEqual({
      live: { ...FACE, scopes: [scope('alert', 'd')] },
      pending: {},
    });
    expect(change({ scopes: null }).live.scopes).toEqual(FACE.scopes);
  });
  test('another icon or domain waits behind the approved one, none at all is live at once', () => {
    expect(change({ icon: 'b', publisherDomain: 'new.example' })).toEqual({
      live: FACE,
      pending: { icon: 'b', publisherDomain: 'new.example' },
    });
    expect(change({ icon: null, publisherDomain: null })).toEqual({
      live: { ...FACE, icon: null, publisherDomain: null },
      pending: {},
    });
  });
  test('without a badge everything is live', () => {
    const wanted: AppFace = { redirectUris: ['https://x.example/'], scopes: null, icon: 'z', publisherDomain: null };
    expect(splitChange({ live: FACE, pending: {}, bounds: null }, wanted)).toEqual({ live: wanted, pending: {} });
  });
  test('what waits is kept by changes of something else, and dropped when it is left out', () => {
    const first = change({ redirectUris: [...FACE.redirectUris, 'https://new.example/cb'], icon: 'b' });
    const app = { ...first, bounds: boundsOf(snapshotOf(APP, FACE)) };
    expect(splitChange(app, { publisherDomain: null }).pending).toEqual(first.pending);
    expect(splitChange(app, { redirectUris: FACE.redirectUris, icon: 'a' }).pending).toEqual({});
  });
});

describe('approving', () => {
  const before = snapshotOf(APP, FACE);
  const asked: AppFace = { ...FACE, redirectUris: [...FACE.redirectUris, 'https://new.example/cb'], icon: 'b' };
  test('what was asked for becomes live', () => {
    expect(approveFace(asked, snapshotOf(APP, asked), before)).toEqual({ live: asked, pending: {} });
  });
  test('what was added after the request goes on waiting', () => {
    const later = { ...asked, redirectUris: [...asked.redirectUris, 'https://later.example/cb'], icon: 'c' };
    expect(approveFace(later, snapshotOf(APP, asked), before)).toEqual({
      live: asked,
      pending: { redirectUris: ['https://later.example/cb'], icon: 'c' },
    });
  });
  test('what was dropped after the request does not come back', () => {
    expect(approveFace(FACE, snapshotOf(APP, asked), before)).toEqual({ live: FACE, pending: {} });
    const gone = { ...asked, icon: null, redirectUris: ['https://new.example/cb'], scopes: [scope('profile')] };
    expect(approveFace(gone, snapshotOf(APP, asked), before)).toEqual({ live: gone, pending: {} });
  });
  test('a first approval binds what was live: what came after the request waits from then on', () => {
    const later = { ...FACE, redirectUris: [...FACE.redirectUris, 'https://later.example/cb'] };
    expect(approveFace(later, before, null)).toEqual({
      live: FACE,
      pending: { redirectUris: ['https://later.example/cb'] },
    });
  });
});

describe('the diff', () => {
  test('says in steady order what came and what went, and which of it is more', () => {
    const after = snapshotOf(APP, {
      redirectUris: ['https://new.example/cb'],
      scopes: [scope('source', 'r'), scope('alert', 'd')],
      icon: null,
      publisherDomain: 'new.example',
    });
    const lines = differences(snapshotOf(APP, FACE), after);
    expect(lines.map((line) => [line.field, isAddition(line)])).toEqual([
      ['icon', false],
      ['publisherDomain', true],
      ['redirectHost', false],
      ['redirectHost', true],
      ['scope', true],
      ['scope', false],
      ['scope', false],
    ]);
    expect(lines.at(-1)).toEqual({ field: 'scope', before: scope('source', 'w'), after: scope('source', 'r') });
  });
  test('of the first request shows everything, of no change nothing', () => {
    expect(differences(null, snapshotOf(APP, FACE))).toHaveLength(5);
    expect(differences(snapshotOf(APP, FACE), snapshotOf(APP, FACE))).toEqual([]);
  });
});

const scopes = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('profile', 'source', 'alert', 'user'),
    access: fc.constantFrom<Access>('r', 'w', 'd'),
    optional: fc.boolean(),
    purpose: fc.constantFrom('a', 'b'),
  }),
  { selector: ({ name }) => name },
);
const uri = fc
  .tuple(
    fc.constantFrom('https://a.example', 'https://b.example', 'https://c.example:8443', 'http://127.0.0.1:1', 'com.x:'),
    fc.constantFrom('/1', '/2', '/3'),
  )
  .map((parts) => parts.join(''));
const face: fc.Arbitrary<AppFace> = fc.record({
  redirectUris: fc.uniqueArray(uri, { maxLength: 6 }),
  scopes: fc.option(scopes),
  icon: fc.option(fc.constantFrom('i', 'j', 'k')),
  publisherDomain: fc.option(fc.constantFrom('a.example', 'b.example', 'c.example')),
});
const aChange: fc.Arbitrary<FaceChange> = fc.record(
  {
    redirectUris: fc.uniqueArray(uri, { maxLength: 6 }),
    scopes: scopes,
    icon: fc.option(fc.constantFrom('i', 'j', 'k')),
    publisherDomain: fc.option(fc.constantFrom('a.example', 'b.example', 'c.example')),
  },
  { requiredKeys: [] },
);

// From "everything", a list of scopes is less, whatever stands in it.
const additions = (from: Snapshot, to: Snapshot) =>
  differences(from, to).filter((line) => isAddition(line) && !(line.field === 'scope' && from.scopes === null));

/** A verified app's life: its face, what waits and what the badge is bound to. */
type Life = { live: AppFace; pending: Split['pending']; snapshot: Snapshot };
const verified = (start: AppFace): Life => ({ live: start, pending: {}, snapshot: snapshotOf(APP, start) });
const step = (life: Life, what: FaceChange): Life => {
  const split = splitChange({ ...life, bounds: boundsOf(life.snapshot) }, what);
  // Removals leave the badge: coming back is an addition.
  return { ...split, snapshot: snapshotOf(APP, split.live) };
};

describe('whatever developers do (fuzz)', () => {
  test('nothing becomes live that no reviewer has seen', () => {
    fc.assert(
      fc.property(face, fc.array(aChange, { maxLength: 8 }), (start, changes) => {
        const life = changes.reduce(step, verified(start));
        expect(additions(snapshotOf(APP, start), snapshotOf(APP, life.live))).toEqual([]);
      }),
    );
  });
  test('no removal and no narrowing ever waits: what is wanted bounds what is live', () => {
    fc.assert(
      fc.property(face, fc.array(aChange, { minLength: 1, maxLength: 8 }), (start, changes) => {
        const life = changes.reduce(step, verified(start));
        const wanted = wantedFace(life.live, life.pending);
        const last = changes.at(-1) as FaceChange;
        if (last.redirectUris) for (const one of life.live.redirectUris) expect(last.redirectUris).toContain(one);
        if (last.scopes && start.scopes) {
          const names = last.scopes.map(({ name }) => name);
          for (const { name, access } of life.live.scopes ?? []) {
            expect(names).toContain(name);
            const asked = last.scopes.find((candidate) => candidate.name === name)?.access as Access;
            expect('rwd'.indexOf(access)).toBeLessThanOrEqual('rwd'.indexOf(asked));
          }
        }
        if (last.icon === null) expect(life.live.icon).toBeNull();
        if (last.publisherDomain === null) expect(life.live.publisherDomain).toBeNull();
        for (const key of ['redirectUris', 'icon', 'publisherDomain'] as const)
          if (last[key] !== undefined)
            expect(key === 'redirectUris' ? [...wanted.redirectUris].sort() : wanted[key]).toEqual(
              key === 'redirectUris' ? [...(last.redirectUris ?? [])].sort() : last[key],
            );
      }),
    );
  });
  test('an approval brings nothing that neither it nor an earlier one covers, and loses nothing that is wanted', () => {
    const changes = () => fc.array(aChange, { maxLength: 5 });
    fc.assert(
      fc.property(face, changes(), changes(), (start, first, later) => {
        const atRequest = first.reduce(step, verified(start));
        const asked = snapshotOf(APP, wantedFace(atRequest.live, atRequest.pending));
        const now = later.reduce(step, atRequest);
        const wanted = wantedFace(now.live, now.pending);
        const { live, pending } = approveFace(wanted, asked, now.snapshot);
        const result = snapshotOf(APP, live);
        const bound = additions(asked, result).filter((line) => additions(now.snapshot, result).some(sameLine(line)));
        expect(bound.filter(({ field }) => field !== 'scope')).toEqual([]);
        expect(wantedFace(live, pending).redirectUris.sort()).toEqual(wanted.redirectUris.sort());
        expect(wantedFace(live, pending)).toMatchObject({ icon: wanted.icon, publisherDomain: wanted.publisherDomain });
        for (const { name, access } of live.scopes ?? []) {
          const limits = [asked, now.snapshot].map(({ scopes: list }) => list?.find((entry) => entry.name === name));
          if (asked.scopes !== null && now.snapshot.scopes !== null)
            expect('rwd'.indexOf(access)).toBeLessThanOrEqual(
              Math.max(...limits.map((limit) => (limit ? 'rwd'.indexOf(limit.access) : -1))),
            );
        }
        if (later.length === 0 && asked.scopes?.length !== 0) expect(nothingPending(pending)).toBe(true);
      }),
    );
  });
});

const sameLine = (line: unknown) => (other: unknown) => JSON.stringify(line) === JSON.stringify(other);
