import type { Duplex } from 'node:stream';
import { MACHINE_ROUTES } from '@/lib/flows/table';
import { OAuthError } from '@/lib/oauth/errors';
import { errorResponse } from '@/lib/oauth/wire';

type ClientError = Error & { code?: string; rawPacket?: Buffer };

const STATUS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

const HEADERS = [
  'Cache-Control: no-store',
  'X-Content-Type-Options: nosniff',
  'X-Frame-Options: DENY',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
  'Connection: close',
];

/**
 * Answers what Node's parser could not read (`clientError`), in the dialect of the path as far as it can be known: no
 * flow ever sees such a request.
 */
export function answerDamaged(error: ClientError, socket: Duplex): void {
  // An answer that has begun on this connection must not be mixed with another one.
  const answering = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, phrase] = STATUS[error.code ?? ''] ?? [400, 'Bad Request'];
  const dialect = status === 431 ? MACHINE_ROUTES.get(pathOf(error.rawPacket))?.dialect : undefined;
  const body = dialect ? errorResponse(dialect, new OAuthError('head_too_large')).body : `${phrase}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${phrase}`,
    `Content-Type: ${dialect ? 'application/json' : 'text/plain; charset=utf-8'}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...HEADERS,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The path of the request line, where the packet that broke still begins with it. */
function pathOf(packet: Buffer | undefined): string {
  return /^[A-Z]+ (\/[^? ]*)/.exec(packet?.subarray(0, 1_024).toString('latin1') ?? '')?.[1] ?? '';
}
