import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

const notSource = /(\.test\.tsx?|^\.DS_Store)$/;

function* filesOf(name) {
  if (!existsSync(inRoot(name))) return;
  if (!statSync(inRoot(name)).isDirectory()) yield name;
  else
    for (const entry of readdirSync(inRoot(name)).sort())
      if (!notSource.test(entry)) yield* filesOf(path.join(name, entry));
}

/**
 * One digest over files and folders of the checkout, by name and content. Tests are left out, what is missing is skipped.
 * @param {string[]} names relative to the checkout
 * @returns {string} SHA-256 in hexadecimal
 */
export function digestOf(names) {
  const hash = createHash('sha256');
  for (const name of names) {
    for (const file of filesOf(name))
      hash.update(`${file}\0`).update(
        createHash('sha256')
          .update(readFileSync(inRoot(file)))
          .digest(),
      );
  }
  return hash.digest('hex');
}

/**
 * Does some work unless its result is there and was made from the same sources.
 * The digest is taken before the work, so a source that changes meanwhile is noticed by the next start.
 * @param {{ stamp: string, sources: string[], results: string[] }} what files relative to the checkout; `stamp` remembers
 *   the digest of the sources
 * @param {() => Promise<unknown>} work
 */
export async function unlessDone({ stamp, sources, results }, work) {
  const digest = digestOf(sources);
  const done = [stamp, ...results].every((name) => existsSync(inRoot(name)));
  if (done && readFileSync(inRoot(stamp), 'utf8') === digest) return;
  await work();
  mkdirSync(path.dirname(inRoot(stamp)), { recursive: true });
  writeFileSync(inRoot(stamp), digest);
}
