import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Candidate, newCandidate, newRequest, PURPOSE } from '@/e2e/fixtures/candidate';
import { housework } from '@/e2e/fixtures/housework';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { type TestUser, World } from '@/e2e/fixtures/world';
import type { Actor } from '@/lib/store/audit';
import { listAudit } from '@/lib/store/audit-views';
import { reinstateApp, rejectRequest, suspendApp } from '@/lib/store/review';
import { findReview } from '@/lib/store/review-views';
import { acceptTransfer, cancelTransfer, declineTransfer, listTransfersTo, offerTransfer } from '@/lib/store/transfers';
import {
  addScreenshot,
  findScreenshot,
  findVerification,
  saveTexts,
  startRequest,
  writeToReviewer,
} from '@/lib/store/verification';
import { ours } from '../fixtures/lane';

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  close = await openOwnRuntime(ours('installation'));
});
afterAll(async () => {
  await close();
  await world.close();
});

const actorOf = ({ id, tenant }: TestUser): Actor => ({ userId: id, tenantId: tenant.id });
const newDeveloper = async () => world.newUser({ tenant: await world.newTenant(), role: 'DEVELOPER' });
const to = ({ tenant }: TestUser) => ({ kind: 'organisation', name: tenant.name }) as const;
const newApp = ({ tenant }: TestUser) => world.newApp({ tenant });

async function offersOf(appId: number): Promise<number> {
  const { rows } = await world.db.query('SELECT count(*)::int AS n FROM app_transfers WHERE app_id = $1', [appId]);
  return rows[0].n;
}

describe('an organisation does not flood another one with offers', () => {
  test('five wait at most, also when eight come at once; one that is taken back makes room', async () => {
    const [giver, taker, third] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const apps = [];
    for (let place = 0; place < 8; place++) apps.push(await newApp(giver));
    const outcomes = await Promise.all(apps.map(({ id }) => offerTransfer(actorOf(giver), id, to(taker))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
    const refused = outcomes.filter(({ ok }) => !ok);
    const open = (await listTransfersTo(actorOf(taker))).offers.map(({ appId, appName }) => ({
      id: appId,
      name: appName,
    }));
    expect(open).toHaveLength(5);
    const full = { ok: false, reason: 'too_many_offers', to: taker.tenant.name, waiting: open };
    expect(refused).toEqual([full, full, full]);

    const [waiting, over] = [outcomes.findIndex(({ ok }) => ok), outcomes.findIndex(({ ok }) => !ok)];
    const [first, late] = [apps[waiting]?.id ?? 0, apps[over]?.id ?? 0];
    expect(await offerTransfer(actorOf(giver), first, to(taker))).toMatchObject({ ok: true });
    expect(await offerTransfer(actorOf(giver), late, to(third))).toMatchObject({ ok: true });
    expect(await offerTransfer(actorOf(giver), late, to(taker))).toMatchObject({ reason: 'too_many_offers' });
    await cancelTransfer(actorOf(giver), first);
    expect(await offerTransfer(actorOf(giver), late, to(taker))).toMatchObject({ ok: true });
  });

  test('the refusal names those of the own organisation that wait there, and no others', async () => {
    const [giver, other, taker] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const colleague = await world.newUser({ tenant: giver.tenant, role: 'DEVELOPER' });
    await offerTransfer(actorOf(other), (await newApp(other)).id, to(taker));
    await offerTransfer(actorOf(giver), (await newApp(giver)).id, to(other));
    const waiting = [];
    for (const one of [giver, colleague, giver, colleague, giver]) {
      const app = await newApp(giver);
      expect(await offerTransfer(actorOf(one), app.id, to(taker))).toMatchObject({ ok: true });
      waiting.push({ id: app.id, name: app.name });
    }
    const late = await newApp(giver);
    const full = { ok: false, reason: 'too_many_offers', to: taker.tenant.name, waiting };
    expect(await offerTransfer(actorOf(giver), late.id, to(taker))).toEqual(full);
    expect(await offersOf(late.id)).toBe(0);
  });

  test('colleagues hand over as many as there are', async () => {
    const giver = await newDeveloper();
    const colleague = await world.newUser({ tenant: giver.tenant, role: 'DEVELOPER' });
    for (let place = 0; place < 7; place++) {
      const { id } = await newApp(giver);
      const offered = await offerTransfer(actorOf(giver), id, { kind: 'member', username: colleague.username });
      expect(offered).toMatchObject({ ok: true });
    }
  });

  test('ten are shown, and how many more there are', async () => {
    const taker = await newDeveloper();
    for (let giver = 0; giver < 3; giver++) {
      const one = await newDeveloper();
      for (let place = 0; place < 4; place++) await offerTransfer(actorOf(one), (await newApp(one)).id, to(taker));
    }
    const shown = await listTransfersTo(actorOf(taker));
    expect(shown.offers).toHaveLength(10);
    expect(shown.further).toBe(2);
    await declineTransfer(actorOf(taker), shown.offers[0]?.appId ?? 0);
    expect((await listTransfersTo(actorOf(taker))).further).toBe(1);
  });

  test('an app that was declined is not offered there again for thirty days, others and elsewhere it is', async () => {
    const [giver, taker, third] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const [app, other] = [await newApp(giver), await newApp(giver)];
    await offerTransfer(actorOf(giver), app.id, to(taker));
    expect(await declineTransfer(actorOf(taker), app.id)).toBe(true);
    const again = { ok: false, reason: 'declined_lately', to: taker.tenant.name };
    expect(await offerTransfer(actorOf(giver), app.id, to(taker))).toEqual(again);
    expect(await offersOf(app.id)).toBe(0);
    expect(await offerTransfer(actorOf(giver), other.id, to(taker))).toMatchObject({ ok: true });
    expect(await offerTransfer(actorOf(giver), app.id, to(third))).toMatchObject({ ok: true });

    const age = (days: number) =>
      world.db.query(
        'UPDATE app_transfer_declines SET declined_at = now() - make_interval(days => $2) WHERE app_id = $1',
        [app.id, days],
      );
    await age(29);
    await housework(world, 'app_transfer_declines');
    expect(await offerTransfer(actorOf(giver), app.id, to(taker))).toEqual(again);
    await age(31);
    expect(await offerTransfer(actorOf(giver), app.id, to(taker))).toMatchObject({ ok: true });
    await housework(world, 'app_transfer_declines');
    const { rowCount } = await world.db.query('SELECT FROM app_transfer_declines WHERE app_id = $1', [app.id]);
    expect(rowCount).toBe(0);
  });

  test('who has declined the offer of one organisation has not declined that of the next owner', async () => {
    const [giver, next, taker] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    await declineTransfer(actorOf(taker), app.id);
    await offerTransfer(actorOf(giver), app.id, to(next));
    expect(await acceptTransfer(actorOf(next), app.id)).toMatchObject({ movedOrganisation: true });
    expect(await offerTransfer(actorOf(next), app.id, to(taker))).toEqual({ ok: true, to: taker.tenant.name });
    await declineTransfer(actorOf(taker), app.id);
    expect(await offerTransfer(actorOf(next), app.id, to(taker))).toMatchObject({ reason: 'declined_lately' });
  });

  test('a colleague who takes an app over leaves what another organisation has declined', async () => {
    const [giver, taker] = [await newDeveloper(), await newDeveloper()];
    const colleague = await world.newUser({ tenant: giver.tenant, role: 'DEVELOPER' });
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    await declineTransfer(actorOf(taker), app.id);
    await offerTransfer(actorOf(giver), app.id, { kind: 'member', username: colleague.username });
    expect(await acceptTransfer(actorOf(colleague), app.id)).toMatchObject({ movedOrganisation: false });
    expect(await offerTransfer(actorOf(colleague), app.id, to(taker))).toMatchObject({ reason: 'declined_lately' });
  });

  test('a stranger declines nothing', async () => {
    const [giver, taker, stranger] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    expect(await declineTransfer(actorOf(stranger), app.id)).toBe(false);
    expect(await offersOf(app.id)).toBe(1);
    expect(await logOf(giver, app.id)).toHaveLength(1);
  });
});

describe('a suspended app', () => {
  const reviewer = async () => {
    const { id } = await world.newUser({ tenant: await world.newTenant(), platformAdmin: true });
    return { userId: id };
  };
  async function ownerOf(appId: number): Promise<number> {
    return (await world.db.query('SELECT tenant_id AS id FROM apps WHERE id = $1', [appId])).rows[0].id;
  }

  test('is offered to no other organisation', async () => {
    const [giver, taker] = [await newDeveloper(), await newDeveloper()];
    const app = await newApp(giver);
    await suspendApp(await reviewer(), app.id, 'Phishing.');
    expect(await offerTransfer(actorOf(giver), app.id, to(taker))).toEqual({ ok: false, reason: 'suspended' });
    expect(await offersOf(app.id)).toBe(0);
  });

  test('is not accepted by one to which it was offered before, until the suspension is lifted', async () => {
    const [giver, taker, stranger] = [await newDeveloper(), await newDeveloper(), await newDeveloper()];
    const [app, staff] = [await newApp(giver), await reviewer()];
    await offerTransfer(actorOf(giver), app.id, to(taker));
    expect((await listTransfersTo(actorOf(taker))).offers).toMatchObject([{ appId: app.id, suspended: false }]);
    await suspendApp(staff, app.id, 'Phishing.');
    expect(await acceptTransfer(actorOf(taker), app.id)).toEqual({ ok: false, reason: 'suspended' });
    expect(await ownerOf(app.id)).toBe(giver.tenant.id);
    expect((await listTransfersTo(actorOf(taker))).offers).toMatchObject([{ appId: app.id, suspended: true }]);
    expect(await logOf(taker, app.id)).toEqual([]);
    // To whom it is not offered, nothing is said of it.
    expect(await acceptTransfer(actorOf(stranger), app.id)).toEqual({ ok: false, reason: 'gone' });

    await reinstateApp(staff, app.id, { endConnections: false });
    expect(await acceptTransfer(actorOf(taker), app.id)).toMatchObject({ ok: true, movedOrganisation: true });
    expect(await ownerOf(app.id)).toBe(taker.tenant.id);
  });

  test('can be declined, and gets a colleague whom reviewers turn to', async () => {
    const [giver, taker] = [await newDeveloper(), await newDeveloper()];
    const colleague = await world.newUser({ tenant: giver.tenant, role: 'DEVELOPER' });
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    await suspendApp(await reviewer(), app.id, 'Phishing.');
    expect(await declineTransfer(actorOf(taker), app.id)).toBe(true);
    const colleagues = { kind: 'member', username: colleague.username } as const;
    expect(await offerTransfer(actorOf(giver), app.id, colleagues)).toMatchObject({ ok: true });
    expect(await acceptTransfer(actorOf(colleague), app.id)).toMatchObject({ ok: true, movedOrganisation: false });
  });

  test('of an acceptance and a suspension at the same time either comes first, and the offer stands or is used up', async () => {
    for (let round = 0; round < 6; round++) {
      const [giver, taker] = [await newDeveloper(), await newDeveloper()];
      const [app, staff] = [await newApp(giver), await reviewer()];
      await offerTransfer(actorOf(giver), app.id, to(taker));
      const [accepted, suspended] = await Promise.all([
        acceptTransfer(actorOf(taker), app.id),
        suspendApp(staff, app.id, 'Phishing.'),
      ]);
      expect(suspended).toEqual({ ok: true });
      expect(await ownerOf(app.id)).toBe((accepted.ok ? taker : giver).tenant.id);
      expect(await offersOf(app.id)).toBe(accepted.ok ? 0 : 1);
    }
  });
});

const NO_FILTER = { kind: '', organisation: '', person: '', from: null, until: null };

/** What an organisation reads about an app, the newest first. */
async function logOf({ tenant }: TestUser, appId: number) {
  const entries = await listAudit({ tenantId: tenant.id }, { ...NO_FILTER, subject: `app:${appId}` }, null, 20);
  return entries.map(({ kind, actor, platform, otherSide, data }) => ({ kind, actor, platform, otherSide, data }));
}

describe('the audit log says who took an app and where it went', () => {
  test('the former organisation reads the other’s name, not that of its developer, and of no staff', async () => {
    const [giver, taker] = [await newDeveloper(), await newDeveloper()];
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    await acceptTransfer(actorOf(taker), app.id);
    const [away] = await logOf(giver, app.id);
    expect(away).toEqual({
      kind: 'app_transferred_away',
      actor: null,
      platform: false,
      otherSide: taker.tenant.name,
      data: { name: app.name, organisation: taker.tenant.name },
    });
    expect(await logOf(taker, app.id)).toMatchObject([
      {
        kind: 'app_transferred',
        actor: taker.username,
        platform: false,
        otherSide: null,
        data: { from: giver.tenant.name, movedOrganisation: true },
      },
    ]);
  });

  test('a decline is on record on both sides', async () => {
    const [giver, taker] = [await newDeveloper(), await newDeveloper()];
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, to(taker));
    await declineTransfer(actorOf(taker), app.id);
    expect((await logOf(giver, app.id))[0]).toEqual({
      kind: 'app_transfer_declined',
      actor: null,
      platform: false,
      otherSide: taker.tenant.name,
      data: { name: app.name, organisation: taker.tenant.name },
    });
    expect(await logOf(taker, app.id)).toMatchObject([
      { kind: 'app_transfer_declined', actor: taker.username, platform: false, otherSide: null },
    ]);
  });

  test('a colleague who declines is on record once, and what staff do stays staff’s', async () => {
    const giver = await newDeveloper();
    const colleague = await world.newUser({ tenant: giver.tenant, role: 'DEVELOPER' });
    const app = await newApp(giver);
    await offerTransfer(actorOf(giver), app.id, { kind: 'member', username: colleague.username });
    await declineTransfer(actorOf(colleague), app.id);
    const staff = await world.newUser({ tenant: await world.newTenant(), platformAdmin: true });
    await suspendApp({ userId: staff.id }, app.id, 'Phishing.');
    expect(await logOf(giver, app.id)).toMatchObject([
      { kind: 'app_suspended', actor: null, platform: true, otherSide: null },
      { kind: 'app_transfer_declined', actor: colleague.username, platform: false, otherSide: null },
      { kind: 'app_transfer_offered', actor: giver.username },
    ]);
  });
});

describe('what the former organisation told reviewers stays its own', () => {
  const PICTURE = { png: Buffer.from('a picture'), width: 2, height: 1 };

  async function moved(one: Candidate): Promise<TestUser> {
    const taker = await newDeveloper();
    await offerTransfer(actorOf(one.developer), one.app.id, to(taker));
    expect(await acceptTransfer(actorOf(taker), one.app.id)).toMatchObject({ movedOrganisation: true });
    return taker;
  }
  async function screenshotsOf(requestId: number): Promise<string[]> {
    const { rows } = await world.db.query('SELECT id FROM verification_screenshots WHERE request_id = $1', [requestId]);
    return rows.map(({ id }) => id);
  }

  test('its requests are not shown, not answered and not taken over by the new one; reviewers see them', async () => {
    const one = await newCandidate(world);
    const request = await newRequest(world, one);
    await rejectRequest({ userId: one.reviewer.id }, request, 'Our secret talk.');
    const [picture = ''] = await screenshotsOf(request);
    expect(await findScreenshot(picture, one.tenant.id)).not.toBeNull();
    expect((await findVerification(one.tenant.id, one.app.id))?.past).toHaveLength(1);

    const taker = await moved(one);
    const view = await findVerification(taker.tenant.id, one.app.id);
    expect(view).toMatchObject({ open: null, past: [] });
    expect(await findScreenshot(picture, taker.tenant.id)).toBeNull();
    expect(await writeToReviewer(actorOf(taker), one.app.id, request, 'Hello')).toBe('not_found');
    await startRequest(actorOf(taker), one.app.id);
    expect((await findVerification(taker.tenant.id, one.app.id))?.open).toMatchObject({ purpose: '', screenshots: [] });
    expect((await findReview(request, new Date()))?.request).toMatchObject({ reason: 'Our secret talk.' });
    expect(await findScreenshot(picture, null)).not.toBeNull();
  });

  test('a draft of the former organisation goes, and nobody begins with it', async () => {
    const one = await newCandidate(world);
    await startRequest(actorOf(one.developer), one.app.id);
    await saveTexts(actorOf(one.developer), one.app.id, { purpose: PURPOSE, redirectNote: 'Between us.' });
    await addScreenshot(actorOf(one.developer), one.app.id, PICTURE);
    const taker = await moved(one);
    const { rowCount } = await world.db.query('SELECT FROM verification_requests WHERE app_id = $1', [one.app.id]);
    expect(rowCount).toBe(0);
    await startRequest(actorOf(taker), one.app.id);
    expect((await findVerification(taker.tenant.id, one.app.id))?.open).toMatchObject({
      purpose: '',
      redirectNote: '',
      screenshots: [],
    });
  });

  test('a request that waits is withdrawn, and the new organisation does not see it', async () => {
    const one = await newCandidate(world);
    const request = await newRequest(world, one);
    const taker = await moved(one);
    expect((await findReview(request, new Date()))?.request).toMatchObject({ status: 'WITHDRAWN' });
    expect(await findVerification(taker.tenant.id, one.app.id)).toMatchObject({ open: null, past: [] });
  });
});
