import { isIPv6 } from 'node:net';
import type pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Settings } from './settings';
import { type Counts, type LimitVerdict, SharedCounter } from './shared-counter';
import { type Block, StrictCounter } from './strict-counter';

export type { LimitVerdict } from './shared-counter';

/** Who asks for what: the endpoint by the last part of its path, the client as the request names it. */
export type ClientRequest = { endpoint: string; clientId: string; address: string };

const QUARTER_HOUR_SECONDS = 900;
/** Pages that a browser fetches ahead, for each that somebody may open: a list of links fetches a screenful of them. */
const PREFETCH_FACTOR = 4;
/** Wrong passwords from one network, whatever the account. */
const NETWORK_FACTOR = 10;
/** One app may use up a third of the failures of its network: one that was set up wrongly must not silence the others. */
const CLIENT_SHARE = 1 / 3;

const HEARD: LimitVerdict = { retryAfterSeconds: null };

/** Kinds of limits, by what they count: requests to machine endpoints, for pages, to unknown hosts, of a client; its failures; passwords. */
export type LimitName = 'api' | 'page' | 'host' | 'client' | 'failures' | 'password';

/**
 * Request counters in memory; counters that guard passwords, secrets and codes strictly in the database.
 *
 * Nobody is locked out by what others say of it: a counter that failures fill is kept by network as well as by account
 * or client, and one that is kept by client alone counts only who has shown the client's secret.
 */
export class Limits {
  readonly #api: SharedCounter;
  readonly #endpoints: ReadonlyMap<string, SharedCounter>;
  /** How often each kind of limit has refused somebody. */
  readonly hits: Record<LimitName, number> = { api: 0, page: 0, host: 0, client: 0, failures: 0, password: 0 };
  readonly #pages: SharedCounter;
  readonly #prefetches: SharedCounter;
  readonly #hosts: SharedCounter;
  readonly #clients: SharedCounter;
  readonly #refusals: SharedCounter;
  readonly #account: StrictCounter;
  readonly #network: StrictCounter;
  readonly #credentials: StrictCounter;
  readonly #clientCredentials: StrictCounter;
  #tell: (block: Block) => void = () => undefined;

  constructor(
    settings: Settings,
    private readonly pool: pg.Pool,
  ) {
    const strict = (name: string, points: number) => {
      const limiter = new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        points,
        duration: QUARTER_HOUR_SECONDS,
      });
      return new StrictCounter(name, limiter, (block) => this.#tell(block));
    };
    this.#api = new SharedCounter('api', settings.apiRequestsPerMinute);
    this.#endpoints = new Map(
      [...settings.endpointRequestsPerMinute].map(([endpoint, points]) => [
        endpoint,
        new SharedCounter(`api/${endpoint}`, points),
      ]),
    );
    this.#pages = new SharedCounter('page', settings.pageRequestsPerMinute);
    this.#prefetches = new SharedCounter('prefetch', settings.pageRequestsPerMinute * PREFETCH_FACTOR);
    this.#hosts = new SharedCounter('host', settings.apiRequestsPerMinute);
    this.#clients = new SharedCounter('client', settings.clientRequestsPerMinute);
    this.#refusals = new SharedCounter('refused', settings.clientRefusalsPerMinute);
    this.#account = strict('password', settings.passwordAttempts);
    this.#network = strict('network', settings.passwordAttempts * NETWORK_FACTOR);
    this.#credentials = strict('credential', settings.credentialFailures);
    this.#clientCredentials = strict('client_credential', Math.ceil(settings.credentialFailures * CLIENT_SHARE));
  }

  /** Counts a machine's request by network: an endpoint that has a limit of its own counts by itself. */
  apiRequest(address: string, endpoint = ''): LimitVerdict {
    return this.#hit('api', this.#apiCounter(endpoint).count(networkOf(address)));
  }

  /** @param sessionId counts instead of the address where somebody is signed in: an office shares one address */
  pageRequest(address: string, sessionId: string | null): LimitVerdict {
    return this.#hit('page', this.#pages.count(sessionId ?? networkOf(address)));
  }

  /** Counts a page that a browser fetches ahead, as `pageRequest` does and apart from it. */
  prefetch(address: string, sessionId: string | null): LimitVerdict {
    return this.#hit('page', this.#prefetches.count(sessionId ?? networkOf(address)));
  }

  /** Counts a request by network whose host only the database can judge. */
  hostLookUp(address: string): LimitVerdict {
    return this.#hit('host', this.#hosts.count(networkOf(address)));
  }

  /**
   * Whether a client of this network is still heard, before anything it says is judged. Asks memory only. What the
   * client's own limits refuse is given back to its network: an app that runs wild must not silence the others there.
   */
  clientHeard(asks: ClientRequest): LimitVerdict {
    return this.#hit('failures', this.#clientHeard(asks));
  }

  #clientHeard(asks: ClientRequest): LimitVerdict {
    const network = this.#credentials.blocked(networkOf(asks.address));
    if (network.retryAfterSeconds !== null) return network;
    const guessing = this.#clientCredentials.blocked(clientAndNetwork(asks));
    const own = guessing.retryAfterSeconds !== null ? guessing : this.#refusals.full(refusalKey(asks));
    if (own.retryAfterSeconds !== null) this.#giveBack(asks);
    return own;
  }

  /**
   * Counts a request of a client that was found to be in order.
   * @param secretShown whether it showed its secret: then it counts from wherever it comes, else by network
   */
  clientRequest(asks: ClientRequest, secretShown: boolean): LimitVerdict {
    const key = secretShown ? `${asks.endpoint}|${asks.clientId}` : `${asks.endpoint}|${clientAndNetwork(asks)}`;
    const verdict = this.#hit('client', this.#clients.count(key));
    if (verdict.retryAfterSeconds !== null) this.#giveBack(asks);
    return verdict;
  }

  /** Counts a refusal that a client has met, whatever the reason. */
  clientRefused(asks: ClientRequest): void {
    this.#refusals.count(refusalKey(asks));
  }

  /**
   * Counts a failure of a client's credentials, a code or a refresh token.
   * @param clientId of a client that exists, else null: names that are made up fill no table
   */
  async credentialFailure(address: string, clientId: string | null): Promise<LimitVerdict> {
    return this.#hit('failures', await this.#credentialFailure(address, clientId));
  }

  async #credentialFailure(address: string, clientId: string | null): Promise<LimitVerdict> {
    const verdicts = await Promise.all([
      this.#credentials.count(networkOf(address)),
      clientId === null ? HEARD : this.#clientCredentials.count(clientAndNetwork({ clientId, address })),
    ]);
    return verdicts.find(({ retryAfterSeconds }) => retryAfterSeconds !== null) ?? HEARD;
  }

  /** Counts a password attempt before it is judged; a right one is given back. The account alone is never locked: only from this network. */
  async passwordAttempt(account: string, address: string): Promise<LimitVerdict> {
    return this.#hit('password', await this.#passwordAttempt(account, address));
  }

  async #passwordAttempt(account: string, address: string): Promise<LimitVerdict> {
    const verdict = await this.#network.count(networkOf(address));
    if (verdict.retryAfterSeconds !== null) return verdict;
    return this.#account.count(`${account}|${networkOf(address)}`);
  }

  async passwordWasRight(account: string, address: string): Promise<void> {
    await this.#account.clear(`${account}|${networkOf(address)}`);
    await this.#network.reward(networkOf(address));
  }

  /** What this instance has counted since it was last asked, as far as the others should know. */
  takeCounts(): Counts[] {
    return this.#shared().flatMap((counter) => [...counter.take()]);
  }

  /** What another instance has counted. */
  addCounts(counts: Counts[]): void {
    const byName = new Map(this.#shared().map((counter) => [counter.name, counter]));
    for (const { name, key, requests } of counts) byName.get(name)?.add(key, requests);
  }

  /** @param tell hears of every strict block that begins or ends here */
  onBlock(tell: (block: Block) => void): void {
    this.#tell = tell;
  }

  /** A strict block that began or ended on another instance. */
  addBlock({ name, key, milliseconds }: Block): void {
    this.#strict()
      .find((counter) => counter.name === name)
      ?.note(key, milliseconds);
  }

  /** Reads the strict blocks that are under way: whoever has just started or was cut off has heard of none. */
  async reloadBlocks(): Promise<void> {
    const now = Date.now();
    const counters = this.#strict();
    const { rows } = await this.pool.query<{ key: string; points: number; expire: string }>(
      'SELECT key, points, expire FROM rate_limits WHERE expire > $1 AND points > $2',
      [now, Math.min(...counters.map(({ points }) => points))],
    );
    for (const counter of counters) {
      const prefix = `${counter.name}:`;
      for (const { key, points, expire } of rows)
        if (key.startsWith(prefix) && points > counter.points)
          counter.note(key.slice(prefix.length), Number(expire) - now);
    }
  }

  #hit(limit: LimitName, verdict: LimitVerdict): LimitVerdict {
    if (verdict.retryAfterSeconds !== null) this.hits[limit]++;
    return verdict;
  }

  #apiCounter(endpoint: string): SharedCounter {
    return this.#endpoints.get(endpoint) ?? this.#api;
  }

  #giveBack({ endpoint, address }: ClientRequest): void {
    this.#apiCounter(endpoint).giveBack(networkOf(address));
  }

  #shared(): SharedCounter[] {
    return [
      this.#api,
      ...this.#endpoints.values(),
      this.#pages,
      this.#prefetches,
      this.#hosts,
      this.#clients,
      this.#refusals,
    ];
  }

  #strict(): StrictCounter[] {
    return [this.#account, this.#network, this.#credentials, this.#clientCredentials];
  }
}

type Whence = Pick<ClientRequest, 'clientId' | 'address'>;
const clientAndNetwork = ({ clientId, address }: Whence) => `${clientId}|${networkOf(address)}`;
const refusalKey = (asks: ClientRequest) => `${asks.endpoint}|${clientAndNetwork(asks)}`;

/** One subscriber has a whole IPv6 /64: its addresses count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
