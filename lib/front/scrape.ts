import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Runtime } from '@/lib/runtime/runtime';
import { clientAddress } from './address';
import { gatherMetrics } from './gather-metrics';
import { type ServedHost, servedHost } from './hosts';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;
const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];

/**
 * Answers `/metrics` to who may read it: whoever shows METRICS_TOKEN as a bearer token, or, where there is none, whoever
 * asks from this machine itself. To everybody else there is nothing at this address.
 * @returns false when the request is not a scraper's: it is to be answered as any other
 */
export async function answerScrape(
  request: IncomingMessage,
  response: ServerResponse,
  made: Runtime,
): Promise<boolean> {
  const { settings, limits } = made;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (settings.metricsToken === null) {
    if (!comesFromHere(request, name)) return false;
  } else {
    // Scrapers go by address, as probes do.
    const byAddress = isIP(name) !== 0 || name === 'localhost';
    // An organisation's sub-domain is none of the operator's: nobody looks it up for a stranger.
    const served = byAddress ? null : await servedHost(host, settings, async () => null);
    if (!byAddress && !servesOperators(served)) return false;
    if (!showsToken(request.headers.authorization, settings.metricsToken)) {
      const forwarded = request.headers['x-forwarded-for']?.toString();
      const address = clientAddress(request.socket.remoteAddress, forwarded, settings.trustedProxies);
      const { retryAfterSeconds } = limits.apiRequest(address);
      const refusal =
        retryAfterSeconds === null
          ? { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' } }
          : { status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } };
      response.writeHead(refusal.status, { ...HEADERS, ...refusal.headers, 'Content-Length': 0 }).end();
      return true;
    }
  }
  const text = await gatherMetrics(made.metrics.registry);
  response
    .writeHead(200, {
      ...HEADERS,
      'Content-Type': made.metrics.registry.contentType,
      'Content-Length': Buffer.byteLength(text),
    })
    .end(request.method === 'HEAD' ? undefined : text);
  return true;
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Of our names the bare one and the app's are the operator's. */
const servesOperators = (host: ServedHost | null) => host?.kind === 'plain' || host?.kind === 'app';

/**
 * Whether a program of this machine asks, and asks for us by a name of this machine. A proxy on it comes from here too,
 * but says whom it speaks for, or names our public host; a page that a browser on it shows can't read the answer.
 */
function comesFromHere(request: IncomingMessage, name: string): boolean {
  const peer = request.socket.remoteAddress?.replace(/^::ffff:/i, '') ?? '';
  return (
    LOOPBACK.test(peer) &&
    (name === 'localhost' || LOOPBACK.test(name)) &&
    FORWARDED.every((header) => request.headers[header] === undefined)
  );
}

function showsToken(authorization: string | undefined, token: string): boolean {
  const shown = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token));
}

const digest = (text: string) => createHash('sha256').update(text).digest();
