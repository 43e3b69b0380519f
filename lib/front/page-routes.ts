import { existsSync, readFileSync } from 'node:fs';

/**
 * Names the page that a path leads to as its folder is named (`/applications/[id]`), so that what is counted by page has a
 * bound. What leads to none, and everything in development, is called `other`.
 * @param manifest Next's list of the routes of a build
 */
export function pageRoutesOf(manifest: string): (path: string) => string {
  if (!existsSync(manifest)) return () => 'other';
  const routes = Object.values(JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, string>);
  const plain = new Set(routes.filter((route) => !route.includes('[')));
  const patterns = routes
    .filter((route) => route.includes('['))
    .map((route) => ({
      route,
      pattern: new RegExp(`^${route.replace(/\[\.\.\.\w+\]/g, '.+').replace(/\[\w+\]/g, '[^/]+')}$`),
    }));
  return (path) => (plain.has(path) ? path : (patterns.find(({ pattern }) => pattern.test(path))?.route ?? 'other'));
}
