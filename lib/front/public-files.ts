import { readdirSync } from 'node:fs';

/** Paths of the static files of a folder, and of the icon that Next serves from app/. They are no pages, so they don't count as such. */
export function publicFilesOf(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Set([
    '/icon.svg',
    ...files.map((file) => `${file.parentPath.slice(folder.length)}/${file.name}`.replaceAll('\\', '/')),
  ]);
}
