import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Candidate,
  candidateScopes,
  newCandidate,
  newDomain,
  newIcon,
  newRequest,
  PURPOSE,
} from '@/e2e/fixtures/candidate';
import { signedIn } from '@/e2e/fixtures/connected';
import { housework } from '@/e2e/fixtures/housework';
import { openOwnRuntime } from '@/e2e/fixtures/own-runtime';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import { World } from '@/e2e/fixtures/world';
import { beginDomainCheck, noteProof, removeDomain } from '@/lib/store/domains';
import {
  discardPendingChanges,
  saveIcon,
  savePublisherDomain,
  saveRedirectUris,
  saveScopes,
} from '@/lib/store/face-changes';
import {
  approveRequest,
  grantNeverExpires,
  reinstateApp,
  rejectRequest,
  suspendApp,
  withdrawNeverExpires,
  writeToDevelopers,
} from '@/lib/store/review';
import { countQueue, findReview, listDecided, listQueue, listRequests, searchApps } from '@/lib/store/review-views';
import { acceptTransfer, offerTransfer } from '@/lib/store/transfers';
import {
  addScreenshot,
  findVerification,
  removeScreenshot,
  startRequest,
  submitRequest,
  withdrawRequest,
  writeToReviewer,
} from '@/lib/store/verification';
import { ours } from '../fixtures/lane';

let world: World;
let close: () => Promise<void>;
const TEXTS = { purpose: PURPOSE, redirectNote: '' };
const PICTURE = { png: Buffer.from('a picture'), width: 2, height: 1 };

beforeAll(async () => {
  world = await World.open(ours('installation').databaseUrl);
  close = await openOwnRuntime(ours('installation'));
});
afterAll(async () => {
  await close();
  await world.close();
});

const actorOf = ({ developer, tenant }: Candidate) => ({ userId: developer.id, tenantId: tenant.id });
const reviewerOf = ({ reviewer }: Candidate) => ({ userId: reviewer.id });

/** A request that was sent. */
async function submitted(one: Candidate, texts = TEXTS): Promise<number> {
  const actor = actorOf(one);
  await startRequest(actor, one.app.id);
  await addScreenshot(actor, one.app.id, PICTURE);
  expect(await submitRequest(actor, one.app.id, texts)).toEqual({ ok: true });
  return (await findVerification(one.tenant.id, one.app.id))?.open?.id ?? 0;
}

async function picturesOf(appId: number): Promise<{ request: number; pictures: number }[]> {
  const { rows } = await world.db.query(
    `SELECT v.id AS request, (SELECT count(*)::int FROM verification_screenshots s WHERE s.request_id = v.id) AS pictures
       FROM verification_requests v WHERE app_id = $1 ORDER BY v.id`,
    [appId],
  );
  return rows;
}

/** An app with a badge that was given by a review. */
async function verifiedApp(): Promise<Candidate> {
  const one = await newCandidate(world);
  expect(await approveRequest(reviewerOf(one), await submitted(one))).toEqual({ ok: true });
  return one;
}

type Row = { state: string; status: string; pending: unknown; snapshot: unknown; icon: string; domain: string };
async function rowOf(appId: number): Promise<Row & { uris: string[]; scopes: string[] }> {
  const { rows } = await world.db.query(
    `SELECT state, status, pending_changes AS pending, verified_snapshot AS snapshot, icon_digest AS icon,
            publisher_domain AS domain, ARRAY(SELECT uri FROM redirect_uris WHERE app_id = a.id ORDER BY id) AS uris,
            ARRAY(SELECT name || ':' || access FROM app_scopes WHERE app_id = a.id ORDER BY name) AS scopes
       FROM apps a WHERE id = $1`,
    [appId],
  );
  return rows[0];
}
async function auditOf(appId: number): Promise<string[]> {
  const { rows } = await world.db.query('SELECT kind FROM audit_events WHERE subject = $1 ORDER BY id', [
    `app:${appId}`,
  ]);
  return rows.map(({ kind }) => kind);
}
async function requestsOf(appId: number): Promise<{ status: string; decided: string | null; reason: string | null }[]> {
  const { rows } = await world.db.query(
    'SELECT status, decided_by_id AS decided, reason FROM verification_requests WHERE app_id = $1 ORDER BY id',
    [appId],
  );
  return rows;
}

describe('a request for the badge', () => {
  test('is refused while something is missing, and says what', async () => {
    const one = await newCandidate(world);
    await world.db.query("UPDATE apps SET privacy_url = NULL, description = ' ' WHERE id = $1", [one.app.id]);
    await startRequest(actorOf(one), one.app.id);
    expect(await submitRequest(actorOf(one), one.app.id, { ...TEXTS, purpose: 'short' })).toEqual({
      ok: false,
      reason: 'incomplete',
      missing: ['description', 'privacy', 'purpose', 'screenshots'],
    });
    expect((await findVerification(one.tenant.id, one.app.id))?.open).toMatchObject({
      submittedAt: null,
      purpose: 'short',
    });
  });

  test('gives the badge when it is approved, bound to what was asked for', async () => {
    const one = await verifiedApp();
    expect(await rowOf(one.app.id)).toMatchObject({
      state: 'VERIFIED',
      pending: null,
      snapshot: {
        name: one.app.name,
        icon: one.icon,
        redirectHosts: [`https://app.${one.domain}`],
        scopes: candidateScopes(),
        publisher: { tenantId: one.tenant.id, domain: one.domain },
      },
    });
    expect(await auditOf(one.app.id)).toEqual(['verification_requested', 'verification_approved']);
  });

  test('is rejected with a reason, and the next one begins with what this one said and showed', async () => {
    const one = await newCandidate(world);
    const id = await submitted(one);
    expect(await rejectRequest(reviewerOf(one), id, 'The pictures show something else.')).toEqual({ ok: true });
    expect(await rowOf(one.app.id)).toMatchObject({ state: 'DEVELOPMENT', snapshot: null });
    expect(await writeToReviewer(actorOf(one), one.app.id, id, 'Which ones?')).toBe('written');
    await startRequest(actorOf(one), one.app.id);
    const view = await findVerification(one.tenant.id, one.app.id);
    expect(view?.open).toMatchObject({ purpose: PURPOSE, submittedAt: null });
    expect(view?.open?.screenshots).toHaveLength(1);
    expect(view?.past[0]).toMatchObject({ status: 'REJECTED', reason: 'The pictures show something else.' });
    expect(view?.past[0]?.messages).toMatchObject([{ body: 'Which ones?', author: one.developer.username }]);
  });

  test('does not change any more once it was sent', async () => {
    const one = await newCandidate(world);
    await submitted(one);
    expect(await addScreenshot(actorOf(one), one.app.id, PICTURE)).toBe('not_found');
    expect(await submitRequest(actorOf(one), one.app.id, TEXTS)).toEqual({ ok: false, reason: 'not_found' });
    await startRequest(actorOf(one), one.app.id);
    expect(await requestsOf(one.app.id)).toHaveLength(1);
  });

  test('holds five pictures at most, also when eight come at once', async () => {
    const one = await newCandidate(world);
    await startRequest(actorOf(one), one.app.id);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => addScreenshot(actorOf(one), one.app.id, PICTURE)),
    );
    expect(outcomes.filter((outcome) => outcome === 'added')).toHaveLength(5);
  });

  test('is another organisation’s business to nobody', async () => {
    const [one, other] = [await newCandidate(world), await newCandidate(world)];
    const id = await submitted(one);
    const stranger = actorOf(other);
    expect(await findVerification(other.tenant.id, one.app.id)).toBeNull();
    expect(await startRequest(stranger, one.app.id)).toBe(false);
    expect(await withdrawRequest(stranger, one.app.id, id)).toBeNull();
    expect(await writeToReviewer(stranger, one.app.id, id, 'x')).toBe('not_found');
    expect(await saveRedirectUris(stranger, one.app.id, [])).toEqual({ ok: false, reason: 'not_found' });
    expect(await discardPendingChanges(stranger, one.app.id)).toBe(false);
    expect(await requestsOf(one.app.id)).toMatchObject([{ status: 'OPEN' }]);
  });
});

describe('pictures do not pile up', () => {
  const openOf = async (one: Candidate) => (await findVerification(one.tenant.id, one.app.id))?.open?.id ?? 0;

  test('a draft that is discarded is deleted with its pictures, as often as one is begun', async () => {
    const one = await newCandidate(world);
    for (let round = 0; round < 3; round++) {
      await startRequest(actorOf(one), one.app.id);
      for (let place = 0; place < 5; place++)
        expect(await addScreenshot(actorOf(one), one.app.id, PICTURE)).toBe('added');
      await withdrawRequest(actorOf(one), one.app.id, await openOf(one));
      expect(await picturesOf(one.app.id)).toEqual([]);
    }
    await startRequest(actorOf(one), one.app.id);
    expect((await findVerification(one.tenant.id, one.app.id))?.open).toMatchObject({ purpose: '', screenshots: [] });
  });

  test('those of a request that was sent and withdrawn go on with the next one, and are no copies', async () => {
    const one = await newCandidate(world);
    const first = await submitted(one);
    await withdrawRequest(actorOf(one), one.app.id, first);
    expect(await picturesOf(one.app.id)).toEqual([{ request: first, pictures: 1 }]);
    await startRequest(actorOf(one), one.app.id);
    const second = await openOf(one);
    expect(await picturesOf(one.app.id)).toEqual([
      { request: first, pictures: 0 },
      { request: second, pictures: 1 },
    ]);
    expect((await findVerification(one.tenant.id, one.app.id))?.open).toMatchObject({ purpose: PURPOSE });
  });

  test('those that reviewers saw go back when the next one is discarded, those that were added to it do not', async () => {
    const one = await newCandidate(world);
    const first = await submitted(one);
    await withdrawRequest(actorOf(one), one.app.id, first);
    const before = (await findReview(first, new Date()))?.request;
    for (let round = 0; round < 3; round++) {
      await startRequest(actorOf(one), one.app.id);
      await addScreenshot(actorOf(one), one.app.id, PICTURE);
      expect((await findReview(first, new Date()))?.request).toMatchObject({
        screenshots: [],
        picturesMovedAt: expect.any(Date),
      });
      expect(await withdrawRequest(actorOf(one), one.app.id, await openOf(one))).toBe('discarded');
      expect((await findReview(first, new Date()))?.request).toEqual(before);
      expect(await picturesOf(one.app.id)).toEqual([{ request: first, pictures: 1 }]);
    }
  });

  test('one that is removed from the next draft goes back alone, and stays when that is sent', async () => {
    const one = await newCandidate(world);
    await startRequest(actorOf(one), one.app.id);
    await addScreenshot(actorOf(one), one.app.id, PICTURE);
    const first = await submitted(one);
    await withdrawRequest(actorOf(one), one.app.id, first);
    await startRequest(actorOf(one), one.app.id);
    const second = await openOf(one);
    const [seen] = (await findVerification(one.tenant.id, one.app.id))?.open?.screenshots ?? [];
    expect(await removeScreenshot(actorOf(one), one.app.id, seen?.id ?? '')).toBe(true);
    const oneEach = [
      { request: first, pictures: 1 },
      { request: second, pictures: 1 },
    ];
    expect(await picturesOf(one.app.id)).toEqual(oneEach);
    expect(await submitRequest(actorOf(one), one.app.id, TEXTS)).toEqual({ ok: true });
    await withdrawRequest(actorOf(one), one.app.id, second);
    expect(await picturesOf(one.app.id)).toEqual(oneEach);
    expect((await findReview(first, new Date()))?.request.picturesMovedAt).toBeInstanceOf(Date);
  });

  test('those of an app that moves on with a draft go back, too; what a year has passed over goes with the next round', async () => {
    const one = await newCandidate(world);
    const first = await submitted(one);
    await withdrawRequest(actorOf(one), one.app.id, first);
    await startRequest(actorOf(one), one.app.id);
    await world.db.query("UPDATE verification_requests SET decided_at = now() - interval '366 days' WHERE id = $1", [
      first,
    ]);
    await housework(world, 'verification_screenshots');
    expect((await findReview(first, new Date()))?.request.picturesDeletedAt).toBeNull();
    const taker = await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' });
    await offerTransfer(actorOf(one), one.app.id, { kind: 'organisation', name: taker.tenant.name });
    await acceptTransfer({ userId: taker.id, tenantId: taker.tenant.id }, one.app.id);
    expect(await picturesOf(one.app.id)).toEqual([{ request: first, pictures: 1 }]);
    await housework(world, 'verification_screenshots');
    expect(await picturesOf(one.app.id)).toEqual([{ request: first, pictures: 0 }]);
    expect((await findReview(first, new Date()))?.request).toMatchObject({
      picturesDeletedAt: expect.any(Date),
      picturesMovedAt: null,
    });
  });

  test('those of a decided request stay with it when the next draft is discarded', async () => {
    const one = await newCandidate(world);
    const first = await submitted(one);
    await rejectRequest(reviewerOf(one), first, 'No.');
    for (let round = 0; round < 3; round++) {
      await startRequest(actorOf(one), one.app.id);
      await withdrawRequest(actorOf(one), one.app.id, await openOf(one));
    }
    expect(await picturesOf(one.app.id)).toEqual([{ request: first, pictures: 1 }]);
  });

  test('a year after the decision they are deleted, and the reviewers’ history says so', async () => {
    const ended = async (days: number) => {
      const one = await newCandidate(world);
      const id = await submitted(one);
      await rejectRequest(reviewerOf(one), id, 'No.');
      await world.db.query(
        'UPDATE verification_requests SET decided_at = now() - make_interval(days => $2) WHERE id = $1',
        [id, days],
      );
      return { one, id };
    };
    const [old, young] = [await ended(366), await ended(364)];
    await housework(world, 'verification_screenshots');
    expect(await picturesOf(old.one.app.id)).toEqual([{ request: old.id, pictures: 0 }]);
    expect(await picturesOf(young.one.app.id)).toEqual([{ request: young.id, pictures: 1 }]);
    const { request } = (await findReview(old.id, new Date())) ?? {};
    expect(request).toMatchObject({ status: 'REJECTED', reason: 'No.', purpose: PURPOSE, screenshots: [] });
    expect(request?.picturesDeletedAt).toBeInstanceOf(Date);
    expect((await findReview(young.id, new Date()))?.request.picturesDeletedAt).toBeNull();
  });
});

describe('the reviewers’ page of an old request', () => {
  const pageOf = async (one: Candidate, id: number) => {
    const site = { publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 };
    const browser = await signedIn(site, one.reviewer);
    return (await browser.get(`/review/requests/${id}`)).text();
  };

  test('says what became of its pictures: none, moved, some moved, deleted', async () => {
    const one = await newCandidate(world, { verified: true });
    await saveRedirectUris(actorOf(one), one.app.id, [one.app.redirectUri, `https://new.${one.domain}/cb`]);
    await startRequest(actorOf(one), one.app.id);
    expect(await submitRequest(actorOf(one), one.app.id, TEXTS)).toEqual({ ok: true });
    const [bare] = (await listRequests(one.app.id)).map(({ id }) => id);
    await withdrawRequest(actorOf(one), one.app.id, bare ?? 0);
    expect(await pageOf(one, bare ?? 0)).toContain('No screenshots.');

    await startRequest(actorOf(one), one.app.id);
    await addScreenshot(actorOf(one), one.app.id, PICTURE);
    const shown = await submitted(one);
    await withdrawRequest(actorOf(one), one.app.id, shown);
    await startRequest(actorOf(one), one.app.id);
    expect(await pageOf(one, shown)).toContain('Its pictures went on with the next one');
    const draft = (await findVerification(one.tenant.id, one.app.id))?.open;
    await removeScreenshot(actorOf(one), one.app.id, draft?.screenshots[0]?.id ?? '');
    expect(await pageOf(one, shown)).toContain('Further pictures of it went on with the next one');
    await withdrawRequest(actorOf(one), one.app.id, draft?.id ?? 0);
    await world.db.query(
      "UPDATE verification_requests SET decided_at = now() - interval '366 days' WHERE app_id = $1",
      [one.app.id],
    );
    await housework(world, 'verification_screenshots');
    expect(await picturesOf(one.app.id)).toEqual([
      { request: bare, pictures: 0 },
      { request: shown, pictures: 0 },
    ]);
    expect(await pageOf(one, bare ?? 0)).toContain('No screenshots.');
    expect(await pageOf(one, shown)).toContain('These were deleted');
  });

  test('names no address of an icon that is not kept', async () => {
    const one = await newCandidate(world);
    const id = await submitted(one);
    await rejectRequest(reviewerOf(one), id, 'No.');
    expect(await pageOf(one, id)).toContain(`/icons/${one.icon}.png`);
    await saveIcon(actorOf(one), one.app.id, null);
    await world.db.query('DELETE FROM app_icons WHERE digest = $1', [one.icon]);
    const page = await pageOf(one, id);
    expect(page).not.toContain(`/icons/${one.icon}.png`);
    expect(page).toContain('an icon that is not kept any more');
  });

  test('takes no message that nobody would read: the organisation that sent it no longer has the app', async () => {
    const one = await verifiedApp();
    const [request] = await listRequests(one.app.id);
    const id = request?.id ?? 0;
    expect(readForm(await pageOf(one, id), 'name="body"')).not.toBeNull();
    expect(await writeToDevelopers(reviewerOf(one), id, 'Welcome.')).toBe('written');
    const taker = await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' });
    await offerTransfer(actorOf(one), one.app.id, { kind: 'organisation', name: taker.tenant.name });
    await acceptTransfer({ userId: taker.id, tenantId: taker.tenant.id }, one.app.id);
    expect(await writeToDevelopers(reviewerOf(one), id, 'Are you there?')).toBe('former_owner');
    const page = await pageOf(one, id);
    expect(readForm(page, 'name="body"')).toBeNull();
    expect(page).toContain('This request was sent by an organisation that no longer has the app');
    const read = (await listRequests(one.app.id)).flatMap(({ messages }) => messages.map(({ body }) => body));
    expect(read).toEqual(['Welcome.']);
  });
});

describe('case 88: additions to a verified app wait, removals act at once', () => {
  test('a new host, a wider scope, another icon and domain wait; each is audited', async () => {
    const one = await verifiedApp();
    const actor = actorOf(one);
    const [icon, domain] = [await newIcon(world), await newDomain(world, one.tenant)];
    const uris = [one.app.redirectUri, `https://app.${one.domain}/second`, 'https://new.example/cb'];
    expect(await saveRedirectUris(actor, one.app.id, uris)).toMatchObject({
      ok: true,
      live: { redirectUris: uris.slice(0, 2) },
      pending: { redirectUris: ['https://new.example/cb'] },
    });
    const wider = [...candidateScopes(), { name: 'incident', access: 'd' as const, optional: false, purpose: 'x' }];
    await saveScopes(actor, one.app.id, wider);
    await saveIcon(actor, one.app.id, icon);
    await savePublisherDomain(actor, one.app.id, domain);
    const row = await rowOf(one.app.id);
    expect(row).toMatchObject({ state: 'VERIFIED', icon: one.icon, domain: one.domain, uris: uris.slice(0, 2) });
    expect(row.scopes).toEqual(['profile:r', 'source:w']);
    expect(row.pending).toEqual({
      redirectUris: ['https://new.example/cb'],
      scopes: [wider[2]],
      icon,
      publisherDomain: domain,
    });
    expect(await auditOf(one.app.id)).toEqual([
      'verification_requested',
      'verification_approved',
      'redirect_uris_changed',
      'scopes_changed',
      'icon_changed',
      'publisher_domain_changed',
    ]);

    const request = await submitted(one, { ...TEXTS, redirectNote: 'We move from one domain to the other.' });
    expect(await approveRequest(reviewerOf(one), request)).toEqual({ ok: true });
    const approved = await rowOf(one.app.id);
    expect(approved).toMatchObject({ pending: null, icon, domain, uris });
    expect(approved.scopes).toEqual(['incident:d', 'profile:r', 'source:w']);
  });

  test('a removal is live at once and leaves the badge’s snapshot', async () => {
    const one = await verifiedApp();
    await saveScopes(actorOf(one), one.app.id, candidateScopes().slice(0, 1));
    await saveIcon(actorOf(one), one.app.id, null);
    const row = await rowOf(one.app.id);
    expect(row).toMatchObject({ scopes: ['profile:r'], icon: null, pending: null });
    expect(row.snapshot).toMatchObject({ icon: null, scopes: candidateScopes().slice(0, 1) });
    await saveScopes(actorOf(one), one.app.id, candidateScopes());
    expect((await rowOf(one.app.id)).scopes).toEqual(['profile:r']);
  });

  test('a verified app keeps a live scope: without any it could ask for everything', async () => {
    const one = await verifiedApp();
    for (const scopes of [[], [{ name: 'alert', access: 'r' as const, optional: false, purpose: 'x' }]]) {
      expect(await saveScopes(actorOf(one), one.app.id, scopes)).toEqual({ ok: false, reason: 'needs_scope' });
    }
    expect(await rowOf(one.app.id)).toMatchObject({ scopes: ['profile:r', 'source:w'], pending: null });
  });

  test('discarding ends the request that asked for it', async () => {
    const one = await verifiedApp();
    await saveRedirectUris(actorOf(one), one.app.id, [one.app.redirectUri, 'https://new.example/cb']);
    await world.db.query("UPDATE apps SET pending_changes = pending_changes || '{}' WHERE id = $1", [one.app.id]);
    await startRequest(actorOf(one), one.app.id);
    const note = { ...TEXTS, redirectNote: 'Our partner runs it.' };
    expect(await submitRequest(actorOf(one), one.app.id, note)).toEqual({ ok: true });
    expect(await discardPendingChanges(actorOf(one), one.app.id)).toBe(true);
    expect(await rowOf(one.app.id)).toMatchObject({ state: 'VERIFIED', pending: null, uris: [one.app.redirectUri] });
    expect((await requestsOf(one.app.id)).map(({ status }) => status)).toEqual(['APPROVED', 'WITHDRAWN']);
  });

  test('nothing to review is nothing to send', async () => {
    const one = await verifiedApp();
    await startRequest(actorOf(one), one.app.id);
    expect(await submitRequest(actorOf(one), one.app.id, TEXTS)).toEqual({ ok: false, reason: 'nothing_to_review' });
  });

  test('an app without a badge changes at once, but names proven domains and kept icons only', async () => {
    const one = await newCandidate(world);
    const unproven = await newDomain(world, one.tenant, false);
    const foreign = await newDomain(world, await world.newTenant());
    for (const domain of [unproven, foreign, 'nobody.example']) {
      expect(await savePublisherDomain(actorOf(one), one.app.id, domain)).toEqual({
        ok: false,
        reason: 'domain_not_proven',
      });
    }
    expect(await saveIcon(actorOf(one), one.app.id, 'f'.repeat(64))).toEqual({ ok: false, reason: 'no_icon' });
    expect(await saveRedirectUris(actorOf(one), one.app.id, ['https://else.example/'])).toMatchObject({ pending: {} });
    expect(await rowOf(one.app.id)).toMatchObject({ uris: ['https://else.example/'], snapshot: null, pending: null });
  });

  test('what was added after the request waits on when it is approved, what was dropped stays away', async () => {
    const one = await verifiedApp();
    const actor = actorOf(one);
    await saveRedirectUris(actor, one.app.id, [one.app.redirectUri, 'https://a.example/cb', 'https://b.example/cb']);
    await startRequest(actor, one.app.id);
    await submitRequest(actor, one.app.id, { ...TEXTS, redirectNote: 'Partners.' });
    const id = (await findVerification(one.tenant.id, one.app.id))?.open?.id ?? 0;
    await saveRedirectUris(actor, one.app.id, [one.app.redirectUri, 'https://b.example/cb', 'https://late.example/cb']);
    expect(await approveRequest(reviewerOf(one), id)).toEqual({ ok: true });
    expect(await rowOf(one.app.id)).toMatchObject({
      uris: [one.app.redirectUri, 'https://b.example/cb'],
      pending: { redirectUris: ['https://late.example/cb'] },
    });
  });
});

describe('who is first', () => {
  const isOk = (outcome: { ok: boolean }) => outcome.ok;

  test('two reviewers decide at once: one decision, one audit event', async () => {
    for (let round = 0; round < 4; round++) {
      const one = await newCandidate(world);
      const id = await submitted(one);
      const second = await world.newUser({ tenant: await world.newTenant(), platformAdmin: true });
      const outcomes = await Promise.all([
        approveRequest(reviewerOf(one), id),
        rejectRequest({ userId: second.id }, id, 'No.'),
        approveRequest({ userId: second.id }, id),
      ]);
      expect(outcomes.filter(isOk)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'decided_already')).toHaveLength(2);
      const [request] = await requestsOf(one.app.id);
      expect((await rowOf(one.app.id)).state).toBe(request?.status === 'APPROVED' ? 'VERIFIED' : 'DEVELOPMENT');
      expect((await auditOf(one.app.id)).filter((kind) => /approved|rejected/.test(kind))).toHaveLength(1);
    }
  });

  test('the developer withdraws while the reviewer approves: one of them', async () => {
    for (let round = 0; round < 6; round++) {
      const one = await newCandidate(world);
      const id = await submitted(one);
      const [withdrawn, approved] = await Promise.all([
        withdrawRequest(actorOf(one), one.app.id, id),
        approveRequest(reviewerOf(one), id),
      ]);
      expect(Number(withdrawn === 'withdrawn') + Number(isOk(approved))).toBe(1);
      expect((await rowOf(one.app.id)).state).toBe(approved.ok ? 'VERIFIED' : 'DEVELOPMENT');
    }
  });

  test('the app is deleted or transferred meanwhile: no badge', async () => {
    const deleted = await newCandidate(world);
    const id = await submitted(deleted);
    await world.db.query("UPDATE apps SET status = 'SUSPENDED', deleted_at = now() WHERE id = $1", [deleted.app.id]);
    expect(await approveRequest(reviewerOf(deleted), id)).toEqual({ ok: false, reason: 'not_found' });

    for (let round = 0; round < 4; round++) {
      const one = await newCandidate(world);
      const request = await submitted(one);
      const other = await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' });
      await offerTransfer(actorOf(one), one.app.id, { kind: 'organisation', name: other.tenant.name });
      await Promise.all([
        acceptTransfer({ userId: other.id, tenantId: other.tenant.id }, one.app.id),
        approveRequest(reviewerOf(one), request),
      ]);
      expect(await rowOf(one.app.id)).toMatchObject({
        state: 'DEVELOPMENT',
        snapshot: null,
        pending: null,
        domain: null,
      });
    }
  });

  test('an addition that is saved while the reviewer approves never becomes live', async () => {
    for (let round = 0; round < 6; round++) {
      const one = await newCandidate(world);
      const id = await submitted(one);
      await Promise.all([
        approveRequest(reviewerOf(one), id),
        saveRedirectUris(actorOf(one), one.app.id, [one.app.redirectUri, 'https://evil.example/cb']),
      ]);
      expect(await rowOf(one.app.id)).toMatchObject({
        state: 'VERIFIED',
        uris: [one.app.redirectUri],
        pending: { redirectUris: ['https://evil.example/cb'] },
      });
    }
  });

  test('a domain that is removed takes the request with it, if it was about nothing else', async () => {
    for (const more of [false, true]) {
      const one = await verifiedApp();
      const domain = await newDomain(world, one.tenant);
      await savePublisherDomain(actorOf(one), one.app.id, domain);
      if (more) await saveIcon(actorOf(one), one.app.id, await newIcon(world));
      const id = await submitted(one, { ...TEXTS, redirectNote: 'We move from one domain to the other.' });
      const { rows } = await world.db.query('SELECT id FROM publisher_domains WHERE domain = $1', [domain]);
      expect(await removeDomain(actorOf(one), rows[0].id)).toBe(true);
      expect((await findReview(id, new Date()))?.request.status).toBe(more ? 'OPEN' : 'WITHDRAWN');
      expect((await auditOf(one.app.id)).includes('verification_withdrawn')).toBe(!more);
      expect(await rowOf(one.app.id)).toMatchObject({ state: 'VERIFIED', domain: one.domain });
    }
  });

  test('a domain that is removed while the reviewer approves is under no badge', async () => {
    for (let round = 0; round < 6; round++) {
      const one = await newCandidate(world);
      const id = await submitted(one);
      const { rows } = await world.db.query('SELECT id FROM publisher_domains WHERE tenant_id = $1', [one.tenant.id]);
      await Promise.all([approveRequest(reviewerOf(one), id), removeDomain(actorOf(one), rows[0].id)]);
      expect((await rowOf(one.app.id)).domain).toBeNull();
    }
  });
});

describe('what reviewers may not', () => {
  test('decide on what they made, look after or sent themselves', async () => {
    for (const column of ['created_by_id', 'owner_id'] as const) {
      const one = await newCandidate(world);
      const id = await submitted(one);
      await world.db.query(`UPDATE apps SET ${column} = $2 WHERE id = $1`, [one.app.id, one.reviewer.id]);
      expect(await approveRequest(reviewerOf(one), id)).toEqual({ ok: false, reason: 'own_app' });
      expect(await rejectRequest(reviewerOf(one), id, 'x')).toEqual({ ok: false, reason: 'own_app' });
    }
    const one = await newCandidate(world);
    const id = await submitted(one);
    expect(await approveRequest({ userId: one.developer.id }, id)).toEqual({ ok: false, reason: 'own_app' });
    expect((await requestsOf(one.app.id))[0]?.status).toBe('OPEN');
  });
  test('approve a suspended app, an unproven domain or an icon that is gone', async () => {
    const suspended = await newCandidate(world);
    const first = await submitted(suspended);
    await suspendApp(reviewerOf(suspended), suspended.app.id, 'Phishing.');
    expect(await approveRequest(reviewerOf(suspended), first)).toEqual({ ok: false, reason: 'suspended' });

    const one = await newCandidate(world);
    const id = await submitted(one);
    await world.db.query('UPDATE publisher_domains SET proven_at = NULL WHERE tenant_id = $1', [one.tenant.id]);
    expect(await approveRequest(reviewerOf(one), id)).toEqual({ ok: false, reason: 'domain_not_proven' });
    expect(await rowOf(one.app.id)).toMatchObject({ state: 'DEVELOPMENT', snapshot: null });
  });
});

/** Three connections of one user, with refresh tokens that have no end. */
async function connectThrice(appId: number): Promise<void> {
  await world.db.query(
    `WITH g AS (INSERT INTO grants (user_id, app_id, scopes) VALUES ($1, $2, 'profile') RETURNING id),
          c AS (INSERT INTO connections (id, grant_id, app_id, scopes) SELECT gen_random_uuid(), id, $2, 'profile' FROM g, generate_series(1, 3) RETURNING id, grant_id)
     INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, expires_at)
     SELECT id, grant_id, $2, sha256(id::text::bytea), true, NULL FROM c`,
    [(await world.newUser()).id, appId],
  );
}

describe('a suspended app', () => {
  test('keeps its refresh tokens when it is reinstated, unless its connections end with that', async () => {
    for (const endConnections of [false, true]) {
      const one = await verifiedApp();
      await connectThrice(one.app.id);
      expect(await suspendApp(reviewerOf(one), one.app.id, 'Phishing.')).toEqual({ ok: true });
      expect(await suspendApp(reviewerOf(one), one.app.id, 'Again.')).toEqual({ ok: false, reason: 'decided_already' });
      expect(await reinstateApp(reviewerOf(one), one.app.id, { endConnections })).toEqual({ ok: true });
      expect(await world.liveFamilies(one.app.id)).toBe(endConnections ? 0 : 3);
      expect(await rowOf(one.app.id)).toMatchObject({ status: 'ACTIVE', state: 'VERIFIED' });
      expect((await auditOf(one.app.id)).slice(-2)).toEqual(['app_suspended', 'app_reinstated']);
    }
  });
});

describe('the way from a suspended app to the reviewers', () => {
  const server = ours('servers')[0];
  const site = { publicUrl: ours('publicUrl'), port: server?.port ?? 0 };
  const pageOf = async (one: Candidate) => {
    const browser = await signedIn(site, one.developer);
    const path = `/applications/${one.app.id}/verification`;
    return { browser, path, page: await (await browser.get(path)).text() };
  };

  test('is the conversation about the last request that was sent and not withdrawn, also an approved one', async () => {
    const one = await verifiedApp();
    const [approved] = (await findVerification(one.tenant.id, one.app.id))?.past ?? [];
    await newRequest(world, one, { status: 'WITHDRAWN' });
    expect(readForm((await pageOf(one)).page, 'name="requestId"')).toBeNull();
    expect(await suspendApp(reviewerOf(one), one.app.id, 'Phishing.')).toEqual({ ok: true });
    const { browser, path, page } = await pageOf(one);
    expect(page).toContain(`href="/applications/${one.app.id}/verification#thread"`);
    const form = readForm(page, 'name="requestId"');
    if (!form) throw new Error('nowhere to write to the reviewers');
    expect(form.get('requestId')).toBe(String(approved?.id));
    form.set('body', 'We have mended it.');
    expect((await sendForm(browser, path, form)).status).toBe(200);
    const read = (await listRequests(one.app.id)).find(({ id }) => id === approved?.id);
    expect(read?.messages.map(({ body }) => body)).toEqual(['We have mended it.']);
  });

  test('is that request also behind ten that were withdrawn', async () => {
    const one = await verifiedApp();
    const [approved] = (await findVerification(one.tenant.id, one.app.id))?.past ?? [];
    for (let n = 0; n < 10; n++) await newRequest(world, one, { status: 'WITHDRAWN' });
    await suspendApp(reviewerOf(one), one.app.id, 'Phishing.');
    expect((await findVerification(one.tenant.id, one.app.id))?.past.map(({ id }) => id)).not.toContain(approved?.id);
    const { page } = await pageOf(one);
    expect(readForm(page, 'name="requestId"')?.get('requestId')).toBe(String(approved?.id));
  });

  test('is not withdrawn with a request that waits: it stays, and the page offers and says nothing else', async () => {
    const one = await newCandidate(world);
    const id = await submitted(one);
    const before = await pageOf(one);
    const withdrawal = readForm(before.page, 'Withdraw request');
    if (!withdrawal) throw new Error('a request that waits can be withdrawn');
    await suspendApp(reviewerOf(one), one.app.id, 'Phishing.');
    expect(await withdrawRequest(actorOf(one), one.app.id, id)).toBe('suspended');
    const late = await sendForm(before.browser, before.path, withdrawal);
    expect(late.headers.get('location')).toContain('done=stays');
    expect(await requestsOf(one.app.id)).toEqual([{ status: 'OPEN', decided: null, reason: null }]);
    expect(await auditOf(one.app.id)).not.toContain('verification_withdrawn');
    const { page } = await pageOf(one);
    expect(readForm(page, 'Withdraw request')).toBeNull();
    expect(page).toContain('While the application is suspended the request cannot be withdrawn');
    expect(readForm(page, 'name="body"')?.get('requestId')).toBe(String(id));
    expect(await withdrawRequest(actorOf(one), one.app.id, id + 1)).toBeNull();
    await reinstateApp(reviewerOf(one), one.app.id, { endConnections: false });
    expect(await withdrawRequest(actorOf(one), one.app.id, id)).toBe('withdrawn');
  });

  test('stays when the changes are discarded, and ends when it is reinstated', async () => {
    for (const discarded of [true, false]) {
      const one = await newCandidate(world, { verified: true });
      await saveRedirectUris(actorOf(one), one.app.id, [one.app.redirectUri, 'https://new.example/cb']);
      const id = await submitted(one, { ...TEXTS, redirectNote: 'Our partner runs it.' });
      await suspendApp(reviewerOf(one), one.app.id, 'Phishing.');
      if (discarded) expect(await discardPendingChanges(actorOf(one), one.app.id)).toBe(true);
      expect(await writeToReviewer(actorOf(one), one.app.id, id, 'We have mended it.')).toBe('written');
      await reinstateApp(reviewerOf(one), one.app.id, { endConnections: false });
      expect((await requestsOf(one.app.id)).map(({ status }) => status)).toEqual([discarded ? 'WITHDRAWN' : 'OPEN']);
    }
  });

  test('is said to be another one where the organisation has no such request', async () => {
    const [none, former] = [await newCandidate(world), await verifiedApp()];
    const taker = await world.newUser({ tenant: await world.newTenant(), role: 'ADMIN' });
    await offerTransfer(actorOf(former), former.app.id, { kind: 'organisation', name: taker.tenant.name });
    await acceptTransfer({ userId: taker.id, tenantId: taker.tenant.id }, former.app.id);
    for (const one of [none, { ...former, developer: taker }]) {
      expect(await suspendApp(reviewerOf(one), one.app.id, 'Phishing.')).toEqual({ ok: true });
      const { page } = await pageOf(one);
      expect(readForm(page, 'name="requestId"')).toBeNull();
      expect(page).toContain('Your organisation has no request for verification of this application that waits');
    }
  });
});

describe('what a suspended app wrote waits for a reviewer', () => {
  /** What the queue shows of an app, and how much it holds and says that it holds. */
  async function queued(one: Candidate) {
    let page = await listQueue(null, new Date());
    const seen = [...page.entries];
    while (page.next) {
      page = await listQueue(page.next, new Date());
      seen.push(...page.entries);
    }
    expect(await countQueue()).toBe(seen.length);
    return seen.filter(({ appName }) => appName === one.app.name).map(({ id, suspension }) => ({ id, suspension }));
  }
  /** A verified app that was suspended, and its request. */
  async function suspended(): Promise<{ one: Candidate; id: number }> {
    const one = await newCandidate(world);
    const id = await submitted(one);
    expect(await approveRequest(reviewerOf(one), id)).toEqual({ ok: true });
    expect(await writeToReviewer(actorOf(one), one.app.id, id, 'Thank you.')).toBe('written');
    expect(await queued(one)).toEqual([]);
    expect(await suspendApp(reviewerOf(one), one.app.id, 'Phishing.')).toEqual({ ok: true });
    return { one, id };
  }

  test('until one answers; what was said before the suspension does not', async () => {
    const { one, id } = await suspended();
    expect(await queued(one)).toEqual([]);
    await writeToReviewer(actorOf(one), one.app.id, id, 'We have mended it.');
    await writeToReviewer(actorOf(one), one.app.id, id, 'Please look.');
    expect(await queued(one)).toEqual([{ id, suspension: true }]);
    expect(await writeToDevelopers(reviewerOf(one), id, 'Not quite.')).toBe('written');
    expect(await queued(one)).toEqual([]);
    await writeToReviewer(actorOf(one), one.app.id, id, 'Now it is.');
    expect(await queued(one)).toEqual([{ id, suspension: true }]);
  });

  test('until one reinstates it, or nobody could answer any more', async () => {
    const [reinstated, moved] = [await suspended(), await suspended()];
    for (const { one, id } of [reinstated, moved]) {
      await writeToReviewer(actorOf(one), one.app.id, id, 'We have mended it.');
      expect(await queued(one)).toEqual([{ id, suspension: true }]);
    }
    const { app } = reinstated.one;
    expect(await reinstateApp(reviewerOf(reinstated.one), app.id, { endConnections: false })).toEqual({ ok: true });
    expect(await queued(reinstated.one)).toEqual([]);
    const { id: taker } = await world.newTenant();
    await world.db.query('UPDATE apps SET tenant_id = $2 WHERE id = $1', [moved.one.app.id, taker]);
    expect(await queued(moved.one)).toEqual([]);
  });

  test('once, where its request still waits: a rejection answers what was written before it', async () => {
    const one = await newCandidate(world);
    const id = await submitted(one);
    await suspendApp(reviewerOf(one), one.app.id, 'Phishing.');
    await writeToReviewer(actorOf(one), one.app.id, id, 'We have mended it.');
    expect(await queued(one)).toEqual([{ id, suspension: false }]);
    await rejectRequest(reviewerOf(one), id, 'No.');
    expect(await queued(one)).toEqual([]);
    await writeToReviewer(actorOf(one), one.app.id, id, 'Why?');
    expect(await queued(one)).toEqual([{ id, suspension: true }]);
  });

  test('on the page of open requests, which leads to the conversation and from there to the app', async () => {
    const { one, id } = await suspended();
    await writeToReviewer(actorOf(one), one.app.id, id, 'We have mended it.');
    await world.db.query("UPDATE apps SET suspended_at = '2001-01-01' WHERE id = $1", [one.app.id]);
    await world.db.query("UPDATE verification_requests SET decided_at = '2001-01-01' WHERE id = $1", [id]);
    await world.db.query("UPDATE verification_messages SET at = '2001-01-02' WHERE request_id = $1", [id]);
    const browser = await signedIn({ publicUrl: ours('publicUrl'), port: ours('servers')[0]?.port ?? 0 }, one.reviewer);
    const queue = await (await browser.get('/review/open')).text();
    expect(queue).toContain(`href="/review/requests/${id}#thread"`);
    expect(queue).toContain('Message about the suspension');
    const page = await (await browser.get(`/review/requests/${id}`)).text();
    expect(page).toContain('We have mended it.');
    expect(page).toContain(`href="/review/apps/${one.app.id}#reinstate"`);
  });
});

describe('tokens that never expire', () => {
  const live = async (appId: number) =>
    (await world.db.query('SELECT never_expires AS granted FROM apps WHERE id = $1', [appId])).rows[0].granted;

  test('are for verified backend apps, and end with the badge or the way of proof', async () => {
    const plain = await newCandidate(world);
    expect(await grantNeverExpires(reviewerOf(plain), plain.app.id)).toEqual({ ok: false, reason: 'not_backend' });
    for (const change of ["proof = 'SECRET_OR_PKCE'", "state = 'DEVELOPMENT'"]) {
      const one = await verifiedApp();
      expect(await grantNeverExpires(reviewerOf(one), one.app.id)).toEqual({ ok: true });
      expect(await live(one.app.id)).toBe(true);
      await world.db.query(`UPDATE apps SET ${change} WHERE id = $1`, [one.app.id]);
      expect(await live(one.app.id)).toBe(false);
    }
  });

  test('get an end a year from the day on which that is withdrawn', async () => {
    const one = await verifiedApp();
    await grantNeverExpires(reviewerOf(one), one.app.id);
    await connectThrice(one.app.id);
    expect(await withdrawNeverExpires(reviewerOf(one), one.app.id)).toEqual({ ok: true });
    const { rows } = await world.db.query(
      `SELECT DISTINCT expires_at BETWEEN db_now() + interval '364 days' AND db_now() + interval '366 days' AS a_year
         FROM refresh_tokens WHERE app_id = $1`,
      [one.app.id],
    );
    expect(rows).toEqual([{ a_year: true }]);
    expect(await live(one.app.id)).toBe(false);
    expect((await auditOf(one.app.id)).slice(-2)).toEqual(['never_expires_granted', 'never_expires_withdrawn']);
  });
});

describe('what reviewers see', () => {
  test('the queue, one request with everything about it, decisions, and apps of all organisations', async () => {
    const one = await newCandidate(world);
    await connectThrice(one.app.id);
    const id = await submitted(one);
    const now = new Date();
    const review = await findReview(id, now);
    expect(review).toMatchObject({
      app: { id: one.app.id, users: 1, connections: 3 },
      request: { status: 'OPEN', before: null },
      sender: { username: one.developer.username, mailVerified: true },
      signs: [{ sign: 'new_organisation', days: 0 }],
    });
    expect(review?.checks.every(({ done }) => done)).toBe(true);
    let page = await listQueue(null, now);
    const seen = page.entries.map((entry) => entry.id);
    while (page.next) {
      page = await listQueue(page.next, now);
      seen.push(...page.entries.map((entry) => entry.id));
    }
    expect(seen).toContain(id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(await countQueue()).toBe(seen.length);
    const search = { search: one.app.clientId, state: 'development', olderThan: null } as const;
    expect(await searchApps(search)).toMatchObject({ apps: [{ id: one.app.id, inReview: true }], older: null });
    expect(await searchApps({ ...search, state: 'verified' })).toEqual({ apps: [], older: null });
    await rejectRequest(reviewerOf(one), id, 'No.');
    expect((await listDecided(null)).entries[0]).toMatchObject({ id, status: 'REJECTED', reason: 'No.' });
  });
});

describe('a publisher’s domain', () => {
  test('is looked up once in a few seconds, whoever asks, and is proven for the whole organisation', async () => {
    const one = await newCandidate(world);
    const domain = await newDomain(world, one.tenant, false);
    const { rows } = await world.db.query('SELECT id FROM publisher_domains WHERE domain = $1', [domain]);
    const checks = await Promise.all(Array.from({ length: 5 }, () => beginDomainCheck(actorOf(one), rows[0].id)));
    expect(checks.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await noteProof(actorOf(one), rows[0].id)).toBe(true);
    expect(await savePublisherDomain(actorOf(one), one.app.id, domain)).toMatchObject({ ok: true });
    const stranger = actorOf(await newCandidate(world));
    expect(await beginDomainCheck(stranger, rows[0].id)).toEqual({ ok: false, reason: 'not_found' });
    expect(await removeDomain(stranger, rows[0].id)).toBe(false);
  });
});
