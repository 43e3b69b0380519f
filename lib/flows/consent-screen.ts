import { describeDevice } from '@/lib/apps/devices';
import { type Client, isOptional } from '@/lib/oauth/client';
import { ownsSecret, refusedBefore } from '@/lib/oauth/consent';
import { leadsToThisMachine } from '@/lib/oauth/redirect-uri';
import { MAX_REFRESH_TOKENS } from '@/lib/oauth/refresh-token';
import { describeScope, formatScope, type Scope, type ScopeDescription } from '@/lib/oauth/scopes';
import { runtime } from '@/lib/runtime/runtime';
import type { GrantSituation } from '@/lib/store/grants';
import type { PublicApp } from '@/lib/store/public-apps';
import type { SessionUser } from '@/lib/store/sessions';
import { decide, isPlayground, type WaitingRequest } from './authorize';
import { type RequestFace, requestFace } from './request-face';

/** A scope on the grant screen. */
export type ConsentScope = ScopeDescription & {
  /** As the form sends it. */
  scope: string;
  /** The user may untick it. */
  optional: boolean;
  ticked: boolean;
  /** Why the app needs it, in its developer's words; may be empty. */
  purpose: string;
};

export const ASKED_AGAIN = ['too_fast', 'changed', 'nothing_ticked'] as const;
/** Why the screen is shown once more: an answer that was not taken. */
export type AskedAgain = (typeof ASKED_AGAIN)[number];

/** An answer that was not taken: why, and what the user had unticked. */
export type Untaken = { why: AskedAgain; unticked: readonly string[] };

/** How long the app stays connected. */
type Offline = 'none' | 'day' | 'year' | 'never_expires';

/** What the grant screen shows. */
export type ConsentView = RequestFace & {
  scopes: ConsentScope[];
  /** Only what is added to a standing grant is shown. */
  newOnly: boolean;
  offline: Offline;
  loopback: boolean;
  /** The connection that this one will end: all ten places are taken. */
  evicts: { device: string | null; connectedAt: Date } | null;
  askedAgain: AskedAgain | null;
  /** Comes back with the decision: what the screen said. */
  shownToken: string;
  /** Comes back with the decision: when the page was rendered. */
  renderedToken: string;
};

/** What the screen asks and says; a decision counts for this and nothing else. */
export type Screen = { shown: Scope[]; newOnly: boolean; offline: Offline; token: string };

/** What is asked of a user with this standing. */
export function screenOf(request: WaitingRequest, client: Client, situation: GrantSituation): Screen {
  const decision = decide(request, client, situation);
  const asked = decision.kind === 'ask' ? decision : { scopesToShow: request.scopes, newOnly: false };
  const shown = asked.scopesToShow;
  const lasting = ownsSecret(client) || request.offlineAccess;
  const offline = lasting ? lifetimeOf(request, client) : 'none';
  const scopes = shown.map((scope) => `${isOptional(scope, client.scopes) ? '~' : ''}${formatScope(scope)}`);
  return { shown, newOnly: asked.newOnly, offline, token: [offline, ...scopes].join(' ') };
}

function lifetimeOf(request: WaitingRequest, client: Client): Offline {
  if (isPlayground(request)) return 'day';
  return client.neverExpires ? 'never_expires' : 'year';
}

/** The screen in full, for the page. */
export function viewOf(
  transactionId: string,
  { request, client }: { request: WaitingRequest; client: Client },
  { app, situation }: { app: PublicApp; situation: GrantSituation },
  user: SessionUser,
  untaken: Untaken | null,
): ConsentView {
  const screen = screenOf(request, client, situation);
  const { oldest } = situation;
  return {
    ...requestFace(transactionId, app, request, user),
    scopes: screen.shown.map((scope) => consentScope(scope, client, situation, untaken)),
    newOnly: screen.newOnly,
    offline: screen.offline,
    loopback: leadsToThisMachine(request.redirectUri),
    evicts:
      screen.offline !== 'none' && oldest && situation.places >= MAX_REFRESH_TOKENS
        ? { device: describeDevice(oldest.userAgent), connectedAt: oldest.connectedAt }
        : null,
    askedAgain: untaken?.why ?? null,
    shownToken: screen.token,
    renderedToken: String(Math.round(runtime().clock.now())),
  };
}

function consentScope(scope: Scope, client: Client, { grant }: GrantSituation, untaken: Untaken | null): ConsentScope {
  const text = formatScope(scope);
  const optional = isOptional(scope, client.scopes);
  const off = untaken ? untaken.unticked.includes(text) : refusedBefore(scope, { client, grant });
  const purpose = client.scopes?.find(({ name }) => name === scope.name)?.purpose ?? '';
  return { scope: text, ...describeScope(scope), optional, ticked: !(optional && off), purpose };
}
