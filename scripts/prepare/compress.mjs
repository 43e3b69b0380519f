import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { inRoot } from './paths.mjs';

/** Where compressed files lie, named by the SHA-256 of what they hold: one of an earlier build can't be taken for another. */
const directory = 'dist/static';

const worthIt = /\.(js|css|svg|json|txt|map|xml|webmanifest)$/;
/** Smaller ones fit into a packet as they are. */
const leastBytes = 1024;

/** Compresses what browsers load beside the pages, as far as that is possible; the front serves it as it is. */
export function compressStatic() {
  rmSync(inRoot(directory), { recursive: true, force: true });
  mkdirSync(inRoot(directory), { recursive: true });
  for (const file of ['.next/static', 'public', 'app'].flatMap(filesBelow)) {
    const content = readFileSync(file);
    if (content.length < leastBytes) continue;
    const name = inRoot(directory, createHash('sha256').update(content).digest('hex'));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    keepIfSmaller(`${name}.br`, content, brotliCompressSync(content, { params }));
    keepIfSmaller(`${name}.gz`, content, gzipSync(content, { level: 9 }));
  }
}

function keepIfSmaller(name, content, compressed) {
  if (compressed.length < content.length * 0.9) writeFileSync(name, compressed);
}

function filesBelow(folder) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && worthIt.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
