import type { IncomingMessage } from 'node:http';

/** What forms and server actions are sent as. */
const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded|text\/plain)\s*(?:;|$)/i;
const MULTIPART = /^multipart\/form-data\s*(?:;|$)/i;

export type FormVerdict = 'readable' | 'no form' | 'damaged';

/**
 * Whether the body of a post to a page is a form, read through and put back for Next, which answers a damaged one with an
 * error of its own.
 * @param request with a Content-Length within what is allowed
 */
export async function judgeForm(request: IncomingMessage): Promise<FormVerdict> {
  const type = request.headers['content-type'] ?? '';
  if (!FORM.test(type)) return 'no form';
  if (!MULTIPART.test(type)) return 'readable';
  const body = await readAndPutBack(request, Number(request.headers['content-length']));
  return body !== null && (await parses(body, type)) ? 'readable' : 'damaged';
}

async function parses(body: Buffer, type: string): Promise<boolean> {
  try {
    await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } }).formData();
    return true;
  } catch {
    return false;
  }
}

/** @returns the body, or null when the client hung up before it had sent all of it */
function readAndPutBack(request: IncomingMessage, length: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (body: Buffer | null) => {
      request.off('readable', read).off('close', gone).off('error', gone);
      resolve(body);
    };
    const gone = () => stop(null);
    const read = () => {
      for (let chunk = request.read(); chunk !== null; chunk = request.read()) {
        chunks.push(chunk);
        size += chunk.length;
        if (size < length) continue;
        const body = Buffer.concat(chunks);
        // Before the stream says that it is over, which it does with the next turn: whoever comes next reads it anew.
        request.unshift(body);
        return stop(body);
      }
    };
    if (length === 0) return resolve(Buffer.alloc(0));
    request.on('readable', read).on('close', gone).on('error', gone);
  });
}
