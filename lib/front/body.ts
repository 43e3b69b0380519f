import type { IncomingMessage } from 'node:http';

/** Bytes of a form: more than any honest token request, less than what hurts. */
export const MAX_FORM_BYTES = 32_768;

/** Reads a small body as UTF-8. @returns null when it is larger than allowed, without having kept it */
export function readSmallBody(request: IncomingMessage, maxBytes = MAX_FORM_BYTES): Promise<string | null> {
  const length = request.headers['content-length'];
  // RFC 9112 §6.3: without either of them there is no body.
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return Promise.resolve('');
  if (Number(length ?? 0) > maxBytes) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        request.removeAllListeners('data').pause();
        resolve(null);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

/** How long a client that is still sending may go on, in milliseconds. */
const DRAIN_MS = 1_000;

/**
 * Reads on for a moment and keeps nothing: a connection that is closed on unread bytes is reset, and an answer that the
 * client has not read by then is lost with it.
 */
export function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, DRAIN_MS);
    request.once('close', done).once('end', done).resume();
  });
}
