import { existsSync, readFileSync } from 'node:fs';

/** What a build answers by its pages and route handlers. */
export type PageRoutes = {
  /**
   * Names the route that a path leads to as its folder is named (`/applications/[id]`), so that what is counted by route
   * has a bound. What leads to none is called `other`.
   */
  nameOf: (path: string) => string;
  /** Whether a path leads to a page, and not to a route handler or nowhere. */
  isPage: (path: string) => boolean;
};

type Route = { name: string; page: boolean };

/**
 * The routes of a build. In development there is none: everything is `other`, and nothing is known to be a page.
 * @param manifest Next's list of them: names by the files they are made of
 */
export function pageRoutesOf(manifest: string): PageRoutes {
  if (!existsSync(manifest)) return { nameOf: () => 'other', isPage: () => false };
  const files = Object.entries(JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, string>);
  const routes = files.map(([file, name]): Route => ({ name, page: file.endsWith('/page') }));
  const plain = new Map(routes.filter(({ name }) => !name.includes('[')).map((route) => [route.name, route]));
  const patterns = routes
    .filter(({ name }) => name.includes('['))
    .map((route) => ({
      route,
      pattern: new RegExp(`^${route.name.replace(/\[\.\.\.\w+\]/g, '.+').replace(/\[\w+\]/g, '[^/]+')}$`),
    }));
  const routeOf = (path: string) => plain.get(path) ?? patterns.find(({ pattern }) => pattern.test(path))?.route;
  return { nameOf: (path) => routeOf(path)?.name ?? 'other', isPage: (path) => routeOf(path)?.page ?? false };
}
