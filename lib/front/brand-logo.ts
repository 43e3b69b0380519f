import type { IncomingMessage, ServerResponse } from 'node:http';
import { runtime } from '@/lib/runtime/runtime';
import { transportHeaders } from './headers';

/** Answers with the installation's logo, for ever the same. An SVG is shown without scripts and without our origin. */
export function answerBrandLogo(request: IncomingMessage, response: ServerResponse): void {
  const { brand, settings } = runtime();
  const headers = {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Resource-Policy': 'same-site',
    'Referrer-Policy': 'no-referrer',
    ...transportHeaders(settings.secure),
  };
  if (!brand.logo || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(405, { ...headers, Allow: 'GET, HEAD', 'Content-Length': 0, Connection: 'close' }).end();
    return;
  }
  const { bytes, contentType } = brand.logo;
  response.writeHead(200, {
    ...headers,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Content-Type': contentType,
    'Content-Length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
