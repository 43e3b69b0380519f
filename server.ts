/**
 * The front: the only entrance, in production and in development. It finds out who asks and which host is meant, answers
 * the machines' paths itself and hands people's pages to Next.
 */
import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import next from 'next';
import { endpointOf, MACHINE_ROUTES, PAGE_HOSTS } from '@/lib/flows/table';
import { clientAddress } from '@/lib/front/address';
import { answerBrandLogo } from '@/lib/front/brand-logo';
import { answerDamaged } from '@/lib/front/damaged';
import { shareMetrics } from '@/lib/front/gather-metrics';
import { PARSER_LIMIT_BYTES } from '@/lib/front/head';
import { type ServedHost, servedHost } from '@/lib/front/hosts';
import { answerIcon, iconDigestOf } from '@/lib/front/icons';
import { answerMachine, refuseSlash } from '@/lib/front/machines';
import { type PageRoutes, pageRoutesOf } from '@/lib/front/page-routes';
import { answerPage } from '@/lib/front/pages';
import { sharedFor } from '@/lib/front/probe';
import { processNumber, serveWith, tellServing } from '@/lib/front/processes';
import { answerScrape } from '@/lib/front/scrape';
import { StaticFiles } from '@/lib/front/static-files';
import type { Visit } from '@/lib/front/visit';
import { preparePost, startPost } from '@/lib/mail/post';
import { newRequestId } from '@/lib/oauth/request-id';
import type { LimitVerdict } from '@/lib/runtime/limits';
import type { Runtime } from '@/lib/runtime/runtime';
import { parseSettings, type Settings, SettingsError } from '@/lib/runtime/settings';
import { startHousekeeping } from '@/lib/store/housekeeping';
import { demoDataPresent, ping } from '@/lib/store/installation';
import { closeRuntime, openRuntime } from '@/lib/store/open';

const development = process.argv.includes('--dev');
/** What probes and scrapers ask, whatever the host. */
const UNHOSTED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
const LOOPBACK = ['127.0.0.1', '::1'];

async function main(): Promise<void> {
  const settings = parseSettings(process.env);
  expectKnownEndpoints(settings);
  if (settings.processes > 1 && !development && processNumber() === null) serveWith(settings);
  else await serve(settings);
}

async function serve(settings: Settings): Promise<void> {
  const made = await openRuntime(settings, processNumber());
  const demo = await demoDataPresent();
  const hosts = listenHosts(made, demo);
  if (made.mails.kind === 'none' && (development || demo)) made.mails = { kind: 'outbox', everybody: demo };
  await preparePost(made);
  made.loopbackOnly = hosts.every((host) => LOOPBACK.includes(host));
  // After an action Next asks itself for the page that follows. Behind a proxy with TLS that must not take the way around.
  if (settings.secure) process.env.__NEXT_PRIVATE_ORIGIN = `http://127.0.0.1:${settings.port}`;
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  const app = next({
    dev: development,
    dir: process.cwd(),
    hostname: 'localhost',
    port: settings.port,
    // Next hears upgrades on the server that it is given or finds: this one never listens, so the front is the only entrance.
    httpServer: http.createServer(),
  });
  await app.prepare();
  const pages = {
    handle: app.getRequestHandler(),
    development,
    // In development Next serves them, as they change.
    files: development ? null : new StaticFiles(process.cwd()),
    routes: pageRoutesOf(path.join(process.cwd(), '.next/app-path-routes-manifest.json')),
  };

  const servers = hosts.map(() =>
    http.createServer(
      { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: PARSER_LIMIT_BYTES },
      (request, response) => {
        answer(request, response, made, pages).catch((error) => fail(error, response, made));
      },
    ),
  );
  for (const server of servers) server.on('clientError', answerDamaged);
  // Nobody listens in production: then Node answers as if there were no Upgrade header (RFC 9110 §7.8).
  if (development) for (const server of servers) server.on('upgrade', passToNext(app.getUpgradeHandler()));
  await Promise.all(servers.map((server, at) => listen(server, settings.port, hosts[at] as string)));
  made.log.debug({ publicUrl: settings.publicUrl, hosts, port: settings.port }, 'listening');
  const first = (processNumber() ?? 1) === 1;
  if (first && made.mails.kind === 'none') made.log.warn('SMTP_URL is not set: nobody is told anything by mail');
  const stopPost = first ? startPost(made) : null;
  const stopHousekeeping = startHousekeeping(made, !first);
  stopOnSignal(servers, made, () => Promise.all([stopHousekeeping(), stopPost?.()]));
  shareMetrics(made.metrics.registry);
  tellServing();
}

/** A limit for an endpoint that does not exist would be a limit that somebody relies on. */
function expectKnownEndpoints({ endpointRequestsPerMinute }: Settings): void {
  const known = [...new Set([...MACHINE_ROUTES.keys()].map(endpointOf))];
  const unknown = [...endpointRequestsPerMinute.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new SettingsError([
    `ENDPOINT_REQUESTS_PER_MINUTE is wrong: expected names out of ${known.join(', ')}, not ${unknown.join(', ')}`,
  ]);
}

/** Demo data has public passwords: nobody but this machine may reach them. */
function listenHosts({ settings }: Runtime, demo: boolean): string[] {
  if (!demo) return [settings.host ?? '0.0.0.0'];
  const name = new URL(settings.publicUrl).hostname;
  if (name !== 'localhost' && !name.endsWith('.localhost') && !LOOPBACK.includes(name.replace(/^\[|\]$/g, ''))) {
    throw new SettingsError([
      'PUBLIC_URL is wrong: expected a localhost address, because the database holds demo data with public passwords',
    ]);
  }
  if (settings.host !== null && settings.host !== 'localhost' && !LOOPBACK.includes(settings.host)) {
    throw new SettingsError([
      'HOST is wrong: expected 127.0.0.1, because the database holds demo data with public passwords',
    ]);
  }
  return LOOPBACK;
}

/** Listens; a machine without IPv6 goes without its loopback address. */
function listen(server: http.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (host === '::1' && error.code !== 'EADDRINUSE') resolve();
      else if (error.code === 'EADDRINUSE')
        reject(new SettingsError([`PORT is wrong: ${port} is in use by another program, expected a free port`]));
      else reject(error);
    });
    server.listen(port, host, resolve);
  });
}

type Pages = Parameters<typeof answerPage>[3] & { routes: PageRoutes; files: StaticFiles | null };

async function answer(request: IncomingMessage, response: ServerResponse, made: Runtime, pages: Pages): Promise<void> {
  const time = timed(response, made);
  const target = request.url ?? '/';
  const [pathname = '/', query = ''] = split(target);
  if (UNHOSTED.has(pathname)) time(pathname);
  if (pathname === '/healthz' || pathname === '/readyz') return answerProbe(pathname, response);
  if (pathname === '/metrics' && (await answerScrape(request, response, made))) return;
  const route = MACHINE_ROUTES.get(pathname);
  // Absolute-form targets, repeated Host headers and paths that others read differently have no honest sender.
  if (!hasOneHost(request.rawHeaders) || (!route && !(target.startsWith('/') && readsOneWay(pathname)))) {
    return refuse(response, 400, 'Bad request');
  }
  const address = clientAddress(
    request.socket.remoteAddress,
    request.headers['x-forwarded-for']?.toString(),
    made.settings.trustedProxies,
  );
  const { host, retryAfterSeconds } = await hostOf(request, address, made);
  if (retryAfterSeconds !== null) {
    response.setHeader('Retry-After', String(retryAfterSeconds));
    return refuse(response, 429, `Too many requests. Try again in ${retryAfterSeconds} seconds.`);
  }
  if (!host) return refuse(response, 421, `This host is not served here. Go to ${made.settings.publicUrl}`);

  const visit: Visit = {
    requestId: newRequestId(randomBytes, made.clock.now()),
    address,
    host,
    path: pathname,
    query,
  };
  if (route?.hosts.includes(host.kind)) {
    time(pathname);
    return answerMachine(request, response, route, visit);
  }
  const unslashed = pathname.endsWith('/') ? MACHINE_ROUTES.get(pathname.slice(0, -1)) : undefined;
  if (unslashed?.hosts.includes(host.kind)) return refuseSlash(request, response, unslashed, visit);
  if (PAGE_HOSTS.has(host.kind) && pages.files?.owns(pathname)) {
    time('static');
    return pages.files.answer(request, response, pathname, made.settings.secure);
  }
  const icon = iconDigestOf(visit);
  time(icon ? '/icons' : pages.routes.nameOf(pathname));
  if (icon) return answerIcon(request, response, icon, visit);
  if (pathname === made.brand.logo?.path) return answerBrandLogo(request, response);
  return answerPage(request, response, visit, pages);
}

/**
 * Which of our hosts a request names. Only a sub-domain that is not kept costs the database something, so only that is
 * counted: anybody can name as many as he likes.
 */
async function hostOf(
  request: IncomingMessage,
  address: string,
  { settings, tenantNames, limits }: Runtime,
): Promise<{ host: ServedHost | null; retryAfterSeconds: number | null }> {
  let { retryAfterSeconds }: LimitVerdict = { retryAfterSeconds: null };
  const host = await servedHost(request.headers.host ?? '', settings, async (label) => {
    if (!tenantNames.knows(label)) ({ retryAfterSeconds } = limits.hostLookUp(address));
    return retryAfterSeconds === null ? tenantNames.get(label) : null;
  });
  return { host, retryAfterSeconds };
}

/** Times an answer from now to its end. @returns what names its route; without a name it counts as `refused` */
function timed(response: ServerResponse, { metrics }: Runtime): (route: string) => void {
  const begin = performance.now();
  let name = 'refused';
  response.once('close', () => {
    const status = response.writableEnded ? response.statusCode : 0;
    metrics.request(name, status, (performance.now() - begin) / 1_000);
  });
  return (route) => {
    name = route;
  };
}

/** @param rawHeaders names and values in turn */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts === 1;
}

/**
 * Whether everybody reads the path alike. Next resolves dot segments, so it would serve another path than the one that
 * was judged here; a damaged percent-encoding it answers with 500. Browsers send neither.
 */
function readsOneWay(path: string): boolean {
  try {
    decodeURIComponent(path);
  } catch {
    return false;
  }
  // A backslash is a slash to browsers, and `/\` the beginning of another host.
  if (/\/\/|\\|%(?:2f|5c|00)/i.test(path)) return false;
  return URL.canParse(path, 'http://localhost') && new URL(path, 'http://localhost').pathname === path;
}

function split(target: string): [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** For how long probes believe what the database said; nobody counts them, and each would ask it anew. */
const PROBE_MS = 1_000;
const databaseAnswers = sharedFor(
  () =>
    ping().then(
      () => true,
      () => false,
    ),
  PROBE_MS,
);

/** `/healthz`: the process lives. `/readyz`: it can do its work. Probes come by address, whatever the host. */
async function answerProbe(pathname: string, response: ServerResponse): Promise<void> {
  const ready = pathname === '/healthz' || (await databaseAnswers());
  response
    .writeHead(ready ? 200 : 503, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' })
    .end(ready ? 'ok\n' : 'not ready\n');
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      Connection: 'close',
    })
    .end(`${text}\n`);
}

function fail(error: unknown, response: ServerResponse, made: Runtime): void {
  made.log.error({ err: error, requestId: response.getHeader('X-Request-Id') }, 'request failed');
  if (response.headersSent) response.destroy();
  else refuse(response, 503, 'Something went wrong on our side. Try again in a moment.');
}

/** Only Next's development server speaks WebSocket here (CVE-2026-44578: upgrades are no way around the front). */
function passToNext(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    if (request.url?.startsWith('/_next/')) void upgrade(request, socket, head);
    else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  };
}

function stopOnSignal(servers: http.Server[], made: Runtime, stopWork: () => Promise<unknown>): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const closed = servers
      .filter((server) => server.listening)
      .map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeIdleConnections();
            setTimeout(() => server.closeAllConnections(), 5_000).unref();
          }),
      );
    await Promise.all(closed);
    await stopWork();
    await closeRuntime(made);
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}

main().catch((error) => {
  console.error(
    error instanceof SettingsError
      ? error.problems.map((problem) => `Gatehouse can't start: ${problem}`).join('\n')
      : error,
  );
  process.exit(1);
});
