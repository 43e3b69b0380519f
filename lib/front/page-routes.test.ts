import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PageRoutes, pageRoutesOf } from './page-routes';

const folder = mkdtempSync(path.join(tmpdir(), 'routes-'));
let routes: PageRoutes;
beforeAll(() => {
  const manifest = path.join(folder, 'manifest.json');
  const files = {
    '/(portal)/applications/[id]/(edit)/page': '/applications/[id]',
    '/(portal)/applications/new/page': '/applications/new',
    '/(portal)/applications/[id]/activity/export/route': '/applications/[id]/activity/export',
    '/language/route': '/language',
    '/page': '/',
  };
  writeFileSync(manifest, JSON.stringify(files));
  routes = pageRoutesOf(manifest);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['/', '/', true],
  ['/applications/new', '/applications/new', true],
  ['/applications/7', '/applications/[id]', true],
  ['/applications/7/activity/export', '/applications/[id]/activity/export', false],
  ['/language', '/language', false],
  ['/nowhere', 'other', false],
])('%s leads to %s; a page: %s', (asked, name, page) => {
  expect([routes.nameOf(asked), routes.isPage(asked)]).toEqual([name, page]);
});

test('without a build nothing is known to be a page', () => {
  const none = pageRoutesOf(path.join(folder, 'none.json'));
  expect([none.nameOf('/'), none.isPage('/')]).toEqual(['other', false]);
});
