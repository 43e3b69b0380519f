import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MachineAnswer } from '@/lib/flows/http';
import { endpointOf, type MachineRoute } from '@/lib/flows/table';
import { isOAuthError, OAuthError } from '@/lib/oauth/errors';
import { redactQuery } from '@/lib/oauth/params';
import { errorResponse } from '@/lib/oauth/wire';
import { runtime } from '@/lib/runtime/runtime';
import { drain, readSmallBody } from './body';
import { headIsTooLarge } from './head';
import { CORS_HEADERS, preflightHeaders, transportHeaders } from './headers';
import type { Visit } from './visit';

const common = (secure: boolean) => ({
  ...CORS_HEADERS,
  ...transportHeaders(secure),
  'Referrer-Policy': 'no-referrer',
});
const COMMON_HEADERS = { secure: common(true), plain: common(false) };

/** Answers a machine path: method, limit, body, flow, and every failure in the path's dialect. */
export async function answerMachine(
  request: IncomingMessage,
  response: ServerResponse,
  route: MachineRoute,
  visit: Visit,
) {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, preflightHeaders(route.method)).end();
    return;
  }
  const answer = await judge(request, route, visit);
  const headers: Record<string, string | number> = {
    ...(runtime().settings.secure ? COMMON_HEADERS.secure : COMMON_HEADERS.plain),
    'X-Request-Id': visit.requestId,
    ...answer.headers,
  };
  if (answer.status !== 304) headers['Content-Length'] = Buffer.byteLength(answer.body);
  // What is left of a body that we did not read can't be told from the next request.
  if (!request.complete) headers.Connection = 'close';
  response.writeHead(answer.status, headers);
  const body = request.method === 'HEAD' ? '' : answer.body;
  // One write where nothing is left to be read: headers and body leave together.
  if (request.complete) return void response.end(body);
  response.write(body);
  await drain(request);
  response.end();
}

/** Answers a path that is a machine path but for the slash at its end: a redirect would make clients send their form twice. */
export async function refuseSlash(
  request: IncomingMessage,
  response: ServerResponse,
  { dialect, method }: MachineRoute,
  visit: Visit,
): Promise<void> {
  const answer = async () => {
    throw new OAuthError('not_found');
  };
  const own = request.method === 'GET' || request.method === 'POST' ? request.method : method;
  await answerMachine(request, response, { hosts: [], dialect, method: own, answer }, visit);
}

async function judge(request: IncomingMessage, route: MachineRoute, visit: Visit): Promise<MachineAnswer> {
  try {
    const allow = route.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (headIsTooLarge(request)) throw new OAuthError('head_too_large');
    if (method !== route.method) throw new OAuthError('method_not_allowed', { allow });
    const endpoint = endpointOf(visit.path);
    const { retryAfterSeconds } = runtime().limits.apiRequest(visit.address, endpoint);
    if (retryAfterSeconds !== null) throw new OAuthError('rate_limited', { retryAfterSeconds });
    const body = await readSmallBody(request);
    if (body === null) throw new OAuthError('body_too_large');
    return await route.answer({
      method: route.method,
      endpoint,
      query: visit.query,
      contentType: request.headers['content-type'],
      contentEncoding: request.headers['content-encoding'],
      authorization: request.headers.authorization,
      ifNoneMatch: request.headers['if-none-match'],
      body,
      address: visit.address,
      requestId: visit.requestId,
    });
  } catch (error) {
    if (isOAuthError(error)) {
      runtime().metrics.refusal(visit.path, error.reason);
      return errorResponse(route.dialect, error);
    }
    runtime().log.error(
      { err: error, requestId: visit.requestId, target: redactQuery(request.url ?? '') },
      'request failed',
    );
    const reason = isUnavailable(error) ? 'unavailable' : 'internal';
    runtime().metrics.refusal(visit.path, reason);
    return errorResponse(route.dialect, new OAuthError(reason, { retryAfterSeconds: 5 }));
  }
}

/** Whether the database is away, or too slow: a retry later may succeed, and nothing was issued. */
function isUnavailable(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code ?? '');
  // SQLSTATE classes 08 connection, 40 rollback, 53 resources, 55 object state, 57 operator intervention, 58 system, 25006 read-only.
  return (
    /^(08|40|53|55|57|58|25)/.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    /timeout|terminated/i.test(String((error as Error).message))
  );
}
