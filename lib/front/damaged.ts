import type { Duplex } from 'node:stream';

type ClientError = Error & { code?: string };

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

/** Answers what Node's parser could not read (`clientError`): which path was meant is not known, so it is plain text. */
export function answerDamaged(error: ClientError, socket: Duplex): void {
  // An answer that has begun on this connection must not be mixed with another one.
  const answering = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, phrase] = STATUS[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = `${phrase}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${phrase}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...HEADERS,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
