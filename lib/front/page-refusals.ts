import type { IncomingMessage, ServerResponse } from 'node:http';
import { AUTHORIZE_PATHS, PAGE_HOSTS } from '@/lib/flows/table';
import type { Sentence } from '@/lib/i18n/catalogue';
import { networkOf } from '@/lib/runtime/limits';
import { findSessionUser } from '@/lib/store/sessions';
import { BodyBudget } from './body-budget';
import { judgeForm } from './forms';
import { headIsTooLarge } from './head';
import type { Visit } from './visit';

/** Why a request for a page is not heard, in words for whoever sent it. */
export type Refusal = { status: number; title: Sentence; text: Sentence; allow?: string; retryAfterSeconds?: number };

/** Bytes of a form post. */
const MAX_POST_BYTES = 1_048_576;

/** Pages of an app take pictures; Next holds server actions to the same. */
const TAKES_PICTURES = /^\/applications\/\d{1,10}(\/|$)/;
const MAX_PICTURE_POST_BYTES = 5_242_880;

/** The same of somebody who is not signed in: what they can send are a sign-in and a choice of language. */
const MAX_STRANGERS_POST_BYTES = 65_536;

// Bodies are read whole before they are judged, so what is in memory at once has a bound. What is no larger than a head
// may be costs no more than its connection: it has no budget, and nobody's uploads keep others from signing in.
const UNCOUNTED_POST_BYTES = 16_384;
const membersBodies = new BodyBudget(67_108_864);
const strangersBodies = new BodyBudget(16_777_216);
const BUSY_SECONDS = 5;

/** Route handlers whose answer is a redirect or an error page. */
export const LEADS_ON =
  /^\/(oauth2\/authorize|api\/developers\/oauth2\/authorize|signin\/submit|signout\/submit|consent\/[^/]+\/(?:decision|request)|invitations\/[^/]+)$/;

// Next's image proxy, and the pages that Next renders for itself: asked by name, one answers 500 for caches to keep.
const NO_PAGE = /^\/(?:_next\/image|_global-error$|_not-found$)/;

const NOT_HERE: Refusal = {
  status: 404,
  title: { key: 'errors.not_found.title' },
  text: { key: 'errors.no_page' },
};
export const TOO_MANY = (seconds: number): Refusal => ({
  status: 429,
  title: { key: 'errors.too_many.title' },
  text: { key: 'errors.too_many.text', values: { seconds } },
  retryAfterSeconds: seconds,
});
const TOO_BUSY: Refusal = {
  status: 503,
  title: { key: 'errors.busy.title' },
  text: { key: 'errors.busy.text', values: { seconds: BUSY_SECONDS } },
  retryAfterSeconds: BUSY_SECONDS,
};
const TOO_LARGE_FOR_STRANGERS: Refusal = {
  status: 413,
  title: { key: 'errors.too_large.title' },
  text: { key: 'errors.too_large.signed_out', values: { kilobytes: MAX_STRANGERS_POST_BYTES / 1_024 } },
};

/** What can be said without asking anybody. */
export function refuseHead(request: IncomingMessage, visit: Visit): Refusal | null {
  if (headIsTooLarge(request)) {
    return { status: 431, title: { key: 'errors.too_large.title' }, text: { key: 'errors.head_too_large' } };
  }
  if (!PAGE_HOSTS.has(visit.host.kind) || NO_PAGE.test(visit.path)) return NOT_HERE;
  const readable = request.method === 'GET' || (request.method === 'HEAD' && !AUTHORIZE_PATHS.has(visit.path));
  if (readable) return null;
  if (request.method !== 'POST' || AUTHORIZE_PATHS.has(visit.path)) {
    return {
      status: 405,
      title: { key: 'errors.not_possible' },
      text: { key: 'errors.only_visit' },
      allow: 'GET',
    };
  }
  // The one rule against requests that other sites make in a user's name: a form of ours comes from our own origin.
  // A missing Origin is refused too: Next lets that one through (CVE-2026-27978).
  if (request.headers.origin !== visit.host.origin) {
    return {
      status: 403,
      title: { key: 'errors.foreign.title' },
      text: { key: 'errors.foreign.text' },
    };
  }
  // Browsers say how much they send; what does not could be without end, and route handlers read all of it.
  if (request.headers['content-length'] === undefined) {
    return { status: 411, title: { key: 'errors.not_possible' }, text: { key: 'errors.no_length' } };
  }
  const most = TAKES_PICTURES.test(visit.path) ? MAX_PICTURE_POST_BYTES : MAX_POST_BYTES;
  if (Number(request.headers['content-length']) > most) {
    const values = { megabytes: most / 1_048_576 };
    return { status: 413, title: { key: 'errors.too_large.title' }, text: { key: 'errors.too_large.text', values } };
  }
  return null;
}

/**
 * A body for which there is no room is refused before any of it is read (case 38); one that is let in holds its room
 * until its answer is over. A large one needs a session that lives: the cookie is asked first, it costs nothing.
 */
export async function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  visit: Visit,
  sessionId: string | null,
): Promise<Refusal | null> {
  const bytes = request.method === 'POST' ? Number(request.headers['content-length']) : 0;
  if (bytes <= UNCOUNTED_POST_BYTES) return null;
  const member = sessionId === null ? null : await findSessionUser(sessionId);
  if (!member && bytes > MAX_STRANGERS_POST_BYTES) return TOO_LARGE_FOR_STRANGERS;
  // However many sessions somebody has, it is one person who sends.
  const giveBack = member
    ? membersBodies.take(member.id, bytes)
    : strangersBodies.take(networkOf(visit.address), bytes);
  if (!giveBack) return TOO_BUSY;
  // Whoever has hung up by now is told of no end any more.
  if (response.destroyed) giveBack();
  else response.once('close', giveBack);
  return null;
}

/** A form that can't be read is refused here: Next answers it as if the failure were ours. Route handlers see for themselves. */
export async function refuseDamaged(request: IncomingMessage, visit: Visit): Promise<Refusal | null> {
  if (request.method !== 'POST' || LEADS_ON.test(visit.path)) return null;
  const verdict = await judgeForm(request);
  if (verdict === 'readable') return null;
  return {
    status: verdict === 'damaged' ? 400 : 415,
    title: { key: 'errors.unreadable.title' },
    text: { key: 'errors.unreadable.text' },
  };
}
