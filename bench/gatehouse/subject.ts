import { randomBytes } from 'node:crypto';
import { BROWSER_COOKIE, SESSION_COOKIE } from '@/lib/web/cookies';
import { AGAIN, ALL_OPERATIONS, type Answer, type Operation, type Prepared, type Subject } from '../subject';
import type { Installation } from './installation';
import { Mint, type MintedFamily } from './mint';
import type { Grant, Proof } from './people';
import { Verifier } from './verify';

const TOKEN = '/api/developers/oauth2/token';
const FORM = 'application/x-www-form-urlencoded';

/** Clients' addresses, as many as an API's customers have: limits are on and count them. */
const ADDRESSES = Array.from({ length: 5_000 }, (_, n) => `10.${1 + (n >> 8)}.${n & 255}.${1 + (n % 250)}`);

/** Prepares what is asked of Gatehouse, and judges what it answers. */
export class GatehouseSubject implements Subject {
  readonly name = 'Gatehouse';
  readonly operations = ALL_OPERATIONS;
  readonly guess = 1_500;
  readonly origin: string;
  readonly pid: number;
  readonly #host: string;
  #address = 0;
  #browsers: { session: string; browser: string; username: string }[] = [];
  /** Tokens that nobody has asked about yet. */
  #tokens: { grant: Grant; token: string }[] = [];
  /** What stands behind the last requests, in their order. */
  #families: MintedFamily[] = [];
  #usernames: string[] = [];

  private constructor(
    private readonly installation: Installation,
    private readonly mint: Mint,
    private readonly verifier: Verifier,
  ) {
    this.origin = `http://127.0.0.1:${installation.port}`;
    this.pid = installation.pid;
    this.#host = new URL(installation.publicUrl).host;
  }

  static async open(installation: Installation): Promise<GatehouseSubject> {
    const mint = await Mint.open(installation);
    const subject = new GatehouseSubject(installation, mint, await Verifier.open(installation, mint.db));
    for (const { id, username } of mint.people.sessions) {
      const browser = randomBytes(16).toString('base64url');
      subject.#browsers.push({ session: await mint.sealSession(id), browser, username });
    }
    return subject;
  }

  async prepare(operation: Operation, count: number): Promise<Prepared[]> {
    switch (operation) {
      case 'exchange-secret':
        return this.#exchanges('secret', count);
      case 'exchange-pkce':
        return this.#exchanges('pkce', count);
      case 'refresh-secret':
        return this.#refreshes('secret', count);
      case 'refresh-pkce':
        return this.#refreshes('pkce', count);
      case 'revoke':
        this.#families = await this.mint.families('secret', count);
        return this.#families.map(({ token }) => this.#post('/api/developers/oauth2/revoke', { token }));
      case 'token-info':
        return (await this.#freshTokens(count)).map(({ token }) =>
          this.#post('/api/developers/oauth2/token_info', { token }),
        );
      case 'token-info-again': {
        const tokens = await this.#freshTokens(AGAIN);
        this.#usernames = Array.from({ length: count }, (_, n) => tokens[n % AGAIN]?.grant.username ?? '');
        return Array.from({ length: count }, (_, n) =>
          this.#post('/api/developers/oauth2/token_info', { token: tokens[n % AGAIN]?.token ?? '' }),
        );
      }
      case 'introspect':
        return (await this.#freshTokens(count)).map(({ token, grant: { app } }) =>
          this.#post('/oauth2/introspect', { token, client_id: app.clientId, client_secret: app.secret }),
        );
      case 'users-current':
        return (await this.#freshTokens(count)).map(({ token }) =>
          this.#get('/api/users/current', ['authorization', `Bearer ${token}`]),
        );
      case 'jwks':
        return this.#repeat(count, '/.well-known/jwks.json');
      case 'metadata':
        return this.#repeat(count, '/.well-known/oauth-authorization-server');
      case 'page-sign-in':
        return this.#repeat(count, '/signin');
      case 'page-connections':
        return this.#pages(count, () => '/connections');
      case 'page-applications':
        return this.#pages(count, () => '/applications');
      case 'page-consent': {
        const ids = await this.mint.consents(this.#browsers.map(({ browser }) => browser));
        return this.#pages(count, (at) => `/consent/${ids[at]}`);
      }
    }
  }

  async verify(operation: Operation, answers: readonly Answer[]): Promise<void> {
    await this.verifier.judge(operation, answers, { families: this.#families, usernames: this.#usernames });
  }

  async stop(): Promise<void> {
    await this.mint.close();
    await this.installation.stop();
  }

  async #exchanges(proof: Proof, count: number): Promise<Prepared[]> {
    return (await this.mint.codes(proof, count)).map(({ grant: { app }, code, verifier }) =>
      this.#post(TOKEN, {
        grant_type: 'authorization_code',
        client_id: app.clientId,
        code,
        redirect_uri: app.redirectUri,
        ...(proof === 'secret' ? { client_secret: app.secret } : { code_verifier: verifier }),
      }),
    );
  }

  async #refreshes(proof: Proof, count: number): Promise<Prepared[]> {
    this.#families = await this.mint.families(proof, count);
    return this.#families.map(({ grant: { app }, token }) =>
      this.#post(TOKEN, {
        grant_type: 'refresh_token',
        client_id: app.clientId,
        refresh_token: token,
        ...(proof === 'secret' ? { client_secret: app.secret } : {}),
      }),
    );
  }

  async #freshTokens(count: number): Promise<{ grant: Grant; token: string }[]> {
    const lacking = count - this.#tokens.length;
    if (lacking > 0) this.#tokens.push(...(await this.mint.accessTokens(lacking)));
    const taken = this.#tokens.splice(0, count);
    this.#usernames = taken.map(({ grant }) => grant.username);
    return taken;
  }

  #repeat(count: number, path: string): Prepared[] {
    return Array.from({ length: count }, () => this.#get(path, []));
  }

  /** Pages of those who are signed in, in turn: their requests are counted by session. */
  #pages(count: number, path: (session: number) => string): Prepared[] {
    const turns = Array.from({ length: count }, (_, n) => n % this.#browsers.length);
    this.#usernames = turns.map((at) => this.#browsers[at]?.username ?? '');
    return turns.map((at) => {
      const { session, browser } = this.#browsers[at] as { session: string; browser: string };
      return this.#get(path(at), ['cookie', `${SESSION_COOKIE}=${session}; ${BROWSER_COOKIE}=${browser}`]);
    });
  }

  #common(): string[] {
    const address = ADDRESSES[this.#address++ % ADDRESSES.length] as string;
    return ['host', this.#host, 'x-forwarded-for', address];
  }

  #get(path: string, headers: string[]): Prepared {
    return { method: 'GET', path, headers: [...this.#common(), ...headers], body: null };
  }

  #post(path: string, form: Record<string, string>): Prepared {
    const body = new URLSearchParams(form).toString();
    return { method: 'POST', path, headers: [...this.#common(), 'content-type', FORM], body };
  }
}
