import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { readForm, sendForm } from '@/e2e/fixtures/portal-form';
import {
  HttpBrowser,
  newAddress,
  PATHS,
  postForm,
  type TestApp,
  type TestUser,
  type Tokens,
  type World,
} from '@/e2e/fixtures/world';
import type { Dialect } from '@/lib/oauth/errors';
import type { Credentials, Verdict } from './model';

/** Where a command goes: which dialect, and which of the two servers. */
export type Way = { dialect: Dialect; server: number };

export type Site = { publicUrl: string; port: number };

type Person = TestUser & { browsers: HttpBrowser[] };
type Client = TestApp & { formerSecret: string };

/** What a run touches of the built servers: two users of two tenants, and an app of each way of proof. */
export class System {
  /** What no answer to this person may hold. */
  readonly #foreign: string[][];

  private constructor(
    readonly world: World,
    readonly sites: Site[],
    readonly users: Person[],
    readonly apps: Client[],
  ) {
    // The apps' publisher is named to everybody; its people are not.
    const [home, elsewhere] = users as [Person, Person];
    this.#foreign = [[elsewhere.username, elsewhere.tenant.name], [home.username]];
  }

  static async open(world: World, sites: Site[]): Promise<System> {
    const [home, elsewhere] = [await world.newTenant(), await world.newTenant()];
    const users = await Promise.all(
      [home, elsewhere].map(async (tenant) => {
        const browsers = sites.map((site) => new HttpBrowser(site));
        return { ...(await world.newUser({ tenant })), browsers };
      }),
    );
    const apps: Client[] = [];
    for (const proof of ['SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY'] as const) {
      const app = await world.newApp({ tenant: home, proof, refreshReplay: proof === 'SECRET_REQUIRED' });
      apps.push({ ...app, formerSecret: 'f'.repeat(64) });
    }
    return new System(world, sites, users, apps);
  }

  site(way: Way): Site {
    return this.sites[way.server] as Site;
  }

  user(at: number): Person {
    return this.users[at] as Person;
  }

  app(at: number): Client {
    return this.apps[at] as Client;
  }

  /** A person's browser, as it comes to one of the servers. */
  browser(user: number, way: Way): HttpBrowser {
    return this.user(user).browsers[way.server] as HttpBrowser;
  }

  /** What one server has set is sent to the other: they are one to a browser. */
  shareCookies(user: number, way: Way): void {
    const from = this.browser(user, way).cookies;
    for (const { cookies } of this.user(user).browsers) for (const [name, value] of from) cookies.set(name, value);
  }

  async signIn(user: number): Promise<void> {
    const way: Way = { dialect: 'rfc', server: 0 };
    await this.browser(user, way).signIn(this.user(user));
    this.shareCookies(user, way);
  }

  credentials(app: number, shown: Credentials, basic: boolean): { form: Record<string, string>; header: object } {
    const { clientId, secret, formerSecret } = this.app(app);
    if (shown === 'none') return { form: { client_id: clientId }, header: {} };
    const sent = { right: secret || 'a'.repeat(64), wrong: 'b'.repeat(64), former: formerSecret }[shown];
    if (!basic) return { form: { client_id: clientId, client_secret: sent }, header: {} };
    return {
      form: {},
      header: { Authorization: `Basic ${Buffer.from(`${clientId}:${sent}`).toString('base64')}` },
    };
  }

  /** A form to the token endpoint; the decision, read in the dialect's own shape, and nothing of anybody else in it. */
  async token(
    way: Way,
    by: { app: number; shown: Credentials; basic?: boolean },
    form: Record<string, string>,
    owner: number,
  ): Promise<{ verdict: Verdict; tokens: Tokens | null }> {
    const { form: own, header } = this.credentials(by.app, by.shown, by.basic ?? false);
    const answer = await postForm(
      this.site(way),
      PATHS[way.dialect].token,
      { ...own, ...form },
      { headers: { ...header } },
    );
    const text = await answer.text();
    this.holdsNothingForeign(text, owner);
    if (answer.status === 200) return { verdict: 'ok', tokens: JSON.parse(text) };
    return { verdict: readRefusal(way.dialect, answer, JSON.parse(text)), tokens: null };
  }

  async revoke(way: Way, by: { app: number; shown: Credentials } | null, token: string): Promise<Response> {
    const { form, header } = by ? this.credentials(by.app, by.shown, false) : { form: {}, header: {} };
    return postForm(this.site(way), PATHS[way.dialect].revoke, { ...form, token }, { headers: { ...header } });
  }

  /** What token_info says of an access token. */
  async tokenInfo(server: number, token: string): Promise<Record<string, unknown>> {
    const answer = await postForm(this.sites[server] as Site, PATHS.native.info, { token });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** The user presses "Revoke access" on the portal, in a browser without JavaScript. */
  async revokeInPortal(user: number, way: Way, connectionId: string): Promise<void> {
    const browser = this.browser(user, way);
    const page = await (await browser.get('/connections')).text();
    this.holdsNothingForeign(page, user);
    const fields = readForm(page, `name="id" value="${connectionId}"`);
    expect(fields, 'the connection stands in the portal').not.toBeNull();
    const answer = await sendForm(browser, '/connections', fields as FormData);
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    expect(text).toMatch(/was revoked\.|had ended already/);
  }

  /** Changes an app, and waits until both servers have heard of it: their memory is told within milliseconds. */
  async changeApp(at: number, sql: string, values: unknown[] | null, heard: (server: number) => Promise<boolean>) {
    await this.world.db.query(sql, values ? [this.app(at).id, ...values] : []);
    for (const server of this.sites.keys()) await eventually(() => heard(server), 'a server did not hear of a change');
  }

  /** Whether a server knows an address of an app: one that was registered together with a change tells that it was heard. */
  async knows(at: number, server: number, redirectUri: string): Promise<boolean> {
    const stranger = new HttpBrowser(this.sites[server] as Site);
    const params = {
      client_id: this.app(at).clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'profile',
    };
    const { status } = await stranger.authorize(params);
    return status === 303;
  }

  /** Whether a server starts authorizations for an app. */
  async serves(at: number, server: number): Promise<boolean> {
    const stranger = new HttpBrowser(this.sites[server] as Site);
    const { clientId, redirectUri } = this.app(at);
    const pkce = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };
    const params = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'profile', ...pkce };
    return (await stranger.authorize(params)).status === 303;
  }

  /** Whether a server accepts a secret. */
  async accepts(at: number, secret: string, server: number): Promise<boolean> {
    const form = { client_id: this.app(at).clientId, client_secret: secret, token: 'x' };
    const answer = await postForm(this.sites[server] as Site, PATHS.rfc.info, form, { address: newAddress() });
    return answer.status === 200;
  }

  holdsNothingForeign(text: string, user: number): void {
    const secrets = this.apps.flatMap(({ secret, formerSecret }) => [secret, formerSecret]).filter(Boolean);
    const found = [...(this.#foreign[user] ?? []), ...secrets].filter((name) => text.includes(name));
    expect(found, 'I10: an answer holds what belongs to others').toEqual([]);
  }
}

/** The decision behind a refusal. Its shape, status and headers must be those of the dialect (I12). */
function readRefusal(dialect: Dialect, answer: Response, body: Record<string, string>): Verdict {
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(Object.keys(body).sort()).toEqual(dialect === 'native' ? ['code', 'error'] : ['error', 'error_description']);
  const sentence = dialect === 'native' ? body.error : body.error_description;
  const code = dialect === 'native' ? body.code : body.error;
  if (answer.status === 429) {
    expect(code).toBe('invalid_request');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    return 'too_soon';
  }
  if (code === 'invalid_scope') {
    expect([answer.status, sentence]).toEqual([
      400,
      'The app no longer declares any of the scopes that this was issued for',
    ]);
    return 'invalid_scope';
  }
  const isClient = sentence === 'Client authentication failed';
  expect({ status: answer.status, code }).toEqual(
    dialect === 'native'
      ? { status: 401, code: 'invalid_grant' }
      : isClient
        ? { status: 401, code: 'invalid_client' }
        : { status: 400, code: 'invalid_grant' },
  );
  return isClient ? 'invalid_client' : 'invalid_grant';
}

/** Waits for what another process is told in milliseconds and must know within a second or two. */
export async function eventually(holds: () => Promise<boolean>, problem: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await holds()); await wait(10)) {
    if (Date.now() > deadline) throw new Error(problem);
  }
}
