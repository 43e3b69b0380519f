import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AUTHORIZE_PATHS } from '@/lib/flows/table';
import { createI18n } from '@/lib/i18n/i18n';
import { MESSAGES } from '@/lib/i18n/messages';
import { negotiateLanguage } from '@/lib/i18n/negotiate';
import { PLAYGROUND_PATH, redirectOrigin } from '@/lib/oauth/redirect-uri';
import { runtime } from '@/lib/runtime/runtime';
import { findTransactionTarget } from '@/lib/store/consent-transactions';
import { cookieName, cookieValue, LANGUAGE_COOKIE, SESSION_COOKIE } from '@/lib/web/cookies';
import { errorDocument } from '@/lib/web/error-document';
import { openSessionId } from '@/lib/web/session-cookie';
import { drain } from './body';
import { contentSecurityPolicy, pageHeaders } from './headers';
import { LEADS_ON, type Refusal, refuseBody, refuseDamaged, refuseHead, TOO_MANY } from './page-refusals';
import type { PageRoutes } from './page-routes';
import type { Visit } from './visit';

/** Hands a request to Next. */
export type NextHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Paths of an authorization: sign-in pop-ups of apps need their opener there. */
const AUTHORIZATION_PAGE = /^\/(signin|consent|oauth2\/authorize|api\/developers\/oauth2\/authorize)(\/|$)/;

/** What people uploaded: shown without scripts and without our origin, whatever it may be taken for. */
const UPLOADED = /^\/review\/screenshots\//;
const UPLOADED_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

// What only we may say to Next, or what would make it believe in another host (CVE-2026-64649, Next's internal headers).
const NOT_FROM_OUTSIDE =
  /^(x-forwarded-.*|forwarded|x-real-ip|x-nonce|x-request-id|x-gatehouse-.*|x-middleware-.*|x-http-method.*|x-method-override|x-original-.*|x-rewrite-.*|x-invoke-.*|x-matched-path|content-security-policy)$/;

/** Mails of the outbox: a page of ours shows what they look like in a frame, without scripts and without our origin. */
const SHOWS_MAIL = /^\/outbox\/[^/]+$/;
const MAIL = /^\/outbox\/[^/]+\/html$/;
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

/** Checks a request for a page, dresses the answer in its headers and hands it to Next. */
export async function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  visit: Visit,
  next: { handle: NextHandler; development: boolean; routes: Pick<PageRoutes, 'isPage'> },
): Promise<void> {
  const { settings, limits } = runtime();
  if (next.development && visit.path.startsWith('/_next/static/'))
    return next.handle(clean(request, visit, ''), response);

  const nonce = randomBytes(18).toString('base64');
  const policy = {
    nonce,
    formTarget: null,
    secure: settings.secure,
    development: next.development,
    frames: SHOWS_MAIL.test(visit.path),
  };
  const dress = (headers: Record<string, string>) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
  dress(pageHeaders(policy, !AUTHORIZATION_PAGE.test(visit.path)));
  // Answers that lead on: the app must not learn from which of our addresses, its own answer stands in the URL. In the
  // playground's a code does.
  if (LEADS_ON.test(visit.path) || visit.path === PLAYGROUND_PATH) response.setHeader('Referrer-Policy', 'no-referrer');
  if (UPLOADED.test(visit.path)) response.setHeader('Content-Security-Policy', UPLOADED_POLICY);
  if (MAIL.test(visit.path)) dress({ 'Content-Security-Policy': MAIL_POLICY, 'X-Frame-Options': 'SAMEORIGIN' });
  response.setHeader('X-Request-Id', visit.requestId);

  noStoreByDefault(response);

  const refusal = refuseHead(request, visit);
  if (refusal) return sendError(request, response, visit, nonce, refusal);
  const sessionId = await openSessionId(cookieValue(request.headers.cookie, cookieName(SESSION_COOKIE)));
  const { retryAfterSeconds } = isPrefetch(request, visit, next.routes)
    ? limits.prefetch(visit.address, sessionId)
    : limits.pageRequest(visit.address, sessionId);
  if (retryAfterSeconds !== null) return sendError(request, response, visit, nonce, TOO_MANY(retryAfterSeconds));
  const unheard = (await refuseBody(request, response, visit, sessionId)) ?? (await refuseDamaged(request, visit));
  if (unheard) return sendError(request, response, visit, nonce, unheard);
  const target = await formTarget(visit);
  if (target) dress({ 'Content-Security-Policy': contentSecurityPolicy({ ...policy, formTarget: target }) });
  const cleaned = clean(request, visit, nonce);
  // Next takes the nonce of its own scripts from here.
  cleaned.headers['content-security-policy'] = String(response.getHeader('Content-Security-Policy'));
  return next.handle(cleaned, response);
}

/** What Next says nothing about (its own redirects of RSC requests, say) is kept by no cache. */
function noStoreByDefault(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
    return writeHead(...args);
  };
}

/** Answers with a page of our own. */
async function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  visit: Pick<Visit, 'requestId'>,
  nonce: string,
  refusal: Refusal,
): Promise<void> {
  const { title, text, status, allow, retryAfterSeconds } = refusal;
  const body = errorDocument({
    i18n: i18nOf(request),
    title,
    text: [text],
    requestId: visit.requestId,
    nonce,
    brand: runtime().brand,
  });
  if (allow) response.setHeader('Allow', allow);
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
  response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  if (request.complete || request.destroyed) return void response.end(body);
  response.write(body);
  await drain(request);
  response.end();
}

/** The language of the browser: whose it is, the front does not ask the database for a refusal. */
function i18nOf({ headers }: IncomingMessage) {
  const language = negotiateLanguage(
    [cookieValue(headers.cookie, cookieName(LANGUAGE_COOKIE))],
    headers['accept-language'],
  );
  return createI18n({ ...language, timeZone: 'UTC' }, MESSAGES[language.locale]);
}

/**
 * Whether a browser fetches a page ahead, which counts apart from what people open. Only pages: a header that anybody
 * can send makes no download cheaper, and where an authorization is answered nothing is fetched ahead.
 */
function isPrefetch(
  { headers, method }: IncomingMessage,
  { path }: Visit,
  { isPage }: Pick<PageRoutes, 'isPage'>,
): boolean {
  if (method !== 'GET' || AUTHORIZATION_PAGE.test(path) || !isPage(path)) return false;
  return (
    headers['next-router-prefetch'] !== undefined ||
    /prefetch/.test(String(headers['sec-purpose'] ?? headers.purpose ?? ''))
  );
}

/**
 * Whether Next may compress the answer. Its length tells what stands in it to whoever sees the traffic and can have things
 * of his own beside it (BREACH): so nothing is compressed where transactions, secrets or what was just typed are shown.
 */
const mayBeCompressed = ({ method }: IncomingMessage, { path }: Visit) =>
  (method === 'GET' || method === 'HEAD') && !AUTHORIZATION_PAGE.test(path) && !/^\/applications\/[^/]+/.test(path);

/** Removes what only a proxy or we may say, and tells Next what we found out. */
function clean(request: IncomingMessage, visit: Visit, nonce: string): IncomingMessage {
  for (const name of Object.keys(request.headers)) if (NOT_FROM_OUTSIDE.test(name)) delete request.headers[name];
  if (!mayBeCompressed(request, visit)) delete request.headers['accept-encoding'];
  const origin = new URL(visit.host.origin);
  Object.assign(request.headers, {
    host: origin.host,
    'x-forwarded-host': origin.host,
    'x-forwarded-proto': origin.protocol.slice(0, -1),
    'x-forwarded-for': visit.address,
    'x-nonce': nonce,
    'x-request-id': visit.requestId,
    'x-gatehouse-address': visit.address,
    'x-gatehouse-origin': visit.host.origin,
    ...(visit.host.tenant ? { 'x-gatehouse-tenant': visit.host.tenant } : {}),
    // Next repairs damaged queries; whether one is damaged is for the protocol to see.
    ...(AUTHORIZE_PATHS.has(visit.path) ? { 'x-gatehouse-query': visit.query } : {}),
  });
  return request;
}

/** Where the form of a sign-in or consent page may lead by redirect. */
async function formTarget({ path, query }: Visit): Promise<string | null> {
  const id =
    /^\/consent\/([\w-]{43})$/.exec(path)?.[1] ??
    (path === '/signin' ? /(?:^|&)transaction=([\w-]{43})(?:&|$)/.exec(query)?.[1] : undefined);
  if (id === undefined) return null;
  const target = await findTransactionTarget(createHash('sha256').update(id).digest());
  return target && redirectOrigin(target);
}
