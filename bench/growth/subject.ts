import { createHash, randomBytes, randomInt } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import http from 'node:http';
import pg from 'pg';
import { codeDigest, newCode } from '@/lib/oauth/authorization-code';
import { signRefreshToken } from '@/lib/oauth/refresh-token';
import { type DerivedKeys, loadMasterKeys } from '@/lib/runtime/master-key';
import type { Settings } from '@/lib/runtime/settings';
import { inRoot } from '@/scripts/prepare/paths.mjs';
import { becomesReady, spawnServer } from '@/scripts/start/serve.mjs';
import { PASSWORD } from './fill';
import {
  clientIdOf,
  grantOf,
  grantOfConnection,
  idOf,
  isEnded,
  refreshKeyOf,
  rotates,
  type Shape,
  secretOf,
} from './shape';
import { REDIRECT_URI, SCOPES } from './tables';

export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string };

/** The built product over one filled database. */
export class Subject {
  /** Connections are used one after the other, far from each other, so that no two requests meet the same pages. */
  /** Somewhere else in each run: a token that was refreshed in the last one is refused for five minutes. */
  #turn = randomInt(1_000_000);
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    readonly shape: Shape,
    readonly db: pg.Client,
    readonly databaseUrl: string,
    readonly publicUrl: string,
    private readonly port: number,
    private readonly keys: DerivedKeys,
    private readonly stopServer: () => Promise<unknown>,
  ) {}

  static async start(databaseUrl: string, shape: Shape, port: number): Promise<Subject> {
    const masterKey = randomBytes(32).toString('hex');
    const publicUrl = `http://localhost:${port}`;
    mkdirSync(inRoot('.data'), { recursive: true });
    const log = openSync(inRoot(`.data/growth-${port}.log`), 'w');
    const settings = { PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: publicUrl, DATABASE_URL: databaseUrl };
    const limits = { API_REQUESTS_PER_MINUTE: '10000000', PAGE_REQUESTS_PER_MINUTE: '10000000' };
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production' as const,
      MASTER_KEY: masterKey,
    };
    const all: NodeJS.ProcessEnv = { ...env, ...settings, ...limits, TRUSTED_PROXIES: '127.0.0.1/32' };
    const db = new pg.Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC' });
    await db.connect();
    // Each run has a master key of its own.
    await db.query('DELETE FROM signing_keys');
    const server = spawnServer(['dist/server.mjs'], all, ['ignore', log, log]);
    closeSync(log);
    if (!(await becomesReady(server, { host: '127.0.0.1', port, publicUrl })))
      throw new Error(`no server: .data/growth-${port}.log`);
    const keys = loadMasterKeys({ masterKey: { value: masterKey, file: null, previous: null } } as Settings);
    return new Subject(shape, db, databaseUrl, publicUrl, port, keys, server.stop);
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await this.db.end();
  }

  send(
    method: string,
    path: string,
    options: { form?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const body = options.form && new URLSearchParams(options.form).toString();
    const headers = {
      Host: new URL(this.publicUrl).host,
      'X-Forwarded-For': `10.${this.#turn % 200}.${this.#turn % 251}.${this.#turn % 241}`,
      ...(body === undefined
        ? {}
        : {
            Origin: this.publicUrl,
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': String(body.length),
          }),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port: this.port, method, path, headers, agent: this.#agent },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part) => {
            text += part;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** A connection that nobody has used yet and that shows its app's secret. */
  connection(): { connection: number; app: number; user: number } {
    for (;;) {
      const connection = Math.floor(this.#turn++ * 0.618_033_988_749 * this.shape.connections) % this.shape.connections;
      if (isEnded(connection) || rotates(connection)) continue;
      return { connection, ...grantOf(this.shape, grantOfConnection(this.shape, connection)) };
    }
  }

  credentials(app: number): Record<string, string> {
    return { client_id: clientIdOf(app), client_secret: secretOf(app) };
  }

  refreshToken(connection: number): string {
    const signed = { key: refreshKeyOf(connection), issuer: this.publicUrl, expiresAt: null };
    return signRefreshToken(signed, this.keys.refresh[0] as Buffer);
  }

  /** A new code for the grant of a connection. */
  async code({ connection, app }: { connection: number; app: number }): Promise<string> {
    const code = newCode('native', randomBytes);
    await this.db.query(
      `INSERT INTO authorization_codes (digest, grant_id, app_id, redirect_uri, scopes, offline_access, lasting, issued_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, false, true, db_now(), db_now() + interval '2 minutes')`,
      [codeDigest(code), idOf('grant', grantOfConnection(this.shape, connection)), app + 1, REDIRECT_URI, SCOPES],
    );
    return code;
  }

  /** @returns the cookies of a browser in which this user has signed in */
  async signIn(user: number): Promise<string> {
    const answer = await this.send('POST', '/signin/submit', { form: { username: `user${user}`, password: PASSWORD } });
    const cookies = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] as string);
    if (answer.status !== 303 && answer.status !== 302) throw new Error(`no sign-in: ${answer.status}`);
    return cookies.join('; ');
  }

  /** A consent page that waits for whoever has these cookies. */
  async consentPage(cookies: string, app: number): Promise<{ path: string; cookies: string }> {
    const query = new URLSearchParams({
      client_id: clientIdOf(app),
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'profile team',
      state: createHash('md5')
        .update(String(this.#turn++))
        .digest('hex'),
      prompt: 'consent',
    });
    const answer = await this.send('GET', `/oauth2/authorize?${query}`, { headers: { Cookie: cookies } });
    const more = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] as string);
    const path = answer.headers.location ?? '';
    if (!path.startsWith('/consent/')) throw new Error(`no consent page: ${answer.status} ${path}`);
    return { path, cookies: [cookies, ...more].join('; ') };
  }
}
