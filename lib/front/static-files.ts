import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import Negotiator from 'negotiator';
import { transportHeaders } from './headers';

type Encoding = 'br' | 'gzip' | 'identity';
type StaticFile = {
  type: string;
  cacheControl: string;
  /** Of the uncompressed content, SHA-256 in hex. */
  digest: string;
  bodies: Partial<Record<Encoding, Buffer>>;
};

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** The names of built files change with their content. */
const BUILT = '/_next/static/';
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'public, max-age=0, must-revalidate';

// Whatever it may be taken for, it is shown without scripts and in no frame. Pictures of ours have styles of their own.
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
};

/** The files of the build and of `public`, in memory, with what the build has compressed: it is no more than a few megabytes. */
export class StaticFiles {
  #files = new Map<string, StaticFile>();

  /** @param root the checkout, with `.next`, `public`, `app` and `dist` */
  constructor(private readonly root: string) {
    for (const name of this.#namesBelow('.next/static')) this.#add(`${BUILT}${name}`, `.next/static/${name}`, FOR_EVER);
    for (const name of this.#namesBelow('public')) this.#add(`/${name}`, `public/${name}`, ASK_AGAIN);
    this.#add('/icon.svg', 'app/icon.svg', ASK_AGAIN);
  }

  /** Whether it is for us to answer: a file of ours, or one of a build that is not (or no longer) there. */
  owns(pathname: string): boolean {
    return pathname.startsWith(BUILT) || this.#files.has(decodeURIComponent(pathname));
  }

  answer(request: IncomingMessage, response: ServerResponse, pathname: string, secure: boolean): void {
    const headers = { ...HEADERS, ...transportHeaders(secure) };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...headers, Allow: 'GET, HEAD', 'Content-Length': 0, Connection: 'close' }).end();
      return;
    }
    const file = this.#files.get(decodeURIComponent(pathname));
    if (!file) {
      response.writeHead(404, { ...headers, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
      return;
    }
    const encoding = encodingFor(request, file);
    const etag =
      encoding === 'identity' ? `"${file.digest.slice(0, 32)}"` : `"${file.digest.slice(0, 32)}-${encoding}"`;
    const described = {
      ...headers,
      ETag: etag,
      'Cache-Control': file.cacheControl,
      // Caches keep one for each encoding (RFC 9110 §12.5.5).
      ...(Object.keys(file.bodies).length > 1 ? { Vary: 'Accept-Encoding' } : {}),
    };
    if (isKnown(request.headers['if-none-match'], etag)) {
      response.writeHead(304, described).end();
      return;
    }
    const body = file.bodies[encoding] as Buffer;
    response.writeHead(200, {
      ...described,
      'Content-Type': file.type,
      'Content-Length': body.length,
      ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #add(pathname: string, file: string, cacheControl: string): void {
    const name = path.join(this.root, file);
    if (!existsSync(name)) return;
    const content = readFileSync(name);
    const digest = createHash('sha256').update(content).digest('hex');
    const compressed = (extension: string) => {
      const kept = path.join(this.root, 'dist/static', `${digest}.${extension}`);
      return existsSync(kept) ? readFileSync(kept) : null;
    };
    const [br, gzip] = [compressed('br'), compressed('gz')];
    this.#files.set(pathname, {
      type: TYPES[path.extname(name).toLowerCase()] ?? 'application/octet-stream',
      cacheControl,
      digest,
      bodies: { identity: content, ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) },
    });
  }

  #namesBelow(folder: string): string[] {
    const top = path.join(this.root, folder);
    if (!existsSync(top)) return [];
    return readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  }
}

/** The smallest that the client takes; whoever takes nothing that we have gets it as it is. */
function encodingFor(request: IncomingMessage, { bodies }: StaticFile): Encoding {
  const compressed = (['br', 'gzip'] as const).filter((encoding) => bodies[encoding]);
  const taken = new Negotiator(request).encodings([...compressed]);
  return compressed.find((encoding) => taken.includes(encoding)) ?? 'identity';
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false;
}
