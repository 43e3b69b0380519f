import { type Blocked, judgeApp, mayAsk, reasonProblem } from '@/lib/apps/app-policy';
import type { Client } from '@/lib/oauth/client';
import { describeScope, formatScope, formatScopes, type ScopeDescription } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import { type AskOutcome, askForApp, waitAgain } from '@/lib/store/access-requests';
import { findPolicyView, type PolicyView } from '@/lib/store/app-policy';
import type { PublicApp } from '@/lib/store/public-apps';
import type { SessionUser } from '@/lib/store/sessions';
import type { WaitingRequest } from './authorize';
import { type RequestFace, requestFace } from './request-face';

/** What a user's organisation says of an app that it does not let in. */
export type Block = { why: Blocked; view: PolicyView };

/** Why the organisation of this user keeps the app out, or null when it does not. */
export async function findBlock(user: SessionUser, client: Client): Promise<Block | null> {
  // Its own apps are always let in: there is nothing to ask.
  if (client.tenantId === user.tenant.id) return null;
  return blockOf(user, client, await findPolicyView(user.id, client.id));
}

/** The same, where it has been read already. */
export function blockOf(user: SessionUser, client: Client, view: PolicyView): Block | null {
  if (client.tenantId === user.tenant.id) return null;
  const why = judgeApp({ ...view, verified: client.verified, ownApp: false });
  return why === 'allowed' ? null : { why, view };
}

/** Whether it does. */
export async function keptOut(user: SessionUser, client: Client): Promise<boolean> {
  return (await findBlock(user, client)) !== null;
}

/** What the page of an authorization shows while the app is kept out. */
export type BlockedView = RequestFace & {
  why: Blocked;
  /** What the organisation tells its people about a blocked app. */
  note: string;
  scopes: (ScopeDescription & { scope: string })[];
  /** The user's last request, where it still says something. */
  request: { status: 'PENDING' | 'DENIED'; reason: string; note: string; createdAt: Date } | null;
  mayAsk: boolean;
};

type Waiting = { request: WaitingRequest; client: Client; digest: Buffer };

/** A request that waits already waits with this authorization, too. */
export async function blockedViewOf(
  transactionId: string,
  { request, client, digest }: Waiting,
  app: PublicApp,
  user: SessionUser,
  { why, view }: Block,
): Promise<BlockedView> {
  const last = view.request;
  if (last?.status === 'PENDING' && last.transactionDigest !== digest.toString('hex'))
    await waitAgain({ userId: user.id, tenantId: user.tenant.id, sessionId: user.sessionId }, client.id, digest);
  const now = new Date(runtime().clock.now());
  const askable = mayAsk(why, last, now);
  const told = last && last.status !== 'APPROVED' && !(askable && last.status === 'DENIED');
  return {
    ...requestFace(transactionId, app, request, user),
    why,
    note: view.note,
    scopes: request.scopes.map((scope) => ({ scope: formatScope(scope), ...describeScope(scope) })),
    request: told ? { ...last, status: last.status as 'PENDING' | 'DENIED' } : null,
    mayAsk: askable,
  };
}

export const ASK_PROBLEMS = ['missing', 'too_long', 'too_many', 'denied_lately'] as const;
/** Why a request was not taken. */
export type AskProblem = (typeof ASK_PROBLEMS)[number];

/** What became of a request: it waits, it was not taken, or there is nothing to ask for any more and the page says what is. */
export type Asked = { kind: 'asked' } | { kind: 'refused'; problem: AskProblem } | { kind: 'gone' };

/**
 * A member asks the admins of the organisation for an app.
 * @param waiting the authorization that the member is kept from
 * @param reason as it was typed
 */
export async function askForApproval(waiting: Waiting, reason: string, user: SessionUser): Promise<Asked> {
  const blocked = await findBlock(user, waiting.client);
  if (!blocked || blocked.why === 'blocked') return { kind: 'gone' };
  // Two lines of a text box are one line of ours, and nothing that turns or hides what stands around it.
  const written = reason
    .replace(/\r\n/g, '\n')
    .replace(/[^\P{C}\n]/gu, '')
    .trim();
  const problem = reasonProblem(written);
  if (problem) return { kind: 'refused', problem };
  const outcome: AskOutcome = await askForApp({
    userId: user.id,
    tenantId: user.tenant.id,
    appId: waiting.client.id,
    reason: written,
    scopes: formatScopes(waiting.request.scopes),
    offlineAccess: waiting.request.offlineAccess,
    transactionDigest: waiting.digest,
    sessionId: user.sessionId,
  });
  if (outcome === 'asked') return { kind: 'asked' };
  return outcome === 'transaction_gone' || outcome === 'nothing_to_ask'
    ? { kind: 'gone' }
    : { kind: 'refused', problem: outcome };
}

/** Whether the page that waits for a decision still waits. @param waiting null: the authorization is over */
export async function stillWaits(waiting: Waiting | null, user: SessionUser): Promise<boolean> {
  const blocked = waiting && (await findBlock(user, waiting.client));
  return blocked?.view.request?.status === 'PENDING';
}
