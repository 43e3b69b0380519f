import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { PAGE_HOSTS } from '@/lib/flows/table';
import { runtime } from '@/lib/runtime/runtime';
import { findIcon } from '@/lib/store/icons';
import { transportHeaders } from './headers';
import type { Visit } from './visit';

const ICON_PATH = /^\/icons\/([0-9a-f]{64})\.png$/;
const KEPT_BYTES = 32 * 1024 * 1024;

/** The address names the bytes, so what is kept here can't become wrong. */
const kept = new LRUCache<string, Buffer>({ maxSize: KEPT_BYTES, sizeCalculation: (png) => png.length });

/** The digest that the path of an icon names, or null when it is no icon's path. */
export function iconDigestOf({ host, path }: Pick<Visit, 'host' | 'path'>): string | null {
  return PAGE_HOSTS.has(host.kind) ? (ICON_PATH.exec(path)?.[1] ?? null) : null;
}

// Whatever it may be taken for, it is shown without scripts and without our origin; no cookie is read or set here.
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-site',
  'Referrer-Policy': 'no-referrer',
};

/** Answers with an icon, for ever the same, or 404. */
export async function answerIcon(
  request: IncomingMessage,
  response: ServerResponse,
  digest: string,
  visit: Visit,
): Promise<void> {
  const headers = { ...HEADERS, ...transportHeaders(runtime().settings.secure) };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...headers, Allow: 'GET, HEAD', 'Content-Length': 0, Connection: 'close' }).end();
    return;
  }
  const png = kept.get(digest) ?? (await load(digest, visit));
  if (!png) {
    response.writeHead(404, { ...headers, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
    return;
  }
  const etag = `"${digest.slice(0, 32)}"`;
  const known = request.headers['if-none-match'] === etag;
  response.writeHead(known ? 304 : 200, {
    ...headers,
    ETag: etag,
    'Cache-Control': 'public, max-age=31536000, immutable',
    ...(known ? {} : { 'Content-Type': 'image/png', 'Content-Length': png.length }),
  });
  response.end(known || request.method === 'HEAD' ? undefined : png);
}

/** Only what is not kept costs the database something, so only that is counted: pages of many icons are nobody's attack. */
async function load(digest: string, visit: Visit): Promise<Buffer | null> {
  const { retryAfterSeconds } = runtime().limits.apiRequest(visit.address);
  if (retryAfterSeconds !== null) return null;
  const png = await findIcon(digest);
  if (png) kept.set(digest, png);
  return png;
}
