import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedIn } from '@/e2e/fixtures/connected';
import { type RawAnswer, sendRaw } from '@/e2e/fixtures/raw';
import { type Server, startServer } from '@/e2e/fixtures/server';
import { HttpBrowser, newAddress, type TestApp, World } from '@/e2e/fixtures/world';
import { ours } from '../fixtures/lane';
import { eventually } from './model/system';

const MOST = 5_242_880;
let world: World;
let app: TestApp;
let server: Server;
let site: { publicUrl: string; port: number };
beforeAll(async () => {
  const installation = ours('installation');
  world = await World.open(installation.databaseUrl);
  app = await world.newApp();
  // One process: each has a budget of its own.
  server = await startServer({ ...installation, env: { WEB_CONCURRENCY: '1' } });
  site = { publicUrl: server.origin, port: server.port };
}, 60_000);
afterAll(async () => {
  await server.stop();
  await world.close();
}, 60_000);

/** The head of a form with a picture for the page of an app. */
const headOf = (browser: HttpBrowser, bytes: number, path = `/applications/${app.id}`) =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(site.publicUrl).host}`,
    `Origin: ${browser.origin}`,
    `X-Forwarded-For: ${browser.address}`,
    `Cookie: ${[...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')}`,
    'Content-Type: multipart/form-data; boundary=x',
    `Content-Length: ${bytes}`,
    'Connection: close',
    '\r\n',
  ].join('\r\n');

/** Sends a form of so many bytes that says nothing: whoever reads it answers 400. */
const send = (browser: HttpBrowser, bytes: number, path?: string): Promise<RawAnswer> =>
  sendRaw(site.port, headOf(browser, bytes, path), Buffer.alloc(bytes, 'x'));

/** Sends all of a form but its last byte, and waits. @returns what hangs up, and the first that the server says */
function stopShort(browser: HttpBrowser, bytes: number): { hangUp: () => void; said: Promise<string> } {
  const socket = net.connect(site.port, '127.0.0.1').on('error', () => undefined);
  socket.write(headOf(browser, bytes));
  socket.write(Buffer.alloc(bytes - 1, 'x'));
  return { hangUp: () => socket.destroy(), said: once(socket, 'data').then(String) };
}

const appRow = async () => (await world.db.query('SELECT * FROM apps WHERE id = $1', [app.id])).rows[0];

describe('case 38: large forms of people who are not signed in are refused before they are read', () => {
  test('without a session, with a damaged one and with one that has ended', async () => {
    const nobody = new HttpBrowser(site);
    const damaged = new HttpBrowser(site);
    damaged.cookies.set('next-auth.session-token', 'x.y.z');
    const ended = await signedIn(site, await world.newUser({ role: 'DEVELOPER' }));
    const copy = new HttpBrowser(site, newAddress());
    for (const [name, value] of ended.cookies) copy.cookies.set(name, value);
    await ended.post('/signout/submit', {});
    const before = await appRow();
    for (const browser of [nobody, damaged, copy]) {
      const answer = await sendRaw(site.port, headOf(browser, MOST), 'x');
      expect(answer.status).toBe(413);
      expect(answer.body).toContain('Only people who are signed in may send more than 64 kB');
    }
    expect(await appRow()).toEqual(before);
  });

  test('however many come at once', async () => {
    const nobody = new HttpBrowser(site);
    const answers = await Promise.all(Array.from({ length: 50 }, () => sendRaw(site.port, headOf(nobody, MOST), 'x')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(413));
  });

  test('64 kB are read, of a page’s own forms and of those that lead on', async () => {
    const nobody = new HttpBrowser(site);
    for (const path of [`/applications/${app.id}`, '/signin/submit']) {
      expect((await send(nobody, 65_536, path)).status, path).toBe(400);
      expect((await send(nobody, 65_537, path)).status, path).toBe(413);
    }
  });
});

test('case 38: bodies in memory have a bound: beyond it 503, and it is nobody else’s', async () => {
  const [busyOne, otherOne] = [await world.newUser({ role: 'DEVELOPER' }), await world.newUser({ role: 'DEVELOPER' })];
  const [busy, again] = [await signedIn(site, busyOne), await signedIn(site, busyOne)];
  const other = await signedIn(site, otherOne);
  const before = await appRow();
  expect((await send(busy, MOST)).status).toBe(400);
  // Three have room, so one of four is answered.
  const holders = Array.from({ length: 4 }, () => stopShort(busy, MOST));
  try {
    expect(await Promise.race(holders.map(({ said }) => said))).toMatch(/^HTTP\/1\.1 503 /);
    // However many sessions one person has.
    const refused = await send(again, MOST);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.headers.get('content-type')).toMatch(/^text\/html/);
    expect(refused.body).toContain('so nothing was saved');
    expect(await appRow()).toEqual(before);

    expect((await send(other, MOST)).status).toBe(400);
    // A small form of the busy one, and people who sign in, have nothing to wait for.
    expect((await send(busy, 10_000)).status).toBe(400);
    await signedIn(site, await world.newUser());
  } finally {
    for (const { hangUp } of holders) hangUp();
  }
  await eventually(async () => (await send(busy, MOST)).status === 400, 'the room of who hung up is given back');
});
